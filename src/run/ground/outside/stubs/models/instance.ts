import { fields, list } from '../bodies.ts';

/** A small value that meets a JSON Schema (its common words): what a model with structured output would at least send. */
export function instanceOf(schema: unknown, root = schema, depth = 0): unknown {
  const here = fields(schema);
  if (depth > 12) return null;
  const inner = (of: unknown) => instanceOf(of, root, depth + 1);
  if ('const' in here) return here['const'];
  if ('default' in here) return here['default'];
  if (Array.isArray(here['enum'])) return here['enum'][0];
  if (typeof here['$ref'] === 'string') {
    const target = here['$ref'].split('/').slice(1);
    return inner(target.reduce<unknown>((at, key) => fields(at)[key], root));
  }
  for (const word of ['anyOf', 'oneOf']) if (Array.isArray(here[word])) return inner(here[word][0]);
  if (Array.isArray(here['allOf'])) return Object.assign({}, ...here['allOf'].map((each) => fields(inner(each))));
  // Gemini spells types in capitals.
  const type = String(
    Array.isArray(here['type']) ? here['type'][0] : (here['type'] ?? (here['properties'] ? 'object' : 'string')),
  ).toLowerCase();
  if (type === 'object') {
    const properties = fields(here['properties']);
    const wanted = here['required'] === undefined ? Object.keys(properties) : list(here['required']).map(String);
    return Object.fromEntries(wanted.map((name) => [name, inner(properties[name])]));
  }
  if (type === 'array') return Array.from({ length: Math.min(20, Math.max(1, Number(here['minItems'] ?? 1))) }, () => inner(here['items']));
  if (type === 'integer' || type === 'number') return Number(here['minimum'] ?? 1);
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  return (
    formats[String(here['format'])] ?? 'answer'.padEnd(Number(here['minLength'] ?? 0), '.').slice(0, Number(here['maxLength'] ?? 1_000))
  );
}

const formats: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'someone@outside.test',
  uri: 'https://outside.test/',
  url: 'https://outside.test/',
  uuid: '00000000-0000-4000-8000-000000000001',
};
