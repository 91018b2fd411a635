import type { Want } from '../../../../model/want.ts';

/**
 * What the words of a validation message ask for, whoever wrote it. The messages of the libraries differ in little but their
 * verbs ("must be >= 18", "must not be less than 18", "Too small: expected number to be >=18"), so they are read by one grammar.
 */

type Type = Extract<Want, { kind: 'type' }>['type'];

const typeWords: Readonly<Record<string, Type>> = {
  string: 'string',
  text: 'string',
  number: 'number',
  numeric: 'number',
  float: 'number',
  double: 'number',
  bigint: 'integer',
  int: 'integer',
  integer: 'integer',
  smallint: 'integer',
  boolean: 'boolean',
  bool: 'boolean',
  array: 'array',
  list: 'array',
  object: 'object',
  record: 'object',
  json: 'object',
  date: 'date',
  timestamp: 'date',
};

/** The type that a library or Postgres calls so; undefined for others. */
export function typeNamed(word: string): Type | undefined {
  return typeWords[word.toLowerCase()];
}

const formatWords: readonly (readonly [RegExp, string])[] = [
  [/e-?mail/i, 'email'],
  [/uuid|guid/i, 'uuid'],
  [/mongo\s*(db)?\s*-?id|object-?id/i, 'object-id'],
  [/\bur[li]\b|\blink\b|web address/i, 'url'],
  [/date[- ]?time|timestamp|iso[- ]?8601|date ?string|isodatetime/i, 'date-time'],
  [/(^|\W)iso date(\W|$)|^date$|yyyy-mm-dd|\bvalid date\b|^isodate$/i, 'date'],
  [/^(iso ?)?time$|hh:mm|\bvalid time\b/i, 'time'],
  [/phone|mobile number/i, 'phone'],
  [/\bip(v4)?\b/i, 'ip'],
  [/alpha-?num|letters and (numbers|digits)/i, 'alphanumeric'],
  [/number string|numeric string|numberstring|only (contain )?(digits|numbers)|^digits$|numeric value/i, 'digits'],
  [/decimal/i, 'decimal'],
  [/slug/i, 'slug'],
  [/hex-?color|colou?r/i, 'color'],
];

/** The format that a library or a sentence calls so; undefined for others. */
export function formatNamed(words: string): string | undefined {
  return formatWords.find(([said]) => said.test(words))?.[1];
}

const absent =
  /should not exist|\bis not allowed\.?$|unexpected (property|field|key)|must not have additional|unrecognized (key|field)|expected (a value of type )?never\b|unspecified keys|is (an )?unknown|is not a (known|valid|recognized) (field|property|key|parameter)/i;
const missing =
  /received:? undefined|\(?was missing\)?|^(is |are )?(a )?required\b(?! to )|\b(is|are|field|property|parameter|also)( a)? required\b(?! to )|expected required|required (property|field|parameter)\b|\bmissing\b|not provided|\bis needed|must be (provided|present|supplied|specified|set|defined|included|given)|needs? to be (provided|set|given)|(should|must|can|may) ?(not|n't) be (null|undefined|missing|omitted)|cannot be (null|undefined|missing|omitted)|not be null or undefined|violates not-null/i;
const empty =
  /(must|should|may|can|could|does) ?(not|n't) be (an )?(empty|blank)|(cannot|not allowed to|can't) be (an )?(empty|blank)|must be (filled|non-?empty)|non-?empty (string|array|list|object)/i;
const types =
  /(?:expected|must be|should be|has to be|needs to be|is not|cast to|be of type|of type)(?: of type)?:? (?:either )?(?:an? )?(?:value of type )?(?:valid |positive |negative |non-empty |whole )*["'`]?(string|text|numeric|number|float|double|integer|int|boolean|bool|array|list|object|record|date)\b(?! string)/i;
const syntax = /(?:invalid|not an?|valid|a) (integer|number|boolean|array|object|date)\b(?! string)/i;
const number = String.raw`["'\x60$€£ (]*(-?\d[\d,]*(?:\.\d+)?)(?!-\d)`;
const not = String.raw`(?:not|n't|cannot|never)(?: be| have| contain)? `;
const upper = new RegExp(
  `(?:<=|≤|less (?:than )?or equal to|smaller than or equal to|shorter than or equal to|at most|no (?:more|longer|greater|larger) than|up to|maximum(?: allowed)?(?: [a-z]+){0,2}?(?: is| of|:)?|max(?: is| of|:)?|${not}(?:exceed|(?:greater|more|longer|larger|higher|bigger|later) than))(?: length)?${number}`,
  'i',
);
const lower = new RegExp(
  `(?:>=|≥|greater (?:than )?or equal to|larger than or equal to|longer than or equal to|at least|no (?:less|fewer|shorter|smaller) than|minimum(?: allowed)?(?: [a-z]+){0,2}?(?: is| of|:)?|min(?: is| of|:)?|${not}(?:less|fewer|shorter|smaller|lower) than)(?: length)?${number}`,
  'i',
);
const above = new RegExp(`(?:>|(?:greater|more|larger|higher|bigger|longer) than|above|over|must exceed)${number}`, 'i');
const below = new RegExp(`(?:<|(?:less|smaller|lower|fewer|shorter) than|below|under)${number}`, 'i');
const between = /(?:between|must be|should be|from) ["'(]*(-?\d[\d,.]*)["')]*(?: characters)?,?(?: and | to | ?[-–] ?)["'(]*(-?\d[\d,.]*)/i;
const exactly = new RegExp(
  `(?:exactly|length must be|must be|must have|should be|of length)(?: exactly)?${number}[- ]?(?:characters?|chars|letters|digits|items|elements)`,
  'i',
);
const lengthWords =
  /characters?\b|\bchars?\b|\blength\b|\blong\b|longer|shorter|\bletters\b|\bdigits\b|\d\)? (items?|elements?|entries)\b|\barray\b/i;

/** Wants of one sentence about one field; the subject may still stand in front of it. */
export function wantsOf(sentence: string): Want[] {
  const text = sentence
    .replaceAll('`', '')
    .replace(/\bmust NOT\b/g, 'must not')
    .trim();
  if (/^Invalid key: Expected "[^"]+" but received undefined/.test(text)) return [{ kind: 'presence' }];
  if (/boolean string/i.test(text)) return [{ kind: 'one-of', values: ['true', 'false'] }];
  const values = valuesIn(text);
  const found: Want[] = [];
  if (absent.test(text)) return [{ kind: 'absence' }];
  if (missing.test(text)) found.push({ kind: 'presence' });
  if (empty.test(text)) found.push({ kind: 'presence' }, { kind: 'shortest', length: 1 });
  if (values.length > 0) return [...found, { kind: 'one-of', values }];
  const pattern = patternIn(text);
  if (pattern !== undefined) return [...found, { kind: 'pattern', source: pattern }];
  const other = sameAs(text);
  if (other !== undefined) return [...found, { kind: 'same', as: other }];
  const time = timeIn(text);
  if (time) return [...found, { kind: 'when', is: time }];
  found.push(...typesIn(text));
  if (!found.some((want) => want.kind === 'type' && !['string', 'date'].includes(want.type))) {
    const format = formatIn(text);
    if (format && !(format === 'date' && found.some((want) => want.kind === 'type'))) found.push({ kind: 'format', format });
  }
  found.push(...boundsIn(text));
  return found;
}

function timeIn(text: string): 'future' | 'past' | undefined {
  const negated = /\b(?:not|cannot)\b|n't\b/i.test(text);
  if (/\bfuture\b/i.test(text)) return negated ? 'past' : 'future';
  if (/\bin the past\b|\bpast date\b/i.test(text)) return negated ? 'future' : 'past';
  if (/(?:greater|later) than ["']?now|(?:later|after) (?:than )?(?:today|now|\d{4}-)|minimal allowed date/i.test(text)) return 'future';
  return /less than ["']?now|(?:earlier|before) (?:than )?(?:today|now|\d{4}-)|maximal allowed date/i.test(text) ? 'past' : undefined;
}

function typesIn(text: string): Want[] {
  const type = types.exec(text) ?? syntax.exec(text);
  const named = type?.[1] === undefined ? undefined : typeNamed(type[1]);
  // `Expected integer, received float`, `Invalid integer`.
  return named ? [{ kind: 'type', type: named }] : [];
}

/** A format is only believed where the sentence calls something invalid, or says what must be. */
function formatIn(text: string): string | undefined {
  const said =
    /(?:invalid|valid|expected|cast to|must be|should be|match|is not|must (?:only )?contain|must be in|has to be)\b(.*)/i.exec(
      text,
    )?.[1] ?? /\bvalidation is(\w+) on\b/i.exec(text)?.[1];
  return said === undefined ? undefined : formatNamed(said.replace(/["',.:]+|\b(an?|the|in|format|received.*|but .*)\b/gi, ' ').trim());
}

function boundsIn(text: string): Want[] {
  const plain = text
    .replace(/\((?:["']?[^()]*["']?, length \d+|-?\d+(?:\.\d+)?)\)(?= is )/g, '')
    .replace(/(?:\(was|but received|, received|received one) .*$/i, '');
  const length = lengthWords.test(plain);
  const bound = (kind: 'minimum' | 'maximum', said: string | undefined, exclusive: boolean): Want[] => {
    const limit = Number((said ?? '').replaceAll(',', '') || Number.NaN);
    if (!Number.isFinite(limit)) return [];
    if (!length) return [{ kind, limit, exclusive }];
    const step = exclusive ? 1 : 0;
    return kind === 'minimum' ? [{ kind: 'shortest', length: limit + step }] : [{ kind: 'longest', length: limit - step }];
  };
  const both = between.exec(plain);
  if (both) return [...bound('minimum', both[1], false), ...bound('maximum', both[2], false)];
  const exact = exactly.exec(plain);
  const [least, most] = [lower.exec(plain), upper.exec(plain)];
  if (exact && !least && !most) return [...bound('minimum', exact[1], false), ...bound('maximum', exact[1], false)];
  if (least || most) return [...(least ? bound('minimum', least[1], false) : []), ...(most ? bound('maximum', most[1], false) : [])];
  const [over, under] = [above.exec(plain), below.exec(plain)];
  if (over || under) return [...bound('minimum', over?.[1], true), ...bound('maximum', under?.[1], true)];
  if (/non-?negative|(not|n't|cannot) be negative/i.test(plain)) return bound('minimum', '0', false);
  if (/\bpositive\b|greater than zero/i.test(plain)) return bound('minimum', '0', true);
  return /\bnegative\b/i.test(plain) ? bound('maximum', '0', true) : [];
}

function patternIn(text: string): string | undefined {
  const slashed = /(?:match\w*|pattern|format|expected)[^/^]*?["']?\/(.+)\/[a-z]*(?:["']|$| )/i.exec(text)?.[1];
  return slashed ?? /(?:match\w*|pattern)[^/^]*?["'](\^.*|.*\$)["']/i.exec(text)?.[1];
}

/** The other field's name, null when none is named, undefined when the sentence asks for no equality. */
function sameAs(text: string): string | null | undefined {
  const reference = /\[?ref[:(] ?([\w.]+)[\])]/i.exec(text)?.[1];
  if (reference) return reference;
  if (
    /(passwords?|e-?mails?|confirmation|fields?|pins?|they)\b.*\b(do|does|must|should)? ?(not |n't |n’t )?match\b(?! (the )?(format|pattern|regex|required|following|schema))/i.test(
      text,
    )
  )
    return null;
  return /must (?:be (?:the same as|equal to|identical to)|match) (?:the )?["']?([A-Za-z]\w*)["']?(?: field)?\.?$/i.exec(text)?.[1];
}

const quotedList = /((?:["'][^"']{1,60}["'](?:\s*(?:,|\||\/|\bor\b)\s*)*)+)/;
/** Words before a list of options, the surest first; the last may as well stand before anything else. */
const listMarkers = [
  /\b(?:one of|not in|be in(?= ?[:[(]))(?: the)?(?: following| these| allowed)?(?: values?| options?)?\s*[:=]?\s*(?=["'[(\w])/i,
  /\b(?:valid|allowed|supported|accepted|possible)(?: values?| options?| \w+s)?(?: are| include|:)+/i,
  /(?:options|choose (?:from|between)|either)(?: are|:)?/i,
  /(?:expected|must be|should be|has to be)/i,
] as const;

/** Options that a sentence lists: quoted, in brackets, or after "one of". */
function valuesIn(text: string): (string | number)[] {
  const plain = text
    .replace(/,? (?:but )?received.*$| \(was .*$|, but .*$/i, '')
    .replace(/^(.*?)("[^"]*"|'[^']*') (?=must|should|has|is)/, '$1');
  if (/\[ref:|ref\(|match|pattern/i.test(plain)) return [];
  for (const [index, said] of listMarkers.entries()) {
    const marker = said.exec(plain);
    const options = marker ? optionsAt(plain.slice(marker.index + marker[0].length), index < listMarkers.length - 1) : [];
    if (options.length > 0) return options;
  }
  return [];
}

function optionsAt(after: string, sure: boolean): (string | number)[] {
  const rest = after.replace(/^[:\s]+/, '');
  const quoted = quotedList.exec(rest);
  if (quoted && rest.slice(0, quoted.index).replace(/[[(:\s]|one of|value/g, '') === '')
    return [...(quoted[1] ?? '').matchAll(/"([^"]+)"|'([^']+)'/g)].map((match) => match[1] ?? match[2] ?? '');
  if (!sure && !/^\[?\w+(?: or | ?\| ?)\w+\]?\.?$/.test(rest)) return [];
  if (/^(an? |greater|less|at |in |of |the |before|after|longer|shorter|between|valid )/i.test(rest)) return [];
  const items = rest
    .replace(/[[\]().]+$|^[[(]/g, '')
    .split(/\s*(?:,|\||\/)\s*(?:or |and )?|\s+(?:or|and)\s+/)
    .map((item) => item.replace(/^["'[(]+|["'\]).]+$/g, '').trim());
  if (items.some((item) => item === '' || item.split(' ').length > 2 || item.length > 40 || typeNamed(item) !== undefined)) return [];
  return items.every((item) => /^-?\d+(\.\d+)?$/.test(item)) ? items.map(Number) : items;
}
