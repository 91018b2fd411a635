import type { Interference } from './types.ts';
import type { After, Before, Candidate, Interception, Wire } from './wire/types.ts';

/** A statement that was interfered with, as drills see it. */
export type CaughtStatement = Pick<Candidate, 'text' | 'binds' | 'request'>;

/** Interferences with statements, by number. */
export interface Interferences {
  add(wire: Wire, wish: Interference): number;
  caught(id: number): CaughtStatement[];
  /** Waits until one has caught so many statements; false when that takes longer. */
  arrived(id: number, count: number, withinMs: number): Promise<boolean>;
  release(id: number): void;
  remove(id: number): void;
}

/** Keeps interferences; removed ones remain to be asked what they caught. */
export function openInterferences(): Interferences {
  const all = new Map<number, { rule: Interception; caught: CaughtStatement[]; waiting: Set<() => void> }>();
  let next = 1;
  return {
    add(wire, wish) {
      const pattern = new RegExp(wish.statement, 'i');
      const caught: CaughtStatement[] = [];
      const waiting = new Set<() => void>();
      const rule = wire.intercept({
        match: (candidate) => pattern.test(candidate.text) && (wish.request === undefined || candidate.request === wish.request),
        ...actionOf(wish.does),
        ...(wish.times === undefined ? {} : { times: wish.times }),
        onCaught: ({ text, binds, request }) => {
          caught.push({ text, binds, request });
          for (const look of waiting) look();
        },
      });
      all.set(next, { rule, caught, waiting });
      return next++;
    },
    caught: (id) => [...(all.get(id)?.caught ?? [])],
    async arrived(id, count, withinMs) {
      const one = all.get(id);
      if (!one) return false;
      if (one.caught.length >= count) return true;
      return new Promise((resolve) => {
        const settle = (there: boolean) => {
          clearTimeout(timer);
          one.waiting.delete(look);
          resolve(there);
        };
        const look = () => void (one.caught.length >= count && settle(true));
        const timer = setTimeout(() => settle(false), withinMs);
        one.waiting.add(look);
      });
    },
    release: (id) => all.get(id)?.rule.release(),
    remove: (id) => all.get(id)?.rule.remove(),
  };
}

function actionOf(does: Interference['does']): { before?: Before; after?: After } {
  if (does.do === 'fail') return { before: { error: { code: does.code, message: does.message ?? 'made to fail by the proving ground' } } };
  const action = does.do === 'delay' ? { delayMs: does.milliseconds } : does.do;
  return does.at === 'before' ? { before: action } : { after: action };
}
