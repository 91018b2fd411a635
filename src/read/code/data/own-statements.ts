import { flag } from '../facts.ts';
import type { CallExpr } from '../listener.ts';
import type { Machine } from '../machine.ts';
import { keyOf } from '../value.ts';
import type { Frame, Value } from '../value.ts';
import type { Visit } from '../visit.ts';

/** A whole statement of SQL, by its own words: nothing else is written like that. */
const sql =
  /^\s*(?:select\s[\s\S]+?\sfrom\s+["`\w.]+[\s\S]*?\swhere\s|insert\s+into\s+["`\w.]+\s*\([\s\S]*?\bvalues\b|update\s+["`\w.]+\s+set\s[\s\S]+?=|delete\s+from\s+["`\w.]+\s+where\s)/i;

/**
 * Tells of a text that is SQL and is handed to code that is not followed to a database: a driver that nobody knows, a function that is not there.
 * Gives the rows that come of it, null where nothing of that kind is handed over.
 */
export function noteStatement(machine: Machine, args: readonly Value[], e: CallExpr, frame: Frame): Value | null {
  // What only writes it down, or changes its text, is not waited for.
  if ((e.w & flag.awaited) === 0) return null;
  const at = args.findIndex(
    (arg) => (arg.k === 'tpl' && sql.test(arg.parts.join('?'))) || (arg.k === 'lit' && typeof arg.v === 'string' && sql.test(arg.v)),
  );
  const text = args[at];
  if (text === undefined) return null;
  machine.listener.stated({
    symbol: 'own:statement',
    means: 'sql-query',
    receiver: null,
    args: args.slice(at),
    expr: e,
    frame,
    where: machine.place(frame, e.l, e.e),
    transaction: machine.transaction,
  });
  const symbol = 'own:statement';
  return { k: 'result', symbol, base: symbol, args: args.slice(at), on: null, path: [], at: `${frame.file.path}:${e.i}|${keyOf(text)}` };
}

/** True for a function that leads to a database by what it calls. */
export function asksDatabase(visit: Visit, depth: number): boolean {
  if ([...visit.means].some((one) => one === 'query' || one.startsWith('sql-'))) return true;
  return depth < 6 && [...visit.children].some((child) => asksDatabase(child, depth + 1));
}
