import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { confirmByMail } from './confirmation.ts';
import { enrol } from './enrolment.ts';
import type { Played } from '../interpreter.ts';
import { logIn } from './log-in.ts';
import { activate, giveRole } from './memberships.ts';
import { newPlayer } from './players.ts';
import type { Player } from './players.ts';
import { healthOf, otherPlaces } from './sessions.ts';
import { loginRoutes, remember, signsNobodyIn, signUp, signUpRoutes } from './sign-up.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';

type Ownership = EvidenceValue<'ownership'>;

const noSignUp = 'no sign-up endpoint was found';

/** Who acts in the drills, and how they came to be. */
export interface Cast {
  readonly signUp: Route | null;
  readonly login: Route | null;
  readonly owner: Player | null;
  readonly stranger: Player | null;
  readonly roles: readonly Player[];
  readonly anonymous: Player;
  /** The app signs nobody in: the owner is a visitor like any other, and owns what they have made. */
  readonly open: boolean;
  /** What became of each actor that was tried. */
  readonly notes: Map<string, { healthy: boolean; obtained: string; reason: string }>;
  /** Sign-ups, in order: request, row changes and answer of each. */
  readonly signUps: Played[];
}

/**
 * Signs up an owner and a stranger through the app's own endpoints, and gives further members of the owner's tenant each known role. Whom
 * no sign-up takes is let in through the database, or by a token minted with the secret that the app was given.
 */
export async function castActors(synthesis: Synthesis, routes: readonly Route[], ownership: Ownership, seed: string): Promise<Cast> {
  const lab = synthesis.lab;
  const anonymous = newPlayer('anonymous', 'anonymous', null, seed);
  lab.players.set('anonymous', anonymous);
  const notes: Cast['notes'] = new Map([['anonymous', { healthy: true, obtained: 'no credentials', reason: '' }]]);
  const signUps: Played[] = [];
  const doors = loginRoutes(routes);
  const state: { signUp: Route | null; login: Route | null } = { signUp: null, login: null };
  const entrances = (): readonly Route[] => (state.login ? [state.login] : doors);

  if (signsNobodyIn(routes)) {
    const owner = newPlayer('owner', 'owner', null, seed);
    lab.players.set('owner', owner);
    notes.set('owner', {
      healthy: true,
      obtained: 'none needed: the application signs nobody in',
      reason: 'no endpoint asks who is calling',
    });
    return { ...state, owner, stranger: null, roles: [], anonymous, open: true, notes, signUps };
  }

  /** By the app's own sign-up; null when none took this player. */
  const bySignUp = async (player: Player): Promise<{ how: string } | { why: string }> => {
    let why = noSignUp;
    for (const route of state.signUp ? [state.signUp] : signUpRoutes(routes)) {
      const mails = (await lab.ground.outbound()).at(-1)?.seq ?? 0;
      const played = await signUp(synthesis, route, player, ownership);
      if (typeof played === 'string') {
        why = why === noSignUp ? `${route.id}: ${played}` : why;
        continue;
      }
      state.signUp = route;
      signUps.push(played);
      remember(synthesis, player, played);
      if (player.role !== null) await giveRole(lab, player, ownership, player.role);
      let entered = await logIn(synthesis, entrances(), player, played);
      const steps = ['signed up'];
      const retry = async (step: string): Promise<void> => {
        steps.push(step);
        entered = await logIn(synthesis, entrances(), player, played);
      };
      if (Object.keys(player.credentials).length === 0) {
        const confirmed = await confirmByMail(synthesis, routes, player, mails);
        if (confirmed !== null) await retry(confirmed);
      }
      if (Object.keys(player.credentials).length === 0 && (await activate(lab, player, ownership)))
        await retry('the account was activated by SQL, as a confirmation or an approval would');
      state.login = entered.login ?? state.login;
      return { how: [...steps, entered.how].join('; ') };
    }
    return { why };
  };

  /** Why the sign-up takes nobody, once it has refused somebody who came in another way. */
  let closed = '';
  const enter = async (name: string, part: Player['part'], role: string | null): Promise<Player | null> => {
    const player = newPlayer(name, part, role, seed);
    lab.players.set(name, player);
    const signedUp = closed ? { why: closed } : await bySignUp(player);
    const enrolled = 'why' in signedUp ? await enrol(synthesis, player, ownership, routes, entrances()) : null;
    if ('why' in signedUp && !enrolled) {
      notes.set(name, { healthy: false, obtained: '', reason: signedUp.why });
      lab.players.delete(name);
      return null;
    }
    if ('why' in signedUp && enrolled) closed = signedUp.why;
    if (enrolled && role !== null) await giveRole(lab, player, ownership, role);
    state.login = enrolled?.login ?? state.login;
    const given = player.credentials;
    let health = await healthOf(lab, routes, player);
    for (const credentials of health.healthy ? [] : otherPlaces(given)) {
      player.credentials = credentials;
      const other = await healthOf(lab, routes, player);
      if (!other.healthy) continue;
      health = other;
      break;
    }
    if (!health.healthy) player.credentials = given;
    const { healthy, reason } = health;
    notes.set(name, { healthy, reason, obtained: 'how' in signedUp ? signedUp.how : (enrolled?.how ?? '') });
    return healthy ? player : null;
  };

  const owner = await enter('owner', 'owner', null);
  const stranger = owner ? await enter('stranger', 'stranger', null) : null;
  const roles: Player[] = [];
  for (const role of owner && ownership.users?.role ? ownership.roles : []) {
    const player = await enter(`role:${role}`, 'role', role);
    if (player) roles.push(player);
  }
  return { ...state, owner, stranger, roles, anonymous, open: false, notes, signUps };
}
