import { performance } from 'node:perf_hooks';
import type { Candidate, Caught, Interception, Rule } from './types.ts';

/** A rule in force together with what it has caught. */
export interface ActiveRule {
  rule: Rule;
  /** Notes a statement as caught; `go` lets it go on. */
  catch(candidate: Candidate, go: () => void): void;
  /** Whether it still catches. */
  active(): boolean;
}

/** The rules of a wire. */
export interface Rules {
  readonly size: number;
  add(rule: Rule): Interception;
  /** The first rule in force that matches; it counts against `times` from here on. */
  find(candidate: Candidate): ActiveRule | null;
}

/** @param changed called when a rule came or went */
export function openRules(changed: () => void): Rules {
  const active = new Map<ActiveRule, number>();
  return {
    get size() {
      return active.size;
    },
    find(candidate) {
      for (const [entry, left] of active) {
        if (!entry.rule.match(candidate)) continue;
        // A used-up rule leaves only now; what it has caught stays caught until it is released.
        if (left <= 1) active.delete(entry);
        else active.set(entry, left - 1);
        return entry;
      }
      return null;
    },
    add(rule) {
      const caught: Caught[] = [];
      const first = Promise.withResolvers<Caught>();
      const entry: ActiveRule = {
        rule,
        active: () => active.has(entry),
        catch(candidate, go) {
          let gone = false;
          const one: Caught = {
            ...candidate,
            caughtAt: performance.now(),
            release() {
              if (gone) return;
              gone = true;
              go();
            },
          };
          caught.push(one);
          first.resolve(one);
          rule.onCaught?.(one);
        },
      };
      active.set(entry, rule.times ?? Number.POSITIVE_INFINITY);
      changed();
      const release = () => {
        for (const one of caught) one.release();
      };
      return {
        arrived: first.promise,
        caught,
        release,
        remove() {
          active.delete(entry);
          release();
          changed();
        },
      };
    },
  };
}
