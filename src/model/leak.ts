import type { EvidenceValue } from './evidence/index.ts';
import { shownTable } from './words.ts';

type Cell = EvidenceValue<'access'>['cells'][number];

/** What a leak let its actor do, the worst of it, and whose rows it reached: the tables as people call them, in one phrase. */
export function leakedBy({ read, changed, figures = [] }: Pick<Cell, 'read' | 'changed' | 'figures'>): {
  readonly doing: 'change' | 'read' | 'read figures of';
  readonly tables: string;
} {
  return {
    doing: changed.length > 0 ? 'change' : read.length === 0 && figures.length > 0 ? 'read figures of' : 'read',
    tables: [...new Set([...[...changed, ...read].map((row) => row.table), ...figures].map(shownTable))].join(', '),
  };
}
