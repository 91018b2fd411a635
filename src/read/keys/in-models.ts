import type { Place } from '../../model/words.ts';
import type { Expr, FileFacts } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import { dotted, fieldsOf, textOf } from '../constructs/nodes.ts';
import { callsIn } from '../samples/walk.ts';
import type { Keys } from './tables.ts';

/** `sequelize.define('Order', { userId: { references: … } }, { indexes: […] })`, `Order.init(…)`, `Order.belongsTo(User, { foreignKey: 'userId' })` */
export function keysOfModels(file: SourceFile, keys: Keys): void {
  const { facts, path } = file;
  for (const { call } of callsIn(file)) {
    const method = call.f.k === 'get' ? call.f.n : '';
    const where = { file: path, line: Math.max(1, call.l), endLine: Math.max(1, call.l) };
    const owner = call.f.k === 'get' ? dotted(facts, call.f.o) : '';
    if (method === 'belongsTo' && call.a[1]?.k === 'obj') {
      const key = call.a[1].p.find(([name]) => name === 'foreignKey')?.[1];
      const column = textOf(key) ?? (key?.k === 'obj' ? textOf(key.p.find(([name]) => /^(name|field)$/.test(name))?.[1]) : null);
      if (column !== null) keys.reference(owner.split('.').at(-1) ?? '', [column], call.a[0] ? dotted(facts, call.a[0]) : '', where);
      continue;
    }
    const at = method === 'define' ? 1 : method === 'init' ? 0 : -1;
    const options = fieldsOf(facts, call.a[at + 1]);
    const option = (name: string) => options.find(([key]) => key === name)?.[1];
    const table = textOf(option('tableName')) ?? (at === 1 ? textOf(call.a[0]) : (textOf(option('modelName')) ?? owner));
    if (at === -1 || table === null || table === '') continue;
    attributesOf(facts, table, fieldsOf(facts, call.a[at]), keys, where);
    const indexes = option('indexes');
    for (const one of indexes?.k === 'arr' ? indexes.a : []) {
      if (one.k !== 'obj') continue;
      const part = (name: string) => one.p.find(([key]) => key === name)?.[1];
      const fields = part('fields');
      keys.index(table, {
        name: textOf(part('name')),
        columns:
          fields?.k === 'arr'
            ? fields.a.flatMap((field) => textOf(field) ?? (field.k === 'obj' ? (textOf(field.p[0]?.[1]) ?? []) : []))
            : [],
        unique: part('unique')?.k === 'lit',
        plain: part('where') === undefined && part('using') === undefined,
        source: 'entity',
        where,
      });
    }
  }
}

/** The columns of a table as Sequelize and node-pg-migrate write them: `{ user_id: { references: …, unique: true } }`. */
export function attributesOf(facts: FileFacts, table: string, attributes: readonly [string, Expr][], keys: Keys, where: Place): void {
  const mine = keys.table(table);
  mine.where ??= where;
  let primary = false;
  for (const [key, value] of attributes) {
    if (key === '...' || key === '?') continue;
    const fields = new Map(value.k === 'obj' ? value.p : []);
    const column = textOf(fields.get('field')) ?? key;
    const isSet = (name: string) =>
      fields.has(name) && !(fields.get(name)?.k === 'lit' && (fields.get(name) as { v: unknown }).v === false);
    mine.columns.add(column);
    primary ||= isSet('primaryKey');
    if (isSet('primaryKey') || isSet('unique'))
      keys.index(table, { name: null, columns: [column], unique: true, plain: true, source: 'entity', where });
    const target = fields.get('references');
    if (target !== undefined) {
      const model = target.k === 'obj' ? (target.p.find(([name]) => /^(model|table)$/.test(name))?.[1] ?? target) : target;
      keys.reference(table, [column], (textOf(model) ?? dotted(facts, model)).replaceAll('"', '').replace(/\(.*/, ''), where);
    }
  }
  // The libraries add one of that name where none is told.
  if (!primary) keys.index(table, { name: null, columns: ['id'], unique: true, plain: true, source: 'entity', where });
}
