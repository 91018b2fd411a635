import { isTestCode } from '../test-code.ts';
import type { Program } from '../code.ts';
import { sourcesOf } from '../code/load.ts';
import { compare } from '../code/queries.ts';
import type { ReadContext } from '../context.ts';

/** What needs what. */
export interface Graph {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly clients: ReadonlySet<string>;
  /** All that a file names, whether it needs it when it runs or not. */
  readonly all: ReadonlyMap<string, readonly string[]>;
}

/** What needs what. */
export async function graphOf(context: ReadContext, { everyFile, resolve }: Program): Promise<Graph> {
  const graph = { values: new Map<string, string[]>(), types: new Map<string, string[]>() };
  const clients = new Set<string>();
  const all = new Map<string, string[]>();
  const fileOf = (from: string, specifier: string) => {
    const target = resolve(from, specifier);
    return 'file' in target && everyFile.has(target.file) && target.file !== from ? target.file : null;
  };
  for (const file of everyFile.values()) {
    const { facts, path } = file;
    const values = new Set(facts.alone.needed.flatMap((specifier) => fileOf(path, specifier) ?? []));
    const named = new Set(facts.imports.flatMap(([specifier]) => fileOf(path, specifier) ?? []));
    graph.values.set(path, [...values].sort(compare));
    graph.types.set(path, [...named].filter((one) => !values.has(one)).sort(compare));
    all.set(path, [...new Set([...values, ...named])]);
    const [first] = facts.functions[0]?.b ?? [];
    if (first?.k === 'x' && first.e.k === 'lit' && first.e.v === 'use client') clients.add(path);
    else if (/(^|\/)(client|frontend|web)\/(.*\/)?src\/|^client\//.test(path) && !isTestCode(path)) clients.add(path);
  }
  for (const reading of (await sourcesOf(context)).readings) {
    const { path } = reading;
    // Imports that vanish with the types stand here and not among the facts.
    const named = (reading.asked() ?? []).flatMap(([specifier]) => fileOf(path, specifier) ?? []);
    if (named.length > 0) all.set(path, [...new Set([...(all.get(path) ?? []), ...named])]);
  }
  return { ...graph, clients, all };
}
