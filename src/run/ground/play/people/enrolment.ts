import { createHash } from 'node:crypto';
import { hash } from 'bcryptjs';
import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import { entrancePassword } from '../../../../model/scenario.ts';
import { logIn } from './log-in.ts';
import type { Entered } from './log-in.ts';
import { quote } from '../quote.ts';
import { activate, join } from './memberships.ts';
import { plantRow } from '../asking/planting.ts';
import type { Json, Player } from './players.ts';
import { healthOf } from './sessions.ts';
import { adopt } from './sign-up.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';
import type { Standings } from './standings.ts';
import { fill } from '../templates.ts';
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
  standings: Standings,
): Promise<(Entered & { readonly joined: string | null }) | null> {
  if (!ownership.users) return null;
  if (!(await plantPerson(synthesis, player, ownership, standings))) return null;
  const joined = player.part === 'role' ? await join(synthesis, player, ownership, standings, player.role) : null;
  const entered = (await byPassword(synthesis, player, ownership, doors)) ?? (await byToken(synthesis, player, ownership, routes));
  return entered && { ...entered, joined };
}

async function plantPerson(synthesis: Synthesis, player: Player, ownership: Ownership, { members }: Standings): Promise<boolean> {
  const { lab } = synthesis;
  const table = ownership.users && lab.tables.byName(ownership.users.table);
  if (!table) return false;
  // Whoever belongs to a tenant needs one of their own first.
  const tenants = ownership.tenants && lab.tables.byName(ownership.tenants.table);
  for (const one of tenants ? [tenants, table] : [table]) {
    const row = await plantRow(synthesis, one, player, one === table ? identity(table, player) : new Map());
    if (!row && one === table) return false;
    if (!row) continue;
    adopt(synthesis, player, one.name, row.key, row.values);
    player.entries.push({ byHand: { ...row.step, save: savedColumns(player, one) } });
  }
  // Whoever has a tenant of their own is the first of its members.
  const membership = members && lab.tables.byName(members.table);
  if (membership && tenants && player.part !== 'role') {
    const first = members.role && [...members.roles].toSorted(([a], [b]) => rankOf(b) - rankOf(a))[0]?.[1];
    const given = members.role && first !== undefined && first !== null ? [[members.role.column, first] as const] : [];
    const row = await plantRow(synthesis, membership, player, new Map(given));
    if (row) {
      adopt(synthesis, player, membership.name, row.key, row.values);
      player.entries.push({ byHand: row.step });
    }
  }
  await activate(lab, player, ownership);
  return true;
}

/** All that a planted row holds, by the names that templates give it. */
function savedColumns(player: Player, table: SchemaTable): Record<string, { column: string }> {
  const bare = table.name.slice(table.name.indexOf('.') + 1);
  return Object.fromEntries(table.columns.map(({ name }) => [`${player.name}.${bare}.${name}`, { column: name }]));
}

/** How much a role may, as far as its name says. */
function rankOf(role: string): number {
  return /owner/i.test(role) ? 2 : Number(/admin/i.test(role));
}

/** The columns by which a login knows somebody; where there is no other, their name. */
function identity(table: SchemaTable, player: Player): Map<string, string> {
  const known = table.columns.flatMap(({ name }): [string, string][] => {
    if (/^(user_?)?e-?mail(_?address)?$/i.test(name)) return [[name, `{{${player.name}.email}}`]];
    return /^(user_?name|login|handle)$/i.test(name) ? [[name, `{{${player.name}.tag}}`]] : [];
  });
  const name = table.columns.find((column) => column.name.toLowerCase() === 'name');
  return new Map(known.length === 0 && name ? [[name.name, `{{${player.name}.tag}}`]] : known);
}

async function byPassword(synthesis: Synthesis, player: Player, ownership: Ownership, doors: readonly Route[]): Promise<Entered | null> {
  const { users } = ownership;
  if (!users || users.password === null || doors.length === 0) return null;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const password = String(player.values.get('password'));
  for (const form of storedForms) {
    const text = `UPDATE ${quote(users.table)} SET ${quote(users.password)} = $2 WHERE CAST(${quote(users.key)} AS text) = $1`;
    const parameters = [String(player.values.get(`${bare}.${users.key}`) ?? ''), await form(password)];
    const stored = await synthesis.lab.ground.sql(text, parameters).catch(() => null);
    // A form for which the column has no room is not the app's.
    if (stored === null) continue;
    const byHand = { do: 'sql' as const, text, parameters: [`{{me.${bare}.${users.key}}}`, await form(entrancePassword)] };
    player.entries.push({ byHand });
    const entered = await logIn(synthesis, doors, player, undefined);
    if (entered.login) return { ...entered, how: `their account was planted in the database; ${entered.how}` };
    player.entries.pop();
  }
  return null;
}

/** Variables whose value may sign sessions. */
const signing = /jwt|token|auth|session|secret/i;

/** Where applications look for a token that nobody handed out. */
const tokenPlaces: readonly Readonly<Record<string, string>>[] = [
  { authorization: 'Bearer TOKEN' },
  { cookie: 'token=TOKEN; jwt=TOKEN; access_token=TOKEN' },
];

function filledWith(place: Readonly<Record<string, string>>, token: string): Record<string, string> {
  return Object.fromEntries(Object.entries(place).map(([header, value]) => [header, value.replaceAll('TOKEN', token)]));
}

/** What a login would put into a token beside the key: what somebody's own row says they belong to and are, under its columns' names and in camel case. */
function ownCells(player: Player, prefix: string): Record<string, Json> {
  const cells = [...player.values].filter(
    ([name, value]) =>
      name.startsWith(prefix) && value !== null && /(_id|Id|role|type|level)$/.test(name) && !/pass|hash|secret/i.test(name),
  );
  return Object.fromEntries(
    cells.flatMap(([name]) => {
      const column = name.slice(prefix.length);
      return [column, column.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())].map(
        (one) => [one, `{{me.${name}}}`] as const,
      );
    }),
  );
}

async function byToken(synthesis: Synthesis, player: Player, ownership: Ownership, routes: readonly Route[]): Promise<Entered | null> {
  const { users } = ownership;
  if (!users) return null;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const id = `{{me.${bare}.${users.key}}}`;
  const roles = player.role === null ? {} : { role: player.role, roles: [player.role] };
  const one = { ...ownCells(player, `${bare}.`), sub: id, id, userId: id, user_id: id, email: '{{me.email}}', ...roles };
  const person = { ...one, user: one };
  const now = Math.floor(Date.now() / 1000);
  const { lab } = synthesis;
  const claims = fill(person, player, { saved: lab.saved, players: lab.players }) as Record<string, Json>;
  const environment = Object.entries(await lab.ground.environment());
  const secrets = environment
    .filter(([name, value]) => signing.test(name) && value.length >= 8 && !/^https?:|^postgres/.test(value))
    .slice(0, 6);
  for (const [name, secret] of secrets) {
    const token = mintJwt({ ...claims, iat: now, exp: now + 24 * 60 * 60 }, secret);
    for (const place of tokenPlaces) {
      player.credentials = filledWith(place, token);
      const [minted, session] = [`${player.name}.token`, filledWith(place, `{{${player.name}.token}}`)];
      player.entries.push(
        { byHand: { do: 'mint', save: minted, claims: person, secret: name } },
        { byHand: { do: 'session', headers: session } },
      );
      const { healthy, proven } = await healthOf(lab, routes, player);
      if (healthy && proven)
        return { login: null, played: null, how: `their account was planted in the database; their token was minted with ${name}` };
      player.entries.splice(-2);
    }
  }
  player.credentials = {};
  return null;
}
