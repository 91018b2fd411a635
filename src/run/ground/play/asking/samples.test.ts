import { describe, expect, it } from 'vitest';
import type { AbstractValue } from '../../../../model/evidence/read.ts';
import type { Sample } from '../../../../model/evidence/samples.ts';
import { schemaColumn, schemaTable } from '../../../../model/evidence/schema.testing.ts';
import { newPlayer } from '../people/players.ts';
import { routeOf } from '../played.testing.ts';
import { tablesOf } from '../provenance.ts';
import type { Ground } from '../../types.ts';
import { attemptsAt, followingsOf } from './samples.ts';
import { knowledgeOf, requestFor } from './synthesis.ts';
import type { Synthesis } from './synthesis.ts';

const owner = newPlayer('owner', 'owner', null, 'seed');
const berths = schemaTable('public.berths', [schemaColumn('id', 'integer'), schemaColumn('deck')]);

function value(json: unknown): AbstractValue {
  if (json === undefined) return { kind: 'unknown' };
  if (Array.isArray(json)) return { kind: 'array', items: json.map(value), open: false };
  if (typeof json === 'object' && json !== null)
    return { kind: 'object', keys: Object.fromEntries(Object.entries(json).map(([name, one]) => [name, value(one)])), open: false };
  return { kind: 'literal', value: json as string };
}

function sample(id: string, part: Partial<Omit<Sample, 'body'>> & { readonly body?: unknown } = {}): Sample {
  const [method = '', path = ''] = id.split(' ');
  return {
    source: 'postman',
    where: { file: 'x.json', line: 1, endLine: 1 },
    within: [],
    callers: [],
    method,
    path,
    endpoint: { unit: '.', id },
    query: {},
    encoding: 'json',
    status: null,
    wants: {},
    ...part,
    body: part.body === undefined ? null : value(part.body),
  };
}

function staged(id: string, ...samples: Sample[]): { synthesis: Synthesis; route: ReturnType<typeof routeOf> } {
  const route = routeOf(id);
  const synthesis: Synthesis = {
    // Making a request asks the ground for nothing.
    lab: { ground: {} as Ground, tables: tablesOf([berths]), players: new Map([['owner', owner]]), saved: new Map() },
    pool: [{ table: 'public.berths', name: 's1.berths', key: { id: '7' }, values: { id: '7', deck: 'boat' }, by: 'owner' }],
    knowledge: new Map(),
    samples: followingsOf(samples, [route]),
    made: 0,
    forms: false,
  };
  return { synthesis, route };
}

/** What each attempt at an endpoint sends. */
function sent(id: string, ...samples: Sample[]): unknown[] {
  const { synthesis, route } = staged(id, ...samples);
  return attemptsAt(synthesis, route).map((attempt) => requestFor(synthesis, route, owner, owner, attempt).step.body);
}

describe('attempts that follow samples', () => {
  const id = 'POST /meals';

  it('come after all others, which they leave as they are', () => {
    const shown = sample(id, { body: { diet: 'vegan' } });
    expect(sent(id, shown).slice(0, 3)).toEqual(sent(id));
    expect(sent(id, shown)).toHaveLength(4);
  });

  it('name rows of the owner and write texts of their own; the last leaves the texts as they are', () => {
    const bodies = sent(
      id,
      sample(id, { body: { berthId: 12, diet: 'vegan', wishes: 'no nuts please', email: undefined, isPublic: true } }),
    );
    expect(bodies.slice(3)).toEqual([
      {
        berthId: '{{s1.berths.id}}',
        diet: 'vegan',
        wishes: expect.stringContaining('{{me.tag}}'),
        email: expect.stringContaining('{{me.tag}}'),
        isPublic: false,
      },
      {
        berthId: '{{s1.berths.id}}',
        diet: 'vegan',
        wishes: 'no nuts please',
        email: expect.stringContaining('{{me.tag}}'),
        isPublic: false,
      },
    ]);
  });

  it('obey what a specification asks', () => {
    const wants: Sample['wants'] = {
      'body:diet': [{ kind: 'presence' }, { kind: 'one-of', values: ['halal', 'kosher'] }],
      'body:seats': [
        { kind: 'type', type: 'integer' },
        { kind: 'minimum', limit: 20, exclusive: false },
      ],
    };
    expect(sent(id, sample(id, { body: { diet: undefined, seats: undefined }, wants })).slice(3)).toEqual([
      { diet: 'halal' },
      { diet: 'halal', seats: 20 },
    ]);
  });

  it('take values that one sample lacks from another, and none from what was refused', () => {
    const keys = sample(id, { source: 'client-call', body: { diet: undefined, course: 'main', table: 4 } });
    const test = sample(id, { source: 'test', body: { diet: 'vegan' } });
    const refused = sample(id, { source: 'har', status: 400, body: { diet: 'stones', course: 'x', table: 9, more: 'y' } });
    expect(sent(id, keys, test, refused)[3]).toEqual({ diet: 'vegan', course: 'main', table: 4 });
  });

  it('put a word of the path where the endpoint has a parameter', () => {
    const { synthesis, route } = staged('GET /stats/:range', sample('GET /stats/:range', { path: '/api/stats/weekly' }));
    expect(requestFor(synthesis, route, owner, owner, 10).step.path).toBe('/stats/weekly');
  });

  it('are the same for an endpoint that is reached by two paths', () => {
    const handler = { name: 'order', where: { file: 'app.js', line: 9, endLine: 12 } };
    const routes = ['POST /api/meals', 'POST /api/v2/meals', 'POST /api/guests'].map((one, index) => ({
      ...routeOf(one),
      handler: { ...handler, where: { ...handler.where, line: index < 2 ? 9 : 20 } },
    }));
    const shown = followingsOf([sample('POST /api/v2/meals', { body: { diet: 'vegan' } })], routes);
    expect([...shown.keys()]).toEqual(['POST /api/meals', 'POST /api/v2/meals']);
  });

  it('come first once one of them has worked where nothing else had', () => {
    const { synthesis, route } = staged(id, sample(id, { body: { diet: 'vegan' } }));
    expect(requestFor(synthesis, route, owner, owner, 0).step.body).toEqual({});
    knowledgeOf(synthesis, route).sample = 0;
    expect(requestFor(synthesis, route, owner, owner, 0).step.body).toEqual({ diet: 'vegan' });
    expect(requestFor(synthesis, route, owner, owner, 1).step.body).toEqual({});
  });
});
