import { holds, inProduction } from './addressed.ts';
import { answered } from './answers.ts';
import { joined, negated, noteChecked, noteRefusal, testOf, testValue } from './conditions.ts';
import { assign, meet } from './assignments.ts';
import type { Binding, Expr, Stmt } from './facts.ts';
import { argumentsOf } from './invoke.ts';
import { knowledgeOf } from './knowledge.ts';
import { asAnswer } from './python/answers.ts';
import { isPython } from './python/files.ts';
import type { Machine } from './machine.ts';
import { CAUGHT, either, NULL, UNKNOWN } from './value.ts';
import { statusNamed } from './roles.ts';
import type { Frame, Value } from './value.ts';
import { ownerOf, sourceValue } from './variables.ts';
import { merge, refuses, statusOf } from './visit.ts';
import type { Atom, Outcome } from './visit.ts';

// Statements in order, and what certainly happens when they run.

/** Follows statements in order; tells what certainly happens. */
export function followBlock(machine: Machine, statements: readonly Stmt[], frame: Frame, from = 0): Outcome {
  const outer = machine.outcome;
  const mine: Outcome = { answer: null, throws: false, next: false, exits: false };
  machine.outcome = mine;
  // Set when the rest of the block was followed as the other branch of an `if`.
  let done = false;
  for (let i = from; i < statements.length && !mine.exits && !done; i++) {
    const statement = statements[i] as Stmt;
    if (!machine.step()) break;
    switch (statement.k) {
      case 'x':
        machine.eval(statement.e, frame);
        if (statement.e.k === 'if') mine.exits = false;
        break;
      case 'def': {
        const source = frame.file.facts.bindings[statement.b]?.v[statement.j];
        const at = source === undefined ? null : ownerOf(machine, frame.file.facts.bindings[statement.b] as Binding, frame);
        if (source !== undefined && at !== null) assign(statement.b, source, sourceValue(machine, source, at), at, frame);
        break;
      }
      case 'if': {
        const known =
          inProduction(machine, statement.t, frame) ??
          (machine.addressed === null ? null : holds(machine, machine.addressed, statement.t, frame));
        const test = known === null ? testOf(machine, statement.t, frame) : null;
        if (test === null || test.truth !== null) {
          continued(machine.block((known ?? test?.truth) === true ? statement.a : statement.b, frame), mine);
          break;
        }
        const { atoms, yes, no } = test;
        machine.visit.compares(atoms);
        const under = (holds: boolean, what: readonly Stmt[], start = 0) => {
          machine.under.push({ test: statement.t, holds, frame });
          const outer = machine.branching;
          machine.branching ||= start === 0;
          const outcome = machine.on(statement, holds ? '+' : '-', () => machine.block(what, frame, start));
          machine.branching = outer;
          machine.under.pop();
          return outcome;
        };
        const { tested, now } = frame;
        frame.tested = joined(tested, yes);
        if (now !== null) frame.now = new Map(now);
        const a = under(true, statement.a);
        const afterA = { now: frame.now, tested: frame.tested };
        frame.tested = joined(tested, no);
        frame.now = now === null ? null : new Map(now);
        const b = under(false, statement.b);
        const afterB = { now: frame.now, tested: frame.tested };
        if (a.throws) noteChecked(machine, atoms);
        // After a branch that leaves, the rest is the other branch; one that only leaves a loop or a case comes back.
        if (a.exits !== b.exits && !(a.exits ? statement.a : statement.b).some((one) => one.k === 'jump')) {
          const stays = a.exits ? afterB : afterA;
          frame.now = stays.now;
          frame.tested = stays.tested;
        } else {
          frame.now = meet(afterA, afterB, frame);
          frame.tested = a.exits && !b.exits ? afterB.tested : b.exits && !a.exits ? afterA.tested : tested;
        }
        const rest = a.exits || b.exits ? under(!a.exits, statements, i + 1) : null;
        machine.rows.tests(atoms, !a.exits && !b.exits && [...statement.a, ...statement.b].every(isLogging));
        const where = machine.place(frame, statement.l, statement.e);
        const away = a.exits && !refuses(a) ? plainReturn(statement.a) : null;
        if (away === 'nothing' && atoms.some(({ l, not }) => not === true && isCredential(l))) machine.visit.optional = true;
        if (away !== null && atoms.some(({ l, r }) => isSession(l) || isSession(r))) {
          machine.visit.refuses({ atoms, status: 302, effective: true, where, mild: true });
          machine.visit.gated ||= away === 'nothing';
        }
        noteRefusal(machine, atoms, a, rest ?? (statement.b.length > 0 ? b : null), statements, i, frame, where);
        if (statement.b.length > 0) noteRefusal(machine, negated(atoms), b, rest, statements, i, frame, where);
        else if (a.exits && rest !== null && !refuses(a)) noteRefusal(machine, negated(atoms), rest, null, [], 0, frame, where);
        if (rest !== null) {
          // Whatever stands after was followed as the rest; certain is only what both branches do.
          const other = a.exits ? (b.exits ? b : rest) : rest;
          const both = a.exits ? merge(a, other) : merge(b, rest);
          mine.answer ??= both.answer;
          mine.throws ||= both.throws;
          mine.next ||= both.next;
          mine.exits = both.exits;
          done = true;
        } else if (statement.b.length > 0) {
          const both = merge(a, b);
          mine.answer ??= both.answer;
          mine.next ||= both.next;
        }
        break;
      }
      case 'loop':
        loopStatement(machine, statement, frame);
        break;
      case 'try':
        tryStatement(machine, statement, frame, mine);
        break;
      case 'ret': {
        machine.visit.ends('ends', frame.tested);
        if (statement.e !== undefined) {
          const given = returnedValue(machine, statement.e, frame);
          const value = isPython(frame.file) ? asAnswer(given) : given;
          if (isPython(frame.file)) page(machine, given, statement.l, frame);
          const refused = value.k === 'lit' && value.v === false && machine.decides(frame);
          mine.answer ??= answered(value) ?? (refused ? 403 : statusCodeIn(value));
          const before = frame.memo.get('return');
          frame.memo.set('return', before === undefined ? value : either([before, value]));
        } else if (!frame.memo.has('return')) frame.memo.set('return', NULL);
        mine.exits = true;
        break;
      }
      case 'throw':
        // Outside of `try`, an error that carries a status is the answer.
        if (machine.watching.length === 0) mine.answer ??= statusOfError(machine.eval(statement.e, frame));
        else machine.eval(statement.e, frame);
        if (statement.e.k === 'call') machine.tell('http:throw', 'throw', argumentsOf(machine, statement.e, frame), statement.e, frame);
        mine.throws = true;
        mine.exits = true;
        break;
      case 'jump':
        mine.exits = true;
        break;
      case 'block': {
        // What follows a switch is reached from its other cases, where one of them stays.
        const passed = statement.m === 1 && statements.slice(0, i).some((one) => one.k === 'if' && one.a.some(({ k }) => k === 'jump'));
        const inner = passed ? once(machine, statement.a, frame) : machine.block(statement.a, frame);
        continued(passed ? { ...inner, exits: false } : inner, mine);
        break;
      }
    }
  }
  machine.outcome = outer;
  return mine;
}

/** `return f'<h1>{name}</h1>'` of a handler of Flask. */
function page(machine: Machine, value: Value, line: number, frame: Frame): void {
  const by = machine.handling?.writes;
  if (by?.k !== 'fn' || by.file !== frame.file || by.fn !== frame.fn) return;
  const body = value.k === 'arr' ? value.items[0] : value;
  for (const one of body?.k === 'either' ? body.of : [body])
    if (one?.k === 'tpl' && one.parts.some((part) => /<[a-z!/]/i.test(part))) machine.arrive('response#html', [one], { l: line }, frame);
}

/** What a branch returns where it does no work: nothing (`return null`), or something that is written there (`return { error: 'no' }`). */
function plainReturn(statements: readonly Stmt[]): 'nothing' | 'something' | null {
  const last = statements.at(-1);
  if (last?.k !== 'ret' || statements.length > 2) return null;
  const { e } = last;
  if (e === undefined || (e.k === 'lit' && (e.v === null || e.v === false))) return 'nothing';
  return e.k === 'lit' || e.k === 'obj' || e.k === 'arr' ? 'something' : null;
}

function isCredential(value: Value): boolean {
  if (value.k === 'either') return value.of.some(isCredential);
  return value.k === 'input' && (value.from === 'cookies' || value.from === 'headers');
}

function isSession(value: Value): boolean {
  return value.k === 'session' || (value.k === 'either' && value.of.some(isSession));
}

/** What happens in a block that certainly runs happens around it. */
function continued(inner: Outcome, mine: Outcome): void {
  mine.answer ??= inner.answer;
  mine.throws ||= inner.throws;
  mine.next ||= inner.next;
  mine.exits ||= inner.exits;
}

/** `new HTTPException(401)`, `createError(403)` */
function statusOfError(value: Value): number | null {
  if (value.k === 'answer') return value.status;
  // `new ApiError(403, 'Forbidden')` of a class of the application's own.
  if (value.k === 'own') {
    const status = value.args.find((arg) => arg.k === 'lit' && typeof arg.v === 'number' && arg.v >= 400 && arg.v < 600);
    return status?.k === 'lit' ? Number(status.v) : null;
  }
  if (value.k !== 'result' && value.k !== 'inst' && value.k !== 'lib') return null;
  const means = knowledgeOf(value.symbol)?.means;
  if (means?.startsWith('http-error:') === true) return Number(means.slice('http-error:'.length));
  if (means !== 'http-error' || value.k === 'lib') return null;
  for (const arg of value.args) {
    // `new TRPCError({ code: 'FORBIDDEN' })`, `new GraphQLError('no', { extensions: { code: 'UNAUTHENTICATED' } })`
    const said = arg.k === 'obj' ? (arg.keys.get('extensions') ?? arg) : arg;
    const status =
      said.k === 'obj'
        ? (said.keys.get('status') ?? said.keys.get('statusCode') ?? said.keys.get('status_code') ?? said.keys.get('code'))
        : said;
    if (status?.k === 'lit' && typeof status.v === 'number') return status.v;
    const named = status?.k === 'lit' && said.k === 'obj' ? statusNamed(String(status.v)) : null;
    if (named !== null) return named;
  }
  return null;
}

/** `return { statusCode: 401, body }`, as functions of AWS and Netlify answer. */
function statusCodeIn(value: Value): number | null {
  const status = value.k === 'obj' ? value.keys.get('statusCode') : undefined;
  return status?.k === 'lit' && typeof status.v === 'number' ? status.v : null;
}

/** A refusal by what is returned: false, or an error that was made for it. */
function saysNo(e: Expr): boolean {
  return (e.k === 'lit' && e.v === false) || (e.k === 'call' && e.nw === 1);
}

/** What is returned; its tests are kept for whoever asks `if (f(x))`. */
function returnedValue(machine: Machine, e: Expr, frame: Frame): Value {
  const { visit } = machine;
  if (e.k === 'bin' || e.k === 'not' || e.k === 'or' || e.k === 'call') {
    const outer = machine.atoms;
    const said = visit.returned.length;
    machine.atoms = visit.returned;
    try {
      const { value, yes, no } = testValue(machine, e, frame);
      // A call that tests something says so itself: `return roles.includes(user.role)`.
      if (e.k === 'call' && visit.returned.at(-1)?.op === 'truthy' && visit.returned.length === said + 1) visit.returned.pop();
      visit.ends('yes', joined(frame.tested, yes));
      visit.ends('no', joined(frame.tested, no));
      return value;
    } finally {
      machine.atoms = outer;
    }
  }
  // `return user ? true : new ForbiddenError()`: what is returned tells what the test found.
  if (e.k === 'if' && [e.a, e.b].some(saysNo)) visit.returned.push(...testOf(machine, e.t, frame).atoms);
  const value = machine.eval(e, frame);
  const refused = value.k === 'lit' && (value.v === false || value.v === null);
  if (!refused) visit.ends('yes', frame.tested);
  if (refused || value.k !== 'lit') visit.ends('no', frame.tested);
  return value;
}

/** A loop: over a list that is known item by item, else once. */
function loopStatement(machine: Machine, statement: Extract<Stmt, { k: 'loop' }>, frame: Frame): void {
  if (statement.t !== undefined) machine.eval(statement.t, frame);
  const over = statement.o === undefined ? UNKNOWN : machine.eval(statement.o, frame);
  if (over.k === 'arr' && !over.open && over.items.length > 0 && over.items.length <= 64 && statement.v !== undefined) {
    for (const item of over.items) {
      for (let b = statement.r[0]; b < statement.r[1]; b++) {
        frame.memo.delete(b);
        for (const source of frame.file.facts.bindings[b]?.v ?? []) frame.memo.delete(source);
      }
      frame.memo.set(statement.v, item);
      machine.block(statement.a, frame);
    }
    return;
  }
  if (statement.v !== undefined) frame.memo.set(statement.v, machine.get(over, '*', frame));
  // What is done again until it works is no matter of how many rows there are.
  if (statement.o === undefined) once(machine, statement.a, frame);
  else machine.repeatedly(() => once(machine, statement.a, frame));
}

/** Follows what may or may not run. */
function once(machine: Machine, statements: readonly Stmt[], frame: Frame): Outcome {
  const before = { now: frame.now === null ? null : new Map(frame.now), tested: frame.tested };
  const outcome = machine.block(statements, frame);
  frame.now = meet(before, { now: frame.now, tested: frame.tested }, frame);
  frame.tested = before.tested;
  return outcome;
}

/** A `try` with its clauses; tells the listener what becomes of errors. */
function tryStatement(machine: Machine, statement: Extract<Stmt, { k: 'try' }>, frame: Frame, mine: Outcome): void {
  const before = new Set(machine.visit.children);
  const { value: tried, means: did } = machine.visit.doneBy(() => watch(machine, () => machine.block(statement.a, frame)));
  const inside = [...machine.visit.children].filter((child) => !before.has(child));
  const verified = ['token-verify', 'webhook-verify'].find((means) => did.has(means) || inside.some((child) => child.means.has(means)));
  const inner = tried.value;
  if (statement.c !== undefined) {
    const clause = statement.c;
    if (clause.b !== undefined) frame.memo.set(clause.b, CAUGHT);
    const { tested } = frame;
    const { value: caught, means } = machine.visit.doneBy(() => machine.on(clause, '!', () => once(machine, clause.a, frame)));
    // What the attempt has made certain holds afterwards where its failure leaves.
    if (caught.exits) frame.tested = tested;
    if (clause.narrow !== 1)
      machine.listener.caught({
        frame,
        where: machine.place(frame, clause.l, clause.e),
        body: clause.a,
        handler: null,
        explained: clause.x,
        tried: tried.symbols,
        outcome: caught,
        means,
      });
    if (refuses(caught)) {
      const op = verified === undefined ? 'catch' : verified === 'webhook-verify' ? 'signature' : 'verify';
      const atoms: Atom[] = [{ op, l: UNKNOWN, r: UNKNOWN }];
      machine.visit.refuses({ atoms, status: statusOf(caught), effective: true, where: machine.place(frame, clause.l, clause.e) });
    }
    if (inner.exits && caught.exits) mine.exits = true;
  } else if (inner.exits) mine.exits = true;
  mine.answer ??= inner.answer;
  mine.next ||= inner.next;
  if (statement.f !== undefined) machine.block(statement.f, frame);
}

/** Notes the symbols that are called while work is done. */
function watch<T>(machine: Machine, work: () => T): { value: T; symbols: string[] } {
  const symbols: string[] = [];
  machine.watching.push(symbols);
  try {
    return { value: work(), symbols };
  } finally {
    machine.watching.pop();
  }
}

/** `console.warn('…')`, `logger.info('…')` */
function isLogging(statement: Stmt): boolean {
  if (statement.k !== 'x' || statement.e.k !== 'call' || statement.e.f.k !== 'get') return false;
  const { o, n } = statement.e.f;
  return /^(log|info|warn|error|debug|trace)$/.test(n) && o.k !== 'this';
}
