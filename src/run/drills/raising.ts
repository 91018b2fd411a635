import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Proof } from '../../model/proof.ts';
import { play, succeeded } from '../ground/play/interpreter.ts';
import type { Played, RequestStep } from '../ground/play/interpreter.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import { enterWith } from '../ground/play/people/sessions.ts';
import { stepsBefore } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { requestFor } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { recorded, rowsBelow, scenarioOf, templated } from './proof.ts';
import { send } from './unasked-fields.ts';

type Trial = EvidenceValue<'promotions'>['trials'][number];

/** A request by which somebody gives an account a role. */
export interface Appointment {
  readonly route: Route;
  /** The field of the body that becomes the role. */
  readonly field: string;
  readonly sender: Player;
  /** Whose account it is then. */
  readonly holder: Player;
  readonly account: Trial['account'];
  readonly role: string;
  readonly step: RequestStep;
}

/** The request, where the endpoint can be asked so: an account that it names, the sender's own, or a new one with a password. */
export function appointment(stage: Stage, wish: Omit<Appointment, 'step'>): Appointment | null {
  const { route, field, sender, holder, account, role } = wish;
  const { owner } = stage.cast;
  const users = stage.ownership.users;
  if (!owner || !users) return null;
  const { step } = requestFor(stage.synthesis, route, sender, owner, 0);
  const named = `{{${owner.name}.${users.table.slice(users.table.indexOf('.') + 1)}.`;
  const names = JSON.stringify([step.path, step.body ?? null]).includes(named);
  const body = { ...(step.body as Record<string, Json> | undefined), [field]: role };
  const passwords = Object.keys(body).filter((name) => /pass/i.test(name));
  if (account === 'new') {
    if (names || passwords.length === 0 || route.method !== 'POST') return null;
    return { ...wish, step: { ...step, body: asNewcomer(body, holder) } };
  }
  // What names nobody is about the sender's own account, where it changes one.
  if (!names) return account === 'own' && route.method !== 'POST' ? { ...wish, step: { ...step, body } } : null;
  const text = JSON.stringify({ ...step, body }).replaceAll(named, named.replace(owner.name, holder.name));
  return { ...wish, step: { ...(JSON.parse(text) as RequestStep), as: sender.name } };
}

function asNewcomer(body: Readonly<Record<string, Json>>, { name: who }: Player): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      if (/e-?mail/i.test(name)) return [name, `{{${who}.email}}`];
      if (/^(user_?name|login|handle)$/i.test(name)) return [name, `{{${who}.tag}}`];
      return [name, /pass/i.test(name) ? `{{${who}.password}}` : value];
    }),
  );
}

/** The experiment: refused, appointed, signed in, no longer refused; and with no greater role than before still refused. */
export async function tryAppointment(stage: Stage, appointed: Appointment, witnesses: readonly Route[]): Promise<Trial> {
  const { route, sender, account, role } = appointed;
  const trial = { endpoint: route.id, actor: sender.name, account, role, witness: null, proof: null };
  let reason = 'what tells the roles apart was not refused this time';
  const { players } = stage.lab;
  if (account === 'new') players.set(appointed.holder.name, appointed.holder);
  try {
    for (const witness of witnesses.slice(0, tries)) {
      const played = await playThrough(stage, appointed, witness, appointed.step);
      if (!played.refused) continue;
      if (!succeeded(played.appointing)) {
        const status = played.appointing.exchange.response?.status;
        return { ...trial, outcome: status === undefined ? 'unknown' : 'refused', reason: `answered ${status ?? 'nothing'}` };
      }
      if (!played.given) return { ...trial, outcome: 'kept', reason: `answered, and no account became ${role}` };
      if (!allowed(played.last)) {
        reason = `the account became ${role}, and ${witness.id} still answered ${played.last.exchange.response?.status ?? 'nothing'}`;
        continue;
      }
      const control = await playThrough(stage, appointed, witness, withoutRaise(stage, appointed));
      if (!turnedAway(control.last)) {
        reason = `${witness.id} answers such an account whatever its role is`;
        continue;
      }
      const proof = proofOf(stage, appointed, witness, played);
      return { ...trial, outcome: 'raised', reason: `the account became ${role}`, witness: witness.id, proof };
    }
  } finally {
    if (account === 'new') players.delete(appointed.holder.name);
  }
  return { ...trial, outcome: 'unknown', reason };
}

/** Endpoints that are tried to tell the roles apart. */
const tries = 3;

interface PlayedThrough {
  /** It was refused before. */
  readonly refused: boolean;
  readonly appointing: Played;
  /** An account has the role now that did not have it before. */
  readonly given: boolean;
  /** What was refused before, with the new role. */
  readonly last: Played;
}

/** Whose request is refused before: who signs in afterwards, or, where that account is not there yet, whoever makes it. */
function before({ account, sender, holder }: Appointment): Player {
  return account === 'new' ? sender : holder;
}

async function playThrough(stage: Stage, appointed: Appointment, witness: Route, step: RequestStep | null): Promise<PlayedThrough> {
  const { lab, ownership } = stage;
  const { holder, role } = appointed;
  const refusal = await send(stage, askedBy(stage, witness, before(appointed)));
  const changes: Played['changes'] = [];
  const keeping = async (one: RequestStep): Promise<Played> => {
    const played = await play(lab, one);
    changes.push(...played.changes);
    return played;
  };
  const session = holder.credentials;
  try {
    const appointing = step ? await keeping(step) : refusal;
    const login = signingIn(stage, holder);
    if (login) enterWith(lab, holder, await keeping(login));
    const last = await keeping(askedBy(stage, witness, holder));
    const { users } = ownership;
    const given = appointing.changes.some(
      ({ table, before: was, after }) => table === users?.table && after?.[users.role ?? ''] === role && was?.[users.role ?? ''] !== role,
    );
    return { refused: turnedAway(refusal), appointing, given, last };
  } finally {
    holder.credentials = session;
    await lab.ground.undo(changes);
  }
}

/** The same without a greater role: a new account gets the role of who makes it, others stay as they are. */
function withoutRaise({ ownership: { users } }: Stage, { account, sender, field, step }: Appointment): RequestStep | null {
  const own = sender.role ?? sender.values.get(`${users?.table.slice(users.table.indexOf('.') + 1)}.${users?.role}`) ?? null;
  return account === 'new' ? { ...step, body: { ...(step.body as Record<string, Json>), [field]: own } } : null;
}

function askedBy({ synthesis, cast }: Stage, route: Route, player: Player): RequestStep {
  const owner = cast.owner ?? player;
  return { ...requestFor(synthesis, route, owner, owner, 0).step, as: player.name };
}

function signingIn({ synthesis, cast }: Stage, player: Player): RequestStep | null {
  return cast.login ? requestFor(synthesis, cast.login, player, player, 0).step : null;
}

function turnedAway(played: Played): boolean {
  const status = played.exchange.response?.status;
  return status === 401 || status === 403;
}

function allowed(played: Played): boolean {
  const status = played.exchange.response?.status ?? 0;
  return status >= 200 && status < 300;
}

function proofOf(stage: Stage, appointed: Appointment, witness: Route, { last }: PlayedThrough): Proof {
  const { route, sender, holder, account, role, step } = appointed;
  const login = signingIn(stage, holder);
  const asked = askedBy(stage, witness, holder);
  const refused: RequestStep = { ...asked, as: before(appointed).name, name: 'refused' };
  // Whether it works may hang on what the owner did before: a transfer on a deposit.
  const leaned = last.changes.flatMap((change) => rowsBelow(stage, change).map(({ table, key }) => templated(stage, table, key)));
  const needs = [step.body ?? null, asked.body ?? null, asked.path, ...leaned] as Json;
  const steps = [
    ...stepsBefore(stage, { ...step, body: needs }),
    refused,
    step,
    ...(login ? [{ ...login, enters: true as const }] : []),
    asked,
  ];
  const whose = { own: 'their own account', another: `the account of ${holder.name}`, new: 'a new account' }[account];
  const scenario = scenarioOf(
    stage,
    `promotion ${sender.name} ${route.id} ${account}`,
    `${sender.name} makes ${whose} ${role} through ${route.id}`,
    steps,
    { shows: 'newly-allowed', refused: 'refused' },
  );
  const observed = `${witness.id} refused ${before(appointed).name}; ${sender.name} made ${whose} ${role} through ${route.id}; signed in with it, ${witness.id} answered ${last.exchange.response?.status}. Without the new role it is refused still.`;
  return recorded(scenario, observed, last);
}
