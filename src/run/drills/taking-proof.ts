import type { Proof } from '../../model/proof.ts';
import { shownTable } from '../../model/words.ts';
import type { RowChange } from '../../model/transcript.ts';
import type { Played } from '../ground/play/interpreter.ts';
import { knownBy } from '../ground/play/people/told.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import { stepsBefore } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { protectionOf } from './protected-columns.ts';
import { placeIn } from './by-answers.ts';
import { recorded, scenarioOf, templated, withoutValues } from './proof.ts';
import { secrecyOf } from './data-names.ts';
import { changeThatTook, send, stepWith, triedBy } from './unasked-fields.ts';
import type { Extra, Plain } from './unasked-fields.ts';
import { unaskedValue } from './unasked-values.ts';

/** The one field alone, sent by this player, right after a plain request of theirs: what shows that it is the field that does it. */
export async function proofOfTaking(
  stage: Stage,
  { route }: Plain,
  sender: Player,
  extra: Extra,
  at: { readonly table: string; readonly column: string },
): Promise<{ value: string; self: boolean; proof: Proof } | null> {
  const plain = await triedBy(stage, route, sender);
  if (typeof plain === 'string') return null;
  const target = plain.targets.find(({ table }) => table.name === at.table);
  const column = target?.table.columns.find((one) => one.name === at.column);
  if (!target || !column) return null;
  const current = target.change.after?.[at.column] ?? null;
  const value = unaskedValue(stage, target.table, column, protectionOf(target.table, column, stage.ownership), current);
  if (!value) return null;
  const only: Extra = { ...extra, value };
  const step = stepWith(stage, plain, [only]);
  const played = await send(stage, step);
  const change = changeThatTook(stage, plain, played, only, at);
  if (!change || (change.op !== 'insert' && change.op !== 'update')) return null;
  const isKey = target.table.primaryKey.includes(at.column);
  const key = change.op === 'insert' || isKey ? {} : templated(stage, change.table, change.key);
  const place = `${shownTable(at.table)}.${at.column}`;
  const scenario = scenarioOf(
    stage,
    `mass-assignment ${route.id} ${place}`,
    `${sender.name} adds "${extra.field}" to ${route.id}`,
    [...stepsBefore(stage, { ...step, body: [step.body ?? null, key] as Json }), step],
    { shows: 'row-changed', table: at.table, key, op: change.op, columns: { [at.column]: value.expect } },
    { control: plain.step, ...placeIn(played, at, change.after?.[at.column] ?? null), known: knownBy(change.after ?? {}, sender) },
  );
  const secret = secrecyOf(at.table, column, stage.ownership) !== null;
  const before = current === null ? 'nothing' : secret ? 'what was there' : `"${short(current)}"`;
  const observed = `${sender.name} sent ${route.id} with "${extra.field}" added, and ${place} became ${value.shown}; the same request without it leaves ${before} there.`;
  return {
    value: value.shown,
    self: isSelf(stage, route === stage.cast.signUp, sender, change),
    proof: recorded(scenario, observed, withoutValues(played, secretsOf(stage, played, at))),
  };
}

/** The row is the account of whoever sent the request. */
function isSelf({ ownership: { users } }: Stage, signUp: boolean, sender: Player, change: RowChange): boolean {
  if (!users || change.table !== users.table) return false;
  const own = sender.values.get(`${users.table.slice(users.table.indexOf('.') + 1)}.${users.key}`);
  return signUp || (own !== undefined && own !== null && (change.before ?? change.key)[users.key] === String(own));
}

/** Secrets of the changed rows, but for the value that was sent. */
function secretsOf(stage: Stage, { changes }: Pick<Played, 'changes'>, at: { table: string; column: string }): string[] {
  return changes.flatMap(({ table: name, before, after }) =>
    (stage.lab.tables.byName(name)?.columns ?? []).flatMap((column) =>
      secrecyOf(name, column, stage.ownership) === null || (name === at.table && column.name === at.column)
        ? []
        : [before?.[column.name], after?.[column.name]].filter((value) => typeof value === 'string'),
    ),
  );
}

function short(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}
