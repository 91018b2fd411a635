import type { Place } from '../../model/words.ts';
import type { Expr, Stmt } from './facts.ts';
import type { Machine } from './machine.ts';
import { either, keyOf, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';
import { refuses, statusOf } from './visit.ts';
import type { Atom, Outcome } from './visit.ts';

// What a condition compares, and what becomes certain by it.

/** Evaluates a condition; returns what it compares. */
export function testOf(machine: Machine, e: Expr, frame: Frame): Atom[] {
  const outer = machine.atoms;
  const atoms: Atom[] = [];
  machine.atoms = atoms;
  try {
    testValue(machine, e, frame);
  } finally {
    machine.atoms = outer;
  }
  return atoms;
}

/** The value of a condition; what it compares is noted. */
export function testValue(machine: Machine, e: Expr, frame: Frame): Value {
  switch (e.k) {
    case 'or': {
      const l = testValue(machine, e.l, frame);
      const r = testValue(machine, e.r, frame);
      return either([l, r]);
    }
    case 'not': {
      const before = machine.atoms?.length ?? 0;
      testValue(machine, e.e, frame);
      const inside = machine.atoms?.splice(before) ?? [];
      machine.atoms?.push(...inside.map((atom) => ({ ...atom, not: atom.not !== true })));
      return UNKNOWN;
    }
    case 'bin': {
      const l = machine.eval(e.l, frame);
      const r = machine.eval(e.r, frame);
      if (e.l.k === 'un' && e.l.op === 'typeof' && r.k === 'lit' && r.v === 'number')
        machine.atoms?.push({ op: 'number', l: machine.eval(e.l.e, frame), r });
      else machine.atoms?.push(l.k === 'lit' && r.k !== 'lit' ? { op: e.op, l: r, r: l } : { op: e.op, l, r });
      if (e.op === 'in') machine.atoms?.push({ op: 'in', l, r });
      return UNKNOWN;
    }
    default: {
      const before = machine.atoms?.length ?? 0;
      const value = machine.eval(e, frame);
      if ((machine.atoms?.length ?? 0) === before) machine.atoms?.push({ op: 'truthy', l: value, r: UNKNOWN });
      return value;
    }
  }
}

/** Remembers what a test has narrowed to a list, a pattern or a number. */
export function narrowBy(machine: Machine, atoms: readonly Atom[], frame: Frame): void {
  for (const { op, l, r } of atoms) {
    if (op === 'in' || op === 'match' || op === 'number') (frame.tested ??= new Set()).add(keyOf(l));
    if ((op === '===' || op === '==' || op === '!==' || op === '!=') && r.k === 'lit' && typeof r.v === 'string') continue;
  }
}

/** Environment variables that a test asks for, where its failure ends the program. */
export function noteChecked(machine: Machine, atoms: readonly Atom[]): void {
  for (const { l } of atoms) if (l.k === 'env') machine.checkedEnvironment.add(l.name);
}

/** Records that a branch ends the request. */
export function noteRefusal(
  machine: Machine,
  atoms: readonly Atom[],
  branch: Outcome,
  rest: Outcome | null,
  statements: readonly Stmt[],
  at: number,
  frame: Frame,
  where: Place,
): void {
  if (!refuses(branch)) return;
  let effective = branch.exits || branch.throws;
  if (!effective) {
    // It answered but did not leave: what follows still runs unless nothing does.
    const later = rest ?? (at + 1 < statements.length ? { answer: null, throws: false, next: true, exits: false } : null);
    effective = later === null || (at + 1 >= statements.length && rest !== null);
  }
  machine.visit.refuses({ atoms, status: statusOf(branch), effective, where });
}
