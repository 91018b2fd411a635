import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Want } from '../../../../model/want.ts';
import type { Sent } from './complained-fields.ts';
import { complaintsIn, complaintsInLog } from './complaints.ts';

/** Answers of the validation libraries themselves, recorded, and what they say of the request below. */
const recorded = JSON.parse(readFileSync(new URL('testdata/complaints.json', import.meta.url), 'utf8')) as {
  readonly of: string;
  readonly answer: unknown;
  readonly says: Readonly<Record<string, string>>;
}[];
const body = {
  email: 'nope',
  age: 7,
  title: 'ab',
  nick: 'toolong',
  status: 'weird',
  amount: '12',
  count: 1.5,
  published: 'yes',
  tags: 'a',
  address: { zip: 1 },
  items: [{ quantity: 0 }],
  id: 'x',
  website: 'x',
  when: 'x',
  code: 'abc',
  discount: 60,
  extra: 1,
};
const nothing: Sent = { body: {}, query: {}, params: {}, known: [] };

/** `minimum 18`, `one-of open,closed`, `shortest 3; longest 10`, by field. */
function said(answer: unknown, sent: Sent): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { in: place, field, wants } of complaintsIn(typeof answer === 'string' ? answer : JSON.stringify(answer), sent)) {
    const key = place === 'body' ? field : `${place}:${field}`;
    found[key] = [...(found[key] === undefined ? [] : [found[key]]), shown(wants)].join('; ');
  }
  return found;
}

function shown({ kind, ...more }: Want): string {
  const words = Object.entries(more).map(([key, value]) => (value === true ? key : value === false ? '' : String(value)));
  return [kind, ...words].filter(Boolean).join(' ');
}

describe('answers of validation libraries', () => {
  it.each(recorded)('$of', ({ of, answer, says }) => {
    const ofPath = of.startsWith('nest /');
    expect(said(answer, { ...nothing, ...(ofPath ? { body: null, params: { id: 'x' } } : { body }) })).toEqual(says);
  });
});

describe('sentences that people wrote', () => {
  const sent: Sent = {
    body: { title: 'x', amount: 5, email: 'a', password: 'p', user: { username: 'q' }, code: 'toolong', role: 'some role' },
    query: {},
    params: { id: 'abc' },
    known: ['firstName', 'startDate', 'confirmPassword', 'status'].map((name) => ({ in: 'body', name })),
  };
  const unsent = { firstName: 'presence', startDate: 'presence', confirmPassword: 'presence', status: 'presence' };

  it.each<[string, Record<string, string>]>([
    ['Missing required fields: name, startDate', { name: 'presence', startDate: 'presence' }],
    ['Missing required fields', unsent],
    ['All fields are required', unsent],
    ['Please fill in all fields', unsent],
    ['Name and email are required', { name: 'presence', email: 'presence' }],
    ['First name is required', { firstName: 'presence' }],
    ['Required parameter "role" is missing', { role: 'presence' }],
    ['Role not provided', { role: 'presence' }],
    ['Username is required', { 'user.username': 'presence' }],
    ['body.amount is required', { amount: 'presence' }],
    ['Please provide a name', { name: 'presence' }],
    ['Please provide a valid email address', { email: 'presence; format email' }],
    ["email can't be blank", { email: 'presence; shortest 1' }],
    ['Invalid email format', { email: 'format email' }],
    ['Amount must be greater than 0', { amount: 'minimum 0 exclusive' }],
    ['Amount must be a positive number', { amount: 'type number; minimum 0 exclusive' }],
    ['Amount cannot exceed 1,000', { amount: 'maximum 1000' }],
    ['The minimum deposit amount is $50', { amount: 'minimum 50' }],
    ['amount must be between 1 and 100', { amount: 'minimum 1; maximum 100' }],
    ['Password must be at least 8 characters long', { password: 'shortest 8' }],
    ['Title is too long (max 100 characters)', { title: 'longest 100' }],
    ['Title must be 3-50 characters', { title: 'shortest 3; longest 50' }],
    ['Title is required and must be at least 3 characters', { title: 'presence; shortest 3' }],
    ['items must be a non-empty array', { items: 'presence; shortest 1; type array' }],
    ['status must be one of pending, paid, sent', { status: 'one-of pending,paid,sent' }],
    ['status must be one of [pending, paid]', { status: 'one-of pending,paid' }],
    ['"status" should be either pending or paid', { status: 'one-of pending,paid' }],
    ["status must be one of 'pending' | 'paid'", { status: 'one-of pending,paid' }],
    ['status has to be one of: pending/paid', { status: 'one-of pending,paid' }],
    ['Invalid status value. Allowed values: open, closed', { status: 'one-of open,closed' }],
    ["Invalid role. Must be 'admin' or 'user'", { role: 'one-of admin,user' }],
    ["Invalid enum value. Expected 'admin' | 'user', received 'some role'", { role: 'one-of admin,user' }],
    ['Passwords do not match', { confirmPassword: 'same null' }],
    ['confirmPassword must match password', { confirmPassword: 'same password' }],
    ['Start date must be a future date', { startDate: 'when future' }],
    ['Birth date cannot be in the future', { birthDate: 'when past' }],
    ['null value in column "name" of relation "things" violates not-null constraint', { name: 'presence' }],
    ['invalid input syntax for type uuid: "abc"', { 'params:id': 'format uuid' }],
    ['invalid input syntax for type integer: "a"', { email: 'type integer' }],
    ['value too long for type character varying(5)', { code: 'longest 5', role: 'longest 5' }],
  ])('%s', (error, says) => {
    expect(said({ success: false, error }, sent)).toEqual(says);
  });

  it.each([
    'Invalid credentials',
    'Email already exists',
    'Email already in use',
    'User not found',
    'Insufficient balance',
    'Token is required',
    'No token provided',
    'Access token is missing',
    'Authentication required',
    'You must be at least 18 years old',
    'Request is not allowed.',
    'Order cannot be cancelled because it is already shipped',
    "Cannot read properties of undefined (reading 'map')",
    'duplicate key value violates unique constraint "users_email_key"',
    'Something went wrong',
    'Invalid or expired token',
    'Cart is empty',
    'CSRF token missing',
    'Status is already open',
    'Unexpected token n in JSON at position 1',
    'Email or password is incorrect',
    'the body is missing',
  ])('asks for nothing of a field: %s', (error) => {
    expect(said({ error }, sent)).toEqual({});
    expect(said(error, sent)).toEqual({});
  });
});

describe('sentences that call a field otherwise', () => {
  const sent = (params: Record<string, string>): Sent => ({
    ...nothing,
    body: { target: 'x', homepage: 'https://a.example', note: 'n' },
    params,
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['URL is not valid.', {}, { target: 'format url' }],
    ['ID is invalid.', { id: '7' }, { 'params:id': 'format uuid' }],
    ['Invalid order ID', { orderId: 'x' }, { 'params:orderId': 'format digits' }],
    ['ID is invalid.', { orgId: '7', id: '7' }, {}],
    ['Domain is not valid.', {}, {}],
  ])('%s of %o', (error, params, says) => {
    expect(said({ error }, sent(params))).toEqual(says);
  });
});

describe('what an application logs', () => {
  const sent: Sent = { ...nothing, body: { amount: 1 } };
  const heard = (log: string): [string, string][] => complaintsInLog(log, sent).map(({ field, wants }) => [field, shown(wants)]);

  it('is heard where it is the error of a validation', () => {
    const zod =
      'Create order error: ZodError: [\n  {\n    "code": "invalid_type",\n    "expected": "string",\n    "path": [\n      "amount"\n    ],\n    "message": "Invalid input"\n  }\n]\n    at parse (app.js:3:[1])\n  issues: [ [Object] ]';
    expect(heard(zod)).toEqual([['amount', 'type string']]);
    expect(heard('ValidationError: "note" is required\n    at app.js:1:1 {\n  _original: {}')).toEqual([['note', 'presence']]);
  });

  it('is passed over otherwise', () => {
    expect(heard('note is required by the next job\nError: "note" is required')).toEqual([]);
  });
});

describe('any answer', () => {
  it('is read without an error, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.webUrl()), (answer) => {
        expect(Array.isArray(complaintsIn(answer, { ...nothing, body }))).toBe(true);
      }),
    );
  });

  it('tells nothing by repeating what was sent', () => {
    expect(said({ data: body, statusCode: 400, path: '/orders', timestamp: '2031-01-06T09:00:00Z' }, { ...nothing, body })).toEqual({});
  });
});
