import { carries, sinksOf } from '../../knowledge/flows/index.ts';
import { joined, markKey } from './conditions.ts';
import { answered } from './answers.ts';
import { valueOfBuiltin } from './builtins.ts';
import { callCallbacks } from './callbacks.ts';
import { asksDatabase, noteStatement } from './data/own-statements.ts';
import { flag } from './facts.ts';
import type { Expr } from './facts.ts';
import { callOfKept } from './kept.ts';
import { dataStyleOf, knowledgeOf } from './knowledge.ts';
import type { Machine } from './machine.ts';
import type { CallExpr } from './listener.ts';
import { callOfPython, toldOf } from './python/calls.ts';
import { checkedBy, parsedBy } from './parsing.ts';
import { either, keyOf, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';

// Calls of a function whose value is known: local ones are followed, those of packages are told to the listener.

/** The arguments of a call, spread lists laid out. */
export function argumentsOf(machine: Machine, e: CallExpr, frame: Frame): Value[] {
  if (e.k === 'tag') return [];
  const args: Value[] = [];
  for (const arg of e.a) {
    const value = machine.eval(arg, frame);
    if (arg.k === 'spread') {
      if (value.k === 'arr') args.push(...value.items);
      else args.push(UNKNOWN);
    } else args.push(value);
  }
  return args;
}

/** Calls a value with the arguments as written. */
export function evaluateAndInvoke(machine: Machine, f: Value, self: Value | null, e: Extract<Expr, { k: 'call' }>, frame: Frame): Value {
  const outer = machine.atoms;
  machine.atoms = null;
  const args = argumentsOf(machine, e, frame);
  machine.atoms = outer;
  return invoke(machine, f, self, args, e, frame);
}

/** Calls a value with arguments that are known already. */
export function invoke(
  machine: Machine,
  f: Value,
  self: Value | null,
  args: readonly Value[],
  e: Extract<Expr, { k: 'call' }>,
  frame: Frame,
): Value {
  switch (f.k) {
    case 'fn': {
      machine.listener.own?.(f, e, frame);
      const visit = machine.apply(f, args, self, e, frame);
      if (visit === null) return UNKNOWN;
      const rows = asksDatabase(visit, 0) ? null : noteStatement(machine, args, e, frame);
      if ((e.w & flag.statement) !== 0 && !args.some((arg) => arg.k === 'role' && arg.role === 'next'))
        (machine.visit.loose ??= new Set()).add(visit);
      // What answers by what it returns has not answered before its caller returns it too.
      if (visit.outcome.answer !== null && (visit.outcome.throws || answered(visit.value) === null))
        machine.outcome.answer ??= visit.outcome.answer;
      if (visit.outcome.throws) machine.outcome.throws = true;
      if (visit.outcome.next) machine.outcome.next = true;
      if (machine.atoms !== null) machine.atoms.push(...visit.returned.map((atom) => ({ ...atom, inner: true as const })));
      const { yes, no, ends } = visit.certain;
      if (ends !== null && ends.size > 0) frame.tested = joined(frame.tested, ends);
      if (machine.marks !== null) {
        for (const one of yes ?? []) machine.marks.yes.add(one);
        for (const one of no ?? []) machine.marks.no.add(one);
      }
      // What a stand-in for a database gives says nothing of what comes.
      if (rows !== null && (visit.value.k === 'unknown' || visit.value.k === 'arr')) return rows;
      return visit.gated && !args.some(isChosen) ? callersOwn(visit.value) : visit.value;
    }
    case 'class': {
      const site = `${frame.file.path}:${e.i}@${frame.id}`;
      const made: Value = { k: 'own', file: f.file, cls: f.cls, frame: f.frame, args, site };
      const ctor = f.file.facts.classes[f.cls]?.c;
      if (ctor !== undefined) machine.apply({ k: 'fn', file: f.file, fn: ctor, frame: f.frame, self: made }, args, made, e, frame);
      return made;
    }
    case 'lib':
      return callExternal(machine, f.symbol, null, args, e, frame);
    case 'inst':
      return callExternal(machine, f.symbol, f, args, e, frame);
    case 'result': {
      const kept = callOfKept(f, args, (fn, given) => invoke(machine, fn, null, given, e, frame));
      if (kept !== null) return kept;
      // The result of a package's function called again: `passport.authenticate('x')(req, res, next)`.
      callCallbacks(machine, args, f.symbol, frame, e);
      if (sinksOf(`${f.symbol}()`).length > 0) machine.arrive(`${f.symbol}()`, args, e, frame);
      // `createWrapper(options)(handler)` holds the handler still.
      const again: Value = { k: 'result', symbol: f.symbol, base: f.base, args, on: f, path: [] };
      return checkedBy(machine, f, args, machine.place(frame, e.l, e.e)) ?? (args.some((arg) => arg.k === 'fn') ? again : UNKNOWN);
    }
    case 'role':
      if (f.role === 'next') {
        const context = args[0]?.k === 'obj' ? args[0].keys.get('ctx') : undefined;
        if (context !== undefined) {
          if (machine.handedOn.length < 20) machine.handedOn.push(context);
          machine.outcome.next = true;
          return UNKNOWN;
        }
        const failed =
          args.length > 0 && !(args[0]?.k === 'lit' && (args[0].v === 'route' || args[0].v === 'router' || args[0].v === null));
        if (failed) machine.outcome.throws = true;
        else {
          machine.outcome.next = true;
          machine.visit.ends('next', frame.tested);
        }
      }
      return UNKNOWN;
    case 'either': {
      const values = f.of.slice(0, 6).map((one) => invoke(machine, one, self, args, e, frame));
      return either(values);
    }
    case 'session':
      // `has({ role: 'admin' })`
      return f.path.at(-1) === 'has' ? { k: 'session', path: [...f.path.slice(0, -1), 'role'] } : f;
    default: {
      doubt(machine, args);
      const rows = noteStatement(machine, args, e, frame);
      callCallbacks(machine, args, null, frame, e);
      return rows ?? UNKNOWN;
    }
  }
}

/** A test of values by what cannot be followed may be the guard that they need. */
function doubt(machine: Machine, args: readonly Value[]): void {
  if (machine.marks === null) return;
  for (const arg of args) {
    if (arg.k !== 'input' && arg.k !== 'tpl' && arg.k !== 'result') continue;
    for (const one of [arg, ...(arg.k === 'result' ? arg.args : [])]) {
      machine.marks.yes.add(`?|${markKey(one)}`);
      machine.marks.no.add(`?|${markKey(one)}`);
    }
  }
}

function isChosen(arg: Value): boolean {
  return arg.k === 'input' || (arg.k === 'obj' && [...arg.keys.values()].some((one) => one.k === 'input'));
}

/** What a function looks up for the caller, who had to be signed in for it and chose nothing: `getUser()`. */
function callersOwn(value: Value): Value {
  const known = value.k === 'either' ? value.of.filter((one) => one.k !== 'lit') : [value];
  return known.every((one) => one.k === 'result' || one.k === 'unknown') ? { k: 'session', path: [] } : value;
}

/** A call of a symbol that lives in a package. */
export function callExternal(
  machine: Machine,
  called: string,
  receiver: Value | null,
  given: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value {
  // What `require` returns is called as the default export is.
  const { symbol, args } = called.startsWith('py:')
    ? toldOf(called, given)
    : { symbol: called.endsWith('#') ? `${called}default` : called, args: given };
  const first = args[0];
  if (sinksOf(symbol).length > 0) {
    const where = machine.place(frame, e.l, e.e);
    machine.listener.arrive({ symbol, args, receiver, frame, where, at: e.i, notes: [] });
  }
  const built = called.startsWith('py:')
    ? callOfPython(machine, symbol, receiver, args, e, frame)
    : valueOfBuiltin(machine, symbol, receiver, args, e, frame);
  if (built !== undefined) return built;
  const known = knowledgeOf(symbol);
  machine.listener.outside?.({ symbol, receiver, args, expr: e, frame });
  for (const list of machine.watching)
    if (list.length < 40 && !list.includes(symbol) && !symbol.startsWith('global:') && !symbol.startsWith('caught.')) list.push(symbol);
  const where = machine.place(frame, e.l, e.e);
  let handled: Value | undefined;
  let parsed: Value | undefined;
  if (known?.means !== undefined) {
    machine.visit.does(known.means);
    if (known.means === 'exit') machine.outcome.throws = true;
    // What it throws ends the request, unless it is caught here: then the clause says what becomes of it.
    if (known.throws === true && (e.w & flag.inTry) === 0 && !args.some((arg) => arg.k === 'fn')) {
      const op = known.means === 'webhook-verify' ? 'signature' : 'verify';
      machine.visit.refuses({ atoms: [{ op, l: UNKNOWN, r: UNKNOWN }], status: 'throw', effective: true, where });
    }
    if (known.means === 'schema-parse') parsed = parsedBy(machine, receiver, args, where);
    if (known.means === 'sql-query' && first?.k === 'lit' && typeof first.v === 'string') {
      if (/^\s*(begin|start\s+transaction)\b/i.test(first.v)) machine.transaction = true;
      else if (/^\s*(commit|rollback|end)\b/i.test(first.v)) machine.transaction = false;
    }
    handled = machine.listener.call({
      symbol,
      means: known.means,
      receiver,
      args,
      expr: e,
      frame,
      where,
      transaction: machine.transaction,
    });
  }
  if (handled !== undefined) return handled;
  const outer = machine.transaction;
  if (known?.means === 'transaction') machine.transaction = true;
  if (known?.means === 'password-verify' && machine.atoms !== null) machine.atoms.push({ op: 'password', l: UNKNOWN, r: UNKNOWN });
  const library = symbol.slice(0, symbol.indexOf('#') + 1);
  const within = known?.means === 'transaction' && receiver !== null ? args.find((arg) => arg.k === 'fn') : undefined;
  if (within !== undefined && receiver !== null) {
    const visit = machine.apply(within, [receiver], null, e, frame);
    machine.transaction = outer;
    return visit?.value ?? UNKNOWN;
  }
  if (known?.means === 'transaction-begin') machine.transaction = true;
  else if (known?.means === 'transaction-end') machine.transaction = false;
  callCallbacks(machine, args, symbol, frame, e);
  if (known?.means === 'transaction') machine.transaction = outer;
  if (known?.returns !== undefined) {
    const site = receiver?.k === 'inst' && known.means === 'database-connect' ? receiver.site : `${frame.file.path}:${e.i}@${frame.id}`;
    return { k: 'inst', symbol: `${library}${known.returns}`, site, args, on: receiver };
  }
  if (known?.result === 'session') return { k: 'session', path: [] };
  if (known?.result === 'argument') return first ?? UNKNOWN;
  if (known?.result === 'returned') return machine.apply(first ?? UNKNOWN, [], null, e, frame)?.value ?? UNKNOWN;
  if (known?.result === 'guarded') return { k: 'guarded', of: first ?? UNKNOWN };
  if (parsed !== undefined) return parsed;
  // `plainToInstance(CreateUser, body)`
  if (known?.means === 'schema-instance' && first !== undefined && args[1] !== undefined)
    return { k: 'result', symbol: 'schema', base: 'schema', args: [args[1]], on: first, path: [] };
  doubt(machine, args);
  if (
    symbol.startsWith('global:') &&
    known === undefined &&
    !/^global:(process\.|require\.|Date\.|performance\.|crypto\.|os\.)/.test(symbol) &&
    !carries(symbol) &&
    symbol !== 'global:URL'
  )
    return UNKNOWN;
  const base = receiver !== null && receiver.k === 'result' ? receiver.base : symbol;
  const style = dataStyleOf(symbol);
  if (style === undefined) return { k: 'result', symbol, base, args, on: receiver, path: [] };
  // One call of a wrapper makes every statement of the application: the text tells them apart.
  const site = `${frame.file.path}:${e.i}${style === 'text' && first !== undefined ? `|${keyOf(first)}` : ''}`;
  const at = receiver?.k === 'result' ? receiver.at : receiver?.k === 'inst' || style === 'text' ? site : undefined;
  const made: Value = { k: 'result', symbol, base, args, on: receiver, path: [], ...(at === undefined ? {} : { at }) };
  machine.listener.accessed({ symbol, receiver, args, expr: e, frame, where, transaction: machine.transaction }, made);
  return made;
}
