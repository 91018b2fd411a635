import type { Want } from '../../../../model/want.ts';
import { fieldNamed, heldBy, segmentsOf, wrongValues } from './complained-fields.ts';
import type { Place, Sent } from './complained-fields.ts';
import type { Json } from '../people/players.ts';
import { saidIn } from './said.ts';
import { wantsOf } from './sentences.ts';
import { isIssue, issueWants, messageOf, placeOf } from './issues.ts';

/** What a refused request should have been like, as its answer said. */
export interface Complaint {
  readonly in: Place;
  /** Dotted path inside the body (`items.0.quantity`), or the name of a parameter. */
  readonly field: string;
  readonly wants: Want;
}

/** Where in an answer the walk is: the fields that the keys so far name, and whether further keys name fields. */
interface Spot {
  readonly path: readonly string[];
  readonly place: Place | null;
  readonly keysAreFields: boolean;
}

const containers =
  /^(errors?|field_?errors|validation_?errors|properties|nested|invalid_?fields|fields|issues|details?|constraints|inner)$/i;
const messages =
  /^(messages?|msg|error|errors|description|detail|details|reason|cause|_errors|formErrors|summary|info|hint|root|other|general|non_field_errors)$/i;
const places: Readonly<Record<string, Place>> = {
  body: 'body',
  query: 'query',
  querystring: 'query',
  params: 'params',
  param: 'params',
};
/** Keys that never hold complaints: what was sent, and what describes the answer. */
const beside =
  /^(stack|_original|input|value|values|timestamp|instance|schema|schemaPath|branch|original|statusCode|status|success|code|_message|model|trace|requestId|method|url)$/i;

/** Characters of a text that are read: a validation says what it has to say before. */
const longest = 10_000;

/** Every complaint about fields that an answer makes: JSON of the validation libraries, sentences, or an HTML page of them. */
export function complaintsIn(answer: string, sent: Sent): Complaint[] {
  const text = /^\s*</.test(answer) ? textOf(answer.slice(0, longest)) : answer;
  const found: Complaint[] = [];
  const add = (place: Place | null, segments: readonly string[], wants: readonly Want[]): void => {
    const field = fieldNamed(sent, place, segments);
    if (field === null) return;
    for (const want of wants)
      if (!found.some((one) => one.in === field.in && one.field === field.name && JSON.stringify(one.wants) === JSON.stringify(want)))
        found.push({ in: field.in, field: field.name, wants: want });
  };
  const walk = (node: unknown, spot: Spot): void => {
    if (typeof node === 'string') {
      hear(node, spot);
      return;
    }
    if (Array.isArray(node)) {
      for (const item of node) walk(item, spot);
      return;
    }
    if (node === null || typeof node !== 'object') return;
    const record = node as Record<string, unknown>;
    if (isIssue(record, sent)) return hearIssue(record, spot);
    const marked = Array.isArray(record['_errors']) || (Array.isArray(record['errors']) && ('properties' in record || 'items' in record));
    for (const [key, value] of Object.entries(record))
      walkKey(key, value, { ...spot, keysAreFields: spot.keysAreFields || marked }, marked);
  };
  const walkKey = (key: string, value: unknown, spot: Spot, marked: boolean): void => {
    const place = places[key.toLowerCase()];
    if (marked && /^(_errors|errors)$/.test(key)) walk(value, spot);
    else if (marked && key === 'items' && Array.isArray(value))
      value.forEach((item, index) => walk(item, { ...spot, path: [...spot.path, String(index)] }));
    else if (marked && key === 'properties') walk(value, { ...spot, keysAreFields: true });
    else if (place && value !== null && typeof value === 'object' && !(key in bodyOf(sent)))
      walk(value, { ...spot, place, keysAreFields: true });
    else if (marked || (spot.keysAreFields && namesField(key, value, sent)))
      walk(value, { ...spot, path: [...spot.path, ...segmentsOf(key)] });
    else if (beside.test(key)) return;
    else walk(value, { ...spot, keysAreFields: spot.keysAreFields || containers.test(key) });
  };
  const hearIssue = (issue: Record<string, unknown>, spot: Spot): void => {
    const { place, segments, absolute } = placeOf(issue);
    // Mongoose tells a nested field by its last name; the key above it has the whole path.
    const nested = spot.path.length > segments.length && segments.every((part, index) => spot.path.at(index - segments.length) === part);
    const path = nested ? spot.path : absolute ? segments : [...spot.path, ...segments];
    const where = place ?? spot.place;
    const { wants, deeper } = issueWants(issue);
    for (const part of deeper) {
      if ('issues' in part) walk(part.issues, { path, place: where, keysAreFields: true });
      else add(where, [...path, ...part.segments], part.wants);
    }
    if (wants.length > 0) add(where, path, wants);
    else if (deeper.length === 0 && !hear(messageOf(issue), { path, place: where, keysAreFields: true })) {
      // `Invalid value` for a field that was not there: it should be.
      const field = fieldNamed(sent, where, path);
      if (field && heldBy(sent, { in: field.in, field: field.name }) === undefined) add(where, path, [{ kind: 'presence' }]);
    }
  };
  /** Whether a text asked for anything. */
  const hear = (said: string, spot: Spot): boolean => {
    const before = found.length;
    const embedded = jsonIn(said);
    if (embedded !== undefined) {
      walk(embedded, spot);
      return true;
    }
    for (const { place, segments, wants } of saidIn(said.slice(0, longest), sent)) {
      if (spot.path.length === 0) {
        if (segments !== null) add(place ?? spot.place, segments, wants);
      } else if (segments === null || sameField(segments, spot.path)) add(spot.place, spot.path, wants);
      else add(spot.place, spot.path, wants.length > 0 ? wants : wantsOf(said));
    }
    if (spot.path.length === 0 && found.length === before)
      for (const wrong of wrongValues(said.slice(0, longest), sent)) add(wrong.in, wrong.segments, wrong.wants);
    return found.length > before;
  };
  walk(text, { path: [], place: null, keysAreFields: false });
  return found;
}

/** A message that is told beside a field speaks of that field, however it calls it. */
function sameField(said: readonly string[], path: readonly string[]): boolean {
  const plain = (name: string | undefined): string => (name ?? '').replace(/[^a-z0-9]/gi, '').toLowerCase();
  return plain(said.at(-1)) === plain(path.at(-1));
}

/** Whether a key among complaints is a field's name: `message` and `error` seldom are. */
function namesField(key: string, value: unknown, sent: Sent): boolean {
  if (!/^[A-Za-z_$][\w$.[\]-]*$|^\d+$/.test(key)) return false;
  if (key in bodyOf(sent)) return typeof value !== 'number' && typeof value !== 'boolean';
  if (messages.test(key) || containers.test(key) || beside.test(key) || /^(name|kind|type|path|params|keyword)$/.test(key)) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return !messages.test(key) && (typeof first === 'string' ? wantsOf(first).length > 0 : typeof first === 'object' && key === 'name');
  }
  return true;
}

function bodyOf(sent: Sent): Record<string, Json> {
  return sent.body !== null && typeof sent.body === 'object' && !Array.isArray(sent.body) ? sent.body : {};
}

/** What an application logged of a validation that failed and did not tell its caller: the error's JSON or its first line. */
export function complaintsInLog(log: string, sent: Sent): Complaint[] {
  const found: Complaint[] = [];
  for (const match of log.slice(0, 50_000).matchAll(/\b(?:Zod|\w*Validation|Valibot?|Struct)Error\d*(?: \[\w+\])?: /g)) {
    const rest = log.slice(match.index + match[0].length, match.index + 20_000);
    const told = /^\s*[[{]/.test(rest) ? balanced(rest) : rest.slice(0, rest.search(/\n\s+at |$/));
    found.push(...complaintsIn(told, sent));
  }
  return found;
}

/** JSON that stands in a text: all of it, or after a title such as `ZodError: `. */
function jsonIn(text: string): unknown {
  const start = text.search(/[[{]\s*["{[]/);
  if (start < 0 || start > 200) return undefined;
  try {
    const parsed: unknown = JSON.parse(balanced(text.slice(start)));
    return parsed !== null && typeof parsed === 'object' && holdsText(parsed) ? parsed : undefined;
  } catch {
    return undefined; // A text that only has brackets in it.
  }
}

/** The bracket that a text begins with, to where it closes. */
function balanced(text: string): string {
  let depth = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (/^[[{]/.test(match[0])) depth += 1;
    else if (/^[\]}]/.test(match[0])) depth -= 1;
    if (depth === 0) return text.slice(0, match.index + match[0].length);
  }
  return text;
}

/** A bare list of words in a sentence (`one of ["a", "b"]`) is part of the sentence. */
function holdsText(parsed: object): boolean {
  return !Array.isArray(parsed) || parsed.some((item) => typeof item === 'object' || (typeof item === 'string' && item.includes(' ')));
}

const entities: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'", nbsp: ' ' };

/** The words of an HTML page, a line for a line. */
function textOf(html: string): string {
  return html
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/<(?:br|\/p|\/div|\/li|\/h\d)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal: string | undefined, hex: string | undefined, name: string | undefined) =>
      name === undefined
        ? String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? '20', 16) : Number(decimal))
        : (entities[name.toLowerCase()] ?? all),
    )
    .trim();
}
