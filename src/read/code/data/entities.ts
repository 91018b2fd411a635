import { keyOf } from '../value.ts';
import type { Value } from '../value.ts';
import { entriesOf, holds, textOf, under } from './access.ts';
import type { Reading } from './access.ts';
import type { DeclaredColumn, DeclaredTable } from './tables.ts';

// Tables that are declared as classes or by a call that names their columns: TypeORM, Sequelize and Mongoose.

type Instance = Extract<Value, { k: 'inst' }>;
type ClassValue = Extract<Value, { k: 'class' }>;

/** The table of an entity class, a model, or whatever names one; null where it is none. */
export function entityOf(reading: Reading, value: Value | undefined): DeclaredTable | null {
  if (value === undefined) return null;
  const key = `entity:${keyOf(value)}`;
  const known = reading.tables.of(key);
  if (known !== undefined) return known;
  const made =
    value.k === 'class'
      ? ofClass(reading, value)
      : value.k === 'inst'
        ? ofModel(reading, value)
        : textOf(value) === null
          ? null
          : named(textOf(value) ?? '', reading);
  if (made !== null) reading.tables.declare(key, made);
  return made;
}

function named(name: string, reading: Reading): DeclaredTable {
  return { name, where: reading.where, columns: new Map(), uniques: [] };
}

/** A decorated class, or one that `init` told of its columns. */
function ofClass(reading: Reading, cls: ClassValue): DeclaredTable | null {
  const declared = cls.file.facts.classes[cls.cls];
  if (declared === undefined) return null;
  const { machine } = reading;
  const called = (list: readonly Parameters<typeof machine.eval>[0][]) =>
    list.map((one) => machine.eval(one, cls.frame)).filter((one) => one.k === 'result');
  const where = { file: cls.file.path, line: declared.l, endLine: declared.l };
  const columns = new Map<string, DeclaredColumn>();
  const uniques: string[][] = [];
  let name: string | null = null;
  let entity = false;
  for (const one of called(declared.d?.c ?? [])) {
    if (/#(Entity|Table|Schema)$/.test(one.symbol)) {
      entity = true;
      name =
        textOf(one.args[0]) ??
        textOf(under(one.args[0], 'name')) ??
        textOf(under(one.args[0], 'tableName')) ??
        textOf(under(one.args[0], 'collection'));
    }
    if (/#(Unique|Index)$/.test(one.symbol) && (one.symbol.endsWith('Unique') || one.args.some((arg) => holds(under(arg, 'unique'))))) {
      const list = one.args.find((arg) => arg.k === 'arr');
      if (list?.k === 'arr') uniques.push(list.items.flatMap((item) => textOf(item) ?? []));
    }
  }
  for (const [key, list] of Object.entries(declared.d?.p ?? {})) {
    for (const one of called(list)) {
      const column =
        /#(Column|Prop|PrimaryColumn|PrimaryGeneratedColumn|CreateDateColumn|UpdateDateColumn|DeleteDateColumn|VersionColumn|Index)$/.exec(
          one.symbol,
        )?.[1];
      if (column === undefined) continue;
      const options = one.args.find((arg) => arg.k === 'obj');
      const unique = column.startsWith('Primary') || holds(under(options, 'unique'));
      const db = textOf(under(options, 'name')) ?? columns.get(key)?.name ?? key;
      columns.set(key, {
        name: db,
        type: textOf(under(options, 'type')) ?? textOf(one.args[0]) ?? 'unknown',
        unique: unique || columns.get(key)?.unique === true,
        shaped: false,
      });
      if (unique) uniques.push([db]);
    }
  }
  if (!entity && columns.size === 0 && declared.up === undefined) return null;
  return { name: name ?? snake(declared.n), where, columns, uniques };
}

/** `sequelize.define('user', …)`, `mongoose.model('User', schema)` or a class of Sequelize's in the place of the model. */
function ofModel(reading: Reading, model: Instance): DeclaredTable | null {
  const [first, second, third] = model.args;
  if (first?.k === 'class') {
    const told = reading.inits.get(keyOf(first));
    if (told !== undefined)
      return fromAttributes(
        reading,
        textOf(under(told[1], 'tableName')) ?? textOf(under(told[1], 'modelName')) ?? first.file.facts.classes[first.cls]?.n ?? '',
        told[0],
      );
    return ofClass(reading, first);
  }
  const name = textOf(first);
  if (name === null) return null;
  if (model.symbol.startsWith('npm:mongoose') || model.symbol.startsWith('npm:@nestjs/mongoose')) {
    const schema = second?.k === 'result' || second?.k === 'inst' ? second : undefined;
    const collection = textOf(third) ?? textOf(under(schema?.args[1], 'collection'));
    return fromAttributes(reading, collection ?? plural(name.toLowerCase()), schema?.args[0]);
  }
  return fromAttributes(
    reading,
    textOf(under(third, 'tableName')) ?? (holds(under(third, 'freezeTableName')) ? name : plural(name)),
    second,
  );
}

function fromAttributes(reading: Reading, name: string, attributes: Value | undefined): DeclaredTable {
  const columns = new Map<string, DeclaredColumn>();
  const uniques: string[][] = [];
  for (const [key, value] of entriesOf(attributes)) {
    if (key === '*') continue;
    const type = under(value, 'type') ?? value;
    const unique = holds(under(value, 'unique')) || holds(under(value, 'primaryKey'));
    const column = textOf(under(value, 'field')) ?? key;
    columns.set(key, {
      name: column,
      type: type.k === 'inst' || type.k === 'lib' || type.k === 'result' ? type.symbol.slice(type.symbol.lastIndexOf('.') + 1) : 'unknown',
      unique,
      shaped: false,
    });
    if (unique) uniques.push([column]);
  }
  return { name, where: reading.where, columns, uniques };
}

function plural(name: string): string {
  return name.endsWith('s') ? name : /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
