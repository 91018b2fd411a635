import { isPresent } from '../model/evidence/index.ts';
import type { Evidence, Kind, Present } from '../model/evidence/index.ts';
import type { EvidenceStore } from './produce.ts';

/** The value of present evidence, else null. */
export function valueOf<K extends Kind>(store: EvidenceStore, kind: K): Present<K>['value'] | null {
  const evidence = store.get(kind) as Evidence<K> | undefined;
  return evidence && isPresent(evidence) ? evidence.value : null;
}

/** The unit to start: the one with most endpoints among those with a way to start, else the first that has one; null when none has. */
export function runnableUnit(store: EvidenceStore): string | null {
  const units = valueOf(store, 'units')?.units ?? [];
  const routes = valueOf(store, 'routes')?.routes ?? [];
  const startable = units.filter(
    (unit) => unit.kind !== 'library' || Object.hasOwn(unit.scripts, 'start') || Object.hasOwn(unit.scripts, 'dev'),
  );
  const count = (dir: string): number => routes.filter((route) => route.unit === dir).length;
  return startable.toSorted((a, b) => count(b.dir) - count(a.dir) || (a.dir < b.dir ? -1 : 1))[0]?.dir ?? null;
}
