import type { Machine } from './machine.ts';
import { apply, free } from './schema.ts';
import type { Shape } from './schema.ts';
import type { Value } from './value.ts';

const deepest = 5;
/** Decorators of class-validator whose names differ from those of the chains that are read elsewhere. */
const named: Readonly<Record<string, string>> = {
  IsOptional: 'optional',
  IsNotEmpty: 'notEmpty',
  IsDefined: 'required',
  IsNumber: 'number',
  IsEnum: 'enum',
  IsDateString: 'isISO8601',
  IsUrl: 'isURL',
  Min: 'min',
  Max: 'max',
  MinLength: 'min',
  MaxLength: 'max',
  IsPositive: 'positive',
};

/** Reads a class whose properties carry decorators of class-validator; null for anything else. */
export function classShapeOf(machine: Machine, value: Value, depth = 0): Shape | null {
  if (depth > deepest) return null;
  if (value.k === 'result') return derivedShape(machine, value, depth);
  const cls = value.k === 'class' ? value.file.facts.classes[value.cls] : undefined;
  if (value.k !== 'class' || cls === undefined) return null;
  const inherited = cls.up === undefined ? null : classShapeOf(machine, machine.lazily(value.frame, cls.up), depth + 1);
  const fields = new Map(inherited?.fields);
  for (const [name, decorators] of Object.entries(cls.d?.p ?? {})) {
    const shape: Shape = { ...free(), required: !cls.d?.o.includes(name) };
    for (const e of decorators) {
      const said = machine.lazily(value.frame, e);
      if (said.k !== 'result' && said.k !== 'lib') continue;
      const args = said.k === 'result' ? said.args : [];
      const decorator = said.symbol.slice(said.symbol.indexOf('#') + 1);
      if (said.symbol === 'npm:class-transformer#Type') nest(machine, shape, args[0], depth);
      if (!said.symbol.startsWith('npm:class-validator#')) continue;
      if (decorator === 'Length') {
        for (const [index, step] of ['min', 'max'].entries())
          apply(shape, { name: step, args: args.slice(index, index + 1), library: '' }, depth);
        continue;
      }
      const step = named[decorator] ?? decorator.slice(0, 1).toLowerCase() + decorator.slice(1);
      apply(shape, { name: step, args, library: 'npm:class-validator' }, depth);
    }
    fields.set(name, shape);
  }
  return fields.size === 0 ? null : { ...free(), type: 'object', fields };
}

/** `@Type(() => Address)` */
function nest(machine: Machine, shape: Shape, make: Value | undefined, depth: number): void {
  const made = make?.k === 'fn' ? machine.apply(make, [])?.value : undefined;
  const inner = made === undefined ? null : classShapeOf(machine, made, depth + 1);
  if (inner === null) return;
  if (shape.type === 'array') shape.item = inner;
  else Object.assign(shape, { type: 'object', fields: inner.fields });
}

/** `PartialType(CreateUserDto)`, `PickType(CreateUserDto, ['email'])` */
function derivedShape(machine: Machine, { symbol, args }: Extract<Value, { k: 'result' }>, depth: number): Shape | null {
  const [, kind] = /^npm:@nestjs\/(?:mapped-types|swagger|graphql)#(PartialType|PickType|OmitType|IntersectionType)$/.exec(symbol) ?? [];
  if (kind === undefined) return null;
  const [first, second] = args;
  if (kind === 'IntersectionType') {
    const shapes = args.flatMap((one) => classShapeOf(machine, one, depth + 1) ?? []);
    return { ...free(), type: 'object', fields: new Map(shapes.flatMap(({ fields }) => [...(fields ?? [])])) };
  }
  const shape = first === undefined ? null : classShapeOf(machine, first, depth + 1);
  if (shape === null) return null;
  const names = second?.k === 'arr' ? second.items.flatMap((one) => (one.k === 'lit' ? [String(one.v)] : [])) : [];
  const kept = [...(shape.fields ?? [])].filter(([name]) => kind === 'PartialType' || names.includes(name) === (kind === 'PickType'));
  return { ...shape, fields: new Map(kept.map(([name, one]) => [name, kind === 'PartialType' ? { ...one, required: false } : one])) };
}
