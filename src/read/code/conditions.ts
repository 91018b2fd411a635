import { sinkKinds } from '../../model/evidence/flows.ts';
import type { Place } from '../../model/words.ts';
import type { Expr, Stmt } from './facts.ts';
import type { Machine } from './machine.ts';
import { asksKnown, decidedBy, truthOf, undecided } from './known.ts';
import { containment } from './python/containment.ts';
import { closedPattern, fixedHost, localPath } from './patterns.ts';
import { either, keyOf, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';
import { refuses, statusOf } from './visit.ts';
import type { Atom, Outcome } from './visit.ts';

// What a condition compares, and what becomes certain by it.

/**
 * What is certain of values after a test: marks that hold when it succeeds and when it fails. A mark is `kind|key`, where the kind is that of
 * the sinks at which the value can do no harm any more: `*` for all of them, `?` where a test could not be followed.
 */
export interface Tested {
  readonly yes: Set<string>;
  readonly no: Set<string>;
}

/** A condition's comparisons, its outcome where what is known of the request decides it, and what becomes certain by it. */
export interface Test extends Tested {
  readonly atoms: Atom[];
  readonly truth: boolean | null;
}

/** The key of a value in marks: what was done to text leaves it the value that was tested. */
export function markKey(value: Value): string {
  return keyOf(value).replaceAll('´', '');
}

/** Evaluates a condition; returns what it compares and what is certain afterwards. */
export function testOf(machine: Machine, e: Expr, frame: Frame): Test {
  const outer = machine.atoms;
  const atoms: Atom[] = [];
  machine.atoms = atoms;
  try {
    const { value, yes, no } = testValue(machine, e, frame);
    const truth = truthOf(value);
    if (truth === null && atoms.some(({ l, r }) => asksKnown(l) || asksKnown(r))) machine.visit.does(undecided);
    return { atoms, truth, yes, no };
  } finally {
    machine.atoms = outer;
  }
}

/** Evaluates a condition within another; what it compares is noted. */
export function testValue(machine: Machine, e: Expr, frame: Frame): Tested & { readonly value: Value } {
  switch (e.k) {
    case 'or': {
      const l = testValue(machine, e.l, frame);
      const first = truthOf(l.value);
      if (first !== null && first === (e.op !== '&&')) return l;
      const before = frame.tested;
      frame.tested = joined(before, e.op === '&&' ? l.yes : e.op === '||' ? l.no : null);
      const r = testValue(machine, e.r, frame);
      frame.tested = before;
      if (first !== null) return r;
      const second = truthOf(r.value);
      if (second !== null) return second === (e.op !== '&&') ? r : l;
      const value = either([l.value, r.value]);
      if (e.op === '&&') return { value, yes: union(l.yes, r.yes), no: common(l.no, r.no) };
      if (e.op === '||') return { value, yes: common(l.yes, r.yes), no: union(l.no, r.no) };
      return { value, yes: r.yes, no: r.no };
    }
    case 'not': {
      const before = machine.atoms?.length ?? 0;
      const { value, yes, no } = testValue(machine, e.e, frame);
      const truth = truthOf(value);
      const inside = machine.atoms?.splice(before) ?? [];
      if (truth !== null) return { value: { k: 'told', v: !truth }, yes: no, no: yes };
      machine.atoms?.push(...inside.map((atom) => ({ ...atom, not: atom.not !== true })));
      return { value: UNKNOWN, yes: no, no: yes };
    }
    case 'bin': {
      const l = machine.eval(e.l, frame);
      const r = machine.eval(e.r, frame);
      if (e.op === 'has') return containment(machine, l, r, mark);
      const told = decidedBy(e.op, l, r);
      if (told !== null) return { value: told, yes: new Set(), no: new Set() };
      const typed = e.l.k === 'un' && e.l.op === 'typeof' ? machine.eval(e.l.e, frame) : null;
      if (typed !== null && r.k === 'lit' && r.v === 'number') machine.atoms?.push({ op: 'number', l: typed, r });
      else machine.atoms?.push(l.k === 'lit' && r.k !== 'lit' ? { op: e.op, l: r, r: l } : { op: e.op, l, r });
      if (e.op === 'in') machine.atoms?.push({ op: 'in', l, r });
      return { value: UNKNOWN, ...compared(e.op, l, r, typed) };
    }
    default: {
      const before = machine.atoms?.length ?? 0;
      const outer = machine.marks;
      const marks: Tested = { yes: new Set(), no: new Set() };
      machine.marks = marks;
      const value = machine.eval(e, frame);
      machine.marks = outer;
      if (machine.atoms === null) return { value, ...marks };
      for (const atom of machine.atoms.slice(before)) if (atom.inner !== true) mark(atom, marks);
      if (machine.atoms.length === before && truthOf(value) === null) machine.atoms.push({ op: 'truthy', l: value, r: UNKNOWN });
      return { value, ...marks };
    }
  }
}

/** What a comparison of two values makes certain. */
function compared(op: string, l: Value, r: Value, typed: Value | null): Tested {
  const yes = new Set<string>();
  const no = new Set<string>();
  if (typed !== null && r.k === 'lit') {
    const holds = op.startsWith('!') ? no : op.startsWith('=') ? yes : null;
    holds?.add(`${r.v === 'string' ? 'filter' : r.v === 'number' || r.v === 'boolean' ? '*' : '!'}|${markKey(typed)}`);
    return { yes, no };
  }
  const [value, other] = l.k === 'lit' ? [r, l] : [l, r];
  if (op === 'in') mark({ op: 'in', l, r }, { yes, no });
  else if (/^[=!]==?$/.test(op)) {
    const holds = op.startsWith('!') ? no : yes;
    const breaks = op.startsWith('!') ? yes : no;
    if (other.k === 'lit' && other.v !== null && other.v !== '' && typeof other.v !== 'boolean') {
      equal(value, holds);
      if (other.v === '__proto__' || other.v === 'constructor') breaks.add(`property|${markKey(value)}`);
    } else if (other.k === 'lit' && other.v === '' && isPartOfAddress(value)) {
      // An address without a host stays on this one.
      markAddress(value, holds);
    } else if (other.k === 'env' || other.k === 'session') equal(value, holds);
    else if (value.k === 'env' || value.k === 'session') equal(other, holds);
    // `path.relative(base, full).startsWith('..')` is not the only way to ask.
    else if (other.k === 'result' || value.k === 'result') {
      for (const [one, against] of [
        [value, other],
        [other, value],
      ] as const)
        if (isPartOfAddress(one) && against.k !== 'input') equal(one, holds);
    }
  } else if (/^[<>]=?$/.test(op)) {
    // A limit on length, which is what a slow pattern needs.
    for (const one of [l, r]) {
      if (one.k === 'guarded') for (const set of [yes, no]) set.add(`matched|${markKey(one.of)}`);
      const sized = sizedBy(one.k === 'guarded' ? one.of : one);
      if (sized !== null) for (const set of [yes, no]) set.add(`upload-size|${markKey(sized)}`);
    }
  }
  return { yes, no };
}

/** The file whose size this is; the header by which a request says how long it is stands for all that it brings. */
function sizedBy(value: Value): Value | null {
  if (value.k !== 'input') return null;
  if (value.from === 'headers') return value.path.at(-1) === 'content-length' ? value : null;
  return value.path.at(-1) === 'size' ? { ...value, path: value.path.slice(0, -1) } : null;
}

/** What is equal to the application's own value can do no harm; of an address, its host. */
function equal(value: Value, marks: Set<string>): void {
  if (isPartOfAddress(value)) markAddress(value, marks);
  marks.add(`*|${markKey(value)}`);
}

function isPartOfAddress(value: Value): value is Extract<Value, { k: 'result' }> {
  return value.k === 'result' && /(#|:)URL$/.test(value.symbol) && /^(host|hostname|origin|netloc)$/.test(value.path.at(-1) ?? '');
}

/** The address that a host was taken from, as it stands and taken apart. */
function markAddress(value: Extract<Value, { k: 'result' }>, marks: Set<string>): void {
  const whole: Value = { ...value, path: [] };
  for (const one of [whole, ...value.args]) for (const kind of ['address', 'redirect']) marks.add(`${kind}|${markKey(one)}`);
}

/** What one test makes certain. */
function mark(atom: Atom, { yes: whenTrue, no: whenFalse }: Tested): void {
  const { op, l, r } = atom;
  const [yes, no] = atom.not === true ? [whenFalse, whenTrue] : [whenTrue, whenFalse];
  if (op === 'number') yes.add(`*|${markKey(l)}`);
  else if (op === 'truthy' && isPartOfAddress(l)) markAddress(l, no);
  else if (op === 'match') {
    const pattern = r.k === 're' ? r.v : '';
    if (closedPattern(pattern)) equal(l, yes);
    else searched(pattern, l, yes, no);
  } else if (op === 'in') {
    if (r.k === 'input' || r.k === 'tpl') {
      // `x.includes('..')` asks what stands in the text.
      if (l.k === 'lit' && /^\.\.|^\/$|^\\$/.test(String(l.v))) no.add(`file|${markKey(r)}`);
      else no.add(`?|${markKey(r)}`);
    } else equal(l, yes);
  } else if (atom.how === 'starts') starts(l, r, yes, no);
  else if (atom.how === 'ends') {
    if (r.k === 'lit' && String(r.v).startsWith('.') && isPartOfAddress(l)) markAddress(l, yes);
  } else if (atom.how === 'search' && r.k === 're') searched(r.v, l, yes, no);
}

function searched(pattern: string, value: Value, yes: Set<string>, no: Set<string>): void {
  const key = markKey(value);
  if (fixedHost(pattern)) for (const kind of ['address', 'redirect']) yes.add(`${kind}|${key}`);
  else if (localPath(pattern)) yes.add(`redirect|${key}`);
  else if (!pattern.startsWith('^')) no.add(pattern.includes('\\.\\.') ? `file|${key}` : `?|${key}`);
}

/** `full.startsWith(base)`, `url.startsWith('/')`, `relative.startsWith('..')` */
function starts(value: Value, by: Value, yes: Set<string>, no: Set<string>): void {
  const key = markKey(value);
  const text = by.k === 'lit' ? String(by.v) : null;
  if (text === null) {
    if (value.k === 'tpl' || value.k === 'either') yes.add(`file|${key}`);
    else if (by.k !== 'input') {
      yes.add(`?|${key}`);
      // A base that is the application's own address.
      if (by.k === 'tpl') for (const kind of ['address', 'redirect']) yes.add(`${kind}|${key}`);
    }
  } else if (text === '/') yes.add(`/|${key}`);
  else if (text === '//' || text === '/\\') no.add(`//|${key}`);
  else if (/^[a-z]+:\/\/[^/]+\/|^\/[^/\\]/.test(text)) {
    for (const kind of ['address', 'redirect']) yes.add(`${kind}|${key}`);
    if (value.k === 'tpl') yes.add(`file|${key}`);
  } else if (text.startsWith('..') && value.k === 'result') {
    for (const one of value.args) no.add(`file|${markKey(one)}`);
  } else if (value.k === 'tpl') yes.add(`file|${key}`);
}

/** The marks that hold after others did. */
export function joined(before: ReadonlySet<string> | null, more: ReadonlySet<string> | null): Set<string> | null {
  if (more === null || more.size === 0) return before === null ? null : new Set(before);
  return new Set([...(before ?? []), ...more]);
}

function union(a: Set<string>, b: Set<string>): Set<string> {
  return a.size === 0 ? b : b.size === 0 ? a : new Set([...a, ...b]);
}

/** The marks that hold either way. */
export function common(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  return new Set([...a].filter((one) => b.has(one)));
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
  machine.visit.refuses({ atoms, status: statusOf(branch), effective, where, ...(branch.throws ? { thrown: true } : {}) });
}

/** The same tests as they stand where the condition does not hold. */
export function negated(atoms: readonly Atom[]): Atom[] {
  return atoms.map((atom) => ({ ...atom, not: atom.not !== true }));
}

/** A value of a branch, guarded where the test before the branch has made it harmless. */
export function narrowed(value: Value, marks: ReadonlySet<string>): Value {
  if (marks.size === 0) return value;
  const key = markKey(value);
  if (marks.has(`*|${key}`)) return { k: 'guarded', of: value, by: 'test' };
  const against = [...marks].filter((one) => one.endsWith(`|${key}`)).map((one) => one.slice(0, one.indexOf('|')));
  if (against.includes('/') && against.includes('//')) against.push('redirect');
  const kinds = sinkKinds.filter((kind) => against.includes(kind));
  return kinds.length === 0 ? value : { k: 'guarded', of: value, against: kinds, by: 'test' };
}
