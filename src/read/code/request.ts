import type { Machine } from './machine.ts';
import type { CallExpr } from './listener.ts';
import { known } from './known.ts';
import { RES, UNKNOWN } from './value.ts';
import type { Frame, Role, Value } from './value.ts';

// What handlers of file-routed frameworks get: a request whose path is known, alone or inside an event.

type Of = NonNullable<Role['of']>;

/** The request to an endpoint whose path is known; `method` only where one method is looked at alone. */
export function requestTo(path: string, method?: string): Role {
  return { k: 'role', role: 'req', status: null, of: method === undefined ? { path } : { path, method } };
}

/** The one object that loaders, actions and event handlers get. */
export function eventAt(path: string, method?: string): Role {
  return { ...requestTo(path, method), role: 'event' };
}

/** A path as one request may have it: parameters stand for themselves. */
export function pathname(path: string): string {
  return path.replace(/\?.*$/, '').replaceAll(/:(\w+)[*+?]?/g, '$1');
}

const whole = (from: Extract<Value, { k: 'input' }>['from']): Value => ({ k: 'input', from, path: [] });

/** An address whose path is known. */
export function addressAt(path: string): Value {
  const keys = new Map<string, Value>([
    ['pathname', known(path)],
    ['href', known(path)],
    ['searchParams', whole('query')],
  ]);
  return { k: 'obj', keys, open: true, id: `address:${path}` };
}

/** A property of a request to a file-routed endpoint; null where it is like any other request's. */
export function ofRequest(role: Role, of: Of, name: string): Value | null {
  switch (name) {
    case 'nextUrl':
      return addressAt(pathname(of.path));
    case 'url':
    case 'path':
    case 'originalUrl':
      return known(pathname(of.path));
    case 'method':
      return of.method === undefined ? { k: 'input', from: 'other', path: ['method'] } : known(of.method);
    case 'query': {
      // Next's `pages/api` hands over the parameters of the path among those of the query.
      const keys = new Map<string, Value>(
        [...of.path.matchAll(/:(\w+)/g)].map(([, one = '']) => [one, { k: 'input', from: 'params', path: [one] }]),
      );
      return { k: 'obj', keys: keys.set('...', whole('query')), open: true, id: `query:${of.path}` };
    }
    case 'request':
    case 'req':
      return role;
    default:
      return null;
  }
}

/** Who is calling, as applications note it on an event. */
const noted = ['user', 'session', 'auth', 'userId', 'account', 'tenant'];

/** A context that middleware fills: who is calling, and what nobody knows. */
export const callersNoted: Value = { k: 'obj', keys: callers(), open: true, id: 'context' };

function callers(): Map<string, Value> {
  return new Map<string, Value>(noted.map((one) => [one, { k: 'session', path: ['locals', one] }]));
}

/** A property of an event. */
export function ofEvent(role: Role, name: string): Value {
  const of = role.of ?? { path: '{unknown}' };
  const request: Role = { ...role, role: 'req' };
  switch (name) {
    case 'request':
    case 'req':
      return request;
    case 'node':
      return {
        k: 'obj',
        keys: new Map<string, Value>([
          ['req', request],
          ['res', RES],
        ]),
        open: true,
        id: `node:${of.path}`,
      };
    case 'url':
      return addressAt(pathname(of.path));
    case 'params':
    case 'cookies':
    case 'headers':
      return whole(name);
    case 'locals':
      return { k: 'session', path: ['locals'] };
    case 'context':
      return { k: 'obj', keys: callers().set('params', whole('params')), open: true, id: `context:${of.path}` };
    case 'path':
    case 'method':
      return ofRequest(request, of, name) ?? UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** `auth.protect()`: whoever has no session is sent away by the library. */
export function requireSession(machine: Machine, session: Value, e: CallExpr, frame: Frame, status = 401): Value {
  const where = machine.place(frame, e.l, e.e);
  machine.visit.refuses({ atoms: [{ op: 'truthy', l: session, r: UNKNOWN, not: true }], status, effective: true, thrown: true, where });
  return session;
}
