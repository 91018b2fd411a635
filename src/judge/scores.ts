import type { ControlResult } from '../model/control.ts';
import type { Report } from '../model/report.ts';
import { areas, triggers } from '../model/words.ts';
import type { Area } from '../model/words.ts';
import { blockingSet } from './catalogue/index.ts';

/** The six questions that an operator asks; each area of checks answers exactly one. */
export const questions = {
  security: 'Can people reach only what they may?',
  tests: 'Does it do the right thing, and would a test notice if it did not?',
  errors: 'When something fails, is it said, and can the cause be found?',
  performance: 'Does it hold with real data and real load?',
  architecture: 'Can it be changed without fear?',
  operability: 'Can it be run, released and rolled back by someone else?',
} as const;

export type Question = keyof typeof questions;

/** Which question each area belongs to. */
export const questionOf: Readonly<Record<Area, Question>> = {
  security: 'security',
  compliance: 'security',
  ai: 'security',
  tests: 'tests',
  correctness: 'tests',
  reliability: 'errors',
  observability: 'errors',
  performance: 'performance',
  schema: 'performance',
  architecture: 'architecture',
  dependencies: 'operability',
  operability: 'operability',
};

/** Blocking controls passed, of all that could; a share and never an average, so that one more fault never improves it. */
export function scores(controls: readonly ControlResult[], modelCalls: boolean): Report['scores'] {
  const blocking = new Set(triggers.flatMap((trigger) => [...blockingSet(trigger, modelCalls).blocks]));
  const result: Report['scores'] = {};
  for (const [id, question] of Object.entries(questions)) {
    const mine = controls.filter((control) => blocking.has(control.id) && questionOf[areaOf(control.id)] === id);
    const counted = mine.filter((control) => control.status !== 'not-applicable');
    const passed = counted.filter((control) => control.status === 'pass' || control.status === 'stated');
    result[id] = { passed: passed.length, of: counted.length, question };
  }
  return result;
}

function areaOf(control: string): Area {
  const area = control.split('/')[0];
  return areas.find((one) => one === area) ?? 'architecture';
}
