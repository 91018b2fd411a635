import type { LiveEndpoint } from '../../model/evidence/live.ts';
import type { ListenStep } from '../ground/play/interpreter.ts';
import { sessionHole } from '../ground/play/live.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import type { Stage } from '../ground/play/scene.ts';
import { firstRow, refer } from '../ground/play/asking/synthesis.ts';
import { tableNamed } from '../ground/play/asking/tables-named.ts';
import { plainField, valueFor } from '../ground/play/asking/values.ts';

type Message = LiveEndpoint['messages'][number];

/** A way to speak on a live connection: nothing at all, or one kind of message that the code knows, with the owner's ids in it. */
export interface Voice {
  /** Says first who it is, where the application takes that in a message. */
  readonly hello: Json | null;
  readonly message: Json | null;
  /** The message names an object of the owner's. */
  readonly byId: boolean;
}

const mostVoices = 16;
const tokenName = /^(access_?|auth_?|session_?)?(token|jwt)$|^authorization$/i;

/** The ways to speak that are tried on an endpoint, silence first. */
export function voicesOf(stage: Stage, endpoint: LiveEndpoint): Voice[] {
  const greets = endpoint.messages.find((message) => isHello(message));
  const hello = greets ? madeFrom(stage, greets).message : null;
  const spoken = endpoint.messages.filter((message) => message !== greets).map((message) => ({ hello, ...madeFrom(stage, message) }));
  return [{ hello, message: null, byId: false }, ...spoken].slice(0, mostVoices);
}

/** A message that carries a token and is about nothing else. */
function isHello({ kind, event, parts }: Message): boolean {
  const holdsToken = parts.some(
    ({ name, fields }) => tokenName.test(name) || fields.some((field) => tokenName.test(field.split('.').at(-1) ?? '')),
  );
  return (
    holdsToken && (kind === null && event === null ? true : /auth|login|sign|identify|hello|init|connect/i.test(kind?.value ?? event ?? ''))
  );
}

function madeFrom(stage: Stage, { event, kind, parts }: Message): { message: Json; byId: boolean } {
  let byId = false;
  const value = (name: string, about: string): Json => {
    if (tokenName.test(name)) return sessionHole;
    const found = idFor(stage, name, about);
    if (found === null) return valueFor({ field: plainField(name), column: null, attempt: 0, serial: 7 });
    byId = true;
    return found;
  };
  const about = `${event ?? ''} ${kind?.value ?? ''}`;
  const values = parts.map(({ name, fields }): Json => {
    if (fields.length === 0) return value(name, about);
    const made: Record<string, Json> = {};
    for (const field of fields)
      put(made, field.split('.'), field === kind?.field ? kind.value : value(field.split('.').at(-1) ?? '', about));
    if (kind) put(made, kind.field.split('.'), kind.value);
    return made;
  });
  return { message: event === null ? (values[0] ?? '') : [event, ...values], byId };
}

function put(into: Record<string, Json>, path: readonly string[], value: Json): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = into[first];
  const held = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner : {};
  into[first] = held;
  put(held, rest, value);
}

/** The id of an object of the owner's that a field names: `ticketId`, `ticket`, `id` of "open ticket", `room`. */
function idFor({ lab, synthesis, cast, ownership }: Stage, name: string, about: string): Json | null {
  const { owner } = cast;
  if (!owner) return null;
  const words = about.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).filter((word) => word !== '');
  const vague = /^(_?id|room(_?id|_?name)?|channel(_?id)?|topic|key|target|entity_?id|data|payload|value)$/i.test(name);
  const table =
    tableNamed(lab, name) ??
    tableNamed(lab, `${name}_id`) ??
    (vague ? words.map((word) => tableNamed(lab, `${word}_id`)).find((one) => one !== undefined) : undefined);
  if (!table && /^(user|owner|member|account|customer)_?id$/i.test(name) && ownership.users) {
    const users = lab.tables.byName(ownership.users.table);
    const row = users && firstRow(synthesis, users, owner);
    return row ? refer(synthesis, row, ownership.users.key) : null;
  }
  const row = table
    ? firstRow(synthesis, table, owner)
    : vague
      ? synthesis.pool.find((one) => one.by === owner.name && one.table !== ownership.users?.table && Object.keys(one.key).length === 1)
      : undefined;
  const key = row && Object.keys(row.key)[0];
  return row && key !== undefined && row.by === owner.name ? refer(synthesis, row, key) : null;
}

/** How an endpoint is reached. */
export interface Reached {
  /** Its own port; undefined on the application's. */
  readonly port: number | undefined;
  /** What stands before the token outside of headers: nothing, or `Bearer `. */
  readonly scheme: '' | 'Bearer ';
}

/** The step that opens an endpoint as a player; with a path parameter, one of the owner's objects. Null where there is none to put. */
export function listenStep(stage: Stage, endpoint: LiveEndpoint, player: Player, { port, scheme }: Reached): ListenStep | null {
  let missing = false;
  const path = endpoint.path.replace(/:(\w+)\??/g, (_match, name: string) => {
    const before = endpoint.path.split('/').findLast((segment, index, all) => !segment.startsWith(':') && index < all.indexOf(`:${name}`));
    const id = idFor(stage, name, before ?? '');
    if (id === null) missing = true;
    return String(id);
  });
  if (missing) return null;
  // Where the client says itself who it is or what it wants to hear, everybody says what the owner would say.
  const said = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      [...new Set([...names, 'token'])].flatMap((name): [string, string][] => {
        const value = tokenName.test(name) ? `${scheme}${sessionHole}` : idFor(stage, name, '');
        return value === null ? [] : [[name, String(value)]];
      }),
    );
  return {
    do: 'listen',
    as: player.name,
    name: 'ear',
    transport: endpoint.transport,
    path,
    query: said(endpoint.tokens.query),
    ...(endpoint.transport === 'socket.io' ? { namespace: endpoint.namespace ?? '/', auth: said(endpoint.tokens.auth) } : {}),
    ...(port === undefined ? {} : { port }),
  };
}
