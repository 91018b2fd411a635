import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { openBooted } from '../../ground.testing.ts';
import { castActors } from './casting.ts';
import type { Cast } from './casting.ts';
import { bearersOf } from './impostors.ts';
import type { Bearers } from './impostors.ts';
import { play } from '../interpreter.ts';
import type { Lab } from '../interpreter.ts';
import { routeOf } from '../played.testing.ts';
import { tablesOf } from '../provenance.ts';
import { bodyField } from './sign-up.ts';
import { parserReady } from '../statement.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';

const temporary = mkdtempSync(join(tmpdir(), 'casting-test-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const ownership: EvidenceValue<'ownership'> = {
  users: { table: 'public.people', key: 'id', password: 'password_hash', role: null },
  tenants: null,
  roles: [],
  tables: [],
};
const asks: Route['inline'] = [
  { does: ['authentication'], roles: [], refuses: true, name: 'who', where: { file: 'app.js', line: 1, endLine: 1 } },
];
const me: Route = { ...routeOf('GET /me'), inline: asks };
const entrance = (id: string): Route => ({ ...routeOf(id), inputs: [bodyField('email'), bodyField('password')] });

/** Casts on the app with these doors, and calls `GET /me` as everybody. */
async function castAt(
  doors: string,
  routes: readonly Route[],
): Promise<{ cast: Cast; told: Record<string, string>; bearers: Bearers | null }> {
  await parserReady;
  const ground = await openBooted(join(import.meta.dirname, '..', '..', 'testdata', 'doors'), {
    config: { env: { DOORS: doors, JWT_SECRET: 'known to this test' } },
  });
  try {
    const lab: Lab = { ground, tables: tablesOf((await ground.schema()).tables), players: new Map(), saved: new Map() };
    const synthesis: Synthesis = { lab, pool: [], knowledge: new Map(), made: 0, forms: false };
    const cast = await castActors(synthesis, routes, ownership, 'test');
    const { owner } = cast;
    // Another session of theirs must not speak for a forged token.
    if (owner) owner.credentials = { ...owner.credentials, cookie: [owner.credentials['cookie'], 'theme=dark'].filter(Boolean).join('; ') };
    const bearers = owner ? await bearersOf(lab, owner, 'test') : null;
    const told: Record<string, string> = {};
    for (const name of lab.players.keys()) {
      const { exchange } = await play(lab, { do: 'request', as: name, method: 'GET', path: '/me' });
      told[name] = `${exchange.response?.status} ${exchange.response?.body}`;
    }
    return { cast, told, bearers };
  } finally {
    await ground.close();
  }
}

const expected = { anonymous: '401 {}', owner: expect.stringMatching(/^200 \{"id":\d+,"email"/), stranger: expect.stringMatching(/^200 /) };

test('signs up by a form with a token, confirms the address by the mail that came, and logs in', async () => {
  const routes = [entrance('POST /register'), entrance('POST /login'), routeOf('GET /confirm'), me];
  const { cast, told } = await castAt('forms', routes);
  expect(cast.notes.get('owner')).toEqual({
    part: 'owner',
    healthy: true,
    obtained: 'signed up; opened the link in the mail that confirms the address; logged in (POST /login)',
    reason: 'GET /me refuses anonymous callers and answers this actor',
  });
  expect(told).toEqual(expected);
  expect(told['owner']).not.toBe(told['stranger']);
});

test('lets in through the database whom no sign-up takes', async () => {
  const { cast, told } = await castAt('closed', [entrance('POST /login'), me]);
  expect(cast.notes.get('stranger')?.obtained).toBe('their account was planted in the database; logged in (POST /login)');
  expect(told).toEqual(expected);
});

test('mints a token with the secret that the app was given where there is no login', async () => {
  const { cast, told, bearers } = await castAt('tokens', [me]);
  expect(cast.notes.get('owner')?.obtained).toBe('their account was planted in the database; their token was minted with JWT_SECRET');
  const { owner = '' } = told;
  expect(told).toEqual({ ...expected, token: owner, forged: '401 {}', unsigned: '401 {}', expired: owner });
  expect(bearers?.impostors.map(({ name }) => name)).toEqual(['forged', 'unsigned', 'expired']);
  for (const player of [bearers?.rightful, ...(bearers?.impostors ?? [])])
    expect(Object.keys(player?.credentials ?? {})).toEqual(['authorization']);
});

test('finds the ways in of libraries, which no code names', async () => {
  const library = await castAt('library', [me]);
  expect(library.cast.notes.get('stranger')?.obtained).toBe('signed up; logged in (POST /api/auth/sign-in/email)');
  expect(library.told).toEqual(expected);
  const handed = await castAt('handed', [me]);
  expect(handed.cast.notes.get('stranger')?.obtained).toBe(
    'their account was planted in the database; logged in (POST /auth/callback/credentials)',
  );
  expect(handed.told).toEqual(expected);
});
