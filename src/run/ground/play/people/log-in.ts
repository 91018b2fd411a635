import { play, succeeded } from '../interpreter.ts';
import type { Played } from '../interpreter.ts';
import { learn } from '../asking/learning.ts';
import { mergedCookies } from './csrf.ts';
import { takeLoginToken } from './doors.ts';
import type { Player } from './players.ts';
import { credentialsIn, placedAs } from './sessions.ts';
import { bodyField } from './sign-up.ts';
import { knowledgeOf, requestFor } from '../asking/synthesis.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';

/** How somebody came in. */
export interface Entered {
  readonly login: Route | null;
  readonly how: string;
  /** The request that gave the session. */
  readonly played: Played | null;
}

/** Logs in at the first endpoint that gives a session, or takes the session that the sign-up gave. */
export async function logIn(synthesis: Synthesis, routes: readonly Route[], player: Player, signUp: Played | undefined): Promise<Entered> {
  const given = signUp ? credentialsIn(signUp) : null;
  for (const route of routes) {
    const known = knowledgeOf(synthesis, route);
    await takeLoginToken(synthesis.lab, route, player);
    if (player.values.has('csrfToken')) known.values.set('body:csrfToken', '{{me.csrfToken}}');
    // Libraries such as passport-local read the body themselves, so the code need not show the fields.
    for (const field of route.inputs.length === 0 ? ['email', 'username', 'password'] : ['password']) {
      if (!route.inputs.some((one) => new RegExp(field.slice(0, 4), 'i').test(one.name)))
        known.extra.set(`body:${field}`, bodyField(field));
    }
    const forms = synthesis.forms;
    for (const form of [forms, !forms]) {
      synthesis.forms = form;
      for (const userName of ['{{me.tag}}', '{{me.email}}']) {
        for (const field of [...route.inputs, ...known.extra.values()]) {
          if (/e-?mail/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.email}}');
          else if (/user|login|handle|identifier/i.test(field.name)) known.values.set(`body:${field.name}`, userName);
          if (/pass/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.password}}');
        }
        const request = requestFor(synthesis, route, player, player, 0);
        const played = await play(synthesis.lab, request.step);
        learn(synthesis, route, request, played);
        const credentials = succeeded(played) ? credentialsIn(played) : null;
        if (credentials) {
          player.entries.push({ request: request.step, response: played.exchange.response });
          player.credentials = withCookiesOf(player, credentials);
          return { login: route, how: `logged in (${route.id})`, played };
        }
      }
    }
    synthesis.forms = forms;
  }
  if (given) {
    player.credentials = { ...player.credentials, ...given };
    return { login: null, how: 'the answer to the sign-up held the session', played: null };
  }
  return { login: null, how: 'no login gave a session', played: null };
}

/** A fresh session; where the way in asked for a token in a cookie, that cookie stays beside it. */
function withCookiesOf(player: Player, fresh: Record<string, string>): Record<string, string> {
  const cookie = player.values.has('csrfToken') ? mergedCookies(player.credentials['cookie'], fresh['cookie']) : fresh['cookie'];
  return { ...player.credentials, ...fresh, ...(cookie === undefined ? {} : { cookie }) };
}

/** Logs somebody in anew where they came in before, since what was done in between may have ended their session; whether it gave one. */
export async function logInAgain(synthesis: Synthesis, login: Route, player: Player): Promise<boolean> {
  const played = await play(synthesis.lab, requestFor(synthesis, login, player, player, 0).step);
  const credentials = succeeded(played) ? credentialsIn(played) : null;
  if (credentials) player.credentials = withCookiesOf(player, placedAs(player.credentials, credentials));
  return credentials !== null;
}
