import { UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { entriesOf, holds, mayHold, nothingAsked, under } from './access.ts';
import type { Asked, Chain, Column, Reading, Verb } from './access.ts';
import type { DeclaredTable } from './tables.ts';

// Prisma: `prisma.user.findMany({ where, select, take })`.

const verbs: Readonly<Record<string, Verb>> = {
  findFirst: 'select',
  findFirstOrThrow: 'select',
  findMany: 'select',
  findUnique: 'select',
  findUniqueOrThrow: 'select',
  count: 'select',
  aggregate: 'select',
  groupBy: 'select',
  create: 'insert',
  createMany: 'insert',
  createManyAndReturn: 'insert',
  upsert: 'insert',
  update: 'update',
  updateMany: 'update',
  updateManyAndReturn: 'update',
  delete: 'delete',
  deleteMany: 'delete',
};
const operators = new Set(['equals', 'in', 'has', 'hasSome', 'set']);
const ranges = new Set(['not', 'notIn', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith', 'mode', 'search', 'isEmpty']);
const calculations = new Set(['increment', 'decrement', 'multiply', 'divide', 'push']);

/** The table that the code calls `prisma.user`. */
function declared(chain: Chain, { tables }: Reading): DeclaredTable | undefined {
  return tables.of(`prisma:${chain.names[0] ?? ''}`);
}

/** What a call of a model of Prisma's asks. */
export function prisma(chain: Chain, reading: Reading): Asked | null {
  const [call] = chain.links;
  const model = chain.names[0];
  const verb = verbs[call?.name ?? ''];
  if (call === undefined || model === undefined || verb === undefined || chain.names.length > 1 || model.startsWith('$')) return null;
  const table = declared(chain, reading);
  const name = table?.name ?? model;
  const columnName = (key: string) => table?.columns.get(key)?.name ?? key;
  const options = call.args[0];
  const where = under(options, 'where');
  const data = call.name === 'upsert' ? [under(options, 'create'), under(options, 'update')] : [under(options, 'data')];
  const selection = under(options, 'select');
  const sets = verb === 'select' || verb === 'delete' ? [] : data.flatMap((one) => setsOf(name, one, columnName));
  return {
    ...nothingAsked,
    verb,
    tables: [name],
    filters: where === undefined ? (mayHold(options, 'where') ? [open] : []) : filtersOf(name, where, columnName, 0),
    // What may hold anything may hold all.
    sets:
      sets.length === 0 && data.some((one) => one === undefined) && mayHold(options, 'data') && (verb === 'insert' || verb === 'update')
        ? [open]
        : sets,
    columns:
      selection?.k === 'obj' && !selection.open ? [...selection.keys].flatMap(([key, one]) => (holds(one) ? [columnName(key)] : [])) : null,
    star:
      selection === undefined &&
      !mayHold(options, 'select') &&
      !['count', 'aggregate', 'groupBy', 'createMany', 'updateMany', 'deleteMany'].includes(call.name),
    limited: call.name !== 'findMany' && call.name !== 'groupBy' ? true : mayHold(options, 'take'),
    single: /Unique|First/.test(call.name),
    ordered: mayHold(options, 'orderBy'),
    conflict: call.name === 'upsert' || holds(under(options, 'skipDuplicates')),
  };
}

const open: Column = { table: null, column: '*', value: UNKNOWN };

/** Columns of a `where`; those of related rows stand there under their own names. */
function filtersOf(table: string | null, where: Value, nameOf: (key: string) => string, depth: number): Column[] {
  if (depth > 6) return [open];
  return entriesOf(where).flatMap(([key, value]): Column[] => {
    if (key === '*') return [open];
    if (key === 'AND' || key === 'OR') return filtersOf(table, value, nameOf, depth + 1);
    if (key === 'NOT') return [];
    if (value.k !== 'obj') return [{ table, column: nameOf(key), value }];
    const inner = [...value.keys.keys()];
    const equal = inner.find((one) => operators.has(one));
    if (equal !== undefined) return [{ table, column: nameOf(key), value: value.keys.get(equal) ?? UNKNOWN }];
    if (inner.length > 0 && inner.every((one) => ranges.has(one))) return [];
    // A related row, or the name of a key of several columns.
    return filtersOf(
      /^(is|some|every|none|isNot)$/.test(key) ? table : null,
      value,
      (one) => (key.includes('_') ? nameOf(one) : one),
      depth + 1,
    );
  });
}

function setsOf(table: string, data: Value | undefined, nameOf: (key: string) => string): Column[] {
  return entriesOf(data).map(([key, value]): Column => {
    if (key === '*') return { table, column: '*', value };
    const column = nameOf(key);
    if (value.k !== 'obj') return { table, column, value };
    const calculation = [...value.keys].find(([one]) => calculations.has(one));
    if (calculation !== undefined) return { table, column, value: calculation[1], atomic: true };
    const connected = value.keys.get('connect');
    if (connected?.k === 'obj') return { table, column, value: [...connected.keys.values()][0] ?? UNKNOWN };
    return { table, column, value: value.keys.get('set') ?? value };
  });
}

/** The models of a Prisma schema, by what the code calls them. */
export function modelsOf(path: string, text: string): [string, DeclaredTable][] {
  const found: [string, DeclaredTable][] = [];
  let model: { name: string; table: DeclaredTable; mapped: string | null } | null = null;
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/(^|\s)\/\/.*$/, '').trim();
    const start = /^(?:model|view)\s+(\w+)\s*\{/.exec(line);
    if (start?.[1] !== undefined) {
      const where = { file: path, line: index + 1, endLine: index + 1 };
      model = { name: start[1], table: { name: start[1], where, columns: new Map(), uniques: [] }, mapped: null };
      return;
    }
    if (model === null) return;
    if (line === '}') {
      const { name, table, mapped } = model;
      const columns = (keys: string[]) => keys.map((key) => table.columns.get(key)?.name ?? key);
      found.push([
        `prisma:${name.charAt(0).toLowerCase()}${name.slice(1)}`,
        { ...table, name: mapped ?? name, uniques: table.uniques.map(columns) },
      ]);
      model = null;
      return;
    }
    const map = /^@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(line);
    if (map?.[1] !== undefined) model.mapped = map[1];
    const several = /^@@(?:unique|id)\(\s*(?:fields:\s*)?\[([^\]]*)\]/.exec(line);
    if (several?.[1] !== undefined) model.table.uniques.push(several[1].split(',').map((one) => one.trim().replace(/\(.*/, '')));
    const field = /^(\w+)\s+(\w+)(\[\])?(\?)?\s*(.*)$/.exec(line);
    if (field === null || line.startsWith('@@')) return;
    const [, key = '', type = '', , , rest = ''] = field;
    const unique = /@(id|unique)\b/.test(rest);
    const mapped = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(rest)?.[1];
    model.table.columns.set(key, { name: mapped ?? key, type, unique, shaped: false });
    if (unique) model.table.uniques.push([key]);
  });
  return found;
}
