import type { Want } from '../../../../model/want.ts';
import type { Place } from './complained-fields.ts';
import type { Json } from '../people/players.ts';

const formats: Readonly<Record<string, RegExp>> = {
  email: /^[^@\s]+@[^@\s]+\.[a-z]+$/i,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  url: /^https?:\/\/[^\s/]+\.[a-z]+/i,
  domain: /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d(:\d\d)?$/,
  phone: /^(\+?[\d-]{10,16})$/,
  ip: /^\d+\.\d+\.\d+\.\d+$/,
  'object-id': /^[0-9a-f]{24}$/i,
  alphanumeric: /^[a-z0-9]+$/i,
  digits: /^\d+$/,
  decimal: /^\d+\.\d+$/,
  slug: /^[a-z0-9-]+$/,
  color: /^#[0-9a-f]{6}$/i,
};

/** Whether a value is what one complaint asked for; `root` is all that is sent beside it. What cannot be told counts as pleased. */
export function satisfies(want: Want, value: Json, root: Json, place: Place): boolean {
  switch (want.kind) {
    case 'presence':
      return value !== null && value !== '';
    case 'absence':
      return false;
    case 'type':
      return isOfType(value, want.type, place);
    case 'format':
      return (
        (typeof value === 'string' || (place !== 'body' && typeof value === 'number')) &&
        (formats[want.format]?.test(String(value)) ?? true)
      );
    case 'one-of':
      return want.values.some((one) => one === value || (place !== 'body' && String(one) === String(value)));
    case 'minimum':
    case 'maximum': {
      const number = Number(value);
      const above = want.kind === 'minimum' ? number - want.limit : want.limit - number;
      return value !== '' && (want.exclusive ? above > 0 : above >= 0);
    }
    case 'shortest':
      return lengthOf(value) === undefined || (lengthOf(value) ?? 0) >= want.length;
    case 'longest':
      return lengthOf(value) === undefined || (lengthOf(value) ?? 0) <= want.length;
    case 'pattern':
      return typeof value === 'string' && matches(want.source, value);
    case 'same':
      return want.as === null || root === null || typeof root !== 'object' || Array.isArray(root) || root[want.as] === value;
    case 'when': {
      const time = typeof value === 'string' && /^\d{4}-/.test(value) ? Date.parse(value) : Number.NaN;
      return want.is === 'future' ? time > Date.UTC(2030, 6) : time < Date.UTC(2020, 0);
    }
  }
}

function isOfType(value: Json, type: Extract<Want, { kind: 'type' }>['type'], place: Place): boolean {
  const plain = place === 'body' || typeof value !== 'string' || value === '' ? value : asNumber(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return value !== null && typeof value === 'object' && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(plain);
  if (type === 'date') return typeof value === 'string' && /^\d{4}-/.test(value) && !Number.isNaN(Date.parse(value));
  if (type === 'string') return typeof value === 'string';
  return typeof plain === type || (place !== 'body' && type === 'boolean' && /^(true|false)$/.test(String(value)));
}

function asNumber(text: string): Json {
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

function lengthOf(value: Json): number | undefined {
  return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
}

/** Repetitions of repetitions, which may take for ever to say no. */
const slow = /[+*}]\??\)(?:[+*]|\{)/;

/** Whether a text matches a pattern that an answer printed; a slow one, or one that is no pattern of JavaScript's, asks for nothing. */
export function matches(source: string, text: string): boolean {
  if (slow.test(source)) return true;
  try {
    return new RegExp(source).test(text.slice(0, 200));
  } catch {
    return true;
  }
}
