import { classShapeOf } from './class-schema.ts';
import { jsonShapeOf } from './json-schema.ts';
import type { Machine } from './machine.ts';
import { compare } from './queries.ts';
import { shapeOf } from './schema.ts';
import type { Shape } from './schema.ts';
import type { Value } from './value.ts';

/** The fields that schemas of answers name, at any depth; null where one of them cannot be followed, or lets through whatever comes. */
export function namedBy(schemas: readonly Value[], machine: Machine): string[] | null {
  const names = new Set<string>();
  let open = false;
  const gather = (shape: Shape | null, depth: number): void => {
    if (shape === null || depth > 8 || (shape.type === 'unknown' && shape.fields === null && shape.values.length === 0)) open = true;
    else if (shape.type === 'array') gather(shape.item, depth + 1);
    else
      for (const [name, inner] of shape.fields ?? []) {
        names.add(name);
        if (inner.type === 'array' || inner.type === 'object') gather(inner, depth + 1);
      }
  };
  for (const schema of schemas) {
    if (schema.k === 'obj' && isLoose(schema)) return null;
    gather(shapeOf(schema) ?? jsonShapeOf(schema) ?? classShapeOf(machine, schema), 0);
  }
  return open ? null : [...names].sort(compare);
}

/** True where a JSON schema, or one inside it, says that other properties may come. */
function isLoose(schema: Value, depth = 0): boolean {
  if (depth > 8) return true;
  if (schema.k === 'arr') return schema.items.some((one) => isLoose(one, depth + 1));
  if (schema.k !== 'obj') return false;
  const more = schema.keys.get('additionalProperties');
  if (schema.keys.has('$ref') || (more !== undefined && !(more.k === 'lit' && more.v === false))) return true;
  return [...schema.keys.values()].some((one) => isLoose(one, depth + 1));
}
