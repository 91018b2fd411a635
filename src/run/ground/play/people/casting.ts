import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import { confirmByMail } from './confirmation.ts';
import { libraryDoors } from './doors.ts';
import { enrol } from './enrolment.ts';
import type { Lab, Played } from '../interpreter.ts';
import { logIn } from './log-in.ts';
import type { Entered } from './log-in.ts';
import { exclusionsOf } from './exclusion.ts';
import { activate, hasMembers, join, learnTenant } from './memberships.ts';
import { newPlayer } from './players.ts';
import type { Player } from './players.ts';
import { recognised } from './recognition.ts';
import { askingReads, healthOf, otherPlaces } from './sessions.ts';
import type { Health } from './sessions.ts';
import { loginRoutes, remember, signsNobodyIn, signUp, signUpRoutes } from './sign-up.ts';
import { standingsOf } from './standings.ts';
import type { Standings } from './standings.ts';
import type { Route, Synthesis } from '../asking/synthesis.ts';

type Ownership = EvidenceValue<'ownership'>;

const noSignUp = 'no sign-up endpoint was found';

/** Who acts in the drills, and how they came to be. */
export interface Cast {
  readonly signUp: Route | null;
  readonly login: Route | null;
  readonly owner: Player | null;
  readonly stranger: Player | null;
  /** Members of the owner's tenant: each role, or one colleague where there are no roles. */
  readonly roles: readonly Player[];
  /** Every role that somebody was to have, and where the database says who has it. */
  readonly standings: Standings;
  readonly anonymous: Player;
  /** Whose accounts a drill shuts out and deletes; null where nothing could say that of an account, or none is ever deleted. */
  readonly leavers: { readonly suspended: Player | null; readonly deleted: Player | null };
  /** The app signs nobody in: the owner is a visitor like any other, and owns what they have made. */
  readonly open: boolean;
  /** What became of each actor that was tried. */
  readonly notes: Map<string, { part: Player['part']; healthy: boolean; obtained: string; reason: string }>;
  /** Sign-ups, in order: request, row changes and answer of each. */
  readonly signUps: Played[];
}

/**
 * Signs up an owner and a stranger through the app's own endpoints, and further members of the owner's tenant who have each role. Whom
 * no sign-up takes is let in through the database, or by a token minted with the secret that the app was given.
 * @param only who is needed beside the owner; everybody when absent
 */
export async function castActors(
  synthesis: Synthesis,
  routes: readonly Route[],
  ownership: Ownership,
  seed: string,
  queries: EvidenceValue<'queries'> | null = null,
  only?: ReadonlySet<string>,
): Promise<Cast> {
  const lab = synthesis.lab;
  const anonymous = newPlayer('anonymous', 'anonymous', null, seed);
  lab.players.set('anonymous', anonymous);
  const notes: Cast['notes'] = new Map([['anonymous', { part: 'anonymous', healthy: true, obtained: 'no credentials', reason: '' }]]);
  const signUps: Played[] = [];
  const state: { signUp: Route | null; login: Route | null } = { signUp: null, login: null };

  if (signsNobodyIn(routes)) {
    const owner = newPlayer('owner', 'owner', null, seed);
    lab.players.set('owner', owner);
    notes.set('owner', {
      part: 'owner',
      healthy: true,
      obtained: 'none needed: the application signs nobody in',
      reason: 'no endpoint asks who is calling',
    });
    return { ...state, owner, stranger: null, roles: [], standings: nothingStands, leavers: nobody, anonymous, open: true, notes, signUps };
  }
  const standings = await standingsOf(lab, ownership, routes);
  // Where the code shows a login, no library need be asked for one.
  const shown = loginRoutes(routes);
  const brought = shown.length > 0 ? { signUps: [], logins: [] } : await libraryDoors(lab);
  const doors = [...shown, ...brought.logins];
  const signUpsFound = [...signUpRoutes(routes), ...brought.signUps];

  const entrances = (): readonly Route[] => (state.login ? [state.login] : doors);

  /** By the app's own sign-up; null when none took this player. */
  const bySignUp = async (player: Player): Promise<(Entered & { readonly joined: string | null }) | { why: string }> => {
    let why = noSignUp;
    for (const route of state.signUp ? [state.signUp] : signUpsFound) {
      const mails = (await lab.ground.outbound()).at(-1)?.seq ?? 0;
      const played = await signUp(synthesis, route, player, ownership);
      if (typeof played === 'string') {
        why = why === noSignUp ? `${route.id}: ${played}` : why;
        continue;
      }
      state.signUp = route;
      signUps.push(played);
      remember(synthesis, player, played);
      const joined = player.part === 'role' ? await join(synthesis, player, ownership, standings, player.role) : null;
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
      return { ...entered, joined, how: [...steps, entered.how].join('; ') };
    }
    return { why };
  };

  /** Why the sign-up takes nobody, once it has refused somebody who came in another way. */
  let closed = '';
  const enter = async (name: string, part: Player['part'], role: string | null): Promise<Player | null> => {
    if (part !== 'owner' && only && !only.has(name)) return null;
    const player = newPlayer(name, part, role, seed);
    lab.players.set(name, player);
    const signedUp = closed ? { why: closed } : await bySignUp(player);
    const entered = 'why' in signedUp ? await enrol(synthesis, player, ownership, routes, entrances(), standings) : signedUp;
    if (!entered) {
      notes.set(name, { part, healthy: false, obtained: '', reason: 'why' in signedUp ? signedUp.why : '' });
      lab.players.delete(name);
      return null;
    }
    if ('why' in signedUp) closed = signedUp.why;
    state.login = entered.login ?? state.login;
    const health = entered.joined === null ? await soundHealth(lab, routes, player) : { ...unsound, reason: entered.joined };
    player.cameWith = player.credentials;
    await learnTenant(lab, player, ownership, standings);
    const known =
      health.healthy && part === 'role' ? await recognised(lab, player, ownership, standings, readsFor(health.path), entered.played) : null;
    const healthy = health.healthy && known?.seen !== false;
    const fate =
      part === 'role'
        ? [role === null ? "made a member of the owner's tenant by SQL" : 'given the role by SQL']
        : part === 'leaver'
          ? [`${name === 'deleted' ? 'their account is deleted' : 'their account is shut out'} by SQL while their session lives`]
          : [];
    notes.set(name, {
      part,
      healthy,
      obtained: [entered.how, ...fate].join('; '),
      reason: [health.reason, ...(known ? [known.how] : [])].join('; '),
    });
    if (!healthy && part === 'role') lab.players.delete(name);
    return healthy ? player : null;
  };
  const readsFor = (path: string | null): string[] => [...new Set([...(path === null ? [] : [path]), ...askingReads(routes)])];

  const owner = await enter('owner', 'owner', null);
  const stranger = owner ? await enter('stranger', 'stranger', null) : null;
  const names = [...standings.byRole.keys()];
  // Where there are no roles, one colleague stands for all.
  const members = names.length > 0 ? names : hasMembers(ownership, standings) ? [null] : [];
  const roles: Player[] = [];
  for (const role of owner ? members : []) {
    const player = await enter(role === null ? 'colleague' : `role:${role}`, 'role', role);
    if (player) roles.push(player);
  }
  const leavers = {
    suspended: owner && exclusionsOf(lab, ownership).length > 0 ? await enter('suspended', 'leaver', null) : null,
    deleted: owner && deletesAccounts(ownership, queries) ? await enter('deleted', 'leaver', null) : null,
  };
  return { ...state, owner, stranger, roles, standings, leavers, anonymous, open: false, notes, signUps };
}

/** Whether the application itself deletes rows of accounts. */
function deletesAccounts({ users }: Ownership, queries: EvidenceValue<'queries'> | null): boolean {
  const bare = users?.table.slice(users.table.indexOf('.') + 1);
  return (queries?.queries ?? []).some((query) => query.verb === 'delete' && bare !== undefined && query.tables.includes(bare));
}

const nobody = { suspended: null, deleted: null } as const;
const nothingStands: Standings = { byRole: new Map(), members: null };
const unsound = { healthy: false, proven: false, path: null } as const;

/** Proves the session that somebody was given, in each place where applications look for one. */
async function soundHealth(lab: Lab, routes: readonly Route[], player: Player): Promise<Health> {
  const given = player.credentials;
  const health = await healthOf(lab, routes, player);
  for (const credentials of health.healthy ? [] : otherPlaces(given)) {
    player.credentials = credentials;
    const other = await healthOf(lab, routes, player);
    if (other.healthy) return other;
  }
  if (!health.healthy) player.credentials = given;
  return health.known === true ? { ...health, healthy: true } : health;
}
