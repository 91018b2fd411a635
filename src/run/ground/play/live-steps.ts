import type { Effect } from '../../../model/scenario.ts';
import type { RowRef } from '../../../model/transcript.ts';
import { unresolved } from './interpreter.ts';
import type { Lab, ListenStep, Played, SayStep } from './interpreter.ts';
import { asPlayed, listen, say, sessionHole, tellingColumns } from './live.ts';
import type { Ear } from './live.ts';
import { quote } from './quote.ts';
import { fillText } from './templates.ts';

/** Live connections of a scenario, by the names that it gives them. */
type Ears = Map<string, Ear>;
type Heard = Extract<Effect, { shows: 'row-heard' }>;

/** What a step about a live connection gave; `obstacle` says why the scenario cannot go on. */
interface Taken {
  readonly played: Played | null;
  readonly obstacle: string | null;
}

/** Opens a live connection or speaks on one. */
export function takeLive(lab: Lab, ears: Ears, step: ListenStep | SayStep, last: boolean): Promise<Taken> {
  return step.do === 'say' ? speak(lab, ears, step) : open(lab, ears, step, last);
}

async function speak(lab: Lab, ears: Ears, step: SayStep): Promise<Taken> {
  const ear = ears.get(step.on);
  if (!ear) return { played: null, obstacle: `speaks on ${step.on}, which nobody opened` };
  const missing = unresolved(lab, { as: ear.as, path: '', body: step.message });
  return missing.length > 0 ? { played: null, obstacle: lacking(missing) } : { played: await say(lab, ear, step), obstacle: null };
}

async function open(lab: Lab, ears: Ears, step: ListenStep, last: boolean): Promise<Taken> {
  const missing = unresolved(lab, namedBy(step));
  if (missing.length > 0) return { played: null, obstacle: lacking(missing) };
  const { ear, played } = await listen(lab, step);
  ears.set(step.name, ear);
  const met = last || step.expect === undefined || step.expect.accepted === ear.accepted;
  const how = ear.accepted ? 'taken' : `not taken: ${ear.ended ?? 'no answer'}`;
  return { played, obstacle: met ? null : `(${step.path} as ${step.as}) was ${how}` };
}

function lacking(names: readonly string[]): string {
  return `needs ${names.join(', ')}, which no step before it gave`;
}

/** The session of whoever opens it is there by then. */
function namedBy({ as, path, query, auth }: ListenStep): Parameters<typeof unresolved>[1] {
  return { as, path, body: [...Object.values(query ?? {}), ...Object.values(auth ?? {})].filter((value) => !value.includes(sessionHole)) };
}

/** How long news may take to arrive. */
const newsMs = 3_000;

/** The row, once one of its unguessable values stands in what the connection has received; null when none comes in time. */
export async function hear(lab: Lab, ears: Ears, wanted: Heard): Promise<RowRef[] | null> {
  const { table } = wanted;
  const ear = ears.get(wanted.on);
  if (!ear) return null;
  const me = lab.players.get(ear.as);
  const key = Object.fromEntries(
    Object.entries(wanted.key).map(([name, value]) => [name, me ? fillText(value, me, { saved: lab.saved, players: lab.players }) : value]),
  );
  const names = Object.keys(key);
  const where = names.map((name, index) => `CAST(${quote(name)} AS text) = $${index + 1}`).join(' AND ');
  const [row] = await lab.ground.sql(
    `SELECT * FROM ${quote(table)} WHERE ${where} LIMIT 1`,
    names.map((name) => key[name] ?? ''),
  );
  if (!row) return null;
  for (const until = performance.now() + newsMs; ;) {
    const [state] = await lab.ground.heard([ear.connection]);
    if (state && tellingColumns(lab, asPlayed(ear, state), { table, key, values: row }).length > 0) return [{ table, key }];
    if (performance.now() > until) return null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
