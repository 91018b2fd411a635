import { UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { entriesOf, holds, linkOf, mayHold, nothingAsked, textOf, under } from './access.ts';
import type { Asked, Chain, Column, Link, Reading } from './access.ts';
import { entityOf } from './entities.ts';
import type { DeclaredTable } from './tables.ts';

// Libraries whose rows are objects that know how to save themselves: TypeORM, Sequelize and Mongoose.

const open: Column = { table: null, column: '*', value: UNKNOWN };
const comparing = new Set(['$eq', '$in', 'eq', 'in', 'equals']);

/** Columns of `{ where }` in any of them; an operator that compares ranges is left out. */
function filtersOf(table: DeclaredTable, where: Value | undefined, depth = 0): Column[] {
  if (where === undefined || depth > 5) return [];
  if (where.k === 'lit' || where.k === 'input' || where.k === 'session') return [{ table: table.name, column: 'id', value: where }];
  return entriesOf(where).flatMap(([key, value]): Column[] => {
    if (key === '*') return [open];
    if (/^(\$?and|\$?or)$/i.test(key)) return filtersOf(table, value, depth + 1);
    const column = table.columns.get(key)?.name ?? key;
    if (value.k === 'obj') {
      const operator = [...value.keys].find(([one]) => comparing.has(one));
      if (operator !== undefined) return [{ table: table.name, column, value: operator[1] }];
      if ([...value.keys.keys()].some((one) => one.startsWith('$')) || value.keys.size === 0) return [];
      // A related row: `{ user: { id } }`
      return filtersOf({ ...table, columns: new Map() }, value, depth + 1).map((one) => ({
        ...one,
        table: null,
        column: one.column === 'id' ? column : one.column,
      }));
    }
    // `In([…])`, `Equal(…)` and, for ranges, `MoreThan(…)`
    if (value.k === 'result' && value.at === undefined && value.path.length === 0 && value.symbol.startsWith('npm:typeorm#'))
      return /#(In|Equal|Any)$/.test(value.symbol) ? [{ table: table.name, column, value: value.args[0] ?? UNKNOWN }] : [];
    return [{ table: table.name, column, value }];
  });
}

function setsOf(table: DeclaredTable, value: Value | undefined, atomic = false): Column[] {
  return entriesOf(value).flatMap(([key, one]): Column[] => {
    if (key === '$inc' || key === '$push' || key === '$addToSet' || key === '$pull' || key === '$mul') return setsOf(table, one, true);
    if (key.startsWith('$')) return setsOf(table, one, atomic);
    const there = one.k === 'result' && /(\.|#)(literal|fn|col)$/.test(one.symbol);
    return [{ table: table.name, column: table.columns.get(key)?.name ?? key, value: one, atomic: atomic || one.k === 'fn' || there }];
  });
}

/** Options of a reading call, wherever in its arguments they stand. */
function inTransaction(args: readonly Value[]): boolean {
  return args.some((arg) => holds(under(arg, 'transaction')) || holds(under(arg, 'session')));
}

/** What is written of a row that was read, made or handed over. */
function saved(table: DeclaredTable, row: Value, changes: readonly Column[]): Pick<Asked, 'verb' | 'sets' | 'filters'> {
  if (row.k === 'result' && row.at !== undefined)
    return {
      verb: 'update',
      sets: changes.map((one) => ({ ...one, table: table.name })),
      filters: [{ table: table.name, column: 'id', value: row }],
    };
  const sets = setsOf(table, row);
  const key = sets.find(({ column }) => column === 'id');
  const known = row.k === 'obj' || row.k === 'arr';
  return { verb: key === undefined && known ? 'insert' : 'update', sets, filters: key === undefined ? [open] : [key] };
}

/** What a call of a repository or entity manager of TypeORM asks. */
export function typeorm(chain: Chain, reading: Reading): Asked | null {
  const [call] = chain.links;
  if (call === undefined) return null;
  const own = chain.root.symbol.endsWith('#Repository') || chain.root.symbol.endsWith('#BaseEntity');
  const entity = own ? chain.root.args[0] : call.args[0];
  const table = entityOf(reading, entity);
  const args = own || call.args[0]?.k !== 'class' ? call.args : call.args.slice(1);
  if (table === null) return null;
  const [one, two] = args;
  const base = { ...nothingAsked, tables: [table.name] };
  if (call.name === 'createQueryBuilder') return built(chain, table);
  if (/^find|^count|^exist/.test(call.name)) {
    const by = /By$|ById$|ByOrFail$|CountBy$/.test(call.name);
    const where = by ? one : (under(one, 'where') ?? (mayHold(one, 'where') ? UNKNOWN : undefined));
    const single = /^findOne|^exist/.test(call.name);
    const select = under(one, 'select');
    const listed =
      select?.k === 'arr' ? select.items.map((item) => textOf(item) ?? '*') : select?.k === 'obj' ? [...select.keys.keys()] : null;
    return {
      ...base,
      filters: filtersOf(table, where),
      columns: by ? null : listed,
      star: (by || select === undefined) && call.name.startsWith('find'),
      limited: single || !call.name.startsWith('find') || (!by && mayHold(one, 'take')),
      single,
      ordered: !by && holds(under(one, 'order')),
      locks: !by && holds(under(one, 'lock')),
    };
  }
  switch (call.name) {
    case 'save':
      return { ...base, ...saved(table, one ?? UNKNOWN, changesOf(reading, one)) };
    case 'insert':
      return { ...base, verb: 'insert', sets: setsOf(table, one) };
    case 'upsert':
      return { ...base, verb: 'insert', sets: setsOf(table, one), conflict: true };
    case 'update':
      return { ...base, verb: 'update', filters: filtersOf(table, one), sets: setsOf(table, two) };
    case 'delete':
    case 'softDelete':
      return { ...base, verb: 'delete', filters: filtersOf(table, one) };
    case 'remove':
    case 'softRemove':
      return { ...base, verb: 'delete', filters: [{ table: table.name, column: 'id', value: one ?? UNKNOWN }] };
    case 'increment':
    case 'decrement':
      return {
        ...base,
        verb: 'update',
        filters: filtersOf(table, one),
        sets: [{ table: table.name, column: textOf(two) ?? '*', value: args[2] ?? UNKNOWN, atomic: true }],
      };
    default:
      return null;
  }
}

function changesOf({ changes }: Reading, row: Value | undefined): readonly Column[] {
  return row?.k === 'result' && row.at !== undefined ? (changes.get(row.at) ?? []) : [];
}

/** `createQueryBuilder('user').where('user.id = :id', { id })` */
function built(chain: Chain, table: DeclaredTable): Asked | null {
  const filters = chain.links.flatMap((link: Link): Column[] => {
    if (!/^(where|andWhere|orWhere)$/.test(link.name)) return [];
    const text = textOf(link.args[0]);
    if (text === null) return entriesOf(link.args[0]).map(([key, value]) => ({ table: table.name, column: key, value }));
    return [...text.matchAll(/(\w+)"?\s*(?:=|in\s*\()\s*(?:\(?\s*:(?:\.\.\.)?(\w+))/gi)].map(([, column = '', name = '']) => ({
      table: table.name,
      column: table.columns.get(column)?.name ?? column,
      value: under(link.args[1], name) ?? UNKNOWN,
    }));
  });
  const base = { ...nothingAsked, tables: [table.name], filters, locks: linkOf(chain, 'setLock') !== undefined };
  if (linkOf(chain, 'update') !== undefined)
    return { ...base, verb: 'update', sets: setsOf(table, linkOf(chain, 'set')?.args[0] ?? linkOf(chain, 'update')?.args.at(-1)) };
  if (linkOf(chain, 'delete', 'softDelete') !== undefined) return { ...base, verb: 'delete' };
  if (linkOf(chain, 'insert') !== undefined)
    return {
      ...base,
      verb: 'insert',
      sets: setsOf(table, linkOf(chain, 'values')?.args[0]),
      conflict: linkOf(chain, 'orIgnore', 'orUpdate', 'onConflict') !== undefined,
    };
  const single = linkOf(chain, 'getOne', 'getRawOne', 'getOneOrFail', 'getCount', 'getExists') !== undefined;
  if (!single && linkOf(chain, 'getMany', 'getRawMany', 'getManyAndCount') === undefined) return null;
  return {
    ...base,
    single,
    limited: single || linkOf(chain, 'take', 'limit') !== undefined,
    ordered: linkOf(chain, 'orderBy') !== undefined,
    star: linkOf(chain, 'select') === undefined,
  };
}

/** What a call of a model of Sequelize's, or of one of its rows, asks. */
export function sequelize(chain: Chain, reading: Reading): Asked | null {
  const call = chain.links.at(-1);
  const table = entityOf(reading, chain.root);
  if (call === undefined || table === null) return null;
  const [one, two] = call.args;
  const base = { ...nothingAsked, tables: [table.name], transaction: inTransaction(call.args) };
  if (reading.row !== null) {
    const filters = [{ table: table.name, column: 'id', value: reading.row }];
    if (call.name === 'save') return { ...base, ...saved(table, reading.row, changesOf(reading, reading.row)) };
    if (call.name === 'update') return { ...base, verb: 'update', filters, sets: setsOf(table, one) };
    if (call.name === 'destroy') return { ...base, verb: 'delete', filters };
    if (call.name === 'increment' || call.name === 'decrement')
      return { ...base, verb: 'update', filters, sets: [{ table: table.name, column: textOf(one) ?? '*', value: UNKNOWN, atomic: true }] };
    return null;
  }
  const where = under(call.name === 'update' || call.name === 'increment' || call.name === 'decrement' ? two : one, 'where');
  const filters = where === undefined ? [] : filtersOf(table, where);
  if (/^find|^count$/.test(call.name)) {
    const byKey = call.name === 'findByPk';
    const options = byKey ? two : one;
    const attributes = under(options, 'attributes');
    const listed = attributes?.k === 'arr' ? attributes.items.map((item) => textOf(item) ?? '*') : null;
    const single = /^find(One|ByPk|OrCreate|OrBuild)$/.test(call.name);
    const shared = {
      ...base,
      filters: byKey
        ? [{ table: table.name, column: 'id', value: one ?? UNKNOWN }]
        : where === undefined && mayHold(options, 'where')
          ? [open]
          : filters,
    };
    if (call.name === 'findOrCreate')
      return { ...shared, verb: 'insert', sets: setsOf(table, under(one, 'defaults')), conflict: true, single: true };
    return {
      ...shared,
      columns: listed,
      star: attributes === undefined && call.name !== 'count' && !mayHold(options, 'attributes'),
      limited: single || call.name === 'count' || mayHold(options, 'limit'),
      single,
      ordered: holds(under(options, 'order')),
      locks: holds(under(options, 'lock')),
    };
  }
  switch (call.name) {
    case 'create':
    case 'bulkCreate':
      return {
        ...base,
        verb: 'insert',
        sets: setsOf(table, one),
        conflict: holds(under(two, 'ignoreDuplicates')) || holds(under(two, 'updateOnDuplicate')),
      };
    case 'upsert':
      return { ...base, verb: 'insert', sets: setsOf(table, one), conflict: true };
    case 'update':
      return { ...base, verb: 'update', sets: setsOf(table, one), filters };
    case 'destroy':
      return { ...base, verb: 'delete', filters };
    case 'increment':
    case 'decrement':
      return { ...base, verb: 'update', filters, sets: [{ table: table.name, column: textOf(one) ?? '*', value: UNKNOWN, atomic: true }] };
    default:
      return null;
  }
}

/** What a call of a model of Mongoose's, or of one of its documents, asks. */
export function mongoose(chain: Chain, reading: Reading): Asked | null {
  const [start] = chain.links;
  const table = entityOf(reading, chain.root);
  if (start === undefined || table === null) return null;
  const last = chain.links.at(-1);
  const base = {
    ...nothingAsked,
    tables: [table.name],
    transaction: inTransaction(chain.links.flatMap(({ args }) => [...args])) || linkOf(chain, 'session') !== undefined,
  };
  if (reading.row !== null) {
    if (last?.name === 'save') return { ...base, ...saved(table, reading.row, changesOf(reading, reading.row)) };
    if (last?.name === 'deleteOne' || last?.name === 'remove')
      return { ...base, verb: 'delete', filters: [{ table: table.name, column: '_id', value: reading.row }] };
    if (last?.name === 'updateOne')
      return {
        ...base,
        verb: 'update',
        filters: [{ table: table.name, column: '_id', value: reading.row }],
        sets: setsOf(table, last.args[0]),
      };
    return null;
  }
  const [one, two, three] = start.args;
  // `new User({ … }).save()`
  if (start.name.endsWith('#Model'))
    return linkOf(chain, 'save') === undefined ? null : { ...base, verb: 'insert', sets: setsOf(table, one) };
  const byId = /ById/.test(start.name);
  const filters = byId ? [{ table: table.name, column: '_id', value: one ?? UNKNOWN }] : filtersOf(table, one);
  if (/AndUpdate$|AndReplace$/.test(start.name) || /^(updateOne|updateMany|replaceOne)$/.test(start.name))
    return {
      ...base,
      verb: 'update',
      filters,
      sets: setsOf(table, two),
      conflict: holds(under(three, 'upsert')),
      star: start.name.startsWith('find'),
    };
  if (/AndDelete$|AndRemove$/.test(start.name) || /^delete(One|Many)$/.test(start.name)) return { ...base, verb: 'delete', filters };
  if (start.name === 'create' || start.name === 'insertMany') return { ...base, verb: 'insert', sets: setsOf(table, one) };
  if (/^(find|findOne|findById|exists|countDocuments|estimatedDocumentCount|distinct|aggregate)$/.test(start.name)) {
    const select = linkOf(chain, 'select');
    const projection = textOf(select?.args[0]) ?? textOf(two);
    const whole = select === undefined && (two === undefined || (two.k === 'lit' && two.v === null));
    return {
      ...base,
      filters: start.name === 'aggregate' ? [open] : filters,
      columns: projection === null || /(^|\s)[-+]/.test(projection) ? null : projection.split(/\s+/),
      star: whole && start.name.startsWith('find'),
      limited: start.name !== 'find' || linkOf(chain, 'limit') !== undefined || mayHold(three, 'limit'),
      single: start.name === 'findOne' || byId || start.name === 'exists',
      ordered: linkOf(chain, 'sort') !== undefined,
    };
  }
  return null;
}
