import type { Tested } from '../conditions.ts';
import { ofKnown, truthOf } from '../known.ts';
import type { Machine } from '../machine.ts';
import { UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import type { Atom } from '../visit.ts';

/** What `x in y` asks, as one comparison. */
function asked(machine: Machine, l: Value, r: Value): { told: Value | null; atom: Atom } {
  const told = ofKnown(r, 'includes', [l]);
  // `'user_id' in session` asks whether there is one.
  if (r.k === 'session' && l.k === 'lit') {
    const held: Value = { k: 'session', path: [...r.path, String(l.v)] };
    machine.visit.asks(held.path);
    return { told: null, atom: { op: 'truthy', l: held, r: UNKNOWN } };
  }
  if (r.k === 'input' && l.k === 'lit' && r.path.length === 0)
    return {
      told: null,
      atom: { op: 'truthy', l: machine.get({ ...r }, String(l.v), machine.module(machine.visit.file).frame), r: UNKNOWN },
    };
  return { told: told !== null && truthOf(told) !== null ? told : null, atom: { op: 'in', l, r } };
}

/** `x in y` as a condition: what it compares and what is certain afterwards. */
export function containment(
  machine: Machine,
  l: Value,
  r: Value,
  mark: (atom: Atom, marks: Tested) => void,
): Tested & { readonly value: Value } {
  const marks: Tested = { yes: new Set(), no: new Set() };
  const { told, atom } = asked(machine, l, r);
  if (told !== null) return { value: told, ...marks };
  machine.atoms?.push(atom);
  mark(atom, marks);
  return { value: UNKNOWN, ...marks };
}

/** `x in y` as a value. */
export function contained(machine: Machine, l: Value, r: Value): Value {
  const { told, atom } = asked(machine, l, r);
  if (told !== null) return told;
  machine.atoms?.push(atom);
  return UNKNOWN;
}
