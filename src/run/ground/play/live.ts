import type { LiveSpec, LiveState } from '../types.ts';
import { address, requestTimeout } from './interpreter.ts';
import type { Lab, ListenStep, Played, SayStep } from './interpreter.ts';
import { jwtIn } from './people/tokens.ts';
import type { Json, Player } from './people/players.ts';
import { carriedColumns } from './provenance.ts';
import { fill, fillText } from './templates.ts';

/** A live connection of somebody. */
export interface Ear {
  readonly connection: string;
  readonly as: string;
  readonly accepted: boolean;
  /** Why it was over when it was opened. */
  readonly ended: string | null;
  readonly path: string;
  /** All that was said on it: what stands there, or in its address, is no news when it comes back. */
  readonly said: string[];
}

/** What stands for the token of whoever speaks. */
export const sessionHole = '{{me.session}}';

/** The token of a player, wherever it stands: what clients put into the address or a first message, where no header goes. */
function sessionTokenOf({ credentials }: Player): string {
  const tokens = Object.values(credentials).flatMap((value) => jwtIn(value) ?? []);
  return tokens[0] ?? /^(?:Bearer|Token|JWT) (.+)$/i.exec(credentials['authorization'] ?? '')?.[1] ?? '';
}

/** Opens a live connection as a player. */
export async function listen(lab: Lab, step: ListenStep): Promise<{ ear: Ear; played: Played }> {
  const spec = composeListen(lab, step);
  let listened = await lab.ground.listen(spec);
  if (/ECONNREFUSED/.test(listened.ended ?? '') && step.port === undefined && !lab.staging?.ended.has(step.instance ?? '')) {
    await lab.ground.hangUp([listened.connection]);
    await lab.ground.restart();
    listened = await lab.ground.listen(spec);
  }
  const { connection, accepted, ended, frames: _, ...observed } = listened;
  const path = masked(lab, step.as, spec.path);
  const body = spec.auth === undefined ? null : masked(lab, step.as, spec.auth);
  const exchange = { ...observed.exchange, request: { ...observed.exchange.request, path, body } };
  return { ear: { connection, as: step.as, accepted, ended, path, said: [] }, played: { ...observed, exchange, sent: { path, body } } };
}

function composeListen(lab: Lab, step: ListenStep): LiveSpec {
  const me = lab.players.get(step.as);
  if (!me) throw new Error(`the scenario speaks of an actor who does not exist: ${step.as}`);
  me.values.set('session', sessionTokenOf(me));
  const bindings = { saved: lab.saved, players: lab.players };
  const texts = (values: Readonly<Record<string, string>> = {}): [string, string][] =>
    Object.entries(values).flatMap(([name, value]): [string, string][] => {
      const filled = fillText(value, me, bindings);
      return filled.trim() === '' || /^Bearer\s*$/i.test(filled) ? [] : [[name, filled]];
    });
  const query = new URLSearchParams(texts(step.query));
  if (step.transport === 'socket.io')
    for (const [name, value] of [
      ['EIO', '4'],
      ['transport', 'websocket'],
    ] as const)
      query.set(name, value);
  const { cookie } = me.credentials;
  const session = step.cookiesOnly ? (cookie === undefined ? {} : { cookie }) : me.credentials;
  const path = fillText(step.path, me, bindings, encodeURIComponent);
  const auth = Object.fromEntries(texts(step.auth));
  return {
    actor: me.name,
    transport: step.transport,
    path: query.size > 0 ? `${path}${path.includes('?') ? '&' : '?'}${query.toString()}` : path,
    headers: { 'x-forwarded-proto': 'https', ...session, ...Object.fromEntries(texts(step.headers)) },
    namespace: step.namespace,
    auth: Object.keys(auth).length > 0 ? JSON.stringify(auth) : undefined,
    timeoutMs: requestTimeout,
    from: address(me, lab.staging?.moves ?? 0),
    instance: step.instance,
    port: step.port,
  };
}

/** A text without the session of who sends it: the first letters are enough to know it again. */
function masked(lab: Lab, as: string, text: string): string {
  const token = String(lab.players.get(as)?.values.get('session') ?? '');
  return token.length < 8 ? text : text.replaceAll(token, `${token.slice(0, 7)}…`);
}

/** Sends a message on somebody's live connection. */
export async function say(lab: Lab, ear: Ear, step: Pick<SayStep, 'message'>): Promise<Played> {
  const me = lab.players.get(ear.as);
  if (!me) throw new Error(`the scenario speaks of an actor who does not exist: ${ear.as}`);
  const message = fill(step.message as Json, me, { saved: lab.saved, players: lab.players });
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const { ended: _ended, frames: _frames, ...observed } = await lab.ground.say(ear.connection, text);
  const shown = masked(lab, ear.as, text);
  ear.said.push(shown);
  const exchange = { ...observed.exchange, request: { ...observed.exchange.request, path: ear.path, body: shown } };
  return { ...observed, exchange, sent: { path: ear.path, body: ear.said.join('\n') } };
}

/** What a live connection has received, as the answer of a request. */
export function asPlayed(ear: Ear, { frames, ended }: LiveState, after = 0): Played {
  const body = frames
    .filter(({ seq }) => seq > after)
    .map(({ text }) => text)
    .join('\n');
  return {
    exchange: {
      actor: ear.as,
      request: { method: 'GET', path: ear.path, headers: {}, body: ear.said.length > 0 ? ear.said.join('\n') : null },
      response: { status: 101, headers: {}, body },
      failure: ended,
      milliseconds: 0,
    },
    statements: [],
    changes: [],
    outbound: [],
    logs: [],
    gaps: [],
    sent: { path: ear.path, body: ear.said.join('\n') },
  };
}

/**
 * The columns of a row that show in what a connection has received and say something of the row: neither its key nor whom it belongs to,
 * for a message that only says "this one has changed" tells nothing.
 */
export function tellingColumns(
  lab: Lab,
  played: Played,
  row: { readonly table: string; readonly key: Readonly<Record<string, string | null>>; readonly values: Record<string, string | null> },
): string[] {
  const table = lab.tables.byName(row.table);
  const links = new Set(table?.foreignKeys.flatMap((one) => one.columns));
  const says = (column: string): boolean =>
    !table?.primaryKey.includes(column) && !links.has(column) && !/(^|_)(id|uuid)$|Id$|_at$|At$/.test(column);
  const values = Object.fromEntries(Object.entries(row.values).filter(([column]) => says(column)));
  return carriedColumns(played, { table: row.table, key: { ...row.key }, values, where: {} });
}
