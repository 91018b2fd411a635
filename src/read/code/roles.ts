import { callCallbacks } from './callbacks.ts';
import type { Machine } from './machine.ts';
import type { CallExpr } from './listener.ts';
import { assignTo } from './members.ts';
import { REQ, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';

// Methods of the request and of the response.

/** Calls a method of the request or the response; answers are noted. */
export function callOfRole(
  machine: Machine,
  role: Extract<Value, { k: 'role' }>,
  name: string,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value {
  const first = args[0];
  if (role.role === 'event') {
    callCallbacks(machine, args, null, frame, e);
    return UNKNOWN;
  }
  if (role.role === 'hono') return callOfHono(machine, name, args, e, frame);
  if (role.role === 'koa') return callOfKoa(machine, role, name, args, e, frame);
  if (role.role === 'req') {
    const part = partsOfHono[name];
    if (part !== undefined) {
      const field = name === 'valid' ? validTargets[first?.k === 'lit' ? String(first.v) : ''] : part;
      const found: Value = { k: 'input', from: field ?? 'body', path: [] };
      return name !== 'valid' && first?.k === 'lit' ? machine.get(found, String(first.v), frame) : found;
    }
    if (name === 'jwtVerify') {
      // Fastify's own: it throws where the token is none.
      machine.visit.does('token-verify');
      machine.visit.does('guard:authentication');
      return { k: 'session', path: ['user'] };
    }
    if (name === 'get' || name === 'header') {
      const found: Value = { k: 'input', from: 'headers', path: first?.k === 'lit' ? [String(first.v).toLowerCase()] : [] };
      machine.visit.reads(found);
      return found;
    }
    if (name === 'clone') return role;
    if (name === 'param' && first?.k === 'lit') return { k: 'input', from: 'params', path: [String(first.v)] };
    if (/^(isAuthenticated|isUnauthenticated)$/.test(name)) {
      machine.visit.asks(['user']);
      return { k: 'session', path: ['user'] };
    }
    callCallbacks(machine, args, null, frame, e);
    const custom = machine.get(role, name, frame);
    return custom.k === 'fn' ? (machine.apply(custom, args, null, e, frame)?.value ?? UNKNOWN) : UNKNOWN;
  }
  if (role.role === 'res') {
    if (args.some(saysEventStream)) machine.visit.does('event-stream');
    switch (name) {
      case 'status':
      case 'code':
        return { ...role, status: first?.k === 'lit' && typeof first.v === 'number' ? first.v : statusByName(first) };
      case 'sendStatus':
        machine.outcome.answer ??= first?.k === 'lit' && typeof first.v === 'number' ? first.v : statusByName(first);
        answered(machine, numberIn(first), undefined, e, frame);
        return role;
      case 'type':
      case 'contentType':
        if (first?.k === 'lit') frame.memo.set('content-type', first);
        return role;
      case 'json':
      case 'send':
      case 'end':
      case 'render':
      case 'sendFile':
      case 'download':
      case 'jsonp':
        machine.outcome.answer ??=
          role.status ?? (frame.memo.get('status')?.k === 'lit' ? Number((frame.memo.get('status') as { v: unknown }).v) : 200);
        // A page says what it is filled with.
        answered(
          machine,
          role.status ?? numberIn(frame.memo.get('status')) ?? (first === undefined ? null : 200),
          name === 'render' ? (args[1] ?? first) : first,
          e,
          frame,
        );
        writes(machine, name, args, e, frame);
        return role;
      case 'redirect':
        machine.outcome.answer ??= 302;
        machine.arrive('response#redirect', args, e, frame);
        return role;
      case 'write':
        writes(machine, name, args, e, frame);
        return role;
      case 'cookie':
      case 'setCookie':
      case 'clearCookie':
        machine.tell(`http:response#${name}`, name === 'clearCookie' ? 'clear-cookie' : 'set-cookie', args, e, frame);
        return role;
      case 'set':
      case 'header':
      case 'setHeader':
        machine.tell('http:response#header', 'set-header', args, e, frame);
        noteHeaders(machine, args, e, frame);
        return role;
      case 'location':
        machine.arrive('response#redirect', args, e, frame);
        return role;
      case 'writeHead':
        if (first !== undefined) frame.memo.set('status', first);
        noteHeaders(machine, args.slice(1), e, frame);
        return { ...role, status: first?.k === 'lit' && typeof first.v === 'number' ? first.v : null };
      default: {
        // `reply.unauthorized()` of @fastify/sensible
        const status = names[name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()];
        if (status !== undefined && status >= 400) machine.outcome.answer ??= status;
        callCallbacks(machine, args, null, frame, e);
        return role;
      }
    }
  }
  return UNKNOWN;
}

/** Tells of an answer: its status, null where it is not known, and what it says. */
function answered(machine: Machine, status: number | null, body: Value | undefined, e: CallExpr, frame: Frame): void {
  machine.tell('http:response', 'answer', [{ k: 'lit', v: status }, body ?? UNKNOWN], e, frame);
}

/** Tells of what an answer sends: text that a browser takes for markup unless it is told otherwise, and files. */
function writes(machine: Machine, name: string, args: readonly Value[], e: CallExpr, frame: Frame): void {
  if (name === 'json' || name === 'jsonp') return;
  const type = frame.memo.get('content-type');
  const said = type?.k === 'lit' ? String(type.v) : null;
  if (/^(send|end|write)$/.test(name) && said !== null && !/html|svg|xml/i.test(said)) return;
  machine.arrive(`response#${name}`, args, e, frame, said === null ? [] : ['text/html']);
}

/** The content type and the address to go on to, among headers. */
function noteHeaders(machine: Machine, args: readonly Value[], e: CallExpr, frame: Frame): void {
  const [first, second] = args;
  const pairs: (readonly [string, Value])[] =
    first?.k === 'obj' ? [...first.keys] : first?.k === 'lit' && second !== undefined ? [[String(first.v), second]] : [];
  for (const [name, value] of pairs) {
    if (/^content-type$/i.test(name)) frame.memo.set('content-type', value);
    else if (/^location$/i.test(name)) machine.arrive('response#redirect', [value], e, frame);
  }
  if (args.length > 1 && second?.k === 'obj' && first?.k !== 'lit') noteHeaders(machine, [second], e, frame);
}

/** `text/event-stream`, as a value or among headers. */
function saysEventStream(value: Value): boolean {
  if (value.k === 'lit') return typeof value.v === 'string' && value.v.startsWith('text/event-stream');
  return value.k === 'obj' && [...value.keys.values()].some(saysEventStream);
}

/** What Hono's request gives by calls. */
const partsOfHono: Readonly<Record<string, 'query' | 'body'>> = {
  query: 'query',
  queries: 'query',
  json: 'body',
  parseBody: 'body',
  formData: 'body',
  text: 'body',
  blob: 'body',
  arrayBuffer: 'body',
  valid: 'body',
};
const validTargets: Readonly<Record<string, 'query' | 'body' | 'params' | 'headers' | 'cookies'>> = {
  query: 'query',
  param: 'params',
  header: 'headers',
  cookie: 'cookies',
  json: 'body',
  form: 'body',
};

function callOfHono(machine: Machine, name: string, args: readonly Value[], e: CallExpr, frame: Frame): Value {
  const [first, second] = args;
  switch (name) {
    case 'get':
      return first?.k === 'lit' ? machine.get(REQ, String(first.v), frame) : UNKNOWN;
    case 'set':
      if (first?.k === 'lit' && second !== undefined) assignTo(machine, REQ, String(first.v), second);
      return UNKNOWN;
    case 'status':
      if (first !== undefined) frame.memo.set('status', first);
      return UNKNOWN;
    case 'json':
    case 'text':
    case 'html':
    case 'body':
    case 'newResponse':
    case 'render': {
      const given = second?.k === 'obj' ? second.keys.get('status') : second;
      const status = given ?? (frame.memo.get('status') as Value | undefined);
      machine.outcome.answer ??= numberIn(status) ?? statusByName(status) ?? 200;
      answered(machine, numberIn(status) ?? statusByName(status) ?? (status === undefined ? 200 : null), first, e, frame);
      if (name === 'html') machine.arrive('response#html', args, e, frame, ['text/html']);
      return UNKNOWN;
    }
    case 'header':
      machine.tell('http:response#header', 'set-header', args, e, frame);
      return UNKNOWN;
    case 'redirect':
      machine.outcome.answer ??= 302;
      machine.arrive('response#redirect', args, e, frame);
      return UNKNOWN;
    case 'notFound':
      machine.outcome.answer ??= 404;
      return UNKNOWN;
    default:
      callCallbacks(machine, args, null, frame, e);
      return UNKNOWN;
  }
}

function callOfKoa(
  machine: Machine,
  role: Extract<Value, { k: 'role' }>,
  name: string,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value {
  const [first, second] = args;
  switch (name) {
    case 'throw':
      answered(machine, numberIn(first), second, e, frame);
      machine.outcome.answer ??= numberIn(first);
      machine.outcome.throws = true;
      machine.outcome.exits = true;
      return UNKNOWN;
    case 'assert':
      if (first !== undefined) {
        const where = machine.place(frame, e.l, e.e);
        const status = numberIn(second) ?? 'throw';
        machine.visit.refuses({ atoms: [{ op: 'truthy', l: first, r: UNKNOWN }], status, effective: true, where });
      }
      return UNKNOWN;
    case 'redirect':
      machine.outcome.answer ??= 302;
      machine.arrive('response#redirect', args, e, frame);
      return UNKNOWN;
    case 'set':
    case 'append':
      machine.tell('http:response#header', 'set-header', args, e, frame);
      return role;
    case 'remove':
    case 'attachment':
      return role;
    default:
      return callOfRole(machine, { ...role, role: 'req' }, name, args, e, frame);
  }
}

function numberIn(value: Value | undefined): number | null {
  return value?.k === 'lit' && typeof value.v === 'number' ? value.v : null;
}

/** `FORBIDDEN`; null for another word. */
export function statusNamed(word: string): number | null {
  return Object.hasOwn(names, word) ? (names[word] ?? null) : null;
}

const names: Record<string, number> = {
  UNAUTHENTICATED: 401,
  PAYMENT_REQUIRED: 402,
  BAD_USER_INPUT: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  BAD_REQUEST: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNPROCESSABLE_ENTITY: 422,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  CREATED: 201,
  OK: 200,
};

function statusByName(value: Value | undefined): number | null {
  if (value?.k === 'lib' || value?.k === 'result') return names[value.symbol.slice(value.symbol.lastIndexOf('.') + 1)] ?? null;
  if (value?.k === 'either') {
    const numbers = value.of.flatMap((one) => (one.k === 'lit' && typeof one.v === 'number' ? [one.v] : []));
    return numbers.length > 0 ? Math.max(...numbers) : null;
  }
  return null;
}
