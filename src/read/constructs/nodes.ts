import type { Expr, FileFacts } from '../code/facts.ts';

/** A node of a file's facts with the nodes around it, innermost first. */
export interface Node {
  readonly e: Expr;
  readonly up: Node | null;
  /** The variable, field or attribute that this is the value of; null where it stands alone. */
  readonly name: string | null;
  readonly line: number;
}

/** Visits every expression of a function's text, functions inside it apart. A loop and no recursion: the nesting is the author's choice. */
export function visitExpressions(facts: FileFacts, root: unknown, line: number, visit: (node: Node) => void): void {
  interface Pending {
    readonly what: unknown;
    readonly up: Node | null;
    readonly name: string | null;
    readonly line: number;
  }
  const pending: Pending[] = [{ what: root, up: null, name: null, line }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { what, up, name } = at;
    if (typeof what !== 'object' || what === null) continue;
    if (Array.isArray(what)) {
      const pair = what.length === 2 && typeof what[0] === 'string';
      for (const one of what as unknown[])
        if (typeof one === 'object') pending.push({ what: one, up, name: pair ? String(what[0]) : name, line: at.line });
      continue;
    }
    const { k, b, j, l } = what as { k?: string; b?: unknown; j?: unknown; l?: unknown };
    const here = typeof l === 'number' ? l : at.line;
    if ((k === 'def' || k === 'set') && typeof b === 'number' && typeof j === 'number') {
      const binding = facts.bindings[b];
      const source = binding?.v[j];
      if (source !== undefined) {
        if (source.o !== undefined && source.o !== 'push')
          visit({ e: { k: 'bin', op: source.o, l: { k: 'var', b }, r: source.e }, up, name: binding?.n ?? null, line: here });
        const held = { up, name: binding?.n ?? null, line: here };
        pending.push({ what: source.e, ...held }, { what: source.d, ...held });
      }
      continue;
    }
    let inner = up;
    if (k !== undefined && isExpression.has(k)) {
      inner = { e: what as Expr, up, name, line: here };
      visit(inner);
    }
    if (k === 'lit' || k === 'var' || k === 'imp' || k === 'glo' || k === 'fn' || k === 'cls') continue;
    const put = k === 'put' ? (what as { n: string }).n : null;
    for (const key in what) {
      const one = (what as Record<string, unknown>)[key];
      if (typeof one === 'object')
        pending.push({ what: one, up: inner, name: put ?? (k === 'obj' || k === 'jsx' ? null : name), line: here });
    }
  }
}

const isExpression = new Set('lit tpl tag var glo imp get idx call obj arr fn or if bin not un put jsx'.split(' '));

/** A dotted name as written: `process.env.PORT`, `https.Agent`; parts that are no names are left out. */
export function dotted(facts: FileFacts, e: Expr): string {
  if (e.k === 'get') {
    const before = dotted(facts, e.o);
    return before === '' ? e.n : `${before}.${e.n}`;
  }
  if (e.k === 'var') return facts.bindings[e.b]?.n ?? '';
  if (e.k === 'glo') return e.n;
  if (e.k === 'imp') return e.n === '=' || e.n === '*' || e.n === 'default' ? (e.m.split('/').at(-1) ?? '') : e.n;
  if (e.k === 'call') return dotted(facts, e.f);
  if (e.k === 'idx') return dotted(facts, e.o);
  return '';
}

/** The package that the start of a chain was imported from; empty where it was not. */
export function packageOf(facts: FileFacts, e: Expr, depth = 0): string {
  if (depth > 6) return '';
  if (e.k === 'imp') return e.m;
  if (e.k === 'get' || e.k === 'idx') return packageOf(facts, e.o, depth + 1);
  if (e.k === 'call') return packageOf(facts, e.f, depth + 1);
  if (e.k === 'var') {
    const source = facts.bindings[e.b]?.v[0];
    return source === undefined ? '' : packageOf(facts, source.e, depth + 1);
  }
  return '';
}

/** A literal text, or the beginning of a template. */
export function textOf(e: Expr | undefined): string | null {
  if (e?.k === 'lit' && typeof e.v === 'string') return e.v;
  return e?.k === 'tpl' ? e.p.join('…') : null;
}

/** The fields of an object as written, also of one that a function gives or a variable holds. */
export function fieldsOf(facts: FileFacts, e: Expr | undefined): [string, Expr][] {
  if (e?.k === 'obj') return e.p;
  if (e?.k === 'var') {
    const [only] = facts.bindings[e.b]?.v ?? [];
    return only?.e.k === 'obj' ? only.e.p : [];
  }
  if (e?.k !== 'fn') return [];
  const last = facts.functions[e.i]?.b.at(-1);
  return last?.k === 'ret' && last.e?.k === 'obj' ? last.e.p : [];
}

type CallExpr = Extract<Expr, { k: 'call' }>;

/** The calls of `text('email').notNull().unique()`, `text('email')` first. */
export function chainOf(e: Expr): CallExpr[] {
  const chain: CallExpr[] = [];
  for (let at = e; at.k === 'call' && chain.length < 30; at = at.f.k === 'get' ? at.f.o : at.f) chain.unshift(at);
  return chain;
}
