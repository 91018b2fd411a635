import type { RowChange } from '../../model/transcript.ts';
import { playedOf, routeOf } from '../ground/play/played.testing.ts';
import type { RawCell } from './access-judgement.ts';

/** For tests: a cell of which a test says only what matters to it; `id` is `METHOD /path`. */
export function cellOf(id: string, actor: string, part: RawCell['part'], facts: Partial<RawCell> = {}): RawCell {
  const status = facts.status === undefined ? 200 : facts.status;
  return {
    route: routeOf(id),
    actor,
    part,
    request: { step: { do: 'request', as: actor, method: '', path: '' }, objects: [], missing: [] },
    played: playedOf({ actor, status }),
    status,
    success: status !== null && status < 400,
    read: [],
    changed: [],
    ownTables: [],
    byId: id.includes(':'),
    capability: false,
    missing: [],
    control: part === 'owner',
    workedBefore: false,
    untried: null,
    untriedOutcome: 'unknown',
    ...facts,
  };
}

/** For tests: the owner's row with the key 1, of which these columns showed. */
export function rowOf(table: string, ...columns: string[]): RawCell['read'][number] {
  return { table, key: { id: '1' }, columns };
}

/** For tests: a change of the owner's row with the key 1, in these columns. */
export function changeOf(table: string, op: RowChange['op'], ...columns: string[]): RawCell['changed'][number] {
  return { table, key: { id: '1' }, op, before: null, after: null, columns };
}
