import type { z } from 'zod';
import type { catches } from '../../model/evidence/read.ts';
import type { Machine } from './machine.ts';
import type { CaughtError } from './listener.ts';
import { outcomeOf } from './outcome.ts';
import { compare } from './queries.ts';

/** A row of the relation of catch clauses. */
export type CatchRow = z.infer<typeof catches>['catches'][number];

/** Collects catch clauses and rejection handlers, each once. */
export class CaughtErrors {
  private readonly caught = new Map<string, CaughtError>();

  record(one: CaughtError): void {
    const key = `${one.where.file}:${one.where.line}:${one.where.endLine}`;
    const before = this.caught.get(key);
    // The walk that knows who asks tells more than the one that does not.
    if (before === undefined || (before.outcome.answer === null && one.outcome.answer !== null)) this.caught.set(key, one);
  }

  /** The rows of the evidence; `routesOf` gives the routes that reach a function. */
  rows(machine: Machine, routesOf: (within: string) => string[]): CatchRow[] {
    const rows = [...this.caught.values()].map((one): CatchRow => {
      const within = machine.within(one.frame);
      return {
        where: one.where,
        within,
        routes: routesOf(within),
        outcome: outcomeOf(one),
        guards: [...one.tried].sort(compare),
        explained: one.explained,
      };
    });
    return rows.sort((a, b) => compare(a.where.file, b.where.file) || a.where.line - b.where.line || a.where.endLine - b.where.endLine);
  }
}
