import type { Effect, Scenario, ScenarioOutcome, Step } from '../../../model/scenario.ts';
import type { RowChange, RowRef } from '../../../model/transcript.ts';
import type { Json, Player } from './players.ts';
import { carries, rowsRead } from './provenance.ts';
import type { Tables } from './provenance.ts';
import { standsAs } from './statement.ts';
import { passwordScheme } from './passwords.ts';
import { fill, fillText, holesIn, lookUp } from './templates.ts';
import type { Ground, Observed } from '../types.ts';

export type RequestStep = Extract<Step, { do: 'request' }>;

/** A ground with people in it: what the interpreter plays steps on. */
export interface Lab {
  readonly ground: Ground;
  readonly tables: Tables;
  readonly players: Map<string, Player>;
  /** Saved values, by the names that steps give them. */
  readonly saved: Map<string, Json>;
}

/** A request as it was sent, beside what it caused. */
export interface Played extends Observed {
  readonly sent: { readonly path: string; readonly body: string | null };
}

const requestTimeout = 15_000;

/** Sends one request step as its player, and saves what the step asks for. */
export async function play(lab: Lab, step: RequestStep): Promise<Played> {
  const me = lab.players.get(step.as);
  if (!me) throw new Error(`the scenario speaks of an actor who does not exist: ${step.as}`);
  const bindings = { saved: lab.saved, players: lab.players };
  const path = fillText(step.path, me, bindings, encodeURIComponent);
  const body = step.body === undefined ? null : JSON.stringify(fill(step.body, me, bindings));
  // In production the application stands behind a proxy that ends TLS; one that trusts its proxy sets secure cookies only so.
  const headers: Record<string, string> = { accept: 'application/json', 'x-forwarded-proto': 'https', ...me.credentials };
  if (body !== null) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(step.headers ?? {})) headers[name] = fillText(value, me, bindings);
  const send = (): Promise<Observed> =>
    lab.ground.request({ actor: me.name, method: step.method, path, headers, body, timeoutMs: requestTimeout, from: address(me) });
  let observed = await send();
  if (/ECONNREFUSED/.test(observed.exchange.failure ?? '')) {
    // An earlier request ended the process; this one deserves an application that runs.
    await lab.ground.restart();
    observed = await send();
  }
  for (const [name, source] of Object.entries(step.save ?? {})) {
    const value =
      'inserted' in source ? inserted(lab.tables, observed.changes, source) : jsonAt(observed.exchange.response?.body ?? '', source.json);
    if (value !== undefined) lab.saved.set(name, value);
  }
  return { ...observed, sent: { path, body } };
}

/** Each player comes from a loopback address of their own, so that a limiter on addresses does not mix them up. */
function address(player: Player): string {
  const sum = [...player.tag].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 60_000, 7);
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
export function succeeded(observed: Observed): boolean {
  const status = observed.exchange.response?.status ?? 0;
  return status >= 200 && status < 400;
}

/** Runs a scenario to its end and says whether its effect shows. Players must be there; nothing is undone. */
export async function runScenario(lab: Lab, scenario: Scenario): Promise<ScenarioOutcome & { transcript: Played[] }> {
  const transcript: Played[] = [];
  const last = scenario.steps.findLastIndex((step) => step.do === 'request');
  for (const [index, step] of scenario.steps.entries()) {
    if (step.do === 'sql') {
      await runSql(lab, step);
      continue;
    }
    if (step.do === 'fault') {
      await lab.ground.intercept({ statement: step.statement, does: { do: 'fail', code: step.code }, times: 1 });
      continue;
    }
    const unknown = unresolved(lab, step);
    if (unknown.length > 0) {
      return {
        reproduced: 'not-staged',
        reason: `step ${index + 1} needs ${unknown.join(', ')}, which no step before it gave`,
        rows: [],
        transcript,
      };
    }
    const played = await play(lab, step);
    transcript.push(played);
    if (index < last && step.expect?.success === true && !succeeded(played)) {
      const status = played.exchange.response?.status ?? played.exchange.failure;
      return {
        reproduced: 'not-staged',
        reason: `step ${index + 1} (${step.method} ${step.path} as ${step.as}) answered ${status}`,
        rows: [],
        transcript,
      };
    }
  }
  const final = transcript.at(-1);
  if (!final) return { reproduced: 'not-staged', reason: 'the scenario sends no request', rows: [], transcript };
  const rows = await shown(lab, scenario.effect, final);
  const status = final.exchange.response?.status ?? final.exchange.failure;
  return rows
    ? { reproduced: 'yes', reason: `The effect shows again (answer ${status}).`, rows, transcript }
    : { reproduced: 'no', reason: `The effect does not show (answer ${status}).`, rows: [], transcript };
}

function unresolved(lab: Lab, step: RequestStep): string[] {
  const me = lab.players.get(step.as);
  const bindings = { saved: lab.saved, players: lab.players };
  return me ? holesIn([step.path, (step.body ?? null) as Json]).filter((name) => lookUp(name, me, bindings) === undefined) : [];
}

async function runSql(lab: Lab, step: Extract<Step, { do: 'sql' }>): Promise<void> {
  const anyone = lab.players.values().next().value;
  if (!anyone) throw new Error('a scenario without actors');
  const parameters = (step.parameters ?? []).map((parameter) => fillText(parameter, anyone, { saved: lab.saved, players: lab.players }));
  const [row] = await lab.ground.sql(step.text, parameters);
  for (const [name, { column }] of Object.entries(step.save ?? {})) lab.saved.set(name, row?.[column] ?? null);
}

/** The rows in which the effect shows; null when it does not. */
async function shown(lab: Lab, effect: Effect, played: Played): Promise<RowRef[] | null> {
  const filled = (key: Record<string, string>): Record<string, string> => {
    const me = lab.players.get(played.exchange.actor);
    return me
      ? Object.fromEntries(
          Object.entries(key).map(([name, value]) => [name, fillText(value, me, { saved: lab.saved, players: lab.players })]),
        )
      : key;
  };
  switch (effect.shows) {
    case 'row-read': {
      const key = filled(effect.key);
      const row = rowsRead(lab.tables, played).find(
        (read) => read.table === effect.table && sameKey(read.key, key) && carries(played, read),
      );
      return row ? [{ table: row.table, key: row.key }] : null;
    }
    case 'row-changed': {
      const key = filled(effect.key);
      const change = played.changes.find(
        (one) => one.table === effect.table && one.op === effect.op && (one.op === 'insert' || sameKey(one.key, key)),
      );
      return change ? [{ table: change.table, key: change.key }] : null;
    }
    case 'statement-shape':
      return played.statements.some(
        (statement) => statement.text.includes(effect.marker) && standsAs(statement.text, effect.marker) === 'syntax',
      )
        ? []
        : null;
    case 'stored-password': {
      const me = lab.players.get(played.exchange.actor);
      const change = played.changes.find((one) => one.table === effect.table && one.after?.[effect.column] !== undefined);
      const stored = change?.after?.[effect.column];
      return stored && passwordScheme(stored, String(me?.values.get('password') ?? '')).scheme === effect.scheme
        ? [{ table: effect.table, key: change.key }]
        : null;
    }
    case 'success-claimed':
      return succeeded(played) ? [] : null;
  }
}

function sameKey(a: Readonly<Record<string, string | null>>, b: Readonly<Record<string, string>>): boolean {
  return Object.entries(b).every(([column, value]) => a[column] === value);
}
