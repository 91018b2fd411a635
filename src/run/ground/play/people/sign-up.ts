import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { play, succeeded } from '../interpreter.ts';
import type { Played } from '../interpreter.ts';
import { learn } from '../asking/learning.ts';
import type { Player } from './players.ts';
import { onlyAnswers } from '../answers.ts';
import { credentialsIn, guarded } from './sessions.ts';
import { attemptsAt, shownFields } from '../asking/samples.ts';
import { knowledgeOf, requestFor } from '../asking/synthesis.ts';
import type { PoolRow, Route, Synthesis } from '../asking/synthesis.ts';
import { plainField } from '../asking/values.ts';

type Ownership = EvidenceValue<'ownership'>;

const signUpPath = /(sign-?up|register|registration|create-?account|users?|accounts?)$/i;
const loginPath = /(log-?in|sign-?in|authenticate|sessions?|token|auth)$/i;

/** Endpoints that may sign somebody up, the likeliest first. */
export function signUpRoutes(routes: readonly Route[]): Route[] {
  return ranked(routes, signUpPath, /sign-?up|register|registration/i);
}

/** Endpoints that may give a session, the likeliest first. */
export function loginRoutes(routes: readonly Route[]): Route[] {
  return ranked(routes, loginPath, /log-?in|sign-?in/i);
}

function ranked(routes: readonly Route[], likely: RegExp, certain: RegExp): Route[] {
  const score = (route: Route): number =>
    (certain.test(route.path) ? 2 : 0) +
    (route.inputs.some((field) => /pass/i.test(field.name)) ? 2 : 0) +
    (route.guards.some((guard) => guard.does.includes('authentication')) ? -2 : 0);
  return routes
    .filter((route) => route.method === 'POST' && likely.test(route.path.replace(/\/+$/, '')) && !route.path.includes(':'))
    .toSorted((a, b) => score(b) - score(a) || a.path.length - b.path.length)
    .slice(0, 4);
}

/** Whether nothing in the code asks who is calling, and no endpoint takes a password: the app signs nobody in. */
export function signsNobodyIn(routes: readonly Route[]): boolean {
  return routes.every(
    (route) =>
      !guarded(route) &&
      !/log-?in|sign-?in|sign-?up|register|auth/i.test(route.path) &&
      route.inputs.every((field) => !/pass/i.test(field.name)),
  );
}

/** A body field of which only the name is known. */
export function bodyField(name: string): Route['inputs'][number] {
  return { ...plainField(name), type: 'string', in: 'body', required: true };
}

/** Sends the sign-up, as JSON and then as a form, until a row of a user appears; a sentence when it does not. */
export async function signUp(synthesis: Synthesis, route: Route, player: Player, ownership: Ownership): Promise<Played | string> {
  const known = knowledgeOf(synthesis, route);
  for (const field of ['email', 'username', 'password', 'name']) {
    if (route.inputs.length === 0) known.extra.set(`body:${field}`, bodyField(field));
  }
  let last = '';
  for (const form of synthesis.forms ? [true, false] : [false, true]) {
    synthesis.forms = form;
    for (const attempt of attemptsAt(synthesis, route, 4)) {
      // What an answer asked for may be one more of these.
      for (const field of [...route.inputs, ...known.extra.values(), ...shownFields(synthesis, route)]) {
        if (/e-?mail/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.email}}');
        if (/^(user_?name|login|handle)$/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.tag}}');
        if (/pass/i.test(field.name)) known.values.set(`body:${field.name}`, '{{me.password}}');
      }
      const request = requestFor(synthesis, route, player, player, attempt);
      const played = await play(synthesis.lab, request.step);
      learn(synthesis, route, request, played);
      const person = played.changes.find(
        (change) => change.op === 'insert' && (!ownership.users || change.table === ownership.users.table),
      );
      // Without tables a session or the person in the answer must do.
      const told =
        onlyAnswers(synthesis.lab) && (credentialsIn(played) !== null || played.exchange.response?.body.includes(player.tag) === true);
      if (succeeded(played) && (person || told)) {
        player.entries.push({ request: request.step, response: played.exchange.response });
        return played;
      }
      await synthesis.lab.ground.undo(played.changes);
      const answer = `answered ${played.exchange.response?.status ?? played.exchange.failure} ${(played.exchange.response?.body ?? '').slice(0, 120)}`;
      if (!form || last === '') last = answer;
      if (played.exchange.response?.status === 404) break;
    }
  }
  synthesis.forms = false;
  return last;
}

/** Rows of a sign-up become the player's own values and rows that requests may name. */
export function remember(synthesis: Synthesis, player: Player, played: Played): void {
  for (const change of played.changes) {
    if (change.op === 'insert' && change.after) adopt(synthesis, player, change.table, change.key, change.after);
  }
}

/** Makes a row the player's own. */
export function adopt(synthesis: Synthesis, player: Player, table: string, key: PoolRow['key'], values: PoolRow['values']): void {
  const bare = table.slice(table.indexOf('.') + 1);
  synthesis.pool.push({ table, name: `${player.name}.${bare}`, key, values, by: player.name });
  for (const [column, text] of Object.entries(values))
    player.values.set(`${bare}.${column}`, synthesis.lab.tables.json(table, column, text));
}
