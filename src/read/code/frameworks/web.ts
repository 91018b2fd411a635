import { registerWithEvents } from './events.ts';
import type { KnownCall } from '../listener.ts';
import { ofKnownPath } from '../path-patterns.ts';
import { requireSession } from '../request.ts';
import type { Routers } from '../routers.ts';
import { UNKNOWN } from '../value.ts';
import type { InputFrom, Value } from '../value.ts';

// What the frameworks that route by files have in common: answers that are returned or thrown, cookies, sessions.

/** A call of something that a web framework, or a library of sessions for one, exports. */
export function registerWithWeb(routers: Routers, call: KnownCall): Value | undefined {
  const machine = routers.machine();
  const [first, second] = call.args;
  const [means, status] = call.means.split(':');
  switch (means) {
    case 'respond':
      return responded(routers, call, first, statusIn(second));
    case 'respond-data':
      return responded(routers, call, first, second?.k === 'lit' ? numberIn(second) : statusIn(second));
    case 'respond-fail':
      return responded(routers, call, second, numberIn(first));
    case 'respond-redirect':
      return { k: 'answer', status: 302 };
    case 'respond-pass':
      return { k: 'answer', status: 200 };
    case 'leave': {
      const given = status === undefined ? numberIn(first) : Number(status);
      return left(routers, call, given ?? 500, second);
    }
    case 'leave-redirect':
      return left(routers, call, 302, undefined);
    case 'request-cookies':
      return input('cookies');
    case 'request-headers':
      return input('headers');
    case 'request-cookie':
      return input('cookies', 'session');
    case 'session-read': {
      const options = call.args.find((arg) => arg.k === 'obj');
      // `authenticator.isAuthenticated(request, { failureRedirect: '/login' })`
      if (options?.k === 'obj' && options.keys.has('failureRedirect'))
        return requireSession(machine, { k: 'session', path: [] }, call.expr, call.frame, 302);
      const wrapped = call.args.find((arg) => arg.k === 'fn');
      return wrapped === undefined ? { k: 'session', path: [] } : kept(call);
    }
    case 'route-prefix':
      return prefixed(call);
    case 'hook-sequence':
    case 'clerk-middleware':
    case 'clerk-authorizing':
    case 'session-wrapper':
      return kept(call);
    case 'path-pattern':
    case 'path-glob':
      return ofKnownPath(means, call.args) ?? kept(call);
    case 'answer-pass':
      machine.outcome.next = true;
      return UNKNOWN;
    default:
      return registerWithEvents(routers, call);
  }
}

/** `prefix('admin', [route(...)])` gives a list, which is spread among other routes. */
function prefixed(call: KnownCall): Value {
  const [path, routes] = call.args;
  if (path === undefined || routes?.k !== 'arr') return kept(call);
  return {
    k: 'arr',
    items: routes.items.map((one): Value => ({ ...kept(call), args: [path, { k: 'arr', items: [one], open: false }] })),
    open: routes.open,
  };
}

/** The call as it stands, its functions not called: they are when a request comes. */
function kept({ symbol, args, receiver }: KnownCall): Extract<Value, { k: 'result' }> {
  return { k: 'result', symbol, base: symbol, args, on: receiver, path: [] };
}

function responded(routers: Routers, call: KnownCall, body: Value | undefined, status: number | null): Value {
  if (call.expr.k === 'call')
    routers.machine().tell('http:response', 'answer', [{ k: 'lit', v: status }, body ?? UNKNOWN], call.expr, call.frame);
  return { k: 'answer', status };
}

/** The function ends here, and whoever called it. */
function left(routers: Routers, call: KnownCall, status: number, body: Value | undefined): Value {
  const { outcome } = routers.machine();
  outcome.answer ??= status >= 300 && status < 400 ? 302 : status;
  outcome.throws = true;
  outcome.exits = true;
  if (status >= 400) responded(routers, call, body, status);
  return UNKNOWN;
}

/** The status in `{ status: 401 }`; 200 where none is given, null where it cannot be known. */
function statusIn(init: Value | undefined): number | null {
  if (init === undefined) return 200;
  if (init.k === 'either') {
    const found = init.of.map(statusIn);
    return found.includes(null) ? null : Math.min(...found.map((one) => one ?? 200));
  }
  if (init.k !== 'obj') return null;
  const status = init.keys.get('status');
  if (status === undefined) return init.open ? null : 200;
  const number = numberIn(status);
  return number !== null && number >= 300 && number < 400 ? 302 : number;
}

function numberIn(value: Value | undefined): number | null {
  if (value?.k === 'either') {
    const found = value.of.map(numberIn);
    return found.includes(null) ? null : Math.min(...found.map((one) => one ?? 200));
  }
  return value?.k === 'lit' && typeof value.v === 'number' ? value.v : null;
}

function input(from: InputFrom, ...path: readonly string[]): Value {
  return { k: 'input', from, path };
}
