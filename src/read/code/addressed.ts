import type { Expr, Source } from './facts.ts';
import type { Machine } from './machine.ts';
import type { Frame, Value } from './value.ts';
import { ownerOf } from './variables.ts';

// A handler that answers every request decides by itself what each is for: `if (url.pathname === '/users' && req.method === 'POST')`.
// It is followed once for each path and method that it asks for, and tests of these are then decided.

/** A test of the path: that it is a text, begins with one, or matches a pattern. */
export interface PathTest {
  readonly kind: 'is' | 'begins' | 'matches';
  readonly text: string;
}

/** The request that a handler is followed for. */
export interface Address {
  /** Null while the tests are gathered. */
  readonly path: PathTest | null;
  readonly method: string | null;
  readonly tests: Map<string, PathTest>;
  readonly methods: Set<string>;
}

/** A text that is the same for the same request. */
export function keyOfAddress({ path, method }: Address): string {
  return `${path === null ? '' : `${path.kind} ${path.text}`} ${method ?? ''}`;
}

/** Whether a condition holds for the request that is being followed; null where that does not follow from path and method. */
export function holds(machine: Machine, address: Address, e: Expr, frame: Frame): boolean | null {
  switch (e.k) {
    case 'not': {
      const inner = holds(machine, address, e.e, frame);
      return inner === null ? null : !inner;
    }
    case 'or': {
      const l = holds(machine, address, e.l, frame);
      if (e.op === '&&' && l === false) return false;
      if (e.op === '||' && l === true) return true;
      const r = holds(machine, address, e.r, frame);
      if (e.op === '&&') return r === false ? false : l === true && r === true ? true : null;
      return e.op === '||' ? (r === true ? true : l === false && r === false ? false : null) : null;
    }
    case 'bin': {
      if (!/^[!=]==?$/.test(e.op)) return null;
      const equal = isEqual(address, machine.eval(e.l, frame), machine.eval(e.r, frame));
      return equal === null ? null : equal === (e.op[0] === '=');
    }
    case 'call':
      return asked(machine, address, e, frame);
    case 'var': {
      const source = sourceOf(machine, e.b, frame);
      return source === null ? null : holds(machine, address, source.source.e, source.frame);
    }
    default:
      return null;
  }
}

/** Whether a condition holds where the program runs in production; null where it does not ask for that: `process.env.NODE_ENV === 'development'`. */
export function inProduction(machine: Machine, e: Expr, frame: Frame, depth = 0): boolean | null {
  if (depth > 6) return null;
  switch (e.k) {
    case 'not': {
      const inner = inProduction(machine, e.e, frame, depth + 1);
      return inner === null ? null : !inner;
    }
    case 'or': {
      const [l, r] = [inProduction(machine, e.l, frame, depth + 1), inProduction(machine, e.r, frame, depth + 1)];
      if (e.op === '&&') return l === false || r === false ? false : l === true && r === true ? true : null;
      return e.op === '||' && (l === true || r === true) ? true : null;
    }
    case 'bin': {
      const [asked, other] = e.l.k === 'lit' ? [e.r, e.l] : [e.l, e.r];
      if (!/^[!=]==?$/.test(e.op) || asked.k !== 'get' || asked.n !== 'NODE_ENV' || other.k !== 'lit') return null;
      return (other.v === 'production') === (e.op[0] === '=');
    }
    case 'var': {
      const source = sourceOf(machine, e.b, frame, true);
      return source === null ? null : inProduction(machine, source.source.e, source.frame, depth + 1);
    }
    default:
      return null;
  }
}

function sourceOf(machine: Machine, index: number, frame: Frame, module = false): { source: Source; frame: Frame } | null {
  const binding = frame.file.facts.bindings[index];
  const [source, more] = binding?.v ?? [];
  const at = binding === undefined ? null : ownerOf(machine, binding, frame);
  const plain = source !== undefined && more === undefined && source.o === undefined && source.p === undefined;
  return plain && at !== null && binding?.p === undefined && (module || binding?.f !== 0) ? { source, frame: at } : null;
}

function isEqual(address: Address, a: Value, b: Value): boolean | null {
  const [subject, other] = b.k === 'input' || (b.k !== 'lit' && a.k === 'lit') ? [b, a] : [a, b];
  if (other.k !== 'lit' || typeof other.v !== 'string') return null;
  if (isMethod(subject)) return isMethodOf(address, other.v);
  return isPathname(subject) ? test(address, { kind: 'is', text: other.v }) : null;
}

/** `path.startsWith('/api/')`, `/^\/users\/(\d+)$/.test(path)`, `path.match(...)`, `['GET', 'HEAD'].includes(req.method)`. */
function asked(machine: Machine, address: Address, e: Extract<Expr, { k: 'call' }>, frame: Frame): boolean | null {
  if (e.f.k !== 'get' || e.a[0] === undefined) return null;
  const receiver = machine.eval(e.f.o, frame);
  const given = machine.eval(e.a[0], frame);
  const [subject, other] = receiver.k === 're' || receiver.k === 'arr' ? [given, receiver] : [receiver, given];
  if (e.f.n === 'includes' && other.k === 'arr' && isMethod(subject)) {
    const answers = other.items.map((one) => (one.k === 'lit' ? isMethodOf(address, String(one.v)) : null));
    return answers.includes(true) ? true : answers.includes(null) ? null : false;
  }
  if (!isPathname(subject)) return null;
  if (other.k === 're') return test(address, { kind: 'matches', text: other.v });
  return e.f.n === 'startsWith' && other.k === 'lit' ? test(address, { kind: 'begins', text: String(other.v) }) : null;
}

function isMethodOf(address: Address, name: string): boolean | null {
  if (address.method !== null) return address.method === name;
  address.methods.add(name);
  return null;
}

function test(address: Address, asks: PathTest): boolean | null {
  if (asks.text === '' || (asks.kind !== 'matches' && !asks.text.startsWith('/'))) return null;
  const key = `${asks.kind} ${asks.text}`;
  const { path } = address;
  if (path === null) {
    if (address.tests.size < 200) address.tests.set(key, asks);
    return null;
  }
  if (`${path.kind} ${path.text}` === key) return true;
  const beginning = path.kind === 'matches' ? plainBeginning(path.text) : path.text;
  if (asks.kind === 'begins') return beginning.startsWith(asks.text);
  if (path.kind !== 'is') return false;
  if (asks.kind === 'is') return false;
  return matches(asks.text, path.text);
}

/** The pattern is the application's, so it is tried only where it is small and simple enough to end. */
function matches(pattern: string, text: string): boolean {
  if (pattern.length > 120 || /\)[*+{]/.test(pattern)) return false;
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

/** The letters with which whatever matches begins. */
function plainBeginning(pattern: string): string {
  const [, plain = ''] = /^\^((?:\\\/|[\w/-])*)/.exec(pattern) ?? [];
  return plain.replaceAll('\\/', '/');
}

function isMethod(value: Value): boolean {
  return value.k === 'input' && value.from === 'other' && value.path[0] === 'method';
}

function isPathname(value: Value): boolean {
  if (value.k === 'either') return value.of.some(isPathname);
  return (
    value.k === 'input' &&
    value.from === 'other' &&
    (value.path.length === 0 || /^(?:pathname|url|path|rawPath|\*)$/.test(value.path[0] ?? ''))
  );
}

/** The path of a test in the words of routers: `^\/users\/(\d+)$` is `/users/:id`. */
export function pathOfTest({ kind, text }: PathTest): string {
  if (kind === 'is') return text;
  if (kind === 'begins') return `${text.replace(/\/$/, '')}/*`;
  let count = 0;
  return text
    .replace(/^\^/, '')
    .replace(/\\?\/?\??\$$/, '')
    .replaceAll('\\/', '/')
    .replaceAll(
      /\((?:\?<(\w+)>|\?:)?[^()]*\)\??|\[[^\]]*\][+*]|\\[dw][+*]/g,
      (_, name: string | undefined) => `:${name ?? (count++ === 0 ? 'id' : `id${count}`)}`,
    );
}
