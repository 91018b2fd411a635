import type { Expr } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import { dotted, textOf } from '../constructs/nodes.ts';
import { returnsOf } from '../samples/walk.ts';
import type { Keys } from './tables.ts';

type Decorator = Extract<Expr, { k: 'call' }>;

/** Classes with decorators of TypeORM or sequelize-typescript: what stands before the class and before its properties. */
export function keysOfEntities({ facts, path }: SourceFile, keys: Keys): void {
  for (const one of facts.classes) {
    const nameOf = (decorator: Expr): string => dotted(facts, decorator).split('.').at(-1) ?? '';
    const entity = one.d?.c.find((decorator) => /^(Entity|Table)$/.test(nameOf(decorator)));
    if (entity === undefined) continue;
    const where = { file: path, line: one.l, endLine: one.l };
    const given = entity.k === 'call' ? entity.a[0] : undefined;
    const table = textOf(given) ?? textOf(option(given, 'name')) ?? textOf(option(given, 'tableName')) ?? one.n.replace(/Entity$/, '');
    const mine = keys.table(table);
    mine.where ??= where;
    const columnOf = new Map<string, string>();
    let primary = false;
    const index = (columns: string[], unique: boolean, plain = true, name: string | null = null): void =>
      keys.index(table, { name, columns, unique, plain, source: 'entity', where });
    for (const [property, decorators] of Object.entries(one.d?.p ?? {})) {
      const called = decorators.map((decorator) => ({ name: nameOf(decorator), args: decorator.k === 'call' ? decorator.a : [] }));
      const column = called.find(({ name }) => name.endsWith('Column'));
      const relation = called.find(({ name }) => name === 'ManyToOne' || name === 'OneToOne');
      const join = called.find(({ name }) => name === 'JoinColumn');
      const db =
        textOf(
          option(
            column?.args.find((arg) => arg.k === 'obj'),
            'name',
          ),
        ) ??
        textOf(
          option(
            column?.args.find((arg) => arg.k === 'obj'),
            'field',
          ),
        ) ??
        textOf(option(join?.args[0], 'name')) ??
        (relation === undefined ? property : `${property}Id`);
      columnOf.set(property, db);
      const pointing = relation !== undefined && (relation.name === 'ManyToOne' || join !== undefined);
      if (column !== undefined || pointing) mine.columns.add(db);
      const foreign = called.find(({ name }) => name === 'ForeignKey');
      const to = (foreign ?? relation)?.args[0];
      const target = to?.k === 'fn' ? returnsOf(facts, to.i)[0] : undefined;
      if (foreign !== undefined || pointing)
        keys.reference(table, [db], target === undefined ? (textOf(to) ?? '') : dotted(facts, target), where);
      const told = called.some(
        ({ name, args }) =>
          /^Primary|^Unique$/.test(name) || args.some((arg) => isTrue(option(arg, 'unique')) || isTrue(option(arg, 'primary'))),
      );
      primary ||= called.some(({ name }) => name.startsWith('Primary'));
      // A relation to one is unique by itself.
      if (told || (relation?.name === 'OneToOne' && join !== undefined)) index([db], true);
      else if (called.some(({ name }) => name === 'Index')) index([db], false);
    }
    if (!primary) index(['id'], true);
    for (const decorator of (one.d?.c ?? []).filter((each): each is Decorator => each.k === 'call')) {
      const kind = nameOf(decorator);
      if (kind !== 'Index' && kind !== 'Unique') continue;
      const list = decorator.a.find((arg) => arg.k === 'arr' || arg.k === 'fn');
      const items = list?.k === 'fn' ? returnsOf(facts, list.i)[0] : list;
      const properties = items?.k === 'arr' ? items.a.flatMap((item) => textOf(item) ?? (item.k === 'get' ? item.n : [])) : [];
      const options = decorator.a.find((arg) => arg.k === 'obj');
      index(
        properties.map((property) => columnOf.get(property.split('.')[0] ?? '') ?? property),
        kind === 'Unique' || isTrue(option(options, 'unique')),
        option(options, 'where') === undefined,
        textOf(decorator.a[0]),
      );
    }
  }
}

function option(e: Expr | undefined, name: string): Expr | undefined {
  return e?.k === 'obj' ? e.p.find(([key]) => key === name)?.[1] : undefined;
}

function isTrue(e: Expr | undefined): boolean {
  return e?.k === 'lit' && e.v === true;
}
