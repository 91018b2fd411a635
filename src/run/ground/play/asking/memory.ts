import type { StageMemory } from '../../../../model/unfinished.ts';
import { newKnowledge } from './synthesis.ts';
import type { Synthesis } from './synthesis.ts';

/** What requests have taught so far, as data. Answers are left out: they hold values of this run, and setting the stage reads them anew. */
export function memoryOf({ made, knowledge }: Synthesis): StageMemory {
  return {
    made,
    routes: [...knowledge].map(([id, { columns, extra, values, wants, sample }]) => ({
      id,
      columns: [...columns],
      extra: [...extra],
      values: [...values],
      wants: [...wants],
      sample: sample ?? null,
    })),
  };
}

/** Gives a stage that was just set what an earlier one of the same seed had learned. */
export function remember(synthesis: Synthesis, { made, routes }: StageMemory): void {
  synthesis.made = made;
  for (const { id, columns, extra, values, wants, sample } of routes) {
    const fresh = synthesis.knowledge.get(id) ?? newKnowledge();
    synthesis.knowledge.set(id, {
      ...fresh,
      columns: new Map(columns),
      extra: new Map(extra),
      values: new Map(values),
      wants: new Map(wants),
      sample: sample ?? undefined,
    });
  }
}
