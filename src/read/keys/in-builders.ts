import type { Expr, FileFacts } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import { chainOf, textOf } from '../constructs/nodes.ts';
import { callsIn, lastName } from '../samples/walk.ts';
import type { Call } from '../samples/walk.ts';
import type { Place } from '../../model/words.ts';
import { attributesOf } from './in-models.ts';
import { keysInSql } from './in-sql.ts';
import type { Keys } from './tables.ts';

// Migrations that are code: Knex, Sequelize, TypeORM and node-pg-migrate. What their `down` does is left out.

const sqlWords = /^\s*(create|alter|drop)\s/i;

/** Reads what the builders of a file make, change and take away. */
export function keysInBuilders(file: SourceFile, keys: Keys): void {
  const { facts, path } = file;
  const sites = callsIn(file).filter(({ fn }) => !isBack(facts, fn));
  const callbacks = new Map<number, string>();
  for (const { call } of sites) {
    const table = textOf(call.a[0]);
    if (call.a[1]?.k === 'fn' && table !== null && /^(createTable\w*|alterTable|table)$/.test(lastName(facts, call.f)))
      callbacks.set(call.a[1].i, table);
  }
  const inner = new Set(sites.flatMap(({ call }) => (call.f.k === 'get' && call.f.o.k === 'call' ? [call.f.o.i] : [])));
  for (const { call, fn } of sites) {
    const line = Math.max(1, call.l);
    const where: Place = { file: path, line, endLine: line };
    const method = lastName(facts, call.f);
    const text = textOf(call.a[0]);
    if (/^(raw|query|sql|\$executeRawUnsafe|execute)$/.test(method) && text !== null && sqlWords.test(text)) {
      // What stands in a hole of the text is no name that matters.
      keysInSql(text.replaceAll('…', ' '), keys, () => where);
      continue;
    }
    const table = callbacks.get(fn);
    if (table !== undefined) {
      if (!inner.has(call.i)) column(facts, table, call, keys, where);
    } else change(facts, method, call, keys, where);
  }
  for (const [, table] of callbacks) keys.table(table).where ??= { file: path, line: 1, endLine: 1 };
}

/** True inside the function that takes the migration back. */
function isBack(facts: FileFacts, fn: number): boolean {
  const exported = facts.exports['down'];
  const back = new Set(facts.classes.flatMap(({ m }) => m['down'] ?? []));
  if (exported?.k === 'fn') back.add(exported.i);
  for (let at = fn, hops = 0; at !== 0 && hops < 60; at = facts.functions[at]?.up ?? 0, hops++)
    if (back.has(at) || facts.functions[at]?.n === 'down') return true;
  return false;
}

/** One chain of Knex's table builder: `table.integer('user_id').references('users.id').index()`. */
function column(facts: FileFacts, table: string, last: Call, keys: Keys, where: Place): void {
  const chain = chainOf(last);
  const [first] = chain;
  if (first === undefined) return;
  const method = lastName(facts, first.f);
  const names = namesIn(first.a[0]);
  const has = (name: string) => chain.find(({ f }, at) => at > 0 && lastName(facts, f) === name);
  const index = (unique: boolean, name: string | null): void =>
    keys.index(table, { name, columns: names, unique, plain: true, source: 'builder', where });
  if (/^(index|unique|primary)$/.test(method)) {
    index(method !== 'index', textOf(first.a[1]));
    return;
  }
  if (/^(drop|rename|comment|engine|charset|timestamps$|collate)/.test(method)) {
    if (method === 'dropColumn' || method === 'dropColumns') for (const one of first.a.flatMap(namesIn)) keys.dropColumn(table, one);
    if (method === 'renameColumn') keys.renameColumn(table, names[0] ?? '', textOf(first.a[1]) ?? '');
    return;
  }
  if (method !== 'foreign') {
    for (const one of names.length > 0 ? names : method.endsWith('ncrements') ? ['id'] : []) {
      keys.table(table).columns.add(one);
      if (method.endsWith('ncrements') || has('primary') !== undefined || has('unique') !== undefined)
        keys.index(table, { name: null, columns: [one], unique: true, plain: true, source: 'builder', where });
    }
    if (has('index') !== undefined) index(false, null);
  }
  const refers = has('references');
  if (refers === undefined) return;
  const target = textOf(has('inTable')?.a[0]) ?? (textOf(refers.a[0]) ?? '').split('.')[0] ?? '';
  keys.reference(table, names, target, where);
}

/** What names a table first and what is in it second. */
function change(facts: FileFacts, method: string, call: Call, keys: Keys, where: Place): void {
  const options = fields(call.a.find((arg, at) => at > 0 && (arg.k === 'obj' || (arg.k === 'call' && arg.a[0]?.k === 'obj'))));
  const given = fields(call.a[0]);
  const table = textOf(call.a[0]) ?? textOf(given.get('name')) ?? textOf(given.get('tableName'));
  if (table === null) return;
  const second = call.a[1];
  const listed = second?.k === 'lit' || second?.k === 'arr' ? namesIn(second) : [];
  if (method === 'createTable') {
    if (given.has('columns')) entityTable(table, given, keys, where);
    else attributesOf(facts, table, second?.k === 'obj' ? second.p : [], keys, where);
  } else if (method === 'addColumn' || method === 'addColumns') {
    const name = textOf(second) ?? textOf(fields(second).get('name'));
    const attributes: [string, Expr][] =
      name === null ? (second?.k === 'obj' ? second.p : []) : call.a[2] === undefined ? [] : [[name, call.a[2]]];
    if (name !== null) keys.table(table).columns.add(name);
    attributesOf(facts, table, attributes, keys, where);
  } else if (method === 'addIndex' || method === 'createIndex') {
    const columns = [...listed, ...namesIn(options.get('fields')), ...namesIn(options.get('columnNames'))];
    keys.index(table, {
      name: textOf(options.get('name')),
      columns,
      unique: ['unique', 'isUnique'].some((name) => options.has(name)) || textOf(options.get('type'))?.toLowerCase() === 'unique',
      plain: !options.has('where') && !options.has('using') && !options.has('method'),
      source: 'builder',
      where,
    });
  } else if (method === 'addConstraint' || method === 'createForeignKey' || method === 'createUniqueConstraint') {
    const columns = [...listed, ...namesIn(options.get('fields')), ...namesIn(options.get('columnNames'))];
    const foreign = fields(options.get('foreignKeys'));
    const to = fields(options.get('references')).get('table') ?? options.get('referencedTableName') ?? foreign.get('references');
    if (to !== undefined)
      keys.reference(table, foreign.size > 0 ? namesIn(foreign.get('columns')) : columns, (textOf(to) ?? '').replace(/\(.*/, ''), where);
    const unique = [...namesIn(options.get('unique')), ...namesIn(options.get('primaryKey'))];
    if (unique.length > 0 || to === undefined)
      keys.index(table, { name: null, columns: unique.length > 0 ? unique : columns, unique: true, plain: true, source: 'builder', where });
  } else if (method === 'dropTable') keys.dropTable(table);
  else if (method === 'removeColumn' || method === 'dropColumn') for (const one of namesIn(second)) keys.dropColumn(table, one);
}

/** TypeORM's `new Table({ name, columns, indices, foreignKeys })`. */
function entityTable(table: string, given: ReadonlyMap<string, Expr>, keys: Keys, where: Place): void {
  const mine = keys.table(table);
  mine.where ??= where;
  const each = (name: string) => {
    const list = given.get(name);
    return list?.k === 'arr' ? list.a.map(fields) : [];
  };
  for (const one of each('columns')) {
    const name = textOf(one.get('name'));
    if (name === null) continue;
    mine.columns.add(name);
    if (one.has('isPrimary') || one.has('isUnique'))
      keys.index(table, { name: null, columns: [name], unique: true, plain: true, source: 'builder', where });
  }
  for (const one of [...each('indices'), ...each('uniques')])
    keys.index(table, {
      name: textOf(one.get('name')),
      columns: namesIn(one.get('columnNames')),
      unique: one.has('isUnique'),
      plain: !one.has('where'),
      source: 'builder',
      where,
    });
  for (const one of each('foreignKeys'))
    keys.reference(table, namesIn(one.get('columnNames')), textOf(one.get('referencedTableName')) ?? '', where);
}

/** The fields of an object, or of the one that a constructor is given. */
function fields(e: Expr | undefined): ReadonlyMap<string, Expr> {
  const inner = e?.k === 'call' ? e.a[0] : e;
  return new Map(inner?.k === 'obj' ? inner.p : []);
}

/** One name, or a list of them. */
function namesIn(e: Expr | undefined): string[] {
  if (e?.k === 'arr') return e.a.flatMap(namesIn);
  const name = textOf(e) ?? textOf(fields(e).get('name'));
  return name === null ? [] : [name];
}
