import type { Request } from '../ground/play/asking/synthesis.ts';
import type { Stage } from '../ground/play/scene.ts';
import type { RawCell } from './access-judgement.ts';
import { rowKey } from './owners.ts';

type Named = Request['objects'][number];

/** Unguessable and no key: whoever was given the link may use it. */
export function isCapability(stage: Stage, { row, column }: Named): boolean {
  const table = stage.lab.tables.byName(row.table);
  const value = row.values[column] ?? '';
  if (row.table === 'answer') return true;
  return (
    table !== undefined &&
    !table.primaryKey.includes(column) &&
    value.length >= 16 &&
    !value.startsWith('sw') &&
    /token|share|code|secret|key|hash/i.test(column)
  );
}

/** As random identifiers are written: nobody finds one by trying. */
const unguessable = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^[\w-]{20,}$/i;

/**
 * Where nobody signs in, who knows an unguessable key may be the one who was given it (a cart of a guest, a shared page), as long as no
 * endpoint lists such keys to everybody.
 */
export function withKeysAsCapabilities(cells: readonly RawCell[], open: boolean): RawCell[] {
  if (!open) return [...cells];
  const listed = new Set(cells.filter((cell) => cell.part === 'anonymous' && !cell.byId).flatMap((cell) => cell.read.map(rowKey)));
  const isSecret = ({ row, column }: Named): boolean =>
    row.by !== null && unguessable.test(row.values[column] ?? '') && !listed.has(rowKey(row));
  return cells.map((cell) => (cell.request.objects.some(isSecret) ? { ...cell, capability: true } : cell));
}
