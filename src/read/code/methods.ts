import { noteChecked } from './conditions.ts';
import { restClient } from './data/shapes.ts';
import { flag } from './facts.ts';
import { harmless, leftBy } from './patterns.ts';
import type { Expr } from './facts.ts';
import { callCallbacks } from './callbacks.ts';
import { argumentsOf, callExternal, evaluateAndInvoke, invoke } from './invoke.ts';
import { gathered, ofKnown, truthOf } from './known.ts';
import type { Machine } from './machine.ts';
import type { CallExpr } from './listener.ts';
import { sinksOf } from '../../knowledge/flows/index.ts';
import type { SinkKind } from '../../model/evidence/flows.ts';
import { isPython } from './python/files.ts';
import { pythonMethod } from './python/methods.ts';
import { validated } from './python/validation.ts';
import { requireSession } from './request.ts';
import { callOfRole } from './roles.ts';
import { allowsOrigin } from './sinks.ts';
import { append } from './template.ts';
import { asText, CAUGHT, either, literal, symbolOf, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';
import { refuses, statusOf } from './visit.ts';
import type { Atom } from './visit.ts';

// Calls as they are written: methods of values, callbacks of lists, handlers of promises.

/** Methods that give their receiver's text or items on, however changed. */
const carrying = new Set(
  'trim trimStart trimEnd toLowerCase toUpperCase toString slice substring substr replace replaceAll split normalize concat padStart padEnd flat reverse valueOf at toSorted filter sort'.split(
    ' ',
  ),
);

const ownNames = new Set(
  'join includes has indexOf test exec match search startsWith endsWith get find filter map replace split'.split(' '),
);
const textMethods = new Set(
  'trim trimStart trimEnd toLowerCase toUpperCase toString substring substr padStart padEnd normalize'.split(' '),
);

/** A pattern that is tried on a text which somebody else chose. */
function tried(machine: Machine, receiver: Value, name: string, first: Value | undefined, e: CallExpr, frame: Frame): void {
  const [pattern, text] = name === 'test' || name === 'exec' ? [receiver, first] : [first, receiver];
  if (pattern?.k !== 're' || text === undefined || !/^(test|exec|match|matchAll|replace|replaceAll|search|split)$/.test(name)) return;
  if (/[+*}].*[+*{]/.test(pattern.v)) machine.arrive('regexp#matched', [text], e, frame, [`/${pattern.v}/`]);
}

function isChosen(value: Value | undefined): boolean {
  return value?.k === 'input' || value?.k === 'tpl';
}

/** Text in which something was replaced: what is left of it decides where it can still do harm. */
function replaced(receiver: Value, pattern: Value | undefined, by: Value | undefined): Value {
  const text = asText(receiver);
  const v = pattern?.k === 're' ? pattern.v : pattern?.k === 'lit' ? String(pattern.v) : null;
  if (v === null) return text;
  const left = pattern?.k === 're' ? leftBy(v) : null;
  if (left !== null && harmless(left)) return { k: 'guarded', of: text, by: 'replace' };
  const against: SinkKind[] = [];
  // Taking away one tag leaves all others, and handlers of events need no script.
  const oneTag = /<(?:\\?\/|\\s[*+]|[?(|:])*[a-z]{2,}/i.test(v);
  if (v.includes('<') && !oneTag && (by?.k !== 'lit' || !String(by.v).includes('<'))) against.push('html');
  if (/\\n|\\r|\n|\\s|\\x0|\\p\{C/.test(v)) against.push('log');
  if (/\.\.|\\\.\\\.|\\\.\+|\\\.\{2/.test(v) || (left !== null && !left.includes('/') && !left.includes('.')))
    against.push('file', 'upload-name');
  if (/\*.*\+.*\?|\+.*\*|\?.*\*/.test(v) && v.startsWith('[')) against.push('pattern');
  if (left !== null && !/\\n|\\s|\\S|\\W/.test(left)) against.push('log');
  return against.length === 0 ? text : { k: 'guarded', of: text, against, by: 'replace' };
}

/** What a call gives. */
export function evaluateCall(machine: Machine, e: Extract<Expr, { k: 'call' }>, frame: Frame): Value {
  if (!machine.step()) return UNKNOWN;
  if ((e.w & (flag.statement | flag.awaited)) === flag.statement) machine.listener.dropped?.(e, frame);
  if (e.f.k === 'get') {
    const receiver = machine.eval(e.f.o, frame);
    return callMethod(machine, receiver, e.f.n, e, frame);
  }
  if (e.f.k === 'idx') {
    const receiver = machine.eval(e.f.o, frame);
    const name = machine.eval(e.f.x, frame);
    if (name.k === 'lit') return callMethod(machine, receiver, String(name.v), e, frame);
    if (name.k === 'either') {
      const names = name.of.filter((one) => one.k === 'lit');
      if (names.length === name.of.length)
        return either(names.map((one) => callMethod(machine, receiver, String(one.k === 'lit' ? one.v : ''), e, frame)));
    }
    return evaluateAndInvoke(machine, machine.get(receiver, '*', frame), null, e, frame);
  }
  if (e.f.k === 'glo' && e.f.n === 'super') {
    argumentsOf(machine, e, frame);
    return UNKNOWN;
  }
  return evaluateAndInvoke(machine, machine.eval(e.f, frame), null, e, frame);
}

/** Calls a method of a value: its own, one of a package, or one of the language. */
function callMethod(machine: Machine, receiver: Value, name: string, e: Extract<Expr, { k: 'call' }>, frame: Frame): Value {
  if (receiver.k === 'either') {
    const useful = receiver.of.filter((one) => one.k !== 'lit' && one.k !== 'unknown');
    if (useful.length > 1 && useful.length <= 6) return either(useful.map((one) => callMethod(machine, one, name, e, frame)));
    if (useful.length === 1) return callMethod(machine, useful[0] as Value, name, e, frame);
  }
  const outer = machine.atoms;
  machine.atoms = null;
  const args = argumentsOf(machine, e, frame);
  machine.atoms = outer;

  const told = ofKnown(receiver, name, args);
  if (told !== null) return told;
  const rest = restClient(machine, receiver, name, e, frame);
  if (rest !== null) {
    const from = callExternal(machine, 'npm:@supabase/supabase-js#Database.from', rest.client, [rest.table], rest.call, frame);
    return callExternal(machine, `npm:@supabase/supabase-js#Database.from.${name}`, from, args, e, frame);
  }
  if (isPython(frame.file)) {
    const own = pythonMethod(machine, receiver, name, args, e, frame) ?? validated(machine, receiver, name, e, frame);
    if (own !== undefined) return own;
  }
  if (args[0]?.k === 'lit' && args[1] !== undefined && /^(set|append|header|setHeader)$/.test(name))
    allowsOrigin(machine, [[String(args[0].v), args[1]]], e.l, frame);
  if (receiver.k === 'role') return callOfRole(machine, receiver, name, args, e, frame);
  if (receiver.k === 'fn' || receiver.k === 'class') {
    if (name === 'bind') return receiver.k === 'fn' ? { ...receiver, self: args[0] ?? null } : receiver;
    if (name === 'call') return invoke(machine, receiver, args[0] ?? null, args.slice(1), e, frame);
    if (name === 'apply') return invoke(machine, receiver, args[0] ?? null, args[1]?.k === 'arr' ? args[1].items : [], e, frame);
  }
  if (receiver.k === 'inst') {
    const put = receiver.symbol === 'npm:fastify#Instance' ? machine.decorations.get(name) : undefined;
    if (put?.k === 'fn') return invoke(machine, put, null, args, e, frame);
    const symbol = `${receiver.symbol}.${name}`;
    return callExternal(machine, symbol, receiver, args, e, frame);
  }
  // `headers.get('x-key')`, `ctx.cookies.get('sid')`
  if (receiver.k === 'input' && receiver.path.length === 0 && name === 'get' && args[0]?.k === 'lit')
    return machine.get(receiver, String(args[0].v), frame);
  // A part of a form that is no text is a file.
  if (receiver.k === 'input' && receiver.path.length > 0 && receiver.from === 'body' && /^(arrayBuffer|bytes|stream|text)$/.test(name))
    machine.arrive('upload#read', [receiver], e, frame);
  // `Object.fromEntries(headers.entries())` is all of them.
  if (receiver.k === 'input' && name === 'entries' && args.length === 0) return receiver;
  if (receiver.k === 'session') {
    const kept = machine.get(receiver, name, frame);
    if (kept.k === 'fn') return invoke(machine, kept, null, args, e, frame);
    if ((name === 'get' || name === 'has') && args[0]?.k === 'lit') return machine.get(receiver, String(args[0].v), frame);
    if (name === 'protect') return requireSession(machine, receiver, e, frame);
    // `locals.getSession()`, `locals.auth()`
    if (receiver.path[0] === 'locals' && /auth|session|user/i.test(name)) return { k: 'session', path: ['locals'] };
  }
  // A method of a value that the caller chose is the language's own, not another field.
  const found =
    receiver.k === 'input' || receiver.k === 'session' || receiver.k === 'guarded' || receiver.k === 'lit' || receiver.k === 'tpl'
      ? UNKNOWN
      : machine.get(receiver, name, frame);
  if (receiver.k === 'class' && found.k === 'unknown') {
    const model = modelOf(machine, receiver);
    if (model !== null) return callExternal(machine, `${model.symbol}.${name}`, model, args, e, frame);
  }
  if (found.k === 'fn' || found.k === 'class')
    return invoke(machine, found, receiver.k === 'own' || receiver.k === 'obj' ? receiver : null, args, e, frame);
  if (found.k === 'either' && found.of.some((one) => one.k === 'fn')) return invoke(machine, found, null, args, e, frame);
  if (found.k === 'role') return invoke(machine, found, null, args, e, frame);

  const first = args[0];
  // `path.join`, `_.includes`: functions of a package, whatever the language's own methods of that name do.
  if (receiver.k === 'lib' && found.k === 'lib' && ownNames.has(name))
    return callExternal(machine, symbolOf(receiver.symbol, name), null, args, e, frame);
  tried(machine, receiver, name, first, e, frame);
  if (sinksOf(`any#${name}`).length > 0) machine.arrive(`any#${name}`, args, e, frame);
  switch (name) {
    case 'then': {
      const value = first?.k === 'fn' ? machine.apply(first, [receiver], null, e, frame) : null;
      if (args[1] !== undefined) noteRejection(machine, args[1], e, frame, receiver);
      return value === null ? (receiver.k === 'result' && first === undefined ? receiver : UNKNOWN) : value.value;
    }
    case 'catch':
      if (first !== undefined) noteRejection(machine, first, e, frame, receiver);
      return receiver;
    case 'finally':
      if (first?.k === 'fn') machine.apply(first, [], null, e, frame);
      return receiver;
    case 'includes':
    case 'has':
    case 'indexOf':
      if (first !== undefined) machine.atoms?.push({ op: 'in', l: first, r: receiver });
      return UNKNOWN;
    case 'test':
    case 'exec':
      if (receiver.k === 're' && first !== undefined) {
        // Only an anchored pattern says what the whole text is.
        const whole = receiver.v.startsWith('^') && receiver.v.endsWith('$');
        machine.atoms?.push({ op: whole ? 'match' : 'truthy', l: first, r: receiver, how: 'search' });
        return UNKNOWN;
      }
      break;
    case 'match':
    case 'search':
      if (first?.k === 're') {
        const whole = first.v.startsWith('^') && first.v.endsWith('$');
        machine.atoms?.push({ op: whole ? 'match' : 'truthy', l: receiver, r: first, how: 'search' });
        return UNKNOWN;
      }
      break;
    case 'startsWith':
    case 'endsWith':
      machine.atoms?.push({ op: 'truthy', l: receiver, r: first ?? UNKNOWN, how: name === 'startsWith' ? 'starts' : 'ends' });
      return UNKNOWN;
    case 'join':
      if (receiver.k === 'arr') {
        const separator = first?.k === 'lit' ? String(first.v) : ',';
        return receiver.items.reduce<Value>(
          (text, item, index) => append(append(text, literal(index === 0 ? '' : separator)), item),
          literal(''),
        );
      }
      return receiver.k === 'unknown' ? UNKNOWN : receiver;
    case 'toFixed':
    case 'getTime':
    case 'toISOString':
      return { k: 'guarded', of: receiver };
    case 'get':
      if (receiver.k === 'obj' || receiver.k === 'unknown') break;
      break;
  }
  if (
    name === 'map' ||
    name === 'flatMap' ||
    name === 'forEach' ||
    name === 'filter' ||
    name === 'find' ||
    name === 'some' ||
    name === 'every' ||
    name === 'reduce' ||
    name === 'findIndex' ||
    // `Model.find().sort({ at: -1 })` asks the database.
    (name === 'sort' && !(receiver.k === 'result' && receiver.at !== undefined && (first?.k === 'obj' || first?.k === 'lit')))
  ) {
    return callForEach(machine, receiver, name, args, e, frame);
  }
  if (receiver.k === 'input' || receiver.k === 'session' || receiver.k === 'tpl' || receiver.k === 'guarded') {
    callCallbacks(machine, args, null, frame, e);
    if (name === 'replace' || name === 'replaceAll') return replaced(receiver, first, args[1]);
    if (name === 'split') return receiver;
    return carrying.has(name) ? (textMethods.has(name) ? asText(receiver) : receiver) : UNKNOWN;
  }
  if ((receiver.k === 'unknown' || receiver.k === 'result') && (name === 'replace' || name === 'replaceAll') && isChosen(args[1]))
    return append(receiver, args[1] ?? UNKNOWN);
  if (receiver.k === 'unknown' && name === 'collection')
    return { k: 'result', symbol: 'npm:mongodb#collection', base: 'npm:mongodb#collection', args, on: null, path: [] };
  if (receiver.k === 'lit' && typeof receiver.v === 'string') {
    if (name === 'toUpperCase') return literal(receiver.v.toUpperCase());
    if (name === 'toLowerCase') return literal(receiver.v.toLowerCase());
    if (name === 'trim') return literal(receiver.v.trim());
    if (name === 'concat') return args.reduce<Value>(append, receiver);
    if ((name === 'replace' || name === 'replaceAll') && isChosen(args[1])) return append(receiver, args[1] ?? UNKNOWN);
    if (name === 'replace' && args[0]?.k === 'lit' && args[1]?.k === 'lit')
      return literal(receiver.v.replace(String(args[0].v), () => String(args[1]?.k === 'lit' ? args[1].v : '')));
    return UNKNOWN;
  }
  if (receiver.k === 'arr') {
    callCallbacks(machine, args, null, frame, e);
    if (name === 'concat')
      return { k: 'arr', items: [...receiver.items, ...args.flatMap((arg) => (arg.k === 'arr' ? arg.items : [arg]))], open: receiver.open };
    return carrying.has(name) ? receiver : UNKNOWN;
  }
  if (receiver.k === 'lib') return callExternal(machine, symbolOf(receiver.symbol, name), null, args, e, frame);
  if (receiver.k === 'result') {
    const symbol = `${receiver.base}.${receiver.path.length > 0 ? `${receiver.path.join('.')}.` : ''}${name}`;
    return callExternal(machine, symbol, receiver, args, e, frame);
  }
  return invoke(machine, found, null, args, e, frame);
}

/** Array methods that run a function once for each item. */
function callForEach(machine: Machine, receiver: Value, name: string, args: readonly Value[], e: CallExpr, frame: Frame): Value {
  const callback = args[0];
  if (callback === undefined || callback.k !== 'fn') {
    const cast = callback?.k === 'lib' && /^global:(String|Number|Boolean)$/.test(callback.symbol);
    return carrying.has(name) || cast ? receiver : UNKNOWN;
  }
  const items =
    receiver.k === 'arr' && receiver.items.length > 0 && receiver.items.length <= 64 ? receiver.items : [machine.get(receiver, '*', frame)];
  const values: Value[] = [];
  let folded = args[1] ?? UNKNOWN;
  const index: Value = { k: 'guarded', of: UNKNOWN };
  const listed = receiver.k === 'arr' && !receiver.open;
  for (const item of items) {
    const run = () => machine.apply(callback, name === 'reduce' ? [folded, item, index] : [item, index], null, e, frame);
    const visit = listed ? run() : machine.repeatedly(run);
    values.push(visit?.value ?? UNKNOWN);
    folded = visit?.value ?? UNKNOWN;
    // `required.filter((name) => !process.env[name])` is how missing names are gathered before the throw.
    if (visit !== null && (name === 'filter' || name === 'some' || name === 'every' || name === 'find'))
      noteChecked(machine, visit.returned);
    // `roles.some((role) => user.roles.includes(role))` tests what its callback tests.
    if (visit !== null && (name === 'some' || name === 'every')) {
      machine.atoms?.push(...visit.returned.map((atom) => ({ ...atom, inner: true as const })));
      for (const one of (name === 'some' ? visit.certain.yes : null) ?? []) machine.marks?.yes.add(one);
      for (const one of (name === 'every' ? visit.certain.yes : visit.certain.no) ?? [])
        machine.marks?.[name === 'every' ? 'yes' : 'no'].add(one);
    }
  }
  if (name === 'find') {
    // The items that what is known of the request lets through.
    const kept = items.filter((_, index) => truthOf(values[index] ?? UNKNOWN) !== false);
    if (kept.length === 0) return { k: 'told', v: false };
    if (kept.length < items.length) return either(kept);
  }
  const told = gathered(name, values, receiver.k === 'arr' && !receiver.open && receiver.items.length <= 64);
  if (told !== null) return told;
  if (name === 'map' || name === 'flatMap') return { k: 'arr', items: values, open: receiver.k !== 'arr' || receiver.open };
  if (name === 'filter' || name === 'sort') return receiver;
  if (name === 'reduce') return folded;
  if (name === 'find') return either(items);
  return UNKNOWN;
}

/** `.catch(handler)` and the second argument of `.then`. */
function noteRejection(machine: Machine, handler: Value, e: CallExpr, frame: Frame, receiver: Value): void {
  const where = machine.place(frame, e.l, e.e);
  const symbols = receiver.k === 'result' || receiver.k === 'inst' ? [receiver.symbol] : [];
  if (handler.k === 'fn') {
    const visit = machine.apply(handler, [CAUGHT], null, e, frame);
    const func = handler.file.facts.functions[handler.fn];
    if (visit !== null && func !== undefined) {
      machine.listener.caught({
        frame,
        where,
        body: func.b,
        handler,
        explained: false,
        tried: symbols,
        outcome: visit.outcome,
        means: visit.means,
      });
      if (refuses(visit.outcome)) {
        const atoms: Atom[] = [{ op: machine.visit.means.has('token-verify') ? 'verify' : 'catch', l: UNKNOWN, r: UNKNOWN }];
        machine.visit.refuses({ atoms, status: statusOf(visit.outcome), effective: true, where });
      }
    }
    return;
  }
  machine.listener.caught({
    frame,
    where,
    body: null,
    handler,
    explained: false,
    tried: symbols,
    outcome: { answer: null, throws: handler.k === 'role', next: false, exits: false },
    means: new Set(),
  });
}

/** The model that a class is which extends one of a library's: `class User extends Model`. */
function modelOf(machine: Machine, cls: Extract<Value, { k: 'class' }>): Extract<Value, { k: 'inst' }> | null {
  const up = cls.file.facts.classes[cls.cls]?.up;
  const parent = up === undefined ? UNKNOWN : machine.eval(up, cls.frame);
  if (parent.k === 'class') {
    const model = modelOf(machine, parent);
    return model === null ? null : { ...model, args: [cls] };
  }
  if (
    parent.k !== 'lib' ||
    !/^npm:(sequelize|sequelize-typescript|@sequelize\/core)#(default\.)?Model$|^npm:typeorm#BaseEntity$/.test(parent.symbol)
  )
    return null;
  return { k: 'inst', symbol: parent.symbol.replace('#default.', '#'), site: `class:${cls.file.path}:${cls.cls}`, args: [cls], on: null };
}
