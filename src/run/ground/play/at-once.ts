import { compose } from './interpreter.ts';
import type { Lab, Played, RequestStep } from './interpreter.ts';
import { carries, rowsRead } from './provenance.ts';

/**
 * Plays requests that only read, all at once. Null in place of a request that must be played alone: it broke, or what it caused cannot
 * be told from what the others caused. `apart` is false when the statements of this app cannot be told apart at all.
 */
export async function playAtOnce(lab: Lab, steps: readonly RequestStep[]): Promise<{ played: (Played | null)[]; apart: boolean }> {
  const composed = steps.map((step) => compose(lab, step));
  const concert = await lab.ground.together();
  const ids = await concert.burst(composed.map(({ spec }) => spec));
  const exchanges = await Promise.all(ids.map((id) => concert.answer(id)));
  const { statements, changes, outbound, gaps } = await concert.end();
  if (changes.length > 0) await lab.ground.undo(changes);
  const strange = statements.some(({ request }) => request === null || !ids.includes(request));
  if (strange || changes.length > 0 || outbound.length > 0 || gaps.length > 0) return { played: steps.map(() => null), apart: !strange };
  const played = composed.map(({ sent }, index): Played | null => {
    const exchange = exchanges[index];
    const status = exchange?.response?.status ?? 0;
    if (!exchange || status === 0 || status === 429 || status >= 500) return null;
    const own = statements.filter(({ request }) => request === ids[index]);
    return { exchange, sent, statements: own, changes: [], outbound: [], logs: [], gaps: [] };
  });
  return { played: played.map((one) => (one && showsOthers(lab, one, played) ? null : one)), apart: true };
}

/** Whether an answer shows a row that only other requests read: the app shared what it had loaded for one of them. */
function showsOthers(lab: Lab, one: Played, all: readonly (Played | null)[]): boolean {
  const known = (played: Played) => rowsRead(lab.tables, played).map((row) => [JSON.stringify([row.table, row.values]), row] as const);
  const own = new Set(known(one).map(([name]) => name));
  const others = new Map(all.flatMap((other) => (other && other !== one ? known(other) : [])));
  return [...others].some(([name, row]) => !own.has(name) && carries(one, row));
}
