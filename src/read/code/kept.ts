import { knowledgeOf } from './knowledge.ts';
import { fitsAny } from './path-patterns.ts';
import { pathname } from './request.ts';
import type { Value } from './value.ts';

// What libraries made of functions and patterns earlier, and the application calls now.

/** What Clerk hands to the function that it is given as middleware. */
export const clerk: Value = { k: 'lib', symbol: 'npm:@clerk/nextjs/server#auth' };

/** A call of what a library made: `createRouteMatcher(patterns)(request)`; `call` calls a function of the application. Null where nothing is known. */
export function callOfKept(
  made: Extract<Value, { k: 'result' }>,
  args: readonly Value[],
  call: (fn: Value, args: readonly Value[]) => Value,
): Value | null {
  const means = knowledgeOf(made.symbol)?.means;
  const [first] = args;
  if (means === 'path-pattern') {
    const path = first?.k === 'known' ? first.v : first?.k === 'role' && first.of !== undefined ? pathname(first.of.path) : null;
    return (path === null ? null : fitsAny(made.args[0], path)) ?? { ...made, args };
  }
  const wrapped = made.args.find((arg) => arg.k === 'fn');
  if (wrapped === undefined) return null;
  if (means === 'clerk-middleware') return call(wrapped, [clerk, ...args]);
  return means === 'session-read' || means === 'session-wrapper' ? call(wrapped, args) : null;
}
