import type { KnownCall } from '../listener.ts';
import { known } from '../known.ts';
import { addressAt, pathname, requireSession } from '../request.ts';
import type { Routers } from '../routers.ts';
import { UNKNOWN } from '../value.ts';
import type { InputFrom, Value } from '../value.ts';

// Handlers of h3 (Nuxt, Nitro) get one event and take it apart by functions: `readBody(event)`.

const parts: Readonly<Record<string, InputFrom>> = {
  'event-body': 'body',
  'event-query': 'query',
  'event-params': 'params',
  'event-cookies': 'cookies',
  'event-headers': 'headers',
};

/** A call of one of h3's functions; undefined where it is none. */
export function registerWithEvents(routers: Routers, call: KnownCall): Value | undefined {
  const machine = routers.machine();
  const [first, second] = call.args;
  const [means = '', part] = call.means.split(':');
  const from = parts[means];
  if (from !== undefined) {
    const found: Value = { k: 'input', from, path: [] };
    return second?.k === 'lit' ? machine.get(found, String(second.v), call.frame) : found;
  }
  const of = first?.k === 'role' ? first.of : undefined;
  switch (means) {
    case 'event-handler':
      return (first?.k === 'obj' ? first.keys.get('handler') : first) ?? UNKNOWN;
    case 'event-address':
      return of === undefined ? UNKNOWN : call.symbol.endsWith('Path') ? known(pathname(of.path)) : addressAt(pathname(of.path));
    case 'event-method':
      return of?.method === undefined ? { k: 'input', from: 'other', path: ['method'] } : known(of.method);
    case 'event-checked':
      return checked(routers, call, part as InputFrom, second);
    case 'event-error':
      return { k: 'answer', status: statusOf(first) };
    case 'event-answer':
      if (second?.k === 'answer') machine.outcome.answer ??= second.status;
      return second ?? UNKNOWN;
    case 'event-status':
      if (second?.k === 'lit' && typeof second.v === 'number' && second.v >= 400) machine.outcome.answer ??= second.v;
      return UNKNOWN;
    case 'event-redirect':
      machine.outcome.answer ??= 302;
      return { k: 'answer', status: 302 };
    case 'session-require':
      return requireSession(machine, { k: 'session', path: [] }, call.expr, call.frame);
    default:
      return undefined;
  }
}

/** `readValidatedBody(event, schema.parse)`: what comes out has passed the schema. */
function checked(routers: Routers, call: KnownCall, from: InputFrom, by: Value | undefined): Value {
  const machine = routers.machine();
  const given: Value = { k: 'input', from, path: [] };
  if (by?.k === 'fn') return machine.apply(by, [given], null, call.expr, call.frame)?.value ?? given;
  const method = by?.k === 'result' ? by.path.at(-1) : undefined;
  if (by?.k !== 'result' || method === undefined || !/^(safe)?parse(Async)?$/i.test(method)) return given;
  const schema: Value = { ...by, path: by.path.slice(0, -1) };
  machine.visit.parsed(schema, given, call.where);
  return { k: 'result', symbol: 'schema', base: 'schema', args: [given], on: schema, path: [] };
}

/** The status in `createError({ statusCode: 401 })`; 500 where none is given. */
function statusOf(given: Value | undefined): number {
  if (given?.k !== 'obj') return 500;
  const status = given.keys.get('statusCode') ?? given.keys.get('status');
  return status?.k === 'lit' && typeof status.v === 'number' ? status.v : 500;
}
