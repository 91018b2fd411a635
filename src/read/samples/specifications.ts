import type { Expr, FileFacts } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';

/** A specification that a module exports as an object. */
export interface WrittenInCode {
  readonly file: string;
  /** The document, without what is not written out in it. */
  readonly document: unknown;
}

const most = { documents: 10, nodes: 100_000, depth: 60 };

/** Specifications of the application's interface (OpenAPI, Swagger) that stand in its code as objects. */
export function specificationsIn(files: Iterable<SourceFile>): WrittenInCode[] {
  const found: WrittenInCode[] = [];
  for (const { path, facts } of files) {
    for (const exported of Object.values(facts.exports)) {
      const e = exported.k === 'var' ? (facts.bindings[exported.b]?.v[0]?.e ?? exported) : exported;
      if (e.k !== 'obj' || !e.p.some(([name]) => name === 'paths') || !e.p.some(([name]) => name === 'openapi' || name === 'swagger'))
        continue;
      found.push({ file: path, document: written(e, facts, { left: most.nodes }, 0) });
      if (found.length >= most.documents) return found;
    }
  }
  return found;
}

/** The JSON that an expression writes out; undefined for what it computes. */
function written(e: Expr, facts: FileFacts, nodes: { left: number }, depth: number): unknown {
  if (--nodes.left < 0 || depth > most.depth) return undefined;
  switch (e.k) {
    case 'lit':
      return e.v;
    case 'var': {
      const binding = facts.bindings[e.b];
      const [source] = binding?.p === undefined && binding?.v.length === 1 ? binding.v : [];
      return source === undefined || source.p !== undefined ? undefined : written(source.e, facts, nodes, depth + 1);
    }
    case 'arr':
      return e.a.map((item) => written(item, facts, nodes, depth + 1)).filter((item) => item !== undefined);
    case 'obj':
      return Object.fromEntries(
        e.p.flatMap(([name, value]): [string, unknown][] => {
          const one = written(value, facts, nodes, depth + 1);
          if (name === '...') return typeof one === 'object' && one !== null ? Object.entries(one) : [];
          return one === undefined || name === '?' ? [] : [[name, one]];
        }),
      );
    default:
      return undefined;
  }
}
