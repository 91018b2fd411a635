import { play, succeeded } from '../interpreter.ts';
import type { Lab, Played } from '../interpreter.ts';
import type { Json, Player } from './players.ts';
import { sessionPath } from '../asking/synthesis.ts';
import type { Route } from '../asking/synthesis.ts';

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

/** Other places in which applications look for the token that they hand out in JSON. */
export function otherPlaces(credentials: Readonly<Record<string, string>>): Record<string, string>[] {
  const token = /^Bearer (.+)$/.exec(credentials['authorization'] ?? '')?.[1];
  if (token === undefined) return [];
  const cookie = [
    credentials['cookie'],
    ...['token', 'jwt', 'access_token', 'accessToken', 'auth_token'].map((name) => `${name}=${token}`),
  ];
  return [
    { cookie: cookie.filter((pair) => pair !== undefined).join('; ') },
    { ...credentials, authorization: token, 'x-access-token': token, 'x-auth-token': token },
    { ...credentials, authorization: `Token ${token}` },
    { ...credentials, authorization: `JWT ${token}` },
  ];
}

/** A session that was just given, in the place in which the one before was accepted. */
export function placedAs(before: Readonly<Record<string, string>>, fresh: Record<string, string>): Record<string, string> {
  const shape = (credentials: Readonly<Record<string, string>>): string =>
    Object.entries(credentials)
      .map(([name, value]) => `${name} ${name === 'authorization' ? value.split(' ').slice(0, -1).join(' ') : ''}`)
      .toSorted()
      .join();
  return [fresh, ...otherPlaces(fresh)].find((one) => shape(one) === shape(before)) ?? fresh;
}

/** Lets a player go on with the session that an answer gave, in the place in which theirs (or the owner's) was accepted. */
export function enterWith(lab: Lab, player: Player, played: Played): void {
  const given = succeeded(played) ? credentialsIn(played) : null;
  if (!given) return;
  const known = Object.keys(player.credentials).length > 0 ? player.credentials : (lab.players.get('owner')?.credentials ?? {});
  player.credentials = placedAs(known, given);
}

/** Whether a session works, and whether an endpoint that refuses others has shown it. */
export interface Health {
  readonly healthy: boolean;
  readonly proven: boolean;
  /** An endpoint that sends anonymous callers away fails for this one with an error of its own: it knows them, if nothing better shows. */
  readonly known?: boolean;
  readonly reason: string;
  /** The read that has shown it. */
  readonly path: string | null;
}

/** Where whoever has no session is sent. */
const entrance = /log-?in|sign-?in|auth|session|sso|welcome/i;

/** Proves a session: some read that refuses anonymous callers answers this player. */
export async function healthOf(lab: Lab, routes: readonly Route[], player: Player): Promise<Health> {
  if (Object.keys(player.credentials).length === 0) return { healthy: false, proven: false, path: null, reason: 'no session was given' };
  const reads = routes
    .filter((route) => route.method === 'GET' && !route.path.includes(':') && !sessionPath.test(route.path))
    .toSorted((a, b) => Number(guarded(b)) - Number(guarded(a)) || a.path.length - b.path.length)
    .slice(0, 60);
  let tried = 0;
  let failing: Route | undefined;
  for (const route of reads) {
    const asNobody = await play(lab, { do: 'request', as: 'anonymous', method: 'GET', path: route.path });
    const status = asNobody.exchange.response?.status ?? 0;
    await lab.ground.undo(asNobody.changes);
    if (status !== 401 && status !== 403 && status !== 302) continue;
    // Only a redirect to where people log in is a refusal; others that treat everybody alike prove nothing against a session.
    if (status !== 302 || entrance.test(asNobody.exchange.response?.headers['location'] ?? '')) tried++;
    const asPlayer = await play(lab, { do: 'request', as: player.name, method: 'GET', path: route.path });
    await lab.ground.undo(asPlayer.changes);
    if (succeeded(asPlayer) && asPlayer.exchange.response?.status !== 302) {
      player.entries.push({
        request: { do: 'request', as: player.name, method: 'GET', path: route.path },
        response: asPlayer.exchange.response,
      });
      return { healthy: true, proven: true, path: route.path, reason: `${route.id} refuses anonymous callers and answers this actor` };
    }
    if ((asPlayer.exchange.response?.status ?? 0) >= 500) failing ??= route;
  }
  if (failing)
    return {
      healthy: false,
      proven: false,
      known: true,
      path: failing.path,
      reason: `${failing.id} refuses anonymous callers and fails for this actor by itself`,
    };
  return tried > 0
    ? { healthy: false, proven: false, path: null, reason: 'no guarded endpoint accepted the session' }
    : {
        healthy: true,
        proven: false,
        path: null,
        reason: 'no simple endpoint refuses anonymous callers, so the session could not be told from none',
      };
}

/** Whether the code asks who is calling. */
export function guarded(route: Route): boolean {
  return [...route.guards, ...route.inline].some((guard) => guard.does.includes('authentication'));
}

/** Reads that ask what the caller is, those that ask for a role first; ids in them are of nothing. */
export function askingReads(routes: readonly Route[]): string[] {
  const asks = (route: Route): number => Number([...route.guards, ...route.inline].some((guard) => guard.roles.length > 0));
  return routes
    .filter((route) => route.method === 'GET' && guarded(route) && !sessionPath.test(route.path) && !/[*(]/.test(route.path))
    .toSorted((a, b) => asks(b) - asks(a) || a.path.length - b.path.length)
    .map((route) => route.path.replace(/:\w+\??/g, '1'));
}
