import type { EvidenceValue } from './index.ts';

export type Query = EvidenceValue<'queries'>['queries'][number];

/** A statement that asks nothing, to be spread over. */
export const blankQuery: Query = {
  through: 'sql',
  where: { file: 'app.ts', line: 1, endLine: 1 },
  within: 'app.ts:1',
  routes: [],
  text: null,
  verb: 'select',
  tables: [],
  filters: [],
  sets: [],
  columns: [],
  holes: [],
  parameters: [],
  star: false,
  limited: false,
  single: false,
  probed: false,
  answered: [],
  ordered: false,
  locks: false,
  conflict: false,
  inTransaction: false,
  inLoop: false,
};
