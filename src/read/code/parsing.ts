import { knowledgeOf } from './knowledge.ts';
import type { Machine } from './machine.ts';
import type { Place } from '../../model/words.ts';
import { UNKNOWN } from './value.ts';
import type { Value } from './value.ts';

// Libraries that check a value by a schema: `schema.parse(value)`, `parse(schema, value)`, `check(value)` of a schema that was compiled.

const libraries = /^npm:(?:zod|joi|@hapi\/joi|yup|superstruct|valibot|arktype|ajv|@sinclair\/typebox|drizzle-zod|@trpc)(?:$|[/#])/;

function isInput(value: Value): boolean {
  return ['input', 'obj', 'environment', 'role'].includes(value.k) || (value.k === 'result' && value.symbol === 'schema');
}

function isSchema(value: Value): boolean {
  if (value.k === 'guarded') return isSchema(value.of);
  if (value.k === 'either') return value.of.some(isSchema);
  return value.k === 'class' || ((value.k === 'result' || value.k === 'inst' || value.k === 'lib') && libraries.test(value.symbol));
}

/** What a schema was asked about, and by which schema; null where either is not known. */
function askedOf(receiver: Value | null, args: readonly Value[]): { schema: Value; of: Value } | null {
  const schema =
    receiver !== null && isSchema(receiver) && !args.slice(0, 2).some((one, at) => isSchema(one) && args.length > 1 && at < 2)
      ? receiver
      : args.find(isSchema);
  const of = args.find((one) => one !== schema && isInput(one));
  return schema === undefined || of === undefined ? null : { schema, of };
}

/** Notes that a value is checked by a schema, and gives what the check gives; undefined where nothing is known of it. */
export function parsedBy(machine: Machine, receiver: Value | null, args: readonly Value[], where: Place): Value | undefined {
  // `validate(plainToInstance(CreateUser, body))` of class-validator: the instance says by which class.
  const [instance] = args;
  if (receiver === null && instance?.k === 'result' && instance.symbol === 'schema' && instance.on?.k === 'class') {
    machine.visit.parsed(instance.on, instance.args[0] ?? UNKNOWN, where);
    return UNKNOWN;
  }
  const asked = askedOf(receiver, args);
  if (asked === null) {
    const of = args.find(isInput) ?? args[0] ?? UNKNOWN;
    if (receiver !== null) machine.visit.parsed(receiver, of, where);
    return undefined;
  }
  machine.visit.parsed(asked.schema, asked.of, where);
  const { schema, of } = asked;
  return { k: 'result', symbol: 'schema', base: 'schema', args: [of], on: schema, path: [] };
}

/** Calls a schema that was compiled, or is itself a function: `validate(body)` of Ajv, `Note(body)` of ArkType; undefined for another function. */
export function checkedBy(machine: Machine, fn: Value, args: readonly Value[], where: Place): Value | undefined {
  if (fn.k !== 'result' || fn.path.length > 0 || knowledgeOf(fn.symbol)?.means !== 'schema-compile') return undefined;
  machine.visit.does('schema-parse');
  return parsedBy(machine, fn, args, where);
}
