import { describe, expect, it } from 'vitest';
import { leftOutGaps, openBudget, whileTimeLasts } from './budget.ts';
import type { Budget, Experiment } from './budget.ts';

/** A budget with a clock that only the test moves. */
function budgetOf(limit: number | 'full', spent = 0, finished: readonly string[] = []) {
  let now = 1_000;
  const budget = openBudget({ limit, clock: () => now, spent, finished });
  return { budget, pass: (milliseconds: number): void => void (now += milliseconds) };
}

/** Experiments that are not part of a test. */
const others = ['revocations', 'live', 'sessions', 'promotions', 'mass-assignment', 'response-fields'];

/** How many attempts of one second each an experiment is given. */
async function attempts(budget: Budget, pass: (milliseconds: number) => void, experiment: Experiment, of = 100): Promise<number> {
  const all = Array.from({ length: of }, (_, index) => index);
  const left = await whileTimeLasts(budget.turn(experiment), all, async () => pass(1_000));
  expect(left).toEqual(all.slice(all.length - left.length));
  return all.length - left.length;
}

describe('a budget', () => {
  it('runs from its start, and once', () => {
    const { budget, pass } = budgetOf(60_000);
    pass(5_000);
    expect(budget.spent()).toBe(0);
    budget.start();
    pass(5_000);
    budget.start();
    expect(budget.spent()).toBe(5_000);
  });

  it('is shared, and what one does not use falls to those after it', async () => {
    const { budget, pass } = budgetOf(60_000, 0, others);
    budget.start();
    expect(await attempts(budget, pass, 'access')).toBe(30);
    expect(await attempts(budget, pass, 'injection', 4)).toBe(4);
    expect(await attempts(budget, pass, 'faults')).toBe(18);
    expect(await attempts(budget, pass, 'stored-passwords')).toBe(8);
    expect(budget.spent()).toBe(60_000);
  });

  it('counts the time for the stage, and gives nothing once all is spent', async () => {
    const { budget, pass } = budgetOf(10_000);
    budget.start();
    pass(10_000);
    for (const experiment of ['access', 'injection', 'faults', 'stored-passwords'] as const)
      expect(await attempts(budget, pass, experiment)).toBe(0);
  });

  it('goes on after an interrupt with what is left, for those that are left', async () => {
    const { budget, pass } = budgetOf(60_000, 30_000, [...others, 'actors', 'access', 'injection']);
    budget.start();
    expect(await attempts(budget, pass, 'faults')).toBe(20);
    expect(await attempts(budget, pass, 'stored-passwords')).toBe(10);
  });

  it('has no end when it is full', async () => {
    const { budget, pass } = budgetOf('full');
    budget.start();
    pass(1e9);
    expect(await attempts(budget, pass, 'access')).toBe(100);
  });

  it('leaves a gap with the command that closes it, and none when nothing was left out', () => {
    const { budget } = budgetOf(300_000);
    expect(leftOutGaps(budget, 'the access matrix', [], [1, 2])).toEqual([]);
    expect(leftOutGaps(budget, 'the access matrix', [2], [1, 2])).toEqual([
      {
        file: null,
        reason: 'the access matrix: 1 of 2 endpoints left out, as the budget of 5 min was spent',
        settle: 'seaworthy audit --budget full',
      },
    ]);
  });
});
