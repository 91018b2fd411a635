import type { Expr } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';

/** What holds where a condition does not, in the words of the code. */
export function wordsAgainst(e: Expr, file: SourceFile): string {
  if (e.k === 'not') return wordsOf(e.e, file);
  if (e.k === 'bin' && /^[!=]==?$/.test(e.op))
    return wordsOf({ ...e, op: e.op.startsWith('!') ? `=${e.op.slice(1)}` : `!${e.op.slice(1)}` }, file);
  return `!(${wordsOf(e, file)})`;
}

/** A condition in the words of the code, short enough for one line; names of what is computed once are followed by what they stand for. */
export function wordsOf(e: Expr, file: SourceFile, depth = 0): string {
  const next = (one: Expr): string => wordsOf(one, file, depth + 1);
  if (depth > 5) return '…';
  switch (e.k) {
    case 'lit':
      return typeof e.v === 'string' ? `'${e.v.slice(0, 40)}'` : String(e.v);
    case 'var': {
      const binding = file.facts.bindings[e.b];
      const [only] = binding?.v ?? [];
      const name = binding?.n ?? '…';
      const made = binding?.v.length === 1 && only && only.p === undefined && depth < 2 && !['fn', 'call', 'imp', 'cls'].includes(only.e.k);
      return made ? `${name} (${next(only.e)})` : name.startsWith('%') ? '…' : name;
    }
    case 'glo':
      return e.n;
    case 'imp':
      return e.n === 'default' || e.n === '*' ? '…' : e.n;
    case 'get':
      return e.o.k === 'var' && depth > 0 ? `${nameOf(e.o.b, file)}.${e.n}` : `${e.o.k === 'var' ? nameOf(e.o.b, file) : next(e.o)}.${e.n}`;
    case 'idx':
      return `${next(e.o)}[${next(e.x)}]`;
    case 'call':
      return `${next(e.f)}(${e.a.map(next).join(', ')})`.slice(0, 120);
    case 'arr':
      return `[${e.a.slice(0, 6).map(next).join(', ')}]`;
    case 'or':
      return `${next(e.l)} ${e.op} ${next(e.r)}`;
    case 'bin':
      return `${next(e.l)} ${e.op} ${next(e.r)}`;
    case 'not':
      return `!${e.e.k === 'or' || e.e.k === 'bin' ? `(${next(e.e)})` : next(e.e)}`;
    default:
      return '…';
  }
}

function nameOf(b: number, file: SourceFile): string {
  const name = file.facts.bindings[b]?.n ?? '…';
  return name.startsWith('%') ? '…' : name;
}
