import type { Proof } from '../../model/proof.ts';
import type { ByAnswers, Effect } from '../../model/scenario.ts';
import type { Json } from '../ground/play/people/players.ts';
import { jsonAt } from '../ground/play/interpreter.ts';
import type { Played } from '../ground/play/interpreter.ts';
import { showsText } from '../ground/play/provenance.ts';
import type { Stage } from '../ground/play/scene.ts';
import type { RawCell } from './access-judgement.ts';
import { rowKey } from './owners.ts';

interface Row {
  readonly table: string;
  readonly key: Record<string, string | null>;
}

/**
 * What tells a leak where nobody sees rows: the request as it worked for whom it is meant, the texts of the row that stood in the answer,
 * and, where the row was changed, a read of the owner's that shows what it was.
 */
export function toldByAnswers(stage: Stage, cell: RawCell, row: Row, effect: Effect, cells: readonly RawCell[]): ByAnswers {
  const rightful = cells.find((one) => one.route.id === cell.route.id && one.control && one.success && one.actor !== cell.actor);
  const control = rightful ? { control: rightful.request.step } : {};
  if (effect.shows === 'row-changed') {
    const change = cell.changed.find((one) => one.table === row.table && one.op === effect.op);
    // A list may be cut before the row, a search may find others'.
    const reads = cells
      .filter((one) => one.actor === 'owner' && one.success && one.route.method === 'GET' && seesRow(one, row))
      .toSorted((a, b) => searches(a) - searches(b));
    const witness = reads.find((one) =>
      effect.op === 'delete'
        ? textsOf(stage, row, one.played).length > 0
        : change?.columns.some((column) => placeIn(one.played, { table: row.table, column }, change.before?.[column] ?? null).field),
    );
    return {
      ...control,
      ...(witness ? { witness: witness.request.step, shown: textsOf(stage, row, witness.played) } : {}),
    };
  }
  if (effect.shows === 'canary') return { ...control, shown: ['{{owner.tag}}'] };
  const shown = textsOf(stage, row, cell.played);
  // Who may send the same request need not get the same row; the owner may read it elsewhere.
  const reads = cells.filter((one) => one.actor === 'owner' && one.success && one.route.method === 'GET' && seesRow(one, row));
  const showing = [...(rightful ? [rightful] : []), ...reads].find((one) =>
    textsOf(stage, row, one.played).some((text) => shown.includes(text)),
  );
  return { ...(showing ? { control: showing.request.step } : {}), shown };
}

/** A proof by figures with the same request as it worked for the owner: who is refused a figure is not everybody. */
export function withRightful(proof: Proof | null | undefined, cell: RawCell, cells: readonly RawCell[]): Proof | null {
  const { scenario } = proof ?? {};
  if (!proof || !scenario || scenario.byAnswers) return proof ?? null;
  const rightful = cells.find((one) => one.route.id === cell.route.id && one.actor === 'owner' && one.success);
  const told = rightful && scenario.actors['owner'] ? { byAnswers: { control: rightful.request.step } } : {};
  return { ...proof, scenario: { ...scenario, ...told } };
}

function searches(cell: RawCell): number {
  return Number(!cell.byId) + Number(cell.request.step.path.includes('?'));
}

function seesRow(cell: RawCell, row: Row): boolean {
  return cell.read.some((one) => rowKey(one) === rowKey(row));
}

/** The values of one row that stand in an answer and cannot stand there by accident, as templates. */
function textsOf(stage: Stage, row: Row, played: Played): string[] {
  const { pool, lab } = stage.synthesis;
  const made = pool.find((one) => one.by === 'owner' && rowKey(one) === rowKey(row));
  const tag = lab.players.get('owner')?.tag;
  if (!made || tag === undefined) return [];
  // The owner's name stands in many rows; only in their own account does it tell the row.
  const everywhere = new Set(made.name.startsWith('owner.') ? [] : (lab.players.get('owner')?.values.values() ?? []));
  return Object.entries(made.values).flatMap(([column, value]) => {
    if (value === null || everywhere.has(value) || !showsText(played, value)) return [];
    if (value.includes(tag)) return value.length < 200 ? [value.replaceAll(tag, '{{owner.tag}}')] : [];
    return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value) ? [`{{${made.name}.${column}}}`] : [];
  });
}

const deepest = 6;

/** Where in the JSON of an answer a column's value stands under the column's name. */
export function placeIn(
  played: Pick<Played, 'exchange'>,
  { column }: { readonly table: string; readonly column: string },
  value: string | null,
): { field?: string } {
  const wanted = plain(column);
  const look = (inner: Json | undefined, path: readonly string[]): string | null => {
    if (inner === undefined || path.length > deepest) return null;
    if (inner === null || typeof inner !== 'object')
      return plain(path.at(-1) ?? '') === wanted && sameValue(inner, value) ? path.join('.') : null;
    for (const [name, one] of Object.entries(inner).slice(0, 100)) {
      const found = name.includes('.') ? null : look(one, [...path, name]);
      if (found !== null) return found;
    }
    return null;
  };
  const field = look(jsonAt(played.exchange.response?.body ?? '', ''), []);
  return field === null ? {} : { field };
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** Databases write `t` and `12.00` where JSON has `true` and `12`. */
function sameValue(json: Json, value: string | null): boolean {
  if (json === null || value === null) return json === value;
  if (typeof json === 'boolean') return /^(t|true|1)$/.test(value) === json && /^(t|true|1|f|false|0)$/.test(value);
  return String(json) === value || (value.trim() !== '' && Number(json) === Number(value));
}
