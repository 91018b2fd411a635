import type { Machine } from '../machine.ts';
import type { CallExpr } from '../listener.ts';
import type { Frame, Value } from '../value.ts';

// Clients of a database that are known by how they are asked, wherever they come from.

/** Where the client of a chain comes from, in its `site`: handed over by what was not followed, or an object of the application's own. */
export const handedOver = 'shape:unknown:';
export const ownObject = 'shape:own:';

/**
 * `from('notes').select('id')` of a value that is no library's: the interface of PostgREST, which clients of Supabase have, those that a framework
 * hands over, and the stand-ins that are kept for working without one. Null for another call.
 */
export function restClient(
  machine: Machine,
  receiver: Value,
  name: string,
  e: CallExpr,
  frame: Frame,
): { client: Value; table: Value; call: Extract<CallExpr, { k: 'call' }> } | null {
  if (!/^(select|insert|update|upsert|delete)$/.test(name) || e.k !== 'call' || e.f.k !== 'get') return null;
  const call = e.f.o;
  if (call.k !== 'call' || call.f.k !== 'get' || call.f.n !== 'from' || call.a.length !== 1) return null;
  if (receiver.k !== 'unknown' && receiver.k !== 'obj' && receiver.k !== 'own') return null;
  const [asked] = call.a;
  const table = asked === undefined ? null : machine.eval(asked, frame);
  if (table?.k !== 'lit' || typeof table.v !== 'string') return null;
  const root = machine.eval(call.f.o, frame);
  // `Array.from`, and clients of libraries, which say themselves what they are.
  if (root.k === 'lib' || root.k === 'inst' || root.k === 'result') return null;
  const site = `${receiver.k === 'unknown' ? handedOver : ownObject}${frame.file.path}:${call.i}@${frame.id}`;
  return { client: { k: 'inst', symbol: 'npm:@supabase/supabase-js#Database', site, args: [], on: null }, table, call };
}
