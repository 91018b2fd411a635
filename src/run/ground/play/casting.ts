import type { EvidenceValue } from '../../../model/evidence/index.ts';
import { play, succeeded } from './interpreter.ts';
import type { Lab, Played } from './interpreter.ts';
import { newPlayer } from './players.ts';
import type { Json, Player } from './players.ts';
import { learn } from './learning.ts';
import { knowledgeOf, requestFor, sessionPath } from './synthesis.ts';
import type { PoolRow, Route, Synthesis } from './synthesis.ts';

type Ownership = EvidenceValue<'ownership'>;

const signUpPath = /(sign-?up|register|registration|create-?account|users?|accounts?)$/i;
const loginPath = /(log-?in|sign-?in|authenticate|sessions?|token|auth)$/i;

const none = 'no sign-up endpoint was found';

/** Who acts in the drills, and how they came to be. */
export interface Cast {
  readonly signUp: Route | null;
  readonly login: Route | null;
  readonly owner: Player | null;
  readonly stranger: Player | null;
  readonly roles: readonly Player[];
  readonly anonymous: Player;
  /** What became of each actor that was tried. */
  readonly notes: Map<string, { healthy: boolean; obtained: string; reason: string }>;
  /** Sign-ups, in order: request, row changes and answer of each. */
  readonly signUps: Played[];
}

/** Signs up an owner and a stranger through the app's own endpoints, and gives further members of the owner's tenant each known role. */
export async function castActors(synthesis: Synthesis, routes: readonly Route[], ownership: Ownership, seed: string): Promise<Cast> {
  const lab = synthesis.lab;
  const anonymous = newPlayer('anonymous', 'anonymous', null, seed);
  lab.players.set('anonymous', anonymous);
  const notes: Cast['notes'] = new Map([['anonymous', { healthy: true, obtained: 'no credentials', reason: '' }]]);
  const signUps: Played[] = [];
  const posts = routes.filter((route) => route.method === 'POST');
  const signUpRoutes = ranked(posts, signUpPath, /sign-?up|register|registration/i);
  const loginRoutes = ranked(posts, loginPath, /log-?in|sign-?in/i);
  const state: { signUp: Route | null; login: Route | null } = { signUp: null, login: null };

  const enter = async (name: string, part: Player['part'], role: string | null): Promise<Player | null> => {
    const player = newPlayer(name, part, role, seed);
    lab.players.set(name, player);
    let why = none;
    for (const route of state.signUp ? [state.signUp] : signUpRoutes) {
      const played = await signUp(synthesis, route, player, ownership);
      if (typeof played === 'string') {
        why = why === none ? `${route.id}: ${played}` : why;
        continue;
      }
      state.signUp = route;
      signUps.push(played);
      remember(synthesis, player, played);
      break;
    }
    if (!state.signUp || signUps.at(-1)?.exchange.actor !== name) {
      notes.set(name, { healthy: false, obtained: '', reason: why });
      lab.players.delete(name);
      return null;
    }
    if (role !== null) await giveRole(lab, player, ownership, role);
    const doors = state.login ? [state.login] : loginRoutes;
    let entered = await logIn(synthesis, doors, player, signUps.at(-1));
    if (Object.keys(player.credentials).length === 0 && (await activate(lab, player, ownership))) {
      entered = await logIn(synthesis, doors, player, signUps.at(-1));
      entered = { ...entered, how: `${entered.how}; the account was activated by SQL, as a confirmation or an approval would` };
    }
    if (entered.login) state.login = entered.login;
    const health = await healthOf(lab, routes, player);
    notes.set(name, { ...health, obtained: entered.how });
    return health.healthy ? player : null;
  };

  const owner = await enter('owner', 'owner', null);
  const stranger = owner ? await enter('stranger', 'stranger', null) : null;
  const roles: Player[] = [];
  for (const role of owner && ownership.users?.role ? ownership.roles : []) {
    const player = await enter(`role:${role}`, 'role', role);
    if (player) roles.push(player);
  }
  return { ...state, owner, stranger, roles, anonymous, notes, signUps };
}

function ranked(routes: readonly Route[], likely: RegExp, certain: RegExp): Route[] {
  const score = (route: Route): number =>
    (certain.test(route.path) ? 2 : 0) +
    (route.inputs.some((field) => /pass/i.test(field.name)) ? 2 : 0) +
    (route.guards.some((guard) => guard.does.includes('authentication')) ? -2 : 0);
  return routes
    .filter((route) => likely.test(route.path.replace(/\/+$/, '')) && !route.path.includes(':'))
    .toSorted((a, b) => score(b) - score(a) || a.path.length - b.path.length)
    .slice(0, 4);
}

/** Sends the sign-up until a user row appears; a sentence when it does not. */
async function signUp(synthesis: Synthesis, route: Route, player: Player, ownership: Ownership): Promise<Played | string> {
  const known = knowledgeOf(synthesis, route);
  for (const field of ['email', 'username', 'password', 'name']) {
    if (route.inputs.length === 0) known.extra.set(`body:${field}`, bodyField(field));
  }
  for (const field of [...route.inputs, ...known.extra.values()]) {
    if (/e-?mail/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.email}}');
    if (/^(user_?name|login|handle)$/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.tag}}');
    if (/pass/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.password}}');
  }
  let last = '';
  for (let attempt = 0; attempt < 4; attempt++) {
    const request = requestFor(synthesis, route, player, player, attempt);
    const played = await play(synthesis.lab, request.step);
    learn(synthesis, route, request, played);
    const person = played.changes.find((change) => change.op === 'insert' && (!ownership.users || change.table === ownership.users.table));
    if (succeeded(played) && person) return played;
    await synthesis.lab.ground.undo(played.changes);
    last = `answered ${played.exchange.response?.status ?? played.exchange.failure} ${(played.exchange.response?.body ?? '').slice(0, 120)}`;
  }
  return last;
}

function bodyField(name: string): Route['inputs'][number] {
  return { in: 'body', name, type: 'string', format: null, required: true, values: [], minimum: null, maximum: null, fields: [] };
}

/** Rows of a sign-up become the player's own values and rows that requests may name. */
function remember(synthesis: Synthesis, player: Player, played: Played): void {
  for (const change of played.changes) {
    if (change.op !== 'insert' || !change.after) continue;
    const bare = change.table.slice(change.table.indexOf('.') + 1);
    const row: PoolRow = { table: change.table, name: `${player.name}.${bare}`, key: change.key, values: change.after, by: player.name };
    synthesis.pool.push(row);
    for (const [column, text] of Object.entries(change.after)) {
      player.values.set(`${bare}.${column}`, synthesis.lab.tables.json(change.table, column, text));
    }
  }
}

/** Moves the player into the owner's tenant with the given role, by SQL: the only thing that is not done through the app. */
async function giveRole(lab: Lab, player: Player, ownership: Ownership, role: string): Promise<void> {
  const users = ownership.users;
  if (!users?.role) return;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const id = String(player.values.get(`${bare}.${users.key}`) ?? '');
  const link = ownership.tables.find((row) => row.table === users.table)?.tenant?.[0];
  const owner = lab.players.get('owner');
  const tenant = link ? owner?.values.get(`${bare}.${link.column}`) : undefined;
  const moves = link && tenant !== undefined && tenant !== null;
  await lab.ground.sql(
    `UPDATE ${quote(users.table)} SET ${quote(users.role)} = $2${moves ? `, ${quote(link.column)} = $3` : ''} WHERE CAST(${quote(users.key)} AS text) = $1`,
    [id, role, ...(moves ? [String(tenant)] : [])],
  );
}

/** Sets what stands for "confirmed" or "approved" on the player's row; false when there is no such column. */
async function activate(lab: Lab, player: Player, ownership: Ownership): Promise<boolean> {
  const users = ownership.users;
  const table = users && lab.tables.byName(users.table);
  if (!users || !table) return false;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const settings = table.columns.flatMap((column) => {
    const held = player.values.get(`${bare}.${column.name}`);
    const quoted = quote(column.name);
    if (column.type === 'boolean' && /verified|confirmed|active|enabled|approved/i.test(column.name)) return [`${quoted} = true`];
    if (column.type.startsWith('timestamp') && held === null && /(verified|confirmed|approved|activated)/i.test(column.name))
      return [`${quoted} = CURRENT_TIMESTAMP`];
    if (/status|state/i.test(column.name) && typeof held === 'string' && /pending|unverified|inactive|new|invited|waiting/i.test(held)) {
      return [`${quoted} = '${column.values.find((value) => /^(active|approved|verified|enabled)$/i.test(value)) ?? 'active'}'`];
    }
    return [];
  });
  if (settings.length === 0) return false;
  const id = String(player.values.get(`${bare}.${users.key}`) ?? '');
  await lab.ground.sql(`UPDATE ${quote(users.table)} SET ${settings.join(', ')} WHERE CAST(${quote(users.key)} AS text) = $1`, [id]);
  return true;
}

/** A name with its schema, as SQL writes it. */
function quote(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

interface Entered {
  readonly login: Route | null;
  readonly how: string;
}

/** Logs in, or takes the session that the sign-up gave. */
async function logIn(synthesis: Synthesis, routes: readonly Route[], player: Player, signUp: Played | undefined): Promise<Entered> {
  const given = signUp && player.role === null ? credentialsIn(signUp) : null;
  for (const route of routes) {
    const known = knowledgeOf(synthesis, route);
    // Libraries such as passport-local read the body themselves, so the code need not show the fields.
    for (const field of route.inputs.length === 0 ? ['email', 'username', 'password'] : ['password']) {
      if (!route.inputs.some((one) => new RegExp(field.slice(0, 4), 'i').test(one.name)))
        known.extra.set(`body:${field}`, bodyField(field));
    }
    for (const userName of ['{{me.tag}}', '{{me.email}}']) {
      for (const field of [...route.inputs, ...known.extra.values()]) {
        if (/e-?mail|identifier/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.email}}');
        else if (/user|login|handle/i.test(field.name)) known.values.set(`body:${field.name}`, userName);
        if (/pass/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.password}}');
      }
      const request = requestFor(synthesis, route, player, player, 0);
      const played = await play(synthesis.lab, request.step);
      learn(synthesis, route, request, played);
      const credentials = succeeded(played) ? credentialsIn(played) : null;
      if (credentials) {
        player.credentials = credentials;
        return { login: route, how: `signed up and logged in (${route.id})` };
      }
    }
  }
  if (given) {
    player.credentials = given;
    return { login: null, how: 'signed up; the answer held the session' };
  }
  return { login: null, how: 'signed up, but no login gave a session' };
}

/** The session in an answer: cookies, and a token in the JSON as a bearer token. */
export function credentialsIn(played: Played): Record<string, string> | null {
  const response = played.exchange.response;
  if (!response) return null;
  const credentials: Record<string, string> = {};
  const cookies = (response.headers['set-cookie'] ?? '')
    .split(/\n|,(?=\s*[^;,\s]+=)/)
    .map((cookie) => cookie.split(';')[0]?.trim() ?? '')
    .filter((cookie) => /^[^=]+=.+/.test(cookie));
  if (cookies.length > 0) credentials['cookie'] = cookies.join('; ');
  const token = tokenIn(parsed(response.body)) ?? /^bearer\s+(\S+)$/i.exec(response.headers['authorization'] ?? '')?.[1];
  if (token) credentials['authorization'] = `Bearer ${token}`;
  return Object.keys(credentials).length > 0 ? credentials : null;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** The access token of a login answer: by its name, else anything that has the form of a JWT. */
function tokenIn(value: Json, depth = 0): string | undefined {
  if (depth > 4 || value === null || typeof value !== 'object') return undefined;
  const entries = Object.entries(value);
  for (const [name, inner] of entries)
    if (typeof inner === 'string' && /^(access_?)?(token|jwt)$|^(id|auth|session)_?token$/i.test(name) && inner.length >= 12) return inner;
  for (const [, inner] of entries) if (typeof inner === 'string' && /^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/.test(inner)) return inner;
  for (const [, inner] of entries) {
    const found = tokenIn(inner, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** Proves a session: some read that refuses anonymous callers answers this player. */
async function healthOf(lab: Lab, routes: readonly Route[], player: Player): Promise<{ healthy: boolean; reason: string }> {
  if (Object.keys(player.credentials).length === 0) return { healthy: false, reason: 'no session was given' };
  const reads = routes
    .filter((route) => route.method === 'GET' && !route.path.includes(':') && !sessionPath.test(route.path))
    .toSorted((a, b) => Number(guarded(b)) - Number(guarded(a)) || a.path.length - b.path.length)
    .slice(0, 12);
  let tried = 0;
  for (const route of reads) {
    const asNobody = await play(lab, { do: 'request', as: 'anonymous', method: 'GET', path: route.path });
    const status = asNobody.exchange.response?.status ?? 0;
    await lab.ground.undo(asNobody.changes);
    if (status !== 401 && status !== 403 && status !== 302) continue;
    tried++;
    const asPlayer = await play(lab, { do: 'request', as: player.name, method: 'GET', path: route.path });
    await lab.ground.undo(asPlayer.changes);
    if (succeeded(asPlayer) && asPlayer.exchange.response?.status !== 302)
      return { healthy: true, reason: `${route.id} refuses anonymous callers and answers this actor` };
  }
  return tried > 0
    ? { healthy: false, reason: 'no guarded endpoint accepted the session' }
    : { healthy: true, reason: 'no simple endpoint refuses anonymous callers, so the session could not be told from none' };
}

function guarded(route: Route): boolean {
  return [...route.guards, ...route.inline].some((guard) => guard.does.includes('authentication'));
}
