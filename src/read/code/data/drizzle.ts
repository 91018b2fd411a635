import type { Machine } from '../machine.ts';
import { UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { entriesOf, holds, linkOf, mayHold, nothingAsked, textOf, under } from './access.ts';
import type { Asked, Chain, Column, Reading } from './access.ts';
import type { DeclaredColumn, DeclaredTable } from './tables.ts';

// Drizzle: tables are values, conditions are calls.

const maker = /#(?:.*\.)?(pgTable|mysqlTable|sqliteTable|singlestoreTable|table)$/;
type Result = Extract<Value, { k: 'result' }>;

/** The call `pgTable('name', …)` behind a value. */
function tableCall(value: Value | undefined): Result | null {
  if (value?.k !== 'result') return null;
  if (maker.test(value.symbol) && textOf(value.args[0]) !== null) return value;
  // `alias(users, 'u')`
  return /#alias(edTable)?$/.test(value.symbol) ? tableCall(value.args[0]) : null;
}

/** The name of the table that a value is. */
export function drizzleTable(value: Value | undefined): string | null {
  return textOf(tableCall(value)?.args[0]);
}

/** What a table or a column of Drizzle's is called in SQL. */
export function drizzleName(value: Value): string | null {
  return columnOf(value)?.column ?? (value.k === 'result' && value.path.length === 0 ? drizzleTable(value) : null);
}

/** The table and column that `users.email` is. */
function columnOf(value: Value | undefined): { table: string; column: string } | null {
  if (value?.k !== 'result' || value.path.length !== 1) return null;
  const table = tableCall(value);
  const key = value.path[0];
  if (table === null || key === undefined) return null;
  return { table: textOf(table.args[0]) ?? '', column: nameOf(table, key) };
}

function nameOf(table: Result, key: string): string {
  return textOf(first(under(table.args[1], key))?.args[0]) ?? key;
}

/** `text('email')` of `text('email').notNull().unique()`. */
function first(value: Value | undefined): Result | null {
  let at: Value | null | undefined = value;
  while (at?.k === 'result' && at.on?.k === 'result') at = at.on;
  return at?.k === 'result' ? at : null;
}

/** What a table declares, told once when its module is read. */
export function declaredByDrizzle(table: Value, where: DeclaredTable['where'], machine: Machine): DeclaredTable | null {
  const call = tableCall(table);
  const name = textOf(call?.args[0]);
  if (call === null || name === null || call.path.length > 0) return null;
  const columns = new Map<string, DeclaredColumn>();
  for (const [key, value] of entriesOf(call.args[1])) {
    if (key === '*') continue;
    const links: string[] = [];
    for (let at: Value | null = value; at?.k === 'result'; at = at.on)
      links.push(at.symbol.slice(Math.max(at.symbol.lastIndexOf('.'), at.symbol.lastIndexOf('#')) + 1));
    const type = first(value)?.symbol;
    columns.set(key, {
      name: nameOf(call, key),
      type: type === undefined ? 'unknown' : type.slice(type.lastIndexOf('#') + 1),
      unique: links.includes('unique') || links.includes('primaryKey'),
      shaped: links.includes('$type'),
    });
  }
  const uniques = [...columns.values()].filter(({ unique }) => unique).map(({ name: column }) => [column]);
  const extra = call.args[2];
  const given = extra?.k === 'fn' ? (machine.apply(extra, [{ ...call, path: [] }])?.value ?? UNKNOWN) : (extra ?? UNKNOWN);
  const all = given.k === 'obj' ? [...given.keys.values()] : given.k === 'arr' ? given.items : [];
  for (const one of all) {
    if (one.k !== 'result') continue;
    const start = first(one)?.symbol ?? '';
    if (!/#(uniqueIndex|unique|primaryKey)$/.test(start)) continue;
    const held = one.args[0]?.k === 'obj' ? (under(one.args[0], 'columns') ?? UNKNOWN) : UNKNOWN;
    const list = [...one.args, ...(held.k === 'arr' ? held.items : [])].flatMap((arg) => columnOf(arg)?.column ?? []);
    if (list.length > 0) uniques.push(list);
  }
  return { name, where, columns, uniques };
}

const compared = new Set(['eq', 'inArray', 'arrayContains', 'arrayOverlaps']);

/** The comparisons of a condition. */
function conditions(value: Value | undefined, depth = 0): Column[] {
  if (value === undefined || depth > 8) return [];
  switch (value.k) {
    case 'result': {
      const name = value.symbol.slice(Math.max(value.symbol.lastIndexOf('#'), value.symbol.lastIndexOf('.')) + 1);
      if (name === 'and' || name === 'or') return value.args.flatMap((arg) => conditions(arg, depth + 1));
      const column = columnOf(value.args[0]);
      const other = columnOf(value.args[1]);
      if (compared.has(name)) {
        if (column !== null)
          return [
            { ...column, value: value.args[1] ?? UNKNOWN },
            ...(other === null ? [] : [{ ...other, value: value.args[0] ?? UNKNOWN }]),
          ];
        return other === null ? [{ table: null, column: '*', value: UNKNOWN }] : [{ ...other, value: value.args[0] ?? UNKNOWN }];
      }
      if (/^(ne|gt|gte|lt|lte|like|ilike|notLike|not|isNull|isNotNull|between|notInArray|exists|notExists)$/.test(name)) return [];
      return [{ table: null, column: '*', value: UNKNOWN }];
    }
    case 'either':
      return value.of.flatMap((one) => conditions(one, depth + 1));
    case 'arr':
      return value.items.flatMap((one) => conditions(one, depth + 1));
    case 'guarded':
      return conditions(value.of, depth + 1);
    case 'tpl': {
      const found: Column[] = [];
      value.holes.forEach((hole, index) => {
        const column = columnOf(hole);
        const next = value.holes[index + 1];
        if (column !== null && next !== undefined && /^\s*=\s*(ANY\s*\()?\s*$/i.test(value.parts[index + 1] ?? ''))
          found.push({ ...column, value: next });
      });
      return found;
    }
    case 'lit':
      return [];
    default:
      return [{ table: null, column: '*', value: UNKNOWN }];
  }
}

function setsOf(table: Value | undefined, value: Value | undefined): Column[] {
  const call = tableCall(table);
  const name = drizzleTable(table);
  return entriesOf(value).map(([key, one]) => ({
    table: name,
    column: call === null || key === '*' ? key : nameOf(call, key),
    value: one,
    atomic: calculatedThere(one),
  }));
}

/** `sql\`${accounts.balance} - 5\`` */
function calculatedThere(value: Value): boolean {
  if (value.k === 'guarded') return calculatedThere(value.of);
  return value.k === 'tpl' && value.holes.some((hole) => columnOf(hole) !== null);
}

function selected(value: Value | undefined): string[] | null {
  if (value?.k !== 'obj') return null;
  if (value.open) return null;
  return entriesOf(value).flatMap(([key, one]) =>
    tableCall(one) !== null && columnOf(one) === null ? ['*'] : [columnOf(one)?.column ?? key],
  );
}

/** What a chain of Drizzle's asks. */
export function drizzle(chain: Chain, reading: Reading): Asked | null {
  const [start] = chain.links;
  if (start === undefined) return null;
  if (chain.names[0] === 'query') return relational(chain, reading);
  if (chain.names.length > 0) return null;
  const where = linkOf(chain, 'where');
  const joins = chain.links.filter(({ name }) => /[jJ]oin$/.test(name));
  const filters = [...conditions(where?.args[0]), ...joins.flatMap(({ args }) => conditions(args[1]))];
  const returning = linkOf(chain, 'returning');
  if (/^select(Distinct|DistinctOn)?$/.test(start.name)) {
    const from = linkOf(chain, 'from')?.args[0];
    const tables = [from, ...joins.map(({ args }) => args[0])].flatMap((one) => drizzleTable(one) ?? []);
    if (tables.length === 0) return null;
    const asked = start.name === 'selectDistinctOn' ? start.args[1] : start.args[0];
    const columns = selected(asked);
    const limit = linkOf(chain, 'limit');
    const aggregate =
      asked?.k === 'obj' &&
      linkOf(chain, 'groupBy') === undefined &&
      asked.keys.size > 0 &&
      [...asked.keys.values()].every((one) => columnOf(one) === null && tableCall(one) === null);
    return {
      ...nothingAsked,
      tables,
      filters,
      columns,
      star: asked === undefined,
      limited: limit !== undefined || aggregate,
      single: limit?.args[0]?.k === 'lit' && limit.args[0].v === 1,
      ordered: linkOf(chain, 'orderBy') !== undefined,
      locks: linkOf(chain, 'for') !== undefined,
    };
  }
  const table = start.args[0];
  const name = drizzleTable(table);
  if (name === null) return null;
  const common = {
    ...nothingAsked,
    tables: [name],
    filters,
    columns: selected(returning?.args[0]),
    star: returning !== undefined && returning.args.length === 0,
  };
  if (start.name === 'insert') {
    const conflict = linkOf(chain, 'onConflictDoNothing', 'onConflictDoUpdate', 'onDuplicateKeyUpdate');
    return { ...common, verb: 'insert', sets: setsOf(table, linkOf(chain, 'values')?.args[0]), conflict: conflict !== undefined };
  }
  if (start.name === 'update') return { ...common, verb: 'update', sets: setsOf(table, linkOf(chain, 'set')?.args[0]) };
  return start.name === 'delete' ? { ...common, verb: 'delete' } : null;
}

/** `db.query.users.findMany({ where, with, columns, limit })` */
function relational(chain: Chain, reading: Reading): Asked | null {
  const [start] = chain.links;
  const method = start?.name;
  if (start === undefined || (method !== 'findMany' && method !== 'findFirst')) return null;
  const { machine } = reading;
  const table = tableOfSchema(chain, reading);
  const name = drizzleTable(table);
  const options = start.args[0];
  const columns = under(options, 'columns');
  return {
    ...nothingAsked,
    tables: name === null ? [chain.names[1] ?? ''] : [name],
    filters: whereOf(under(options, 'where'), table, machine, mayHold(options, 'where')),
    columns:
      columns?.k === 'obj' && [...columns.keys.values()].every((one) => one.k === 'lit' && one.v === true)
        ? [...columns.keys.keys()]
        : null,
    star: columns === undefined,
    limited: method === 'findFirst' || mayHold(options, 'limit'),
    single: method === 'findFirst',
    ordered: holds(under(options, 'orderBy')),
  };
}

function whereOf(where: Value | undefined, table: Value, machine: Machine, may: boolean): Column[] {
  if (where === undefined) return may ? [{ table: null, column: '*', value: UNKNOWN }] : [];
  if (where.k === 'fn') {
    const operators: Value = { k: 'lib', symbol: 'npm:drizzle-orm#' };
    return conditions(machine.apply(where, [table, operators])?.value);
  }
  if (where.k !== 'obj') return conditions(where);
  const call = tableCall(table);
  return entriesOf(where).map(([key, value]) => ({
    table: drizzleTable(table),
    column: call === null || key === '*' ? key : nameOf(call, key),
    value: under(value, 'eq') ?? value,
  }));
}

/** The table of `db.query.users`, out of the schema that `drizzle(…)` was given. */
function tableOfSchema(chain: Chain, { machine, frame }: Reading): Value {
  const key = chain.names[1] ?? '';
  let root: Extract<Value, { k: 'inst' }> | null = chain.root;
  for (let depth = 0; root !== null && depth < 4; depth++) {
    for (const arg of root.args) {
      const schema = under(arg, 'schema');
      if (schema === undefined) continue;
      const found = machine.get(schema, key, frame);
      if (found.k === 'result') return found;
    }
    root = root.on?.k === 'inst' ? root.on : null;
  }
  return UNKNOWN;
}

/** True where the call declares a table. */
export function declaresTable(symbol: string): boolean {
  return maker.test(symbol);
}
