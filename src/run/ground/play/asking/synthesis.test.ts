import { beforeAll, describe, expect, it } from 'vitest';
import { schemaColumn, schemaTable } from '../../../../model/evidence/schema.testing.ts';
import type { Ground } from '../../types.ts';
import { newPlayer } from '../people/players.ts';
import { routeOf } from '../played.testing.ts';
import { tablesOf } from '../provenance.ts';
import { parserReady } from '../statement.ts';
import { plainField } from './values.ts';
import { knowledgeOf, requestFor } from './synthesis.ts';
import type { PoolRow, Route, Synthesis } from './synthesis.ts';

beforeAll(() => parserReady);

const skills = schemaTable('public.skills', [schemaColumn('id', 'integer'), schemaColumn('title')], { oid: 1, primaryKey: ['id'] });
const applications = schemaTable(
  'public.loan_applications',
  [
    schemaColumn('id', 'integer'),
    schemaColumn('address'),
    schemaColumn('description', 'text', { nullable: true }),
    schemaColumn('expire_in', 'text', { nullable: true }),
    schemaColumn('items', 'jsonb'),
  ],
  { oid: 2, primaryKey: ['id'] },
);
const owner = newPlayer('owner', 'owner', null, 'seed');
const row = (table: string, name: string, values: PoolRow['values']): PoolRow => ({
  table,
  name,
  key: { id: values['id'] ?? null },
  values,
  by: 'owner',
});

function stage(): Synthesis {
  return {
    lab: { ground: {} as Ground, tables: tablesOf([skills, applications]), players: new Map([['owner', owner]]), saved: new Map() },
    pool: [
      row('public.skills', 's1.skills', { id: '1', title: 'a' }),
      row('public.loan_applications', 's2.loan_applications', { id: '7', address: 'k3', description: 'd', expire_in: null, items: '[]' }),
    ],
    knowledge: new Map(),
    made: 0,
    forms: false,
  };
}

const body = (...names: string[]): Route['inputs'] => names.map((name) => ({ ...plainField(name), in: 'body', required: null }));
const sent = (synthesis: Synthesis, route: Route, attempt = 0) => requestFor(synthesis, route, owner, owner, attempt).step;

describe('what a request names', () => {
  it('a row of the table that a field ends in the name of, but not for what another service calls its own', () => {
    const route = { ...routeOf('POST /links'), inputs: body('fromSkillId', 'stripeSkillId') };
    expect(sent(stage(), route).body).toEqual({
      fromSkillId: '{{s1.skills.id}}',
      stripeSkillId: expect.stringContaining('{{me.tag}}') as unknown,
    });
  });

  it('a row of the one table whose name ends in the word before a parameter', () => {
    expect(sent(stage(), routeOf('PATCH /applications/:id')).path).toBe('/applications/{{s2.loan_applications.id}}');
  });

  it('what all texts of the owner hold, where rows are looked for by a text', () => {
    const route: Route = { ...routeOf('GET /people'), inputs: [{ ...plainField('name'), in: 'query', required: null }] };
    expect(sent(stage(), route).path).toBe('/people?name={{owner.tag}}');
  });

  it('also later the row that a part of the query picks; a mere filter is left out', () => {
    const route: Route = {
      ...routeOf('GET /confirm'),
      inputs: [
        { ...plainField('which'), in: 'query', required: null },
        { ...plainField('search'), in: 'query', required: null },
      ],
    };
    const synthesis = stage();
    knowledgeOf(synthesis, route).columns.set('query:which', { table: 'public.skills', column: 'id', how: 'compared' });
    expect(sent(synthesis, route, 1).path).toBe('/confirm?which={{s1.skills.id}}');
  });
});

describe('an update that nothing pleased', () => {
  it('sends what the row holds, but for one free text, and leaves out what it does not hold', () => {
    const route = { ...routeOf('PATCH /applications/:id'), inputs: body('address', 'description', 'expireIn') };
    expect(sent(stage(), route, 2).body).toEqual({
      address: '{{s2.loan_applications.address}}',
      description: expect.stringContaining('{{me.tag}}') as unknown,
    });
  });

  it('sends a value that the code takes, whatever the row holds', () => {
    const route = { ...routeOf('PATCH /applications/:id'), inputs: body('address').map((field) => ({ ...field, values: ['north'] })) };
    expect(sent(stage(), route, 2).body).toEqual({ address: 'north' });
  });
});

describe('what a creating request sends', () => {
  it('is JSON where the table of the path keeps JSON', () => {
    const route = { ...routeOf('POST /loan-applications'), inputs: body('items') };
    expect(sent(stage(), route).body).toEqual({ items: [{ name: '{{me.tag}}', note: '{{me.tag}}' }] });
  });
});
