import type { Want } from '../../../../model/want.ts';
import { segmentsOf } from './complained-fields.ts';
import type { Place, Sent } from './complained-fields.ts';
import { wantsOf } from './sentences.ts';

/** What one sentence says of one field; `segments` is null when it does not name the field. */
interface Saying {
  readonly place: Place | null;
  readonly segments: readonly string[] | null;
  readonly wants: readonly Want[];
}

const path = String.raw`[A-Za-z_$][\w$]*(?:\.[\w$]+|\[\d+\]|/[\w$]+)*`;
const verb =
  "must|should|shall|is|are|was|were|has to|have to|needs?|cannot|can't|can not|may not|do(?:es)? not|do(?:es)?n't|length|required|missing|exceeds?|contains?|with value|fails|field|not|format|invalid|doesn’t|don’t";
const prefix =
  /^\s*(?:[✖×•*-]\s*|(?:\w*Error|bad request|validation (?:error|failed)|\w+ validation failed|notNull Violation|invalid (?:request|payload)(?: (?:body|data|payload))?|request validation failed|oops)\s*[:!.-]\s*|body:\s+)/i;
const places: Readonly<Record<string, Place>> = { body: 'body', querystring: 'query', query: 'query', params: 'params' };

/** Every statement about a field in a text of one or more sentences. */
export function saidIn(text: string, sent: Sent): Saying[] {
  return sentencesIn(text).flatMap((sentence) => sayingsOf(sentence, sent));
}

/** Splits a text into sentences of one complaint each, as the libraries join them, and leaves lists whole. */
function sentencesIn(text: string): string[] {
  return text
    .replace(/\n[ \t]*(?:→|->) at /g, ' at ')
    .split('\n')
    .filter((line) => !/^\s*at\s/.test(line))
    .flatMap((line) => stripped(line).split(/;\s+/))
    .flatMap((part) =>
      part.split(
        /\.\s+(?=["'`A-Z]|[\w.[\]]+ (?:must|is|length|should|with|can|has)\b)(?!(?:Expected|Must be|Should be|Allowed|Valid (?:values|options|\w+s are)|Please use|Choose|Use|Supported|Options)\b)/,
      ),
    )
    .flatMap((part) =>
      part.split(
        new RegExp(
          String.raw`,\s+(?=(?:and )?data[/ ]|${path}: |(?:and )?${path}(?: value)? (?:must|should|is|cannot|has to|length) )| & (?=")`,
        ),
      ),
    )
    .map((part) => stripped(part).replace(/,$/, ''))
    .filter((part) => part !== '' && part.length <= 1_000)
    .slice(0, 200);
}

function stripped(line: string): string {
  let rest = line.trim();
  for (let count = 0; count < 4 && prefix.test(rest); count++) rest = rest.replace(prefix, '').trim();
  return rest;
}

function sayingsOf(sentence: string, sent: Sent): Saying[] {
  const keys = keysIn(sentence);
  if (keys.length > 0) return keys.map((key) => ({ place: null, segments: segmentsOf(key), wants: [{ kind: 'absence' }] }));
  const property = /^\W*(body|querystring|params|data)?.*must have required property ['"]([^'"]+)['"]/i.exec(sentence);
  if (property) {
    const outer = new RegExp(`^(?:data|body|querystring|params)?((?:/[\\w$]+)+) must`, 'i').exec(sentence)?.[1] ?? '';
    return [
      { place: places[property[1] ?? ''] ?? null, segments: [...segmentsOf(outer), property[2] ?? ''], wants: [{ kind: 'presence' }] },
    ];
  }
  const key = /^Invalid key: Expected "([^"]+)" but received undefined/.exec(sentence)?.[1];
  if (key !== undefined) return [{ place: null, segments: [key], wants: [{ kind: 'presence' }] }];
  const absent = missingNames(sentence, sent);
  // `Please provide a valid email` says more than that it is missing.
  const valid = /\bvalid\b/i.test(sentence) && absent.length === 1 ? wantsOf(sentence) : [];
  const presence: Want[] = [{ kind: 'presence' }, ...valid.filter((want) => want.kind !== 'presence')];
  if (absent.length > 0)
    return absent.map((name) => ({ place: null, segments: /\s/.test(name) ? [name] : segmentsOf(name), wants: presence }));
  const subject = subjectOf(sentence, sent);
  const same = wantsOf(sentence).some((want) => want.kind === 'same' && want.as === null);
  const repeated = same ? [...sent.known.map((field) => field.name), ...sentNames(sent)].find((name) => repeats.test(name)) : undefined;
  if (repeated !== undefined && (!subject || !repeats.test(subject.name)))
    return [{ place: null, segments: [repeated], wants: wantsOf(sentence) }];
  if (!subject) return [{ place: null, segments: null, wants: wantsOf(sentence) }];
  const wants = wantsOf(subject.rest);
  const place = places[subject.name.split('/')[0] ?? ''];
  const inside = place && subject.name.includes('/') ? subject.name.slice(subject.name.indexOf('/')) : subject.name;
  const segments = /\s/.test(inside) ? [inside] : segmentsOf(inside.replace(/^data\//, ''));
  return [{ place: (inside === subject.name ? null : place) ?? null, segments, wants }];
}

/** `Unrecognized key(s) in object: 'a', 'b'`, `this field has unspecified keys: a`. */
function keysIn(sentence: string): string[] {
  const listed =
    /(?:unrecognized key(?:s|\(s\))?(?: in object)?|unspecified keys|unknown (?:fields?|keys?|propert(?:y|ies)|arguments?)):? (.+)$/i.exec(
      sentence,
    )?.[1];
  return (listed ?? '')
    .replace(/ at ["'].*$/, '')
    .split(/,| and /)
    .map((key) => key.replace(/["'.\s`]/g, ''))
    .filter((key) => /^[\w$-]+$/.test(key));
}

const fillers =
  /^(?:this|that|it|these|they|value|values|field|fields|input|inputs|request|body|payload|data|token|authentication|authorization|auth|login|session|header|you|there|something|all|any|method|route|permission|admin|access|string|number|array|object|error|validation|information|info|json|parameter|parameters|params|required|missing|valid|invalid|some|one|either|both|following|form|credentials|csrf|enum|literal|discriminator|option|length|format|type)$/i;

/** Names that a sentence lists as missing: `Missing required fields: a, b`, `a, b and c are required`, `Please provide a and b`. */
function missingNames(sentence: string, sent: Sent): string[] {
  if (
    /^(all|every) (required )?(fields|parameters|inputs)\b.*\b(required|filled|provided|mandatory)|^please (fill|complete|provide|enter)( in| out)? all( the)?( required)? fields|^missing required (fields|parameters)$|^(required fields|some fields) (are )?missing$/i.test(
      sentence,
    )
  )
    return sent.known.filter((field) => field.in !== 'params' && !isSent(sent, field.name)).map((field) => field.name);
  const listed =
    /(?:missing|required)(?: or invalid| one or more)?(?: required)? ?(?:fields?|param(?:eter)?s?|propert(?:y|ies)|values?|keys?|arguments?|attributes?|input)?(?: in (?:request )?body)?(?: (?:is|are))?\s*[:(-]\s*(.+?)\)?$/i.exec(
      sentence,
    )?.[1] ??
    /^(?:you must |please |must |need to )+(?:provide|enter|supply|specify|include|send|fill in|select|choose|add|pass|give|upload)(?: us)?(?: with)? (.+)$/i.exec(
      sentence,
    )?.[1] ??
    /^(?:missing|no) (?:required )?(?:field |parameter |property )?(.+?)(?: (?:was |is )?(?:provided|specified|given|supplied|found in (?:request|body)|in (?:the )?(?:request )?body|field|parameter))?$/i.exec(
      sentence,
    )?.[1] ??
    /^(.+?) (?:are|is)(?: all| both)? (?:required|missing|mandatory|needed)(?: fields?| parameters?)?(?: (?:for|to|in|when)\b.*)?$/i.exec(
      sentence,
    )?.[1] ??
    /^(.+?) (?:is|are|was|were)? ?(?:not provided|not specified|not given|missing)$/i.exec(sentence)?.[1];
  const quoted = /\b(?:missing|required)\b/i.test(sentence) ? [...sentence.matchAll(/["'`]([\w.]+)["'`]/g)] : [];
  if (quoted.length === 1 && quoted[0]?.[1] !== undefined && !/expected|received|null value/i.test(sentence)) return [quoted[0][1]];
  if (listed === undefined || /\bfile\b|upload/i.test(sentence)) return [];
  const names = listed
    .replace(/\b(?:is|are) (?:required|missing)$/i, '')
    .split(/\s*(?:,|&|\band\b|\bor\b|\/)\s*/)
    .map((part) =>
      part
        .replace(/["'`.()[\]:{}]+$|^["'`([{:]+/g, '')
        .replace(/^(?:an?|the|your|valid|new|at least one|both|all|either|following|fields?|parameters?|property|path)\s+(?!$)/gi, '')
        .replace(/^(?:an?|the|your|valid)\s+/gi, '')
        .replace(/\s+(?:fields?|parameters?|property|value|array|list|object)$/i, '')
        .replace(/["'`]/g, '')
        .trim(),
    )
    .filter((name) => name !== '');
  return names.every((name) => /^[\w$.[\]-]+(?: [\w-]+){0,2}$/.test(name)) ? names.filter((name) => believable(name, sent)) : [];
}

/** Several words must be like a field that is known; one word need only be none of those that sentences are made of. */
function believable(name: string, sent: Sent): boolean {
  const plain = (text: string): string => text.replace(/[^a-z0-9]/gi, '').toLowerCase();
  if (sent.known.some((field) => plain(field.name) === plain(name)) || isSent(sent, name)) return true;
  return !name.split(/[\s]/).some((word) => fillers.test(word));
}

function isSent(sent: Sent, name: string): boolean {
  return sentNames(sent).includes(name);
}

function sentNames({ query, body }: Sent): string[] {
  return [...Object.keys(query), ...(body !== null && typeof body === 'object' ? Object.keys(body) : [])];
}

/** Fields in which something is typed a second time. */
const repeats = /confirm|repeat|again|retype|verify.?pass|2$/i;

/** Ways in which sentences name the field that they speak of, the surest first; without a `rest` the whole sentence says what is wanted. */
const shapes: readonly RegExp[] = [
  /^(?:the )?(?:min(?:imum)?|max(?:imum)?)(?: allowed)? (?<name>[A-Za-z]\w*(?: (?!is|of|must|allowed)[a-z]\w*)?)(?: is\b| of\b|:| must be\b| allowed\b)/i,
  new RegExp(`^At path: (?<name>${path}) -- (?<rest>.+)$`),
  new RegExp(`^(?<rest>.+) at ["'](?<name>${path})["']$`),
  new RegExp(`^(?<rest>.+) → ?at (?<name>${path})$|^(?<rest2>.+) at (?<name2>${path})$`),
  new RegExp(`^(?<rest>Cast to .+) at path ["'](?<name>${path})["']`),
  new RegExp(`^Path [\`'"](?<name>${path})[\`'"](?<rest>.+)$`),
  new RegExp(`^(?<rest>.+ is not a valid enum value) for path [\`'"](?<name>${path})[\`'"]`),
  // Sequelize puts the model's name in front.
  new RegExp(`^\\w+\\.(?<name>${path}) (?<rest>cannot be null)$`),
  new RegExp(`^null value in column "(?<name>${path})"`),
  new RegExp(`^(?<rest>Validation \\w+ on) (?<name>${path}) failed$`),
  new RegExp(`^(?<rest>(?:minimal|maximal) allowed date) for (?<name>${path}) is`),
  new RegExp(`^each value in (?:nested property )?(?<name>${path}) (?<rest>.+)$`),
  new RegExp(`^(?:the )?(?:property|field|parameter|param|attribute|column|argument) ["'\`]?(?<name>${path})["'\`]?:? (?<rest>.+)$`, 'i'),
  new RegExp(`^["'\`](?<name>${path})["'\`]:? (?<rest>.+)$`),
  new RegExp(`^/?(?<name>(?:data|body|querystring|params)?/${path}) (?<rest>(?:must|should) .+)$`),
  new RegExp(`^\\[?(?<name>${path})\\]?\\s*(?::|=>| -)\\s+(?<rest>.+)$`),
  new RegExp(`^(?:the |your |a |an )?(?<name>${path})(?: \\([^)]*\\))?,? (?<rest>(?:${verb})\\b.*)$`, 'i'),
  new RegExp(`^(?:the |your |an? )?(?<name>[A-Za-z]\\w*(?: [A-Za-z]\\w*){1,3}?) (?<rest>(?:${verb})\\b.*)$`, 'i'),
  /^(?<rest>(?:Invalid|Incorrect|Unsupported|Unknown|Bad) (?<name>[A-Za-z]\w*(?: (?!format|value|provided|type|specified|given)[a-z]\w*)?)(?: (?:format|value|provided|type|specified|given))*(?:[:.,!] .*)?)$/i,
];

/** The field that a sentence speaks of, and the rest of it. */
function subjectOf(sentence: string, sent: Sent): { name: string; rest: string } | null {
  for (const shape of shapes) {
    const groups = shape.exec(sentence)?.groups;
    const name = groups?.['name'] ?? groups?.['name2'];
    const rest = groups?.['rest'] ?? groups?.['rest2'] ?? sentence;
    if (name === undefined || notNames.test(name) || innerVerb.test(name) || !believable(name.trim(), sent)) continue;
    return { name: name.trim(), rest };
  }
  return null;
}

const innerVerb = new RegExp(` (?:${verb})$| (?:${verb}) `, 'i');
/** First words of sentences about nothing in particular, and of the messages that tell their field elsewhere. */
const notNames =
  /^(?:expected|too|invalid|this|each|cast|must|should|validation|unexpected|string|number|array|required|please|unable|failed|not|no|only|at|min|max|minimum|maximum)\b/i;
