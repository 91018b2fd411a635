import { createHash } from 'node:crypto';
import { hash } from 'bcryptjs';
import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import { logIn } from './log-in.ts';
import { quote } from '../quote.ts';
import { activate } from './memberships.ts';
import { plantRow } from '../asking/planting.ts';
import type { Player } from './players.ts';
import { healthOf } from './sessions.ts';
import { adopt } from './sign-up.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';
import { mintJwt } from './tokens.ts';

type Ownership = EvidenceValue<'ownership'>;

/** Cost of the bcrypt hashes that we plant: the least that libraries take. */
const cost = 4;

/** Forms in which a password may be stored, the usual ones first. */
const storedForms: readonly ((password: string) => Promise<string>)[] = [
  (password) => hash(password, cost),
  async (password) => password,
  ...['sha256', 'md5', 'sha1', 'sha512'].map(
    (algorithm) => async (password: string) => createHash(algorithm).update(password).digest('hex'),
  ),
];

/**
 * Lets somebody in whom no sign-up takes: plants the row of a user, tries in which form the app reads a password there, and logs in; else
 * mints a token with a secret that the app was given. Returns how, or null when neither was believed.
 */
export async function enrol(
  synthesis: Synthesis,
  player: Player,
  ownership: Ownership,
  routes: readonly Route[],
  doors: readonly Route[],
): Promise<{ how: string; login: Route | null } | null> {
  if (!ownership.users) return null;
  if (!(await plantPerson(synthesis, player, ownership))) return null;
  return (await byPassword(synthesis, player, ownership, doors)) ?? (await byToken(synthesis, player, ownership, routes));
}

async function plantPerson(synthesis: Synthesis, player: Player, ownership: Ownership): Promise<boolean> {
  const { lab } = synthesis;
  const table = ownership.users && lab.tables.byName(ownership.users.table);
  if (!table) return false;
  // Whoever belongs to a tenant needs one of their own first.
  const tenants = ownership.tenants && lab.tables.byName(ownership.tenants.table);
  for (const one of tenants ? [tenants, table] : [table]) {
    const row = await plantRow(synthesis, one, player, one === table ? identity(table, player) : new Map());
    if (!row && one === table) return false;
    if (row) adopt(synthesis, player, one.name, row.key, row.values);
  }
  await activate(lab, player, ownership);
  return true;
}

/** The columns by which a login knows somebody. */
function identity(table: SchemaTable, player: Player): Map<string, string> {
  return new Map(
    table.columns.flatMap(({ name }): [string, string][] => {
      if (/^(user_?)?e-?mail(_?address)?$/i.test(name)) return [[name, `{{${player.name}.email}}`]];
      return /^(user_?name|login|handle)$/i.test(name) ? [[name, `{{${player.name}.tag}}`]] : [];
    }),
  );
}

async function byPassword(synthesis: Synthesis, player: Player, ownership: Ownership, doors: readonly Route[]) {
  const { users } = ownership;
  if (!users || users.password === null || doors.length === 0) return null;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const password = String(player.values.get('password'));
  for (const form of storedForms) {
    await synthesis.lab.ground.sql(
      `UPDATE ${quote(users.table)} SET ${quote(users.password)} = $2 WHERE CAST(${quote(users.key)} AS text) = $1`,
      [String(player.values.get(`${bare}.${users.key}`) ?? ''), await form(password)],
    );
    const { login, how } = await logIn(synthesis, doors, player, undefined);
    if (login) return { login, how: `their account was planted in the database; ${how}` };
  }
  return null;
}

/** Variables whose value may sign sessions. */
const signing = /jwt|token|auth|session|secret/i;

async function byToken(synthesis: Synthesis, player: Player, ownership: Ownership, routes: readonly Route[]) {
  const { users } = ownership;
  if (!users) return null;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const id = player.values.get(`${bare}.${users.key}`);
  const now = Math.floor(Date.now() / 1000);
  const person = { sub: id, id, userId: id, user_id: id, email: player.values.get('email'), role: player.role ?? undefined };
  const environment = Object.entries(await synthesis.lab.ground.environment());
  const secrets = environment
    .filter(([name, value]) => signing.test(name) && value.length >= 8 && !/^https?:|^postgres/.test(value))
    .slice(0, 6);
  for (const [name, secret] of secrets) {
    const token = mintJwt({ ...person, user: person, iat: now, exp: now + 24 * 60 * 60 }, secret);
    for (const credentials of [{ authorization: `Bearer ${token}` }, { cookie: `token=${token}; jwt=${token}; access_token=${token}` }]) {
      player.credentials = credentials;
      const { healthy, proven } = await healthOf(synthesis.lab, routes, player);
      if (healthy && proven) return { login: null, how: `their account was planted in the database; their token was minted with ${name}` };
    }
  }
  player.credentials = {};
  return null;
}
