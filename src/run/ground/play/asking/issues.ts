import type { Want } from '../../../../model/want.ts';
import { segmentsOf } from './complained-fields.ts';
import type { Place, Sent } from './complained-fields.ts';
import { formatNamed, typeNamed, wantsOf } from './sentences.ts';

/** Objects by which validation libraries name one wrong field each: a place, a rule, its limits and a message. */

type Issue = Readonly<Record<string, unknown>>;

const locations = ['path', 'field', 'fieldName', 'param', 'property', 'instancePath', 'dataPath', 'attribute', 'loc', 'pointer'] as const;
const rules = [
  'message',
  'msg',
  'error',
  'reason',
  'code',
  'keyword',
  'constraints',
  'kind',
  'type',
  'validatorKey',
  'children',
  'detail',
] as const;

/** Whether an object tells of one field; a description of the whole answer with the path of its URL does not. */
export function isIssue(node: Issue, sent: Sent): boolean {
  if ('statusCode' in node || 'timestamp' in node || 'issues' in node || Array.isArray(node['_errors'])) return false;
  const location = locationOf(node);
  if (location === undefined) return false;
  // What was sent may hold a `path` and a `type` too.
  return rules.some((rule) => rule in node) && !(typeof location === 'string' && location.startsWith('/') && location === sent.params['']);
}

function locationOf(node: Issue): unknown {
  for (const key of locations) {
    const value = node[key];
    if (typeof value === 'string' || Array.isArray(value)) return value;
  }
  const source = node['source'];
  if (source !== null && typeof source === 'object' && 'pointer' in source) return source.pointer;
  const { name } = node;
  const told = ['message', 'msg', 'reason'].some((key) => typeof node[key] === 'string');
  return typeof name === 'string' && told && /^[a-z]\w*$/.test(name) && !('errors' in node) ? name : undefined;
}

/** Where an issue is; `absolute` when its path starts at the root of what was sent. */
export function placeOf(issue: Issue): { place: Place | null; segments: string[]; absolute: boolean } {
  const location = locationOf(issue);
  const segments = Array.isArray(location)
    ? location.map((part: unknown) => String(part !== null && typeof part === 'object' && 'key' in part ? part.key : part))
    : segmentsOf(String(location ?? '').replace(/^\/?data\/attributes\//, ''));
  const where = { body: 'body', query: 'query', params: 'params' }[String(issue['location'] ?? issue['in'] ?? '')] as Place | undefined;
  // class-validator nests by `children`, whose `property` is one segment; all others write the whole path.
  return { place: where ?? null, segments, absolute: !('property' in issue) };
}

/** The sentence of an issue; empty when it has none. */
export function messageOf(issue: Issue): string {
  for (const key of ['message', 'msg', 'error', 'reason', 'detail']) {
    const said = issue[key];
    if (typeof said === 'string') return said;
  }
  return '';
}

type Deeper = { readonly issues: unknown } | { readonly segments: readonly string[]; readonly wants: readonly Want[] };

/** What an issue asks for by its rule and its limits, without reading its sentence; and what stands deeper inside of it. */
export function issueWants(issue: Issue): { wants: Want[]; deeper: Deeper[] } {
  const { constraints, children, code } = issue;
  if (constraints !== undefined || Array.isArray(children)) {
    const wants = Object.entries((constraints ?? {}) as Record<string, unknown>).flatMap(([rule, said]) => {
      const heard = typeof said === 'string' ? wantsOf(said) : [];
      return heard.length > 0 ? heard : named(rule, []);
    });
    return { wants, deeper: Array.isArray(children) && children.length > 0 ? [{ issues: children }] : [] };
  }
  if (code === 'unrecognized_keys' || issue['type'] === 'object.unknown') {
    const keys = Array.isArray(issue['keys']) ? issue['keys'].map(String) : [];
    if (keys.length === 0) return { wants: [{ kind: 'absence' }], deeper: [] };
    return { wants: [], deeper: keys.map((key) => ({ segments: [key], wants: [{ kind: 'absence' as const }] })) };
  }
  if (code === 'invalid_union') {
    const first = firstAlternative(issue);
    if (first !== undefined) return { wants: [], deeper: [first] };
  }
  const params = (issue['params'] ?? {}) as Record<string, unknown>;
  if (issue['keyword'] === 'required') return missingProperty(params);
  if (issue['keyword'] === 'additionalProperties')
    return { wants: [], deeper: [{ segments: [String(params['additionalProperty'])], wants: [{ kind: 'absence' }] }] };
  const wants = byRule(issue, params);
  // `Expected string, received undefined` and its like are told in words only.
  const words = wantsOf(messageOf(issue));
  // superstruct leaves the message out of JSON, and the value with it where there was none.
  const gone = 'branch' in issue && !('value' in issue) && words.length === 0;
  const presence = gone ? ({ kind: 'presence' } as const) : words.find((want) => want.kind === 'presence');
  const heard = wants.length === 0 ? words : wants;
  return { wants: presence && !heard.some((want) => want.kind === 'presence') ? [presence, ...heard] : heard, deeper: [] };
}

function missingProperty(params: Readonly<Record<string, unknown>>): { wants: Want[]; deeper: Deeper[] } {
  const name = params['missingProperty'];
  return { wants: [], deeper: typeof name === 'string' ? [{ segments: [name], wants: [{ kind: 'presence' }] }] : [] };
}

/** What the first alternative of a union misses; the paths of zod 3 start at the root, those of zod 4 at the union. */
function firstAlternative(issue: Issue): Deeper | undefined {
  const [old] = Array.isArray(issue['unionErrors']) ? (issue['unionErrors'] as unknown[]) : [];
  if (old !== undefined) return { issues: old };
  const [alternative] = Array.isArray(issue['errors']) ? (issue['errors'] as unknown[]) : [];
  const [first] = Array.isArray(alternative) ? (alternative as Issue[]) : [];
  return first === undefined ? undefined : { segments: placeOf(first).segments, wants: issueWants(first).wants };
}

function byRule(issue: Issue, params: Readonly<Record<string, unknown>>): Want[] {
  const { code, keyword, kind, type } = issue;
  const options = [
    issue['values'],
    issue['options'],
    params['allowedValues'],
    contextOf(issue)['valids'],
    propertiesOf(issue)['enumValues'],
    literalsOf(issue['schema']),
  ].find(Array.isArray);
  if (options !== undefined) {
    const values = options.filter((value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)) as (
      | string
      | number
      | boolean
    )[];
    return values.length > 0 ? [{ kind: 'one-of', values }] : [];
  }
  if (code === 'invalid_literal' && ['string', 'number', 'boolean'].includes(typeof issue['expected']))
    return [{ kind: 'one-of', values: [issue['expected'] as string] }];
  if (code === 'invalid_type')
    return issue['received'] === 'undefined' ? [{ kind: 'presence' }, ...typed(issue['expected'])] : typed(issue['expected']);
  if (code === 'too_small' || code === 'too_big') return sized(issue);
  if (code === 'invalid_date') return [{ kind: 'type', type: 'date' }];
  if (code === 'invalid_format' || code === 'invalid_string') {
    const format = formatNamed(String(issue['format'] ?? issue['validation'] ?? ''));
    const source = typeof issue['pattern'] === 'string' ? /^\/(.*)\/\w*$/.exec(issue['pattern'])?.[1] : undefined;
    return format ? [{ kind: 'format', format }] : source === undefined ? [] : [{ kind: 'pattern', source }];
  }
  if (keyword === 'type') return typed([params['type']].flat()[0]);
  if (keyword === 'format') return named(String(params['format']), []);
  if (keyword === 'pattern' && typeof params['pattern'] === 'string') return [{ kind: 'pattern', source: params['pattern'] }];
  if (keyword === 'const') return [{ kind: 'one-of', values: [params['allowedValue'] as string] }];
  if (typeof keyword === 'string') return named(keyword, [params['limit']]);
  if (typeof issue['validatorKey'] === 'string')
    return named(issue['validatorKey'], Array.isArray(issue['validatorArgs']) ? issue['validatorArgs'] : []);
  if (typeof kind === 'string' && 'path' in issue && !Array.isArray(issue['path'])) return named(kind, [propertiesOf(issue)[kind]]);
  if (typeof type === 'string' && ('requirement' in issue || 'context' in issue || 'params' in issue || 'branch' in issue)) {
    const limit = issue['requirement'] ?? contextOf(issue)['limit'] ?? params[type];
    const heard = wantsOf(messageOf(issue));
    return heard.length > 0 || 'refinement' in issue ? heard : named(type, [limit]);
  }
  return [];
}

/** TypeBox shows the schema of a union of literals. */
function literalsOf(schema: unknown): unknown[] | undefined {
  if (schema === null || typeof schema !== 'object' || !('anyOf' in schema) || !Array.isArray(schema.anyOf)) return undefined;
  const literals = (schema.anyOf as Issue[]).map((one) => one['const']);
  return literals.every((one) => one !== undefined) ? literals : undefined;
}

function contextOf(issue: Issue): Readonly<Record<string, unknown>> {
  return (issue['context'] ?? {}) as Record<string, unknown>;
}

function propertiesOf(issue: Issue): Readonly<Record<string, unknown>> {
  return (issue['properties'] ?? {}) as Record<string, unknown>;
}

function typed(name: unknown): Want[] {
  const type = typeNamed(String(name));
  return type ? [{ kind: 'type', type }] : [];
}

/** zod's `too_small` and `too_big`: of numbers, dates, texts and arrays. */
function sized(issue: Issue): Want[] {
  const of = issue['origin'] ?? issue['type'];
  const small = issue['code'] === 'too_small';
  const limit = Number(small ? issue['minimum'] : issue['maximum']);
  const exclusive = issue['inclusive'] === false;
  if (of === 'date') return [{ kind: 'when', is: small ? 'future' : 'past' }];
  if (!Number.isFinite(limit)) return [];
  if (of === 'string' || of === 'array' || of === 'set') {
    const [shortest, longest]: [Want, Want] = [
      { kind: 'shortest', length: limit },
      { kind: 'longest', length: limit },
    ];
    return issue['exact'] === true ? [shortest, longest] : [small ? shortest : longest];
  }
  return [{ kind: small ? 'minimum' : 'maximum', limit, exclusive }];
}

/** What a rule that is known by its name asks for: `isEmail`, `string.min`, `minLength`, `max_value`, `notNull`. */
function named(rule: string, args: readonly unknown[]): Want[] {
  const [family = ''] = rule.split('.');
  const name = (rule.split('.')[1] ?? rule)
    .replace(/^is(?=[A-Z])/, '')
    .replaceAll('_', '')
    .toLowerCase();
  const limit = typeof args[0] === 'number' ? args[0] : Number.NaN;
  const length = family !== rule && /^(string|array)$/.test(family);
  if (/^(required|notempty|defined|notnull|optionality|null)$/.test(name)) return [{ kind: 'presence' }];
  if (name === 'empty') return [{ kind: 'presence' }, { kind: 'shortest', length: 1 }];
  if (name === 'base') return typed(family);
  if (name === 'positive') return [{ kind: 'minimum', limit: 0, exclusive: true }];
  if (/^(in|enum|oneof|only)$/.test(name)) return Array.isArray(args[0]) ? [{ kind: 'one-of', values: args[0] as string[] }] : [];
  if (name === 'len' && typeof args[1] === 'number')
    return [
      { kind: 'shortest', length: limit },
      { kind: 'longest', length: args[1] },
    ];
  if (Number.isFinite(limit)) {
    if (/^(minlength|minitems|arrayminsize)$/.test(name) || (name === 'min' && length)) return [{ kind: 'shortest', length: limit }];
    if (/^(maxlength|maxitems|arraymaxsize)$/.test(name) || (name === 'max' && length)) return [{ kind: 'longest', length: limit }];
    if (/^(min|minvalue|minimum|morethan|exclusiveminimum|greater|gtvalue)$/.test(name))
      return [{ kind: 'minimum', limit, exclusive: !name.startsWith('min') }];
    if (/^(max|maxvalue|maximum|lessthan|exclusivemaximum|less|ltvalue)$/.test(name))
      return [{ kind: 'maximum', limit, exclusive: !name.startsWith('max') }];
  }
  const format = name === 'date' ? undefined : formatNamed(name);
  if (format) return [{ kind: 'format', format }];
  return typed(name);
}
