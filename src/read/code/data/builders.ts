import type { Value } from '../value.ts';
import { UNKNOWN } from '../value.ts';
import { entriesOf, holds, linkOf, nothingAsked, textOf, under } from './access.ts';
import type { Asked, Chain, Column, Link } from './access.ts';

// Builders that take names as texts: Knex, Kysely and supabase-js.

const open: Column = { table: null, column: '*', value: UNKNOWN };

/** `users as u` is `users`. */
function tableName(value: Value | undefined): string | null {
  if (value?.k === 'obj') return tableName([...value.keys.values()][0]);
  if (value?.k === 'arr') return tableName(value.items[0]);
  if (value?.k === 'either') return value.of.map(tableName).find((one) => one !== null) ?? null;
  const text = textOf(value);
  return text === null ? null : (text.trim().split(/\s+/)[0] ?? null);
}

/** `u.email` is `email`, and so is `email as mail`. */
function columnName(text: string): string {
  return (text.trim().split(/\s+as\s+/i)[0] ?? '').split('.').at(-1) ?? '';
}

/** `where('id', 1)`, `where('id', '=', 1)`, `where({ id: 1 })` */
function comparison(link: Link, table: string | null): Column[] {
  const [one, two, three] = link.args;
  const name = textOf(one);
  if (name === null)
    return one?.k === 'fn'
      ? [open]
      : entriesOf(one).map(([key, value]) => (key === '*' ? open : { table, column: columnName(key), value }));
  if (three === undefined) return two === undefined ? [] : [{ table, column: columnName(name), value: two }];
  const operator = textOf(two);
  return operator === '=' || operator === 'in' || operator === '=='
    ? [{ table, column: columnName(name), value: three }]
    : operator === null
      ? [open]
      : [];
}

function names(links: readonly Link[]): string[] | null {
  const found = links
    .flatMap(({ args }) => args.flatMap((arg) => (arg.k === 'arr' ? arg.items : arg.k === 'either' ? arg.of : [arg])))
    .map((one) => textOf(one));
  return found.length === 0 || found.includes(null) || found.some((one) => one?.includes('*') === true)
    ? null
    : found.map((one) => columnName(one ?? ''));
}

/** What a chain of Knex's asks. */
export function knex(chain: Chain): Asked | null {
  const links = chain.links;
  const table =
    tableName(chain.links[0]?.name.endsWith('Database') === true ? links[0]?.args[0] : undefined) ??
    tableName(linkOf(chain, 'from', 'into', 'table')?.args[0]);
  if (table === null || links[0]?.name === 'transaction' || links[0]?.name === 'raw' || linkOf(chain, 'as') !== undefined) return null;
  const filters = links.flatMap((link) => {
    if (/^(where|andWhere|orWhere|having)$/.test(link.name)) return comparison(link, table);
    if (/^(where|andWhere|orWhere)In$/.test(link.name))
      return [{ table, column: columnName(textOf(link.args[0]) ?? '*'), value: link.args[1] ?? UNKNOWN }];
    if (/^(where|andWhere|orWhere)(Raw|Exists)$/.test(link.name)) return [open];
    if (link.name === 'modify' || link.name === 'findById')
      return link.name === 'findById' ? [{ table, column: 'id', value: link.args[0] ?? UNKNOWN }] : [open];
    return [];
  });
  const joined = links.flatMap(({ name, args }) => (/[jJ]oin$/.test(name) ? (tableName(args[0]) ?? []) : []));
  const insert = linkOf(chain, 'insert');
  const update = linkOf(chain, 'update', 'increment', 'decrement', 'patch');
  const remove = linkOf(chain, 'del', 'delete');
  const common = {
    ...nothingAsked,
    tables: [table, ...joined],
    filters,
    locks: linkOf(chain, 'forUpdate', 'forShare', 'forNoKeyUpdate') !== undefined,
    transaction: linkOf(chain, 'transacting') !== undefined,
  };
  if (insert !== undefined)
    return { ...common, verb: 'insert', sets: setsOf(table, insert.args[0]), conflict: linkOf(chain, 'onConflict') !== undefined };
  if (update !== undefined) {
    const [one, two] = update.args;
    const name = textOf(one);
    const sets =
      name !== null
        ? [{ table, column: columnName(name), value: two ?? UNKNOWN, atomic: update.name !== 'update' }]
        : setsOf(table, one).map((set) => (update.name === 'update' || update.name === 'patch' ? set : { ...set, atomic: true }));
    return { ...common, verb: 'update', sets };
  }
  if (remove !== undefined) return { ...common, verb: 'delete' };
  const columns = links.filter(({ name, args }) => /^(select|column|columns)$/.test(name) && args.length > 0);
  const listed = names(columns);
  return {
    ...common,
    star: listed === null && (columns.length === 0 || columns.some(({ args }) => textOf(args[0])?.includes('*') === true)),
    columns: listed,
    limited: linkOf(chain, 'first', 'limit', 'count', 'countDistinct', 'sum', 'max', 'min', 'avg', 'modify', 'pluck') !== undefined,
    single: linkOf(chain, 'first', 'findById') !== undefined,
    ordered: linkOf(chain, 'orderBy') !== undefined,
  };
}

function setsOf(table: string, value: Value | undefined): Column[] {
  return entriesOf(value).map(([key, one]) => ({
    table,
    column: key === '*' ? '*' : columnName(key),
    value: one,
    atomic: one.k === 'result' && /\.(raw|ref)$/.test(one.symbol),
  }));
}

/** What a chain of Kysely's asks. */
export function kysely(chain: Chain): Asked | null {
  const [start] = chain.links;
  const table = tableName(start?.args[0]);
  if (start === undefined || table === null) return null;
  const joined = chain.links.flatMap(({ name, args }) => (name.endsWith('Join') ? (tableName(args[0]) ?? []) : []));
  const filters = chain.links.flatMap((link) => (link.name === 'where' ? comparison(link, table) : []));
  const common = {
    ...nothingAsked,
    tables: [table, ...joined],
    filters,
    locks: linkOf(chain, 'forUpdate', 'forNoKeyUpdate') !== undefined,
  };
  switch (start.name) {
    case 'insertInto':
    case 'replaceInto':
      return {
        ...common,
        verb: 'insert',
        sets: setsOf(table, linkOf(chain, 'values')?.args[0]),
        conflict: start.name === 'replaceInto' || linkOf(chain, 'onConflict', 'onDuplicateKeyUpdate', 'ignore') !== undefined,
      };
    case 'updateTable': {
      const set = linkOf(chain, 'set');
      const given = set?.args[0];
      const sets =
        given?.k === 'fn'
          ? [{ table, column: '*', value: UNKNOWN, atomic: true }]
          : textOf(given) !== null
            ? [{ table, column: columnName(textOf(given) ?? ''), value: set?.args[1] ?? UNKNOWN, atomic: set?.args[1]?.k === 'fn' }]
            : setsOf(table, given).map((one) =>
                one.value.k === 'fn' || (one.value.k === 'guarded' && one.value.of.k === 'tpl') ? { ...one, atomic: true } : one,
              );
      return { ...common, verb: 'update', sets };
    }
    case 'deleteFrom':
      return { ...common, verb: 'delete' };
    case 'selectFrom': {
      const selections = chain.links.filter(({ name }) => name === 'select');
      const functions = selections.length > 0 && selections.every(({ args }) => args[0]?.k === 'fn' || args[0]?.k === 'unknown');
      return {
        ...common,
        star: linkOf(chain, 'selectAll') !== undefined,
        columns: linkOf(chain, 'selectAll') === undefined ? names(selections) : null,
        limited: linkOf(chain, 'limit', 'executeTakeFirst', 'executeTakeFirstOrThrow', '$if', '$call') !== undefined || functions,
        single: linkOf(chain, 'executeTakeFirst', 'executeTakeFirstOrThrow') !== undefined,
        ordered: linkOf(chain, 'orderBy') !== undefined,
      };
    }
    default:
      return null;
  }
}

const ofPostgrest =
  /^(from|select|insert|update|upsert|delete|eq|neq|gte?|lte?|i?like|is|in|contains|containedBy|overlaps|textSearch|match|not|or|filter|order|limit|range|single|maybeSingle|csv|returns|abortSignal|throwOnError|then|catch|finally)$/;

/** What a chain of supabase-js asks of a table; row security may stand behind it. */
export function supabase(chain: Chain): Asked | null {
  const [start] = chain.links;
  const table = start?.name === 'from' && chain.names.length === 0 ? tableName(start.args[0]) : null;
  if (table === null) return null;
  // What only looks like it: builders of SQL have a `from` and a `select` too.
  if (chain.root.site.startsWith('shape:') && chain.links.some(({ name }) => !ofPostgrest.test(name))) return null;
  const filters = chain.links.flatMap((link): Column[] => {
    if (link.name === 'eq' || link.name === 'in')
      return [{ table, column: columnName(textOf(link.args[0]) ?? '*'), value: link.args[1] ?? UNKNOWN }];
    if (link.name === 'match') return entriesOf(link.args[0]).map(([key, value]) => ({ table, column: columnName(key), value }));
    return link.name === 'or' || link.name === 'filter' ? [open] : [];
  });
  const write = linkOf(chain, 'insert', 'update', 'upsert', 'delete');
  const select = linkOf(chain, 'select');
  const asked = textOf(select?.args[0]);
  const counts = holds(under(select?.args[1], 'head'));
  const common = {
    ...nothingAsked,
    tables: [table],
    filters,
    star: select !== undefined && !counts && (select.args.length === 0 || /(^|,)\s*\*/.test(asked ?? '')),
    columns: asked === null || asked.includes('*') ? null : asked.split(/,(?![^(]*\))/).map((one) => one.trim()),
  };
  if (write === undefined) {
    if (select === undefined) return null;
    const single = linkOf(chain, 'single', 'maybeSingle') !== undefined;
    return {
      ...common,
      limited: single || counts || linkOf(chain, 'limit', 'range') !== undefined,
      single,
      ordered: linkOf(chain, 'order') !== undefined,
    };
  }
  if (write.name === 'delete') return { ...common, verb: 'delete' };
  return {
    ...common,
    verb: write.name === 'update' ? 'update' : 'insert',
    sets: entriesOf(write.args[0]).map(([key, value]) => ({ table, column: key, value })),
    conflict: write.name === 'upsert',
  };
}
