import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Want } from '../../../../model/want.ts';
import { satisfies } from './contentment.ts';
import { textMatching } from './matching-text.ts';
import { obeyed, pleasingColumn } from './obeying.ts';
import { newPlayer } from '../people/players.ts';
import type { Json } from '../people/players.ts';
import { fill } from '../templates.ts';
import { valueFor } from './values.ts';

const owner = newPlayer('owner', 'owner', null, 'seed');
const bindings = { saved: new Map<string, Json>([['s1.orders.id', 17]]), players: new Map([['owner', owner]]) };
const filled = (value: Json): Json => fill(value, owner, bindings);

/** What becomes of a body when answers asked these things of it. */
function after(body: Record<string, Json>, wants: Record<string, Want[]>, attempt = 1, place: 'body' | 'query' = 'body'): Json {
  return obeyed(body, {
    wants: new Map(Object.entries(wants).map(([field, of]) => [`${place}:${field}`, of])),
    place,
    attempt,
    filled,
    make: (field) => valueFor({ field, column: null, attempt, serial: 1 }),
  });
}
const type = (of: Extract<Want, { kind: 'type' }>['type']): Want => ({ kind: 'type', type: of });
const presence: Want = { kind: 'presence' };

describe('a value that did not please', () => {
  it.each<[string, Json, Want[], Json]>([
    ['a number as text', 4211, [type('string')], '4211'],
    ['text as a number', '12', [type('number')], 12],
    ['a row’s number as text', '{{s1.orders.id}}', [type('string')], '{{text:s1.orders.id}}'],
    ['one thing as a list', 'a', [type('array')], ['a']],
    ['an amount with decimals', 4211, [type('string'), { kind: 'pattern', source: String.raw`^\d+\.\d{2}$` }], '4211.00'],
    ['a minimum', 3, [{ kind: 'minimum', limit: 18, exclusive: false }], 18],
    ['more than a minimum', 0, [{ kind: 'minimum', limit: 0, exclusive: true }], 1],
    ['a maximum', 4211, [{ kind: 'maximum', limit: 50, exclusive: false }], 50],
    ['a longer text', 'ab', [{ kind: 'shortest', length: 5 }], '{{me.tag}} field 1'],
    ['a pattern', 'abc', [{ kind: 'pattern', source: String.raw`^\d{5}$` }], '12345'],
    ['a pattern that nobody has a sample of', 'abc', [{ kind: 'pattern', source: String.raw`^[A-Z]{2}-\d{2}(?:x|y)$` }], 'AA-11x'],
    ['a day', 'soon', [{ kind: 'format', format: 'date' }], '2031-01-07'],
    ['a date that has passed', '2031-01-06', [{ kind: 'when', is: 'past' }], '2001-01-08'],
  ])('becomes %s', (_what, current, wants, expected) => {
    expect(after({ field: current }, { field: wants })).toEqual({ field: expected });
  });

  it('keeps the canary where it can', () => {
    expect(after({ nick: '{{me.tag}} nick 1' }, { nick: [{ kind: 'longest', length: 12 }] })).toEqual({ nick: '{{me.tag}}1' });
    expect(after({ mail: 'x' }, { mail: [{ kind: 'format', format: 'email' }] })).toEqual({ mail: '{{me.tag}}1@example.com' });
  });

  it('is one of the values that were listed: the first, and the next when that was tried', () => {
    const wants: Record<string, Want[]> = { status: [{ kind: 'one-of', values: ['open', 'closed'] }] };
    expect(after({ status: 'x' }, wants)).toEqual({ status: 'open' });
    expect(after({ status: 'x' }, wants, 2)).toEqual({ status: 'closed' });
  });

  it('is the same as the field beside it', () => {
    expect(after({ password: 'a', confirm: 'b' }, { confirm: [{ kind: 'same', as: 'password' }] })).toEqual({
      password: 'a',
      confirm: 'a',
    });
    expect(after({ password: 'a', confirmPassword: 'b' }, { confirmPassword: [{ kind: 'same', as: null }] })).toMatchObject({
      confirmPassword: 'b',
    });
  });
});

describe('fields', () => {
  it('are added where they were missing, inside of objects and lists too', () => {
    expect(
      after({ a: 1 }, { 'address.zip': [presence, type('string')], 'items.0.quantity': [presence, type('number')], title: [presence] }),
    ).toEqual({ a: 1, address: { zip: '94105' }, items: [{ quantity: 1 }], title: '{{me.tag}} title 1' });
  });

  it('are left out where they are unknown', () => {
    expect(after({ a: 1, extra: 2, user: { extra: 3 } }, { extra: [{ kind: 'absence' }], 'user.extra': [{ kind: 'absence' }] })).toEqual({
      a: 1,
      user: {},
    });
  });

  it('of which nobody asked more than they are stay as they are', () => {
    const body = { title: 'some title', amount: 5, tags: ['a'], nested: { id: '{{s1.orders.id}}' } };
    const wants: Record<string, Want[]> = {
      title: [presence, { kind: 'shortest', length: 3 }],
      amount: [type('number'), { kind: 'minimum', limit: 1, exclusive: false }],
      tags: [type('array')],
      'nested.id': [type('integer')],
      absent: [type('string')],
    };
    expect(after(body, wants)).toEqual(body);
    expect(after(body, {})).toEqual(body);
  });

  it('of a query are text', () => {
    expect(after({ limit: '100' }, { limit: [{ kind: 'maximum', limit: 50, exclusive: false }] }, 1, 'query')).toEqual({ limit: 50 });
    expect(after({ limit: '10' }, { limit: [type('number')] }, 1, 'query')).toEqual({ limit: '10' });
  });
});

describe('a row in a path', () => {
  it('is named by the column that has the wanted format', () => {
    const row = { id: '7', note: null, uuid: '0b9fcc1f-b08d-41fb-a266-cea1ae2121a5' };
    expect(pleasingColumn(row, 'id', [{ kind: 'format', format: 'uuid' }])).toBe('uuid');
    expect(pleasingColumn(row, 'id', [{ kind: 'format', format: 'digits' }])).toBe('id');
    expect(pleasingColumn(row, 'uuid', [])).toBe('uuid');
    expect(pleasingColumn(row, 'id', [{ kind: 'format', format: 'email' }])).toBe('id');
  });
});

describe('any wish that can be granted', () => {
  const text = fc
    .tuple(fc.nat(40), fc.nat(40))
    .map(([a, b]): Want[] => [
      type('string'),
      { kind: 'shortest', length: Math.min(a, b) + 1 },
      { kind: 'longest', length: Math.max(a, b) + 1 },
    ]);
  const number = fc
    .tuple(fc.integer(), fc.nat(1000))
    .map(([least, more]): Want[] => [
      type('integer'),
      { kind: 'minimum', limit: least, exclusive: false },
      { kind: 'maximum', limit: least + more, exclusive: false },
    ]);
  const shape = fc
    .constantFrom('email', 'uuid', 'url', 'date', 'date-time', 'time', 'phone', 'object-id', 'digits', 'decimal', 'color')
    .map((format): Want[] => [type('string'), { kind: 'format', format }]);

  it('is granted, whatever was sent before', () => {
    fc.assert(
      fc.property(fc.oneof(text, number, shape), fc.jsonValue(), (wants, before) => {
        const { field = null } = filled(after({ field: before as Json }, { field: wants })) as Record<string, Json>;
        for (const want of wants) expect([want, field, satisfies(want, field, {}, 'body')]).toEqual([want, field, true]);
      }),
    );
  });
});

describe('textMatching', () => {
  it.each([
    String.raw`^[a-z0-9]+(?:-[a-z0-9]+)*$`,
    String.raw`^\+[1-9]\d{1,14}$`,
    String.raw`^(?=.*[A-Z])(?=.*\d).{8,}$`,
    String.raw`^([01]\d|2[0-3]):[0-5]\d$`,
    String.raw`^0x[a-fA-F0-9]{40}$`,
    '^(low|high)$',
  ])('%s', (source) => {
    const made = textMatching(source, 0);
    if (made === undefined) expect(source).toContain('(?='); // Two wishes at one place are beyond it.
    else expect(made).toMatch(new RegExp(source));
  });
});
