import type { Place } from '../../../model/words.ts';
import type { Link } from '../routers.ts';
import type { SourceFile, Value } from '../value.ts';
import type { Operation, SchemaField } from './schema-language.ts';

/** A field of the query, the mutation or the subscription that is declared where it is resolved. */
export interface CodeField {
  readonly operation: Operation;
  readonly name: string;
  readonly where: Place;
  readonly file: SourceFile;
  readonly guards: readonly Link[];
  readonly handler: Link | null;
  readonly types: SchemaField['args'];
}

/** A key of an object; undefined of anything else. */
export function field(value: Value | undefined, name: string): Value | undefined {
  return value?.k === 'obj' ? value.keys.get(name) : undefined;
}
