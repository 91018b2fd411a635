import { carries, cleanedBy, sinksOf } from '../../knowledge/flows/index.ts';
import { joined, markKey } from './conditions.ts';
import { answered } from './answers.ts';
import { flag } from './facts.ts';
import type { Expr } from './facts.ts';
import { callOfKept } from './kept.ts';
import { dataStyleOf, knowledgeOf } from './knowledge.ts';
import type { Machine } from './machine.ts';
import type { CallExpr } from './listener.ts';
import { addressAt } from './request.ts';
import { checkedBy, parsedBy } from './parsing.ts';
import { append } from './template.ts';
import { asText, CAUGHT, either, keyOf, literal, NEXT, REQ, RES, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';
import type { Visit } from './visit.ts';

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

/** A whole statement of SQL, by its own words: nothing else is written like that. */
const sql =
  /^\s*(?:select\s[\s\S]+?\sfrom\s+["`\w.]+[\s\S]*?\swhere\s|insert\s+into\s+["`\w.]+\s*\([\s\S]*?\bvalues\b|update\s+["`\w.]+\s+set\s[\s\S]+?=|delete\s+from\s+["`\w.]+\s+where\s)/i;

/** Tells of a text that is SQL and is handed to code that is not followed to a database: a driver that nobody knows, a function that is not there. */
function noteStatement(machine: Machine, args: readonly Value[], e: CallExpr, frame: Frame): void {
  // What only writes it down, or changes its text, is not waited for.
  if ((e.w & flag.awaited) === 0) return;
  const at = args.findIndex(
    (arg) => (arg.k === 'tpl' && sql.test(arg.parts.join('?'))) || (arg.k === 'lit' && typeof arg.v === 'string' && sql.test(arg.v)),
  );
  if (at === -1) return;
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
}

/** True for a function that leads to a database by what it calls. */
function asksDatabase(visit: Visit, depth: number): boolean {
  if ([...visit.means].some((one) => one === 'query' || one.startsWith('sql-'))) return true;
  return depth < 6 && [...visit.children].some((child) => asksDatabase(child, depth + 1));
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
      if (!asksDatabase(visit, 0)) noteStatement(machine, args, e, frame);
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
    default:
      doubt(machine, args);
      noteStatement(machine, args, e, frame);
      callCallbacks(machine, args, null, frame, e);
      return UNKNOWN;
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

/** Functions handed to code that we do not see are assumed to be called. */
export function callCallbacks(machine: Machine, args: readonly Value[], symbol: string | null, frame: Frame, e: CallExpr): void {
  const known = symbol === null ? undefined : knowledgeOf(symbol);
  const given: Value[] = known?.result === 'session' ? [UNKNOWN, { k: 'session', path: [] }] : unpacked(args, e);
  for (const arg of args) {
    if (arg.k === 'fn') {
      const visit = machine.apply(arg, given.length > 0 ? given : byCustom(arg), null, e, frame);
      if (visit !== null && known?.means === 'token-verify') {
        for (const refusal of visit.refusals)
          machine.visit.refuses({ ...refusal, atoms: [...refusal.atoms, { op: 'verify', l: UNKNOWN, r: UNKNOWN }] });
      }
    } else if (arg.k === 'obj' && symbol !== null) {
      for (const value of arg.keys.values()) if (value.k === 'fn') machine.apply(value, [], null, e, frame);
    }
  }
}

/** An entry of an archive, as the handler of its event gets it: whoever made the archive named it. */
function unpacked(args: readonly Value[], e: CallExpr): Value[] {
  const [event, handler] = args;
  if (event?.k !== 'lit' || event.v !== 'entry' || handler?.k !== 'fn' || e.k !== 'call' || e.f.k !== 'get' || e.f.n !== 'on') return [];
  return [{ k: 'input', from: 'files', path: ['entry'] }];
}

/** What a callback gets by Node's custom: an error first, or a request and a response. */
function byCustom({ file, fn }: Extract<Value, { k: 'fn' }>): Value[] {
  const [first, second, third] = (file.facts.functions[fn]?.p ?? []).map(({ b }) => file.facts.bindings[b]?.n ?? '');
  if (first === undefined) return [];
  if (/^_?(err|error)$/.test(first))
    return /^req(uest)?$/.test(second ?? '') && /^res(ponse)?$/.test(third ?? '') ? [CAUGHT, REQ, RES, NEXT] : [CAUGHT];
  return /^req(uest)?$/.test(first) && /^_?res(ponse)?$/.test(second ?? '') ? [REQ, RES, NEXT] : [];
}

/** The address of a request, taken apart. */
function addressOf(value: Value | undefined): Value {
  if (value?.k !== 'input') return UNKNOWN;
  const query: Value = { k: 'input', from: 'query', path: [] };
  const pathname: Value = { k: 'input', from: 'other', path: ['pathname'] };
  return {
    k: 'obj',
    keys: new Map<string, Value>([
      ['query', query],
      ['searchParams', query],
      ['pathname', pathname],
    ]),
    open: true,
    id: 'url',
  };
}

/** Whether it is the address of a request, whole or with a host before it. */
function isAddress(value: Value): boolean {
  if (value.k === 'input') return value.from === 'other' && value.path[0] !== 'method';
  if (value.k === 'tpl') return value.holes.some(isAddress);
  return value.k === 'either' && value.of.some(isAddress);
}

/** A call of a symbol that lives in a package. */
export function callExternal(
  machine: Machine,
  called: string,
  receiver: Value | null,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value {
  const first = args[0];
  // What `require` returns is called as the default export is.
  const symbol = called.endsWith('#') ? `${called}default` : called;
  if (sinksOf(symbol).length > 0) {
    const where = machine.place(frame, e.l, e.e);
    machine.listener.arrive({ symbol, args, receiver, frame, where, at: e.i, notes: [] });
  }
  switch (symbol) {
    case 'global:Number':
    case 'global:parseInt':
    case 'global:parseFloat':
    case 'global:Number.parseInt':
    case 'global:Number.parseFloat':
    case 'global:BigInt':
    case 'global:Date':
      return { k: 'guarded', of: first ?? UNKNOWN };
    // Whether something is there tells nothing of what it is.
    case 'global:Boolean':
      return { k: 'guarded', of: UNKNOWN };
    case 'global:String':
      return asText(first ?? UNKNOWN);
    case 'global:RegExp':
      if (first?.k === 'lit' && typeof first.v === 'string') machine.listener.pattern(first.v, frame, e.l);
      return first?.k === 'lit' && typeof first.v === 'string'
        ? { k: 're', v: first.v }
        : { k: 'result', symbol, base: symbol, args, on: null, path: [] };
    case 'global:decodeURIComponent':
    case 'global:atob':
    case 'global:JSON.parse':
    case 'global:Promise.resolve':
    case 'global:structuredClone':
    case 'global:Object.freeze':
    case 'global:Buffer.from':
    case 'global:Buffer':
    case 'global:Array.from':
      return first ?? UNKNOWN;
    case 'global:Promise.all':
    case 'global:Promise.allSettled':
      return first ?? UNKNOWN;
    case 'global:Number.isInteger':
    case 'global:Number.isFinite':
    case 'global:Number.isSafeInteger':
    case 'global:Number.isNaN':
    case 'global:isNaN':
    case 'global:isFinite':
      if (first !== undefined) machine.atoms?.push({ op: 'number', l: first.k === 'guarded' ? first.of : first, r: UNKNOWN });
      return UNKNOWN;
    case 'global:Math.min':
    case 'global:Math.max':
    case 'global:Math.floor':
    case 'global:Math.ceil':
    case 'global:Math.round':
    case 'global:Math.abs':
      return { k: 'guarded', of: either(args) };
    case 'global:Object.keys':
      return first?.k === 'obj'
        ? { k: 'arr', items: [...first.keys.keys()].map(literal), open: first.open }
        : first?.k === 'input'
          ? first
          : UNKNOWN;
    case 'global:Object.values':
      return first?.k === 'obj'
        ? { k: 'arr', items: [...first.keys.values()], open: first.open }
        : first?.k === 'input'
          ? { ...first, path: [...first.path, '*'] }
          : UNKNOWN;
    case 'global:Object.entries':
      return first?.k === 'obj'
        ? {
            k: 'arr',
            items: [...first.keys].map(([name, value]): Value => ({ k: 'arr', items: [literal(name), value], open: false })),
            open: first.open,
          }
        : first?.k === 'input'
          ? { k: 'arr', items: [{ k: 'arr', items: [first, first], open: false }], open: true }
          : UNKNOWN;
    case 'global:Object.fromEntries':
      return first?.k === 'input' ? first : UNKNOWN;
    case 'global:Object.assign':
      return first?.k === 'obj' && args[1]?.k === 'obj'
        ? { k: 'obj', keys: new Map([...first.keys, ...args[1].keys]), open: first.open || args[1].open, id: '' }
        : (args[1] ?? UNKNOWN);
    case 'global:Set':
    case 'global:Map':
      return first?.k === 'arr' ? first : { k: 'arr', items: [], open: true };
    case 'node:util#promisify':
    case 'node:util#default.promisify':
      return first ?? UNKNOWN;
    case 'node:url#parse':
    case 'node:querystring#parse':
      return addressOf(first);
    case 'npm:multer#diskStorage':
      for (const one of first?.k === 'obj' ? first.keys.values() : [])
        if (one.k === 'fn')
          machine.apply(one, [REQ, { k: 'input', from: 'files', path: [] }, { k: 'lib', symbol: 'upload#named' }], null, e, frame);
      return { k: 'result', symbol, base: symbol, args, on: null, path: [] };
    case 'global:URL':
    case 'node:url#URL':
    case 'global:URLSearchParams':
      if (first?.k === 'known') return addressAt(first.v);
      // Only of what is known to be the address of a request; any other is a value of its own.
      if (first === undefined || !isAddress(first)) break;
      return symbol === 'global:URLSearchParams'
        ? { k: 'input', from: 'query', path: [] }
        : addressOf({ k: 'input', from: 'other', path: [] });
    case 'node:path#join':
    case 'node:path#resolve':
      return args.some((arg) => arg.k === 'input' || arg.k === 'tpl')
        ? args.slice(1).reduce<Value>((text, arg) => append(append(text, literal('/')), arg), first ?? literal(''))
        : { k: 'result', symbol, base: symbol, args, on: receiver, path: [] };
  }
  // Those of packages are known by the symbol of their result; what these give has long been the text itself.
  const against = /^(global:|node:path#)/.test(symbol) ? cleanedBy(symbol) : null;
  if (against !== null && first !== undefined) {
    if (symbol === 'global:JSON.stringify' && first.k !== 'input' && first.k !== 'tpl') return first;
    return against === 'all' ? { k: 'guarded', of: first, by: symbol } : { k: 'guarded', of: first, against, by: symbol };
  }
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
