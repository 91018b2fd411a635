import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { contextAt } from '../../../../read/collectors.testing.ts';
import readRoutes from '../../../../read/routes.ts';
import readSamples from '../../../../read/samples.ts';
import { openBooted } from '../../ground.testing.ts';
import type { Ground } from '../../types.ts';
import { setStage } from '../scene.ts';
import type { Stage } from '../scene.ts';

const temporary = mkdtempSync(join(tmpdir(), 'samples-test-'));
process.env['TMPDIR'] = temporary;
const app = join(temporary, 'berths');
const own = join(import.meta.dirname, '..', '..', 'testdata', 'berths');
const lent = join(import.meta.dirname, '..', '..', '..', '..', '..', 'examples', 'harbor', 'node_modules');

const person = (table: string) => ({
  table,
  user: [{ from: table, column: 'person_id', to: 'public.people', key: 'id' }],
  tenant: null,
});
const ownership: EvidenceValue<'ownership'> = {
  users: { table: 'public.people', key: 'id', password: 'password', role: null },
  tenants: null,
  roles: [],
  tables: [person('public.berths'), person('public.meals')],
};

let ground: Ground;
let routes: EvidenceValue<'routes'>;
let samples: EvidenceValue<'samples'>;

beforeAll(async () => {
  cpSync(own, app, { recursive: true });
  symlinkSync(lent, join(app, 'node_modules'));
  const context = await contextAt(app);
  routes = (await readRoutes.run({} as never, context)).value;
  const given = { routes: { kind: 'routes', class: 'read', value: routes, gaps: [] } };
  samples = (await readSamples.run(given as never, context)).value;
  ground = await openBooted(app);
}, 120_000);

afterAll(async () => {
  await ground?.close();
  rmSync(temporary, { recursive: true, force: true });
});

async function staged(shown: EvidenceValue<'samples'> | null): Promise<Stage> {
  const schema = await ground.schema();
  // Other people each time: those of the first stage are signed up already.
  return setStage({
    ground,
    seed: shown === null ? 'without' : 'with',
    schema,
    ownership,
    routes: routes.routes,
    queries: null,
    samples: shown,
    objects: true,
  });
}

/** What the owner's requests made. */
const made = ({ steps }: Stage): string[] => steps.flatMap((step) => (step.do === 'request' ? [`${step.method} ${step.path}`] : []));

describe('an endpoint that refuses without a word', () => {
  it('is satisfied by what a screen and a collection send to it, with the own rows and texts of the sender', async () => {
    expect(samples.samples.map(({ source, endpoint }) => `${source}: ${endpoint?.id}`)).toEqual([
      'postman: POST /api/meals',
      'client-call: POST /api/berths',
      'client-call: GET /api/berths/by/:order',
    ]);
    expect(made(await staged(null))).toEqual([]);
    const stage = await staged(samples);
    expect(made(stage)).toEqual(['POST /api/berths', 'POST /api/meals']);
    const bodies = stage.steps.map((step) => (step.do === 'request' ? step.body : null));
    expect(bodies[0]).toMatchObject({ deck: 'orlop', nights: 3, wishes: expect.stringContaining('{{me.tag}}') });
    expect(bodies[1]).toEqual({ berthId: '{{s1.berths.id}}', diet: 'vegan' });
  }, 120_000);
});
