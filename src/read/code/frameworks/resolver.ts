import type { Place } from '../../../model/words.ts';
import { isCaller } from '../members.ts';
import type { SourceFile, Value } from '../value.ts';

// What readers of procedures and resolvers share.

/** Where a function stands; the file's beginning for anything else. */
export function functionPlace(value: Value, file: SourceFile): Place {
  const func = value.k === 'fn' ? value.file.facts.functions[value.fn] : undefined;
  return value.k === 'fn' && func !== undefined
    ? { file: value.file.path, line: func.l, endLine: func.e }
    : { file: file.path, line: 1, endLine: 1 };
}

/** The name that a function was given; null where it has none. */
export function namedFunction(value: Value): string | null {
  const name = value.k === 'fn' ? (value.file.facts.functions[value.fn]?.n ?? '') : '';
  return name === '' || name.startsWith('<') ? null : name;
}

/** The value of a context's field; one that is named like a caller and could not be followed is taken for the caller. */
export function sessionOr(name: string, value: Value): Value {
  if (!isCaller(name)) return value;
  return value.k === 'unknown' || value.k === 'result' || value.k === 'lit' ? { k: 'session', path: [name] } : value;
}
