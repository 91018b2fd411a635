import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { scenario as schema } from '../../../model/scenario.ts';
import type { Scenario } from '../../../model/scenario.ts';
import { openBooted } from '../ground.testing.ts';
import type { Ground } from '../index.ts';
import type { Lab } from './interpreter.ts';
import { newPlayer } from './people/players.ts';
import { tablesOf } from './provenance.ts';
import { runScenario } from './scenario.ts';
import { parserReady } from './statement.ts';

const temporary = mkdtempSync(join(tmpdir(), 'scenario-test-'));
process.env['TMPDIR'] = temporary;

let ground: Ground;
let lab: Lab;
beforeAll(async () => {
  await parserReady;
  ground = await openBooted(join(import.meta.dirname, '..', 'testdata', 'together'));
}, 60_000);
beforeEach(async () => {
  const anonymous = newPlayer('anonymous', 'anonymous', null, 'test');
  lab = { ground, tables: tablesOf((await ground.schema()).tables), players: new Map([['anonymous', anonymous]]), saved: new Map() };
});
afterEach(() => ground.reset(['rows', 'world']));
afterAll(async () => {
  await ground.close();
  rmSync(temporary, { recursive: true, force: true });
});

/** A scenario of these steps, as it would come from a report. */
const of = (steps: unknown[], effect: unknown = { shows: 'success-claimed' }): Scenario =>
  schema.parse({ id: 'x', title: 'x', actors: { anonymous: { part: 'anonymous', role: null } }, steps, effect });
const withdraw = (more: object = {}, path = '/withdraw?id=1') => ({ do: 'request', as: 'anonymous', method: 'POST', path, ...more });
const get = (path: string, more: object = {}) => ({ do: 'request', as: 'anonymous', method: 'GET', path, ...more });
const overdrawn = {
  shows: 'state',
  sql: 'SELECT 1 FROM accounts WHERE balance < 0',
  rows: 'some',
  successes: { requests: ['one', 'two'], least: 2 },
};

const interleaved = (path: string) => [
  { do: 'hold', name: 'write', statement: '^UPDATE accounts', at: 'before', times: 2 },
  withdraw({ name: 'one', wait: false }, path),
  withdraw({ name: 'two', wait: false }, path),
  { do: 'arrived', hold: 'write', count: 2 },
  { do: 'release', hold: 'write' },
  { do: 'await', request: 'one' },
  { do: 'await', request: 'two' },
];

test('a race is forced at every try, and never shows on its safe twin', async () => {
  for (let round = 0; round < 5; round++) {
    const forced = await runScenario(lab, of(interleaved('/withdraw?id=1'), overdrawn));
    expect(forced).toMatchObject({ reproduced: 'yes' });
    const [, final] = forced.transcript;
    expect(final?.statements.map(({ tag }) => tag)).toEqual(['SELECT 1', 'UPDATE 1']);
    expect(final?.changes).toHaveLength(2);
    await ground.undo(final?.changes ?? []);
    const safe = await runScenario(lab, of(interleaved('/withdraw-safely?id=1'), overdrawn));
    expect(safe).toMatchObject({ reproduced: 'no' });
    await ground.undo(safe.transcript.at(-1)?.changes ?? []);
  }
});

test('a burst sends each request so many times at once', async () => {
  const steps = [{ do: 'burst', requests: [{ as: 'anonymous', method: 'POST', path: '/withdraw-safely?id=1', name: 'all' }], copies: 8 }];
  const once = { shows: 'state', sql: 'SELECT 1 FROM accounts WHERE id = 1 AND balance = 40', rows: 'some' };
  const { reproduced, transcript } = await runScenario(lab, of(steps, { ...once, successes: { requests: ['all'], least: 1 } }));
  expect(reproduced).toBe('yes');
  expect(transcript.map(({ exchange }) => exchange.response?.status).toSorted((a = 0, b = 0) => a - b)).toEqual([
    200, 409, 409, 409, 409, 409, 409, 409,
  ]);
});

test('a lost acknowledgement: the statement took effect, and the answer says that it did not', async () => {
  const steps = [
    { do: 'fault', statement: '^UPDATE accounts', code: '08006', instead: { do: 'cut', at: 'after' } },
    withdraw({ name: 'only' }, '/withdraw-safely?id=2'),
  ];
  const paid = { shows: 'state', sql: 'SELECT 1 FROM accounts WHERE id = 2 AND balance = 40', rows: 'some' };
  const outcome = await runScenario(lab, of(steps, paid));
  expect(outcome).toMatchObject({ reproduced: 'yes' });
  expect(outcome.transcript.at(-1)?.exchange.response?.status).toBe(500);
});

test('the outside world answers as told, and as before once the scenario is over', async () => {
  const down = { do: 'stub', rule: { match: { host: 'rates.example' }, does: { do: 'answer', status: 503 } } };
  const { transcript } = await runScenario(lab, of([down, get('/rate')]));
  expect(transcript.at(-1)?.exchange.response?.body).toBe('{"status":503}');
  const after = await runScenario(lab, of([get('/rate')]));
  expect(after.transcript.at(-1)?.exchange.response?.body).not.toBe('{"status":503}');
});

test('time passes for the app and the database, and has not once the scenario is over', async () => {
  const steps = [
    { do: 'sql', text: "SELECT (now() + interval '20 days')::text AS later", save: { later: { column: 'later' } } },
    { do: 'clock', seconds: 30 * 24 * 60 * 60 },
    get('/time', { save: { app: { json: 'app' } } }),
  ];
  const passed = {
    shows: 'state',
    sql: 'SELECT 1 WHERE now() > $1::timestamptz AND $2::timestamptz > $1::timestamptz',
    parameters: ['{{later}}', '{{app}}'],
    rows: 'some',
  };
  expect(await runScenario(lab, of(steps, passed))).toMatchObject({ reproduced: 'yes' });
  expect(await runScenario(lab, of([get('/time', { save: { app: { json: 'app' } } })], passed))).toMatchObject({ reproduced: 'no' });
});

test('an instance that is killed in the middle of its work leaves the rest to another', async () => {
  const steps = [
    { do: 'start', instance: 'second' },
    { do: 'hold', name: 'write', statement: '^UPDATE accounts', at: 'before', request: 'lost' },
    withdraw({ name: 'lost', wait: false }),
    { do: 'arrived', hold: 'write' },
    { do: 'kill', signal: 'SIGKILL' },
    { do: 'release', hold: 'write' },
    { do: 'await', request: 'lost' },
    withdraw({ name: 'other', instance: 'second', expect: { success: true } }),
    { do: 'start' },
    get('/visits', { expect: { success: true } }),
  ];
  const once = { shows: 'state', sql: 'SELECT 1 FROM accounts WHERE id = 1 AND balance = 40', rows: 'some' };
  const outcome = await runScenario(lab, of(steps, once));
  expect(outcome).toMatchObject({ reproduced: 'yes' });
  expect(outcome.transcript.map(({ exchange }) => exchange.response?.status ?? null)).toEqual([null, 200, 200]);
});

test('resets put back what they name, and give players other addresses', async () => {
  const outcome = await runScenario(
    lab,
    of([
      withdraw(),
      get('/address'),
      { do: 'reset', kinds: ['rows', 'limiters'] },
      { do: 'sql', text: 'SELECT 1 FROM accounts WHERE balance <> 100', expect: { rows: 'none' } },
      get('/address'),
    ]),
  );
  expect(outcome.reproduced).toBe('yes');
  const [, before, after] = outcome.transcript.map(({ exchange }) => exchange.response?.body);
  expect(before).not.toBe(after);
});

test('what cannot be staged says which step and why', async () => {
  const why = async (steps: unknown[]) => (await runScenario(lab, of(steps))).reason;
  expect(await why([get('/{{nothing}}')])).toBe('step 1 needs nothing, which no step before it gave');
  expect(await why([{ do: 'sql', text: 'SELECT 1 WHERE false', expect: { rows: 'some' } }, get('/visits')])).toBe(
    'step 1 (SELECT 1 WHERE false) gave no row',
  );
  expect(await why([get('/nowhere', { expect: { success: true } }), get('/visits')])).toBe(
    'step 1 (GET /nowhere as anonymous) answered 404',
  );
  expect(await why([{ do: 'await', request: 'nobody' }, get('/visits')])).toBe('step 1 waits for nobody, which is not on its way');
  expect(await why([{ do: 'clock', seconds: 0 }])).toBe('the scenario sends no request');
});
