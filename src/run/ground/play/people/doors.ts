import { jsonAt, play, succeeded } from '../interpreter.ts';
import type { Lab } from '../interpreter.ts';
import { mergedCookies } from './csrf.ts';
import type { Player } from './players.ts';
import { bodyField } from './sign-up.ts';
import type { Route } from '../asking/synthesis.ts';

/** The ways in of a library that the application mounts whole, so that its code names none of them. */
interface Door {
  /** A read that only this library answers so, below where it is mounted. */
  readonly probe: { readonly path: string; readonly json: string };
  readonly signUp: { readonly path: string; readonly fields: readonly string[] } | null;
  readonly login: { readonly path: string; readonly fields: readonly string[] };
}

const doors: readonly Door[] = [
  // Better-Auth
  {
    probe: { path: '/ok', json: 'ok' },
    signUp: { path: '/sign-up/email', fields: ['email', 'password', 'name'] },
    login: { path: '/sign-in/email', fields: ['email', 'password'] },
  },
  // Auth.js (NextAuth) with the credentials provider
  {
    probe: { path: '/csrf', json: 'csrfToken' },
    signUp: null,
    login: { path: '/callback/credentials', fields: ['email', 'username', 'password', 'csrfToken'] },
  },
];

/** Where such libraries are mounted. */
const mounts = ['/api/auth', '/auth'];

/** The ways in that libraries bring along, found by what answers there. */
export async function libraryDoors(lab: Lab): Promise<{ readonly signUps: readonly Route[]; readonly logins: readonly Route[] }> {
  for (const mount of mounts) {
    for (const { probe, signUp, login } of doors) {
      const played = await play(lab, { do: 'request', as: 'anonymous', method: 'GET', path: `${mount}${probe.path}` });
      await lab.ground.undo(played.changes);
      if (!succeeded(played) || !jsonAt(played.exchange.response?.body ?? '', probe.json)) continue;
      const entrance = ({ path, fields }: Door['login']): Route => entranceAt(`${mount}${path}`, fields);
      return { signUps: signUp ? [entrance(signUp)] : [], logins: [entrance(login)] };
    }
  }
  return { signUps: [], logins: [] };
}

function entranceAt(path: string, fields: readonly string[]): Route {
  return {
    id: `POST ${path}`,
    unit: '.',
    method: 'POST',
    path,
    framework: 'express',
    where: { file: 'package.json', line: 1, endLine: 1 },
    handler: null,
    guards: [],
    inline: [],
    inputs: fields.map((name) => bodyField(name)),
    validated: true,
    reaches: [],
  };
}

/**
 * Auth.js takes a login only with a token that it handed out before, in the body and in a cookie. Gets one for the player where the way in
 * asks for it; `{{me.csrfToken}}` stands for it then.
 */
export async function takeLoginToken(lab: Lab, route: Route, player: Player): Promise<void> {
  if (!route.inputs.some((field) => field.name === 'csrfToken')) return;
  const page = { do: 'request' as const, as: player.name, method: 'GET', path: route.path.replace(/\/callback\/\w+$/, '/csrf') };
  const { exchange } = await play(lab, page);
  const token = jsonAt(exchange.response?.body ?? '', 'csrfToken');
  if (typeof token !== 'string') return;
  player.entries.push({ request: page, response: exchange.response });
  player.values.set('csrfToken', token);
  player.credentials = {
    ...player.credentials,
    cookie: mergedCookies(player.credentials['cookie'], exchange.response?.headers['set-cookie']),
  };
}
