import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Want } from '../../model/want.ts';
import type { Found } from '../samples.ts';
import { described, resolved } from './json-schema.ts';
import type { Described, Document } from './json-schema.ts';
import { isRecord, known, linesIn, records, sampleFrom, textOr } from './values.ts';

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const;
const most = { operations: 3_000, steps: 60_000 };

/** What a specification (OpenAPI 3, Swagger 2) says of the requests: their fields, what these must be, and its examples. */
export function samplesOfOpenApi(file: string, text: string, root: unknown): Found[] {
  if (!isRecord(root) || !isRecord(root['paths'])) return [];
  const document: Document = { root, steps: { left: most.steps } };
  const base = baseOf(root);
  const found: Found[] = [];
  const lineOf = linesIn(text);
  for (const [path, item] of Object.entries(root['paths'])) {
    const shared = resolved(document, item);
    const line = lineOf(path);
    for (const method of isRecord(shared) ? methods : []) {
      const operation = resolved(document, isRecord(shared) ? shared[method] : null);
      if (!isRecord(operation) || found.length >= most.operations) continue;
      found.push(...operationSamples(document, { file, method, path: `${base}${path}`, line }, [shared, operation]));
    }
  }
  return found;
}

interface Operation {
  readonly file: string;
  readonly method: string;
  readonly path: string;
  readonly line: number;
}

function operationSamples(document: Document, at: Operation, holders: readonly unknown[]): Found[] {
  const parameters = holders.flatMap((one) => (isRecord(one) ? records(one['parameters']) : [])).map((one) => resolved(document, one));
  const wants: Record<string, Want[]> = {};
  const query: Record<string, AbstractValue> = {};
  const form: Record<string, AbstractValue> = {};
  let body: Described | null = null;
  let multipart = false;
  for (const parameter of parameters) {
    if (!isRecord(parameter) || typeof parameter['name'] !== 'string') continue;
    const { name, required } = parameter;
    // Swagger 2 writes the schema of a parameter into the parameter.
    const schema = parameter['schema'] ?? parameter;
    if (parameter['in'] === 'body') body = described(document, schema, 'body:');
    if (parameter['in'] !== 'query' && parameter['in'] !== 'formData') continue;
    const place = parameter['in'] === 'query' ? 'query' : 'body';
    const one = described(document, isRecord(schema) ? { ...schema, required: undefined } : schema, `${place}:${name}`);
    multipart ||= isRecord(schema) && schema['type'] === 'file';
    (place === 'query' ? query : form)[name] = parameter['example'] === undefined ? one.value : known(parameter['example']);
    Object.assign(wants, one.wants);
    if (required === true) (wants[`${place}:${name}`] ??= []).unshift({ kind: 'presence' });
  }
  let encoding: Found['encoding'] = multipart ? 'multipart' : Object.keys(form).length > 0 ? 'form' : 'json';
  const examples: unknown[] = [];
  const content = contentOf(document, holders.at(-1));
  if (content !== null) {
    body = described(document, content.media['schema'], 'body:');
    encoding = content.encoding;
    const named = isRecord(content.media['examples']) ? Object.values(content.media['examples']) : [];
    examples.push(content.media['example'], ...named.map((one) => (isRecord(one) ? one['value'] : undefined)));
  }
  Object.assign(wants, body?.wants);
  const whole = body?.value ?? (Object.keys(form).length > 0 ? { kind: 'object' as const, keys: form, open: false } : null);
  const bodies = examples
    .filter(isRecord)
    .slice(0, 3)
    .map((one) => known(one));
  return [...bodies, ...(bodies.length > 0 ? [] : [whole])].flatMap((one) => {
    const sample = sampleFrom({ file: at.file, source: 'openapi' }, at.line, at.method, at.path, { body: one, encoding, wants, query });
    return sample === null ? [] : [sample];
  });
}

function contentOf(document: Document, operation: unknown): { media: Record<string, unknown>; encoding: Found['encoding'] } | null {
  const holder = isRecord(operation) ? resolved(document, operation['requestBody']) : null;
  const content = isRecord(holder) ? holder['content'] : null;
  if (!isRecord(content)) return null;
  for (const [type, encoding] of [
    [/json/i, 'json'],
    [/urlencoded/i, 'form'],
    [/multipart/i, 'multipart'],
  ] as const) {
    const media = Object.entries(content).find(([name]) => type.test(name))?.[1];
    if (isRecord(media)) return { media, encoding };
  }
  return null;
}

/** The path that all paths of the document stand below. */
function baseOf(root: Record<string, unknown>): string {
  const server = records(root['servers'])[0];
  const url = server === undefined ? textOr(root['basePath'], '') : textOr(server['url'], '');
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/\/$/, '');
  return /^\/[\w./-]*$/.test(path) ? path : '';
}
