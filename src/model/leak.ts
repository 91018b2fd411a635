import type { EvidenceValue } from './evidence/index.ts';
import { shownTable } from './words.ts';

type Cell = EvidenceValue<'access'>['cells'][number];

/** What a leak let its actor do, the worst of it, and whose rows it reached: the tables as people call them, in one phrase. */
export function leakedBy({ read, changed }: Pick<Cell, 'read' | 'changed'>): {
  readonly doing: 'change' | 'read';
  readonly tables: string;
} {
  return {
    doing: changed.length > 0 ? 'change' : 'read',
    tables: [...new Set([...changed, ...read].map((row) => shownTable(row.table)))].join(', '),
  };
}
