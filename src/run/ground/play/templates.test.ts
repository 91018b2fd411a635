import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newPlayer } from './people/players.ts';
import type { Json } from './people/players.ts';
import { fill, fillText, holesIn, lookUp } from './templates.ts';

const owner = newPlayer('owner', 'owner', null, 'seed');
const stranger = newPlayer('stranger', 'stranger', null, 'seed');
const bindings = {
  saved: new Map<string, Json>([
    ['s1.orders.id', 17],
    ['s1.orders.note', null],
    ['path', 'a/b ?'],
  ]),
  players: new Map([
    ['owner', owner],
    ['stranger', stranger],
  ]),
};

describe('holesIn', () => {
  it('finds names anywhere in a value', () => {
    expect(holesIn({ a: ['{{me.tag}} x {{s1.orders.id}}'], b: 3, c: '{not} {{ }' })).toEqual(['me.tag', 's1.orders.id']);
  });
});

describe('lookUp', () => {
  it('knows saved values, players by name, and oneself', () => {
    expect(lookUp('s1.orders.id', stranger, bindings)).toBe(17);
    expect(lookUp('owner.email', stranger, bindings)).toBe(owner.values.get('email'));
    expect(lookUp('me.email', stranger, bindings)).toBe(stranger.values.get('email'));
    expect(lookUp('nobody.email', stranger, bindings)).toBeUndefined();
    expect(lookUp('me.wings', stranger, bindings)).toBeUndefined();
  });
});

describe('fill', () => {
  it('keeps the type of a value that is one whole template', () => {
    expect(fill({ id: '{{s1.orders.id}}', text: '#{{s1.orders.id}}', ids: ['{{s1.orders.id}}'] }, owner, bindings)).toEqual({
      id: 17,
      text: '#17',
      ids: [17],
    });
  });

  it('makes text of a value where the template says so', () => {
    expect(fill({ id: '{{text:s1.orders.id}}' }, owner, bindings)).toEqual({ id: '17' });
    expect(holesIn('{{text:s1.orders.id}}')).toEqual(['s1.orders.id']);
  });

  it('puts null for what is not known, and nothing of it into text', () => {
    expect(fill(['{{gone}}', 'x{{gone}}y', '{{s1.orders.note}}'], owner, bindings)).toEqual([null, 'xy', null]);
  });

  it('encodes values in paths, and only the values', () => {
    expect(fillText('/files/{{path}}?all=1', owner, bindings, encodeURIComponent)).toBe('/files/a%2Fb%20%3F?all=1');
  });

  it('changes nothing that holds no template, and never touches keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value).replaceAll('{{', '((')) as Json;
        expect(fill(plain, owner, bindings)).toEqual(plain);
      }),
    );
    expect(fill({ '{{me.tag}}': '{{me.tag}}' }, owner, bindings)).toEqual({ '{{me.tag}}': owner.tag });
  });

  it('does not read templates in the values it fills in', () => {
    const saved = new Map<string, Json>([['trick', '{{me.password}}']]);
    expect(fill('x {{trick}}', owner, { ...bindings, saved })).toBe('x {{me.password}}');
  });
});
