import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { onlyAnswers } from '../answers.ts';
import { play } from '../interpreter.ts';
import type { Lab, Played } from '../interpreter.ts';
import { tenantKeyOf, userKeyOf } from './memberships.ts';
import type { Json, Player } from './players.ts';
import { rowsRead } from '../provenance.ts';
import type { Standing, Standings } from './standings.ts';
import { jwtIn, readJwt } from './tokens.ts';

type Ownership = EvidenceValue<'ownership'>;

/** Whether the application takes somebody for what rows were made to say of them. */
export interface Recognised {
  /** Null where it cannot be seen: no statements are. */
  readonly seen: boolean | null;
  readonly how: string;
}

/**
 * Proves a role or membership by an effect: the session's own claims name it, the application read the row that says it when it answered this
 * session, or an answer calls them so. `paths` are reads that answer them.
 */
export async function recognised(
  lab: Lab,
  player: Player,
  ownership: Ownership,
  standings: Standings,
  paths: readonly string[],
  atLogin: Played | null,
): Promise<Recognised> {
  const standing = player.role === null ? standings.members : (standings.byRole.get(player.role) ?? null);
  const what = player.role === null ? "a member of the owner's tenant" : player.role;
  const claims = Object.values(player.credentials).flatMap((value) => {
    const token = jwtIn(value);
    return token === null ? [] : [readJwt(token)?.claims];
  });
  const tenant = tenantKeyOf(lab.players.get('owner'), ownership);
  const wanted = player.role ?? tenant;
  if (
    wanted !== null &&
    claims.some((claim) =>
      names(
        claim as Json,
        wanted,
        player.role === null ? /tenant|org|company|team|workspace|account/i : /role|admin|perm|scope|type|level|group/i,
      ),
    )
  )
    return { seen: true, how: `their token says that they are ${what}` };
  const id = userKeyOf(player, ownership);
  const played = atLogin ? [{ said: 'at the login', played: atLogin }] : [];
  for (const path of paths.slice(0, 4)) {
    const one = await play(lab, { do: 'request', as: player.name, method: 'GET', path });
    await lab.ground.undo(one.changes);
    played.push({ said: `to answer GET ${path}`, played: one });
  }
  for (const { said, played: one } of played) {
    const place = standing ?? ownUsers(ownership);
    if (place && id !== null && readIn(lab, one, place, id, tenant, player.role))
      return { seen: true, how: `the application read that they are ${what} ${said}` };
    const body = jsonOf(one.exchange.response?.body ?? '');
    if (player.role !== null && names(body, player.role, /role|admin|perm|scope|type|level|group/i))
      return { seen: true, how: `the answer calls them ${what} (${said})` };
  }
  const visible = !onlyAnswers(lab) && played.some(({ played: one }) => one.statements.length > 0);
  return visible
    ? { seen: false, how: `nothing shows that the application takes them for ${what}` }
    : { seen: null, how: `whether the application takes them for ${what} cannot be seen without its statements` };
}

function ownUsers({ users, tables }: Ownership): Standing | null {
  const link = tables.find(({ table }) => table === users?.table)?.tenant?.[0]?.column;
  return users && link !== undefined ? { table: users.table, user: users.key, tenant: link, role: null, roles: new Map() } : null;
}

/** Whether a statement returned the row that says it, or asked for it and was given something. */
function readIn(lab: Lab, played: Played, standing: Standing, id: string, tenant: string | null, role: string | null): boolean {
  const stored = role === null ? null : (standing.roles.get(role) ?? null);
  const rows = rowsRead(lab.tables, played);
  // Joined with the table of roles: their names show, and no other role's does.
  if (role !== null && standing.role?.as === 'key') {
    const named = new Set(
      rows.flatMap(({ values }) => Object.values(values)).filter((value) => value !== null && standing.roles.has(value)),
    );
    if (named.size === 1 && named.has(role)) return true;
  }
  return rows.some((row) => {
    if (row.table !== standing.table) return false;
    const cell = (column: string): string | null | undefined => row.values[column] ?? row.where[column];
    const user = cell(standing.user);
    if (user !== undefined && user !== id) return false;
    if (standing.role && stored !== null) {
      const value = cell(standing.role.column);
      return value !== undefined && value !== null && (value === stored || (stored === 'true' && value === 't') || sameList(value, stored));
    }
    return standing.tenant !== null && user === id && (tenant === null || cell(standing.tenant) === tenant);
  });
}

/** `{admin}` and `{"admin"}`, `["admin"]` and `[ "admin" ]`. */
function sameList(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/["\s]/g, '');
  return plain(a) === plain(b);
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null; // A page, or nothing.
  }
}

/** Whether a value of a telling name is (or lists) this word. */
function names(value: Json | undefined, word: string, telling: RegExp, under = '', depth = 0): boolean {
  if (value === null || value === undefined || depth > 5) return false;
  if (Array.isArray(value)) return value.some((item) => names(item, word, telling, under, depth + 1));
  if (typeof value === 'object')
    return Object.entries(value).some(([name, inner]) => names(inner, word, telling, telling.test(under) ? under : name, depth + 1));
  if (!telling.test(under)) return false;
  return String(value) === word || (value === true && under.toLowerCase().includes(word.toLowerCase()));
}
