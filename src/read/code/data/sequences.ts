import type { z } from 'zod';
import type { sequences } from '../../../model/evidence/read.ts';
import type { Place } from '../../../model/words.ts';
import type { Access, Visit } from '../visit.ts';

export type Sequence = z.infer<typeof sequences>['sequences'][number];
type Step = Sequence['steps'][number];

const mostSteps = 120;
const deepest = 24;

/** The statements that a function leads to in their order, through the functions that it calls. */
export function stepsOf(
  roots: readonly Visit[],
  indexOf: (access: Access, visit: Visit) => number | undefined,
  together: (access: Access) => boolean,
): Step[] {
  const steps: Step[] = [];
  const within: Visit[] = [];
  const go = (visit: Visit, branch: readonly string[], call: string, loops: boolean, transaction: boolean): void => {
    if (within.includes(visit) || within.length > deepest) return;
    within.push(visit);
    visit.steps.forEach((step, number) => {
      if (steps.length >= mostSteps) return;
      const forks = [...branch, ...step.branch.map((fork) => `${call}${fork}`)];
      const looping = loops || step.loops;
      const inside = transaction || step.transaction;
      if ('kind' in step.does) {
        const query = indexOf(step.does, visit);
        if (query !== undefined) steps.push({ query, branch: forks, loops: looping, transaction: inside || together(step.does) });
      } else go(step.does, forks, `${call}${number}.`, looping, inside);
    });
    within.pop();
  };
  roots.forEach((root, index) => go(root, [], `${index}.`, false, false));
  return steps;
}

/** Where a function stands, as a place. */
export function placeOf(visit: Visit): Place {
  const func = visit.file.facts.functions[visit.fn];
  return { file: visit.file.path, line: Math.max(1, func?.l ?? 1), endLine: Math.max(1, func?.e ?? 1) };
}
