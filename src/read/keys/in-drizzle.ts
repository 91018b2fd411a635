import type { Place } from '../../model/words.ts';
import type { Expr, FileFacts } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import { chainOf, dotted, fieldsOf, packageOf, textOf, visitExpressions } from '../constructs/nodes.ts';
import { callsIn, lastName, returnsOf } from '../samples/walk.ts';
import type { Call } from '../samples/walk.ts';
import type { Keys } from './tables.ts';

/** What declares tables for Drizzle, by kind of database. */
export const drizzlePackage = /^drizzle-orm\/\w+-core$/;

/** `pgTable('orders', { userId: uuid('user_id').references(() => users.id) }, (t) => [index('…').on(t.userId)])` */
export function keysInDrizzle(file: SourceFile, keys: Keys): void {
  const { facts, path } = file;
  const named = new Map<number, string>();
  facts.bindings.forEach(({ v }, binding) => {
    const table = v[0]?.e.k === 'call' && isTable(facts, v[0].e) ? textOf(v[0].e.a[0]) : null;
    if (table !== null) named.set(binding, table);
  });
  const placeOf = (line: number): Place => ({ file: path, line: Math.max(1, line), endLine: Math.max(1, line) });
  const sites = callsIn(file).filter(({ call }) => isTable(facts, call));
  for (const { call } of sites) {
    const table = textOf(call.a[0]);
    if (table === null) continue;
    const columns = new Map<string, string>();
    keys.table(table).where ??= placeOf(call.l);
    for (const [key, value] of fieldsOf(facts, call.a[1])) {
      const chain = chainOf(value);
      const column = textOf(chain[0]?.a[0]) ?? key;
      columns.set(key, column);
      keys.table(table).columns.add(column);
      for (const link of chain.slice(1)) {
        const method = lastName(facts, link.f);
        const where = placeOf(link.l);
        if (method === 'primaryKey' || method === 'unique')
          keys.index(table, { name: null, columns: [column], unique: true, plain: true, source: 'drizzle', where });
        const given = link.a[0]?.k === 'fn' ? returnsOf(facts, link.a[0].i)[0] : undefined;
        if (method === 'references') keys.reference(table, [column], tableOf(facts, given, named), where);
      }
    }
    const extra = call.a[2];
    const made = extra?.k === 'fn' ? returnsOf(facts, extra.i)[0] : extra;
    const list = made?.k === 'arr' ? made.a : made?.k === 'obj' ? made.p.map(([, one]) => one) : [];
    for (const one of list) constraint(facts, table, one, columns, keys, named, placeOf);
  }
}

function isTable(facts: FileFacts, call: Call): boolean {
  return drizzlePackage.test(packageOf(facts, call.f)) && /(Table|^table)$/.test(dotted(facts, call.f));
}

function constraint(
  facts: FileFacts,
  table: string,
  e: Expr,
  columns: ReadonlyMap<string, string>,
  keys: Keys,
  named: ReadonlyMap<number, string>,
  placeOf: (line: number) => Place,
): void {
  const chain = chainOf(e);
  const [first] = chain;
  if (first === undefined) return;
  const kind = lastName(facts, first.f);
  const where = placeOf(first.l);
  const options = first.a[0]?.k === 'obj' ? first.a[0].p : [];
  const within = options.find(([key]) => key === 'columns')?.[1] ?? chain.slice(1).flatMap(({ a }) => a);
  const told = columnsIn(facts, [within, ...(kind === 'primaryKey' && options.length === 0 ? first.a : [])], columns);
  if (kind === 'foreignKey') {
    const foreign = options.find(([key]) => key === 'foreignColumns')?.[1];
    keys.reference(table, told, tableOf(facts, foreign?.k === 'arr' ? foreign.a[0] : undefined, named), where);
  } else if (/^(index|uniqueIndex|unique|primaryKey)$/.test(kind)) {
    const on = chain.find(({ f }) => lastName(facts, f) === 'on');
    const whole =
      on === undefined || on.a.every((one) => one.k === 'get' || (one.k === 'call' && one.f.k === 'get' && one.f.o.k === 'get'));
    const partial = chain.some(({ f }) => lastName(facts, f) === 'where' || lastName(facts, f) === 'using');
    keys.index(table, {
      name: textOf(first.a[0]),
      columns: told,
      unique: kind !== 'index',
      plain: whole && !partial,
      source: 'drizzle',
      where,
    });
  }
}

/** The columns that stand in what an index is made of, `t.userId` by its name in the database. */
function columnsIn(facts: FileFacts, within: unknown, columns: ReadonlyMap<string, string>): string[] {
  const found: [number, string][] = [];
  let order = 0;
  visitExpressions(facts, within, 0, ({ e }) => {
    const name = e.k === 'get' && e.o.k === 'var' ? columns.get(e.n) : undefined;
    if (name !== undefined) found.push([order++, name]);
  });
  // The walk goes from the last to the first.
  return [...new Set(found.reverse().map(([, name]) => name))];
}

function tableOf(facts: FileFacts, e: Expr | undefined, named: ReadonlyMap<number, string>): string {
  const table = e?.k === 'get' ? e.o : e;
  if (table?.k === 'var') return named.get(table.b) ?? facts.bindings[table.b]?.n ?? '';
  return table?.k === 'imp' ? table.n : '';
}
