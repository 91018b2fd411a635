import type { Hazard } from '../../model/evidence/supply.ts';
import { emptySchema, readMigration } from '../../source/hazards.ts';
import type { FoundHazard, ReadScript, Running } from '../../source/hazards.ts';
import type { Expr, FileFacts } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import { callsIn, lastName } from '../samples/walk.ts';
import type { Call, Site } from '../samples/walk.ts';

/** What a migration that is code does on the way forward, and what it has to go back. */
export interface CodeMigration extends ReadScript {
  readonly back: 'absent' | 'empty' | 'written';
}

type Word = readonly [
  hazard: Hazard | null,
  says: (table: string, column: string) => string,
  loses?: (table: string, column: string) => string,
];

/** Methods of query runners and schema builders that name a table first and what is in it second: TypeORM, Sequelize, node-pg-migrate, Knex's `schema`. */
const direct: Readonly<Record<string, Word>> = {
  dropTable: ['drops-table', (table) => `the table ${table} is deleted`, (table) => `table ${table}`],
  dropTableIfExists: ['drops-table', (table) => `the table ${table} is deleted`, (table) => `table ${table}`],
  renameTable: ['renames', (table, to) => `the table ${table} becomes ${to}`],
  renameColumn: ['renames', (table, column) => `the column ${table}.${column} gets another name`],
  removeColumn: [
    'drops-column',
    (table, column) => `the column ${table}.${column} is deleted`,
    (table, column) => `column ${table}.${column}`,
  ],
  dropColumn: [
    'drops-column',
    (table, column) => `the column ${table}.${column} is deleted`,
    (table, column) => `column ${table}.${column}`,
  ],
  dropColumns: ['drops-column', (table) => `columns of ${table} are deleted`, (table) => `columns of ${table}`],
  changeColumn: ['changes-type', (table, column) => `${table}.${column} is changed, for which the table may be written anew`],
  createIndex: ['locks-for-index', (table) => `an index on ${table} is built while writes to it wait`],
  addIndex: ['locks-for-index', (table) => `an index on ${table} is built while writes to it wait`],
  createForeignKey: ['validates-constraint', (table) => `every row of ${table} is checked while writes wait`],
  addConstraint: ['validates-constraint', (table) => `every row of ${table} is checked while writes wait`],
};

/** Methods of Knex's table builder, inside `alterTable(name, (table) => …)`. */
const inTable: Readonly<Record<string, Word>> = {
  dropColumn: [
    'drops-column',
    (table, column) => `the column ${table}.${column} is deleted`,
    (table, column) => `column ${table}.${column}`,
  ],
  dropColumns: [
    'drops-column',
    (table, column) => `${table}.${column} and other columns are deleted`,
    (table, column) => `columns of ${table} (${column} …)`,
  ],
  dropTimestamps: ['drops-column', (table) => `the time columns of ${table} are deleted`, (table) => `time columns of ${table}`],
  renameColumn: ['renames', (table, column) => `the column ${table}.${column} gets another name`],
  dropNullable: ['set-not-null', (table, column) => `every row of ${table} is looked at for an empty ${column}`],
  foreign: ['validates-constraint', (table) => `every row of ${table} is checked while writes wait`],
  index: ['locks-for-index', (table) => `an index on ${table} is built while writes to it wait`],
  unique: ['locks-for-index', (table) => `an index on ${table} is built while nobody can read or write it`],
  primary: ['locks-for-index', (table) => `an index on ${table} is built while nobody can read or write it`],
  dropIndex: ['locks-for-removal', (table) => `an index of ${table} is removed under a lock on the whole table`],
  dropUnique: ['locks-for-removal', (table) => `an index of ${table} is removed under a lock on the whole table`],
};
/** Methods of the table builder that add no column. */
const noColumn =
  /^(drop|foreign$|index$|unique$|primary$|rename|comment$|engine$|charset$|collate$|set|inherits$|check|timestamps$|queryContext$)/;

/** Reads the `up` of a migration in JavaScript or TypeScript; null when the file has none. */
export function codeMigration(file: SourceFile, running: Running): CodeMigration | null {
  const { facts } = file;
  const up = roleOf(facts, 'up');
  const down = roleOf(facts, 'down');
  if (up === null) return null;
  const out: ReadScript & { understood: number; unread: number } = { hazards: [], loses: [], understood: 0, unread: 0 };
  const sites = callsIn(file);
  const inner = new Set(sites.flatMap(({ call }) => (call.f.k === 'get' && call.f.o.k === 'call' ? [call.f.o.i] : [])));
  const tables = tablesByCallback(facts, sites);
  const made = new Set(
    sites
      .filter(({ call }) => lastName(facts, call.f).startsWith('createTable'))
      .map(({ call }) => textOf(call.a[0]) ?? nameIn(call.a[0]) ?? ''),
  );
  for (const site of sites) {
    if (!within(facts, site.fn, up)) continue;
    const method = lastName(facts, site.call.f);
    const sql = /^(raw|query|sql|\$executeRawUnsafe|execute)$/.test(method) ? sqlOf(site.call.a[0]) : null;
    if (sql !== null) {
      merge(out, readText(sql, running), site.call.l);
      continue;
    }
    const inside = tables.get(nearest(facts, site.fn, tables) ?? -1);
    if (inside !== undefined) {
      if (!inside.creates && !made.has(inside.table) && !inner.has(site.call.i)) knex(facts, site.call, inside.table, out);
    } else {
      const table = textOf(site.call.a[0]) ?? '';
      if (table !== '' && !made.has(table))
        word(direct[method], table, textOf(site.call.a[1]) ?? nameIn(site.call.a[1]) ?? '', site.call.l, out);
      if (method === 'addColumn' && table !== '' && !made.has(table)) added(site.call, table, out);
      if (Object.hasOwn(direct, method) || /^(createTable|addColumn)/.test(method)) out.understood++;
    }
  }
  const back = down === null ? 'absent' : sites.some(({ fn }) => within(facts, fn, down)) ? 'written' : 'empty';
  return { ...out, back };
}

/** The function that is exported, or a method, under a name. */
function roleOf(facts: FileFacts, name: 'up' | 'down'): number | null {
  const exported = facts.exports[name];
  if (exported?.k === 'fn') return exported.i;
  const at = facts.functions.findIndex((func, index) => index > 0 && func.n === name);
  if (at > 0) return at;
  const method = facts.classes.map(({ m }) => m[name]).find((index) => index !== undefined);
  return method ?? null;
}

function within(facts: FileFacts, fn: number, outer: number): boolean {
  for (let at = fn, hops = 0; hops < 60; at = facts.functions[at]?.up ?? 0, hops++) {
    if (at === outer) return true;
    if (at === 0) return false;
  }
  return false;
}

function nearest(facts: FileFacts, fn: number, tables: ReadonlyMap<number, unknown>): number | null {
  for (let at = fn, hops = 0; at !== 0 && hops < 60; at = facts.functions[at]?.up ?? 0, hops++) if (tables.has(at)) return at;
  return null;
}

/** Callbacks that build or change a table, by the index of the function. */
function tablesByCallback(facts: FileFacts, sites: readonly Site[]): Map<number, { table: string; creates: boolean }> {
  const found = new Map<number, { table: string; creates: boolean }>();
  for (const { call } of sites) {
    const method = lastName(facts, call.f);
    const callback = call.a[1];
    const table = textOf(call.a[0]);
    if (callback?.k === 'fn' && table !== null && /^(createTable\w*|alterTable|table)$/.test(method))
      found.set(callback.i, { table, creates: method.startsWith('createTable') });
  }
  return found;
}

/** One chain such as `table.string("x").notNullable()`, given by its last call. */
function knex(facts: FileFacts, last: Call, table: string, out: ReadScript): void {
  const chain: Call[] = [];
  for (let at: Expr = last; at.k === 'call'; at = at.f.k === 'get' ? at.f.o : at.f) chain.unshift(at);
  const [first] = chain;
  if (first === undefined) return;
  const names = chain.map((call) => lastName(facts, call.f));
  const method = names[0] ?? '';
  const column = textOf(first.a[0]) ?? '';
  word(inTable[method], table, column, last.l, out);
  if (noColumn.test(method) || Object.hasOwn(inTable, method)) return;
  const has = (name: string) => names.includes(name);
  const hazard = (kind: Hazard, detail: string) => out.hazards.push({ hazard: kind, table, detail, line: last.l });
  if (has('alter')) {
    hazard('changes-type', `${table}.${column} is changed, for which the table may be written anew`);
    return;
  }
  if (has('notNullable') && !has('defaultTo') && !/^(increments|bigIncrements)$/.test(method))
    hazard('not-null-without-default', `${table}.${column} may not be empty and has no default, so this stops where ${table} has rows`);
  if (has('references'))
    hazard('validates-constraint', `${table}.${column} refers to another table, and writes to both wait until that is checked`);
  if (has('unique') || has('index') || has('primary'))
    hazard('locks-for-index', `an index for ${table}.${column} is built while writes wait`);
}

/** `addColumn(table, { isNullable: false })`, `addColumn(table, name, { allowNull: false })`. */
function added(call: Call, table: string, out: ReadScript): void {
  const options = call.a.map((one) => (one.k === 'call' ? one.a[0] : one)).find((one) => one?.k === 'obj');
  if (options?.k !== 'obj') return;
  const has = (name: string) => options.p.find(([key]) => key === name)?.[1];
  const refuses = isFalse(has('allowNull'));
  if (refuses && has('default') === undefined && has('defaultValue') === undefined)
    out.hazards.push({
      hazard: 'not-null-without-default',
      table,
      detail: `a column of ${table} may not be empty and has no default, so this stops where ${table} has rows`,
      line: call.l,
    });
}

function isFalse(e: Expr | undefined): boolean {
  return e?.k === 'lit' && e.v === false;
}

function word(entry: Word | undefined, table: string, column: string, line: number, out: ReadScript): void {
  if (entry === undefined) return;
  const [hazard, says, loses] = entry;
  if (hazard !== null) out.hazards.push({ hazard, table, detail: says(table, column), line });
  if (loses !== undefined) out.loses.push({ what: loses(table, column), line });
}

function merge(out: ReadScript & { understood: number; unread: number }, more: ReadScript, line: number): void {
  out.hazards.push(...more.hazards.map((one): FoundHazard => ({ ...one, line })));
  out.loses.push(...more.loses.map((one) => ({ ...one, line })));
  out.understood += more.understood;
  out.unread += more.unread;
}

/** SQL with its holes filled by a name, or left out where the grammar takes no name there. */
function readText(parts: readonly string[], running: Running): ReadScript {
  const named = readMigration(parts.join('hole'), running, emptySchema());
  if (named.unread === 0 || parts.length === 1) return named;
  return readMigration(parts.join(' '), running, emptySchema());
}

function sqlOf(e: Expr | undefined): readonly string[] | null {
  const parts = e?.k === 'lit' && typeof e.v === 'string' ? [e.v] : e?.k === 'tpl' || e?.k === 'tag' ? e.p : null;
  // What begins otherwise is a part of a statement that the builder writes.
  return /^(\s|--.*\n)*(alter|create|drop|update|insert|delete|truncate|begin|start|commit|with|do|reindex|comment|grant|set)\b/i.test(
    parts?.[0] ?? '',
  )
    ? parts
    : null;
}

function textOf(e: Expr | undefined): string | null {
  return e?.k === 'lit' && typeof e.v === 'string' ? e.v : e?.k === 'arr' ? textOf(e.a[0]) : null;
}

/** The `name` of an object, or of the object that a constructor is given. */
function nameIn(e: Expr | undefined): string | null {
  const options = e?.k === 'call' ? e.a[0] : e;
  return options?.k === 'obj' ? textOf(options.p.find(([key]) => key === 'name')?.[1]) : null;
}
