import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';
import type { Expr } from '../../facts.ts';
import type { PythonLowering } from './lowering.ts';

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"', '0': '\0' };

/** Longer constants are cut: nothing is decided by what stands that far. */
const longest = 20_000;

/** What stands before the quotes, how many of them there are, and whether backslashes mean themselves. */
function delimiters(written: string): { open: number; close: number; raw: boolean } {
  const [, prefix = '', quotes = '"'] = /^([A-Za-z]*)('''|"""|'|")/.exec(written) ?? [];
  const close = written.length >= prefix.length + 2 * quotes.length && written.endsWith(quotes) ? quotes.length : 0;
  return { open: prefix.length + quotes.length, close, raw: /r/i.test(prefix) };
}

function unescaped(text: string, raw: boolean): string {
  if (raw) return text;
  return text.replace(/\\(\r?\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s\S])/g, (whole, one: string) => {
    if (one.endsWith('\n')) return '';
    if (one.length > 1) return String.fromCharCode(Number.parseInt(one.slice(1), 16));
    return escapes[one] ?? whole;
  });
}

/** A text: constant, with expressions in it, or several written after one another. */
export function lowerText(to: PythonLowering, node: PythonNode): Expr {
  const parts = [''];
  const holes: Expr[] = [];
  const add = (text: string) => (parts[parts.length - 1] += text.slice(0, longest));
  for (const piece of node.name === 'ContinuedString' ? childrenOf(node) : [node]) {
    const written = to.textOf(piece);
    const { open, close, raw } = delimiters(written);
    const end = piece.to - close;
    if (piece.name !== 'FormatString') {
      add(unescaped(to.text.slice(piece.from + open, Math.max(piece.from + open, end)), raw));
      continue;
    }
    const plain = (from: number, until: number) =>
      add(
        unescaped(to.text.slice(from, Math.max(from, until)), raw)
          .replaceAll('{{', '{')
          .replaceAll('}}', '}'),
      );
    let at = piece.from + open;
    for (const hole of childrenOf(piece).filter(({ name }) => name === 'FormatReplacement')) {
      plain(at, hole.from);
      at = hole.to;
      const inside = childrenOf(hole).filter(({ name }) => name !== '{' && name !== '}');
      const value = inside.find(({ name }) => !name.startsWith('Format'));
      const spec = inside.find(({ name }) => name === 'FormatSpec');
      const e = value === undefined ? ({ k: 'unk' } as const) : to.expression(value);
      // `{n:d}` and `{n:.2f}` refuse what is no number.
      const number = spec !== undefined && /^:[^{}]*[bdoxXeEfFgG%n]$/.test(to.textOf(spec));
      holes.push(number ? { k: 'un', op: '+', e } : e);
      parts.push('');
    }
    plain(at, end);
  }
  return holes.length === 0 ? { k: 'lit', v: parts[0] ?? '' } : { k: 'tpl', p: parts, h: holes };
}
