import type { Step } from '../../../model/scenario.ts';
import type { Exchange, RowChange } from '../../../model/transcript.ts';
import type { Json, Player } from './people/players.ts';
import type { Tables } from './provenance.ts';
import { csrfPages, csrfTokenIn, mergedCookies, wantsCsrfToken } from './people/csrf.ts';
import { fill, fillText, holesIn, lookUp } from './templates.ts';
import type { Ground, Observed, RequestSpec, Visited } from '../types.ts';

export type RequestStep = Extract<Step, { do: 'request' }>;
export type SqlStep = Extract<Step, { do: 'sql' }>;
export type ListenStep = Extract<Step, { do: 'listen' }>;
export type SayStep = Extract<Step, { do: 'say' }>;
export type StubStep = Extract<Step, { do: 'stub' }>;
export type VisitStep = Extract<Step, { do: 'visit' }>;

/** A ground with people in it: what the interpreter plays steps on. */
export interface Lab {
  readonly ground: Ground;
  readonly tables: Tables;
  readonly players: Map<string, Player>;
  /** Saved values, by the names that steps give them. */
  readonly saved: Map<string, Json>;
  /** What a scenario has changed that outlasts a step; absent before one did. */
  staging?: Staging;
}

/** What steps leave behind for later ones. */
export interface Staging {
  /** Instances that were ended on purpose: nobody starts them anew but the scenario. */
  readonly ended: Set<string>;
  /** How often the players have changed their addresses. */
  moves: number;
}

/** A request as it was sent, beside what it caused. */
export interface Played extends Observed {
  readonly sent: { readonly path: string; readonly body: string | null };
}

export const requestTimeout = 15_000;

/** A request step with everything filled in, ready to be sent. */
export interface Composed {
  readonly spec: RequestSpec;
  readonly sent: Played['sent'];
}

/** Fills a request step in. */
export function compose(lab: Lab, step: Omit<RequestStep, 'do' | 'wait'>): Composed {
  const me = lab.players.get(step.as);
  if (!me) throw new Error(`the scenario speaks of an actor who does not exist: ${step.as}`);
  const bindings = { saved: lab.saved, players: lab.players };
  const path = fillText(step.path, me, bindings, encodeURIComponent);
  const filled = step.body === undefined ? null : fill(step.body, me, bindings);
  const form = step.encoding === 'form';
  const token = me.csrf?.token;
  const body = filled === null ? null : form ? formOf(filled, token) : JSON.stringify(filled);
  // In production the application stands behind a proxy that ends TLS; one that trusts its proxy sets secure cookies only so.
  const headers: Record<string, string> = { accept: 'application/json', 'x-forwarded-proto': 'https', ...me.credentials };
  if (me.csrf) {
    headers['cookie'] = mergedCookies(headers['cookie'], me.csrf.cookies);
    headers['x-csrf-token'] = headers['x-xsrf-token'] = me.csrf.token;
  }
  if (body !== null) headers['content-type'] = form ? 'application/x-www-form-urlencoded' : 'application/json';
  for (const [name, value] of Object.entries(step.headers ?? {})) headers[name] = fillText(value, me, bindings);
  const { method, instance } = step;
  return {
    spec: { actor: me.name, method, path, headers, body, timeoutMs: requestTimeout, from: address(me, lab.staging?.moves ?? 0), instance },
    sent: { path, body },
  };
}

/** Sends one request step as its player, and saves what the step asks for. */
export async function play(lab: Lab, step: RequestStep): Promise<Played> {
  const { spec, sent } = compose(lab, step);
  let observed = await lab.ground.request(spec);
  if (/ECONNREFUSED/.test(observed.exchange.failure ?? '') && !lab.staging?.ended.has(step.instance ?? '')) {
    // An earlier request ended the process; this one deserves an application that runs.
    await lab.ground.restart();
    observed = await lab.ground.request(spec);
  }
  if (wantsCsrfToken(observed) && (await fetchCsrfToken(lab, step))) {
    await lab.ground.undo(observed.changes);
    const again = compose(lab, step);
    observed = await lab.ground.request(again.spec);
  }
  const played = { ...observed, sent };
  saveFrom(lab, step, played.exchange, played.changes);
  return played;
}

/** Sends one request step as its player, and takes back what it changed. */
export async function playBack(lab: Lab, step: RequestStep): Promise<Played> {
  const played = await play(lab, step);
  await lab.ground.undo(played.changes);
  return played;
}

/** Looks at a page as a player, with their session; the answer is the document after its scripts ran. */
export async function visit(lab: Lab, step: VisitStep): Promise<Played & Visited> {
  const me = lab.players.get(step.as);
  if (!me) throw new Error(`the scenario speaks of an actor who does not exist: ${step.as}`);
  const bindings = { saved: lab.saved, players: lab.players };
  const text = (value: string) => fillText(value, me, bindings);
  const texts = (values: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
  const path = (value: string) => fillText(value, me, bindings, encodeURIComponent);
  const { cookie, ...others } = me.credentials;
  const visited = await lab.ground.visit({
    actor: me.name,
    path: path(step.path),
    cookies: cookiesOf(cookie),
    headers: { ...others, ...texts(step.headers) },
    storage: texts(step.storage),
    actions: (step.actions ?? []).map((action) =>
      action.do === 'fill'
        ? { ...action, value: text(action.value) }
        : action.do === 'go'
          ? { ...action, path: path(action.path) }
          : action,
    ),
    timeoutMs: requestTimeout,
    from: address(me, lab.staging?.moves ?? 0),
    instance: step.instance,
  });
  return { ...visited, sent: { path: visited.exchange.request.path, body: null } };
}

/** Cookies by name, from the header that carries them. */
function cookiesOf(header = ''): Record<string, string> {
  return Object.fromEntries(
    header.split(/;\s*/).flatMap((pair): [string, string][] => {
      const at = pair.indexOf('=');
      return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)]] : [];
    }),
  );
}

/** A flat object as a form's fields; nested values as JSON. Forms carry their token among the fields. */
function formOf(body: Json, csrf: string | undefined): string {
  const fields = body !== null && typeof body === 'object' && !Array.isArray(body) ? Object.entries(body) : [];
  const texts = fields.map(([name, value]): [string, string] => [
    name,
    value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value ?? ''),
  ]);
  return new URLSearchParams([...texts, ...(csrf === undefined ? [] : [['_csrf', csrf] satisfies [string, string]])]).toString();
}

/** Gets a token against forgery for a player, as their browser would by opening the page; whether there is a new one. */
async function fetchCsrfToken(lab: Lab, step: RequestStep): Promise<boolean> {
  const me = lab.players.get(step.as);
  if (!me || withoutToken.has(me)) return false;
  for (const path of csrfPages(fillText(step.path, me, { saved: lab.saved, players: lab.players }, encodeURIComponent))) {
    const page: RequestStep = { do: 'request', as: step.as, method: 'GET', path, headers: { accept: 'text/html, application/json' } };
    const answer = await lab.ground.request(compose(lab, page).spec);
    await lab.ground.undo(answer.changes);
    const token = csrfTokenIn(answer);
    if (token === null || token === me.csrf?.token) continue;
    me.csrf = { token, cookies: mergedCookies(undefined, answer.exchange.response?.headers['set-cookie']), page: path };
    return true;
  }
  withoutToken.add(me);
  return false;
}

/** Players who were given no such token anywhere: they need not ask again. */
const withoutToken = new WeakSet<Player>();

/** Saves what a request step asks for, from its answer and the rows that it changed. */
export function saveFrom(lab: Lab, step: Pick<RequestStep, 'save'>, exchange: Exchange, changes: readonly RowChange[]): void {
  for (const [name, source] of Object.entries(step.save ?? {})) {
    const value = 'inserted' in source ? inserted(lab.tables, changes, source) : jsonAt(exchange.response?.body ?? '', source.json);
    if (value !== undefined) lab.saved.set(name, value);
  }
}

/** Each player comes from a loopback address of their own, so that a limiter on addresses does not mix them up. */
export function address(player: Player, moves: number): string {
  const sum = [...player.tag].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 60_000, 7 + moves * 1009);
  return `127.0.${1 + Math.floor(sum / 250)}.${2 + (sum % 250)}`;
}

function inserted(
  tables: Tables,
  changes: readonly RowChange[],
  { inserted: table, column }: { inserted: string; column: string },
): Json | undefined {
  const row = (
    changes.find((change) => change.op === 'insert' && change.table === table) ?? changes.find((change) => change.table === table)
  )?.after;
  return row ? tables.json(table, column, row[column] ?? null) : undefined;
}

/** The value at a dotted path of a JSON text; the whole of it for an empty path. */
export function jsonAt(text: string, path: string): Json | undefined {
  let current: unknown;
  try {
    current = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const key of path === '' ? [] : path.split('.')) {
    if (current === null || typeof current !== 'object') return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current as Json | undefined;
}

/** Whether the answer claims that the request did what it was for. */
export function succeeded(observed: Pick<Observed, 'exchange'>): boolean {
  const status = observed.exchange.response?.status ?? 0;
  return status >= 200 && status < 400;
}

/**
 * Whether the sender was taken for somebody. A redirect leads to the way in, and an answer that holds nothing lets nobody in: some applications
 * take the token and then find no account.
 */
export function letIn({ exchange }: Pick<Observed, 'exchange'>): boolean {
  const { status = 0, body = '' } = exchange.response ?? {};
  return status >= 200 && status < 300 && !/^\s*(?:null|\{\})?\s*$/.test(body);
}

/** The names that a step speaks of and that nothing before it gave. */
export function unresolved(lab: Lab, wish: Pick<RequestStep, 'as' | 'path' | 'body'>): string[] {
  const me = lab.players.get(wish.as);
  const bindings = { saved: lab.saved, players: lab.players };
  return me ? holesIn([wish.path, (wish.body ?? null) as Json]).filter((name) => lookUp(name, me, bindings) === undefined) : [];
}
