import { exportedValue } from './exports.ts';
import type { Machine } from './machine.ts';
import { isPython } from './python/files.ts';
import { libraryValue, memberOfModule } from './python/imported.ts';
import { ofPythonRequest, ofPythonView } from './python/request.ts';
import { ofEvent, ofRequest } from './request.ts';
import { either, grown, literal, NULL, REQ, symbolOf, UNKNOWN } from './value.ts';
import type { Frame, InputFrom, Value } from './value.ts';
import { fieldOf, parsedField } from './variables.ts';

const inputs: Readonly<Record<string, InputFrom>> = {
  body: 'body',
  query: 'query',
  params: 'params',
  headers: 'headers',
  cookies: 'cookies',
  signedCookies: 'cookies',
  file: 'files',
  files: 'files',
  ip: 'other',
  url: 'other',
  originalUrl: 'other',
  path: 'other',
  hostname: 'other',
  rawBody: 'body',
  method: 'other',
};
/** What frameworks and people put on the request once they know who is asking. */
const callers =
  /^(user|session|auth|account|currentUser|userId|user_id|userid|principal|claims|decoded|jwt|jwtPayload|member|admin|userRole|role|isAdmin|locals|tenant|tenantId|organization|organisation|orgId|organizationId|organisationId)$/;
/** Whether something is named as what people put on the request once they know who is asking. */
export function isCaller(name: string): boolean {
  return callers.test(name);
}

const handshake = new Map<string, Value>([
  ['query', { k: 'input', from: 'query', path: [] }],
  ['headers', { k: 'input', from: 'headers', path: [] }],
  ['auth', { k: 'input', from: 'headers', path: ['auth'] }],
]);
const ownToEveryObject = new Set(['constructor', 'hasOwnProperty', 'toString', 'valueOf', '__proto__']);

/** A property of a value; `*` is any item. */
export function property(machine: Machine, value: Value, name: string, frame: Frame): Value {
  switch (value.k) {
    case 'role':
      if (value.role === 'event') return ofEvent(value, name);
      if (value.role === 'python') return ofPythonRequest(machine, name);
      if (value.of !== undefined && value.role === 'req') return ofRequest(value, value.of, name) ?? ofRole(machine, value, name);
      if (value.role === 'hono' || value.role === 'koa') return ofContext(machine, value, name, frame);
      return value.role === 'next' ? UNKNOWN : ofRole(machine, value, name);
    case 'input':
      if (name === 'length') return { k: 'guarded', of: { ...value, path: [...value.path, name] } };
      // A cookie is an object in web frameworks, and its value is the cookie.
      if (value.from === 'cookies' && name === 'value' && value.path.length === 1) return value;
      return value.path.length > 6
        ? value
        : {
            k: 'input',
            from: value.from,
            path: [...value.path, value.from === 'headers' ? name.toLowerCase() : /^\d+$/.test(name) ? '*' : name],
          };
    case 'session':
      if (value.path.length === 1 && value.path[0] === 'locals') {
        // A client or a function that the application keeps there for its handlers.
        const kept = (machine.requestFields.get(name) ?? []).filter((one) => one.k === 'inst' || one.k === 'fn');
        if (kept.length > 0) return either(kept);
      }
      return name === 'length' || value.path.length > 6 ? value : { k: 'session', path: [...value.path, name] };
    case 'obj': {
      if (name === '*') return either([...value.keys.values()]);
      const found = value.keys.get(name);
      if (found !== undefined) return found;
      const spread = value.keys.get('...');
      if (spread !== undefined) return property(machine, spread, name, frame);
      return UNKNOWN;
    }
    case 'arr': {
      if (name === '*') return value.items.length === 0 ? UNKNOWN : either(value.items);
      if (name === 'length') return value.open ? { k: 'guarded', of: UNKNOWN } : literal(value.items.length);
      if (/^\d+$/.test(name)) return value.items[Number(name)] ?? (value.open ? UNKNOWN : NULL);
      return UNKNOWN;
    }
    case 'either':
      return either(value.of.filter((one) => !(one.k === 'lit' && one.v === null)).map((one) => property(machine, one, name, frame)));
    case 'environment':
      return { k: 'env', name, fallback: null };
    case 'lib':
      if (value.symbol === 'global:process' && name === 'env') return { k: 'environment' };
      if ((name === 'search' || name === 'hash') && /^global:((window|document|self)\.)?location$/.test(value.symbol))
        return { k: 'input', from: 'other', path: ['location'] };
      // What stands in the address, in templates of Vue.
      if (value.symbol === 'global:$route' && /^(query|params|hash|fullPath)$/.test(name))
        return { k: 'input', from: partOfAddress(name), path: [] };
      if (value.symbol === 'global:import.meta' && name === 'env') return { k: 'environment' };
      if (value.symbol.startsWith('py:')) return libraryValue(symbolOf(value.symbol, name));
      return { k: 'lib', symbol: symbolOf(value.symbol, name) };
    case 'inst':
      if (value.symbol === 'npm:fastify#Instance') {
        const put = machine.decorations.get(name);
        if (put !== undefined) return put;
      }
      // What `expressWs(app)` gives.
      if (value.symbol === 'npm:express#Application' && name === 'app') return value;
      if (value.symbol === 'npm:socket.io#Socket') {
        // What the client says when it connects: its address, its headers, and what it says of itself.
        if (name === 'handshake') return { k: 'obj', keys: handshake, open: true, id: 'handshake' };
        if (name === 'request') return REQ;
        if (name === 'data') return { k: 'session', path: ['data'] };
        if (callers.test(name)) return { k: 'session', path: [name] };
      }
      return { k: 'inst', symbol: `${value.symbol}.${name}`, site: `${value.site}.${name}`, args: [], on: value };
    case 'result':
      if (value.symbol === 'schema') {
        if (name === 'data' || name === 'value') return value;
        if (name === 'success' || name === 'error' || name === 'issues') return UNKNOWN;
        return parsedField(machine, value, name, frame);
      }
      if (value.symbol === 'npm:vue-router#useRoute' && value.path.length === 0 && /^(query|params|hash|fullPath)$/.test(name))
        return { k: 'input', from: partOfAddress(name), path: [] };
      if (value.at !== undefined) machine.rows.note(value.at, name);
      return value.path.length > 6 ? value : { ...value, path: [...value.path, name] };
    case 'own': {
      const found = fieldOf(machine, value, name);
      // What a class of a package would have by this name, every view of a framework has as the framework says.
      const open = found.k === 'unknown' || (found.k === 'lib' && found.symbol.endsWith(`.${name}`));
      return open && isPython(value.file) ? (ofPythonView(machine, name) ?? found) : found;
    }
    case 'class': {
      const cls = value.file.facts.classes[value.cls];
      if (cls !== undefined && Object.hasOwn(cls.s, name)) {
        const found = machine.eval(cls.s[name] as NonNullable<(typeof cls.s)[string]>, value.frame);
        return found.k === 'fn' && found.self === null ? { ...found, self: value } : found;
      }
      return name === 'name' && cls !== undefined ? literal(cls.n) : UNKNOWN;
    }
    case 'mod':
      return isPython(value.file) ? memberOfModule(machine, value.file, name) : exportedValue(machine, value.file, name);
    case 'guarded':
      return { ...value, of: property(machine, value.of, name, frame) };
    case 'lit':
      if (name === 'length' && typeof value.v === 'string') return literal(value.v.length);
      return UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** Puts a property on an object, the request or `res.locals`. */
export function assignTo(machine: Machine, object: Value, name: string, value: Value): Value {
  if (object.k === 'obj' && object.keys.size < 500) {
    object.keys.set(name, value);
    grown();
  } else if (object.k === 'role' && object.role === 'koa' && (name === 'status' || name === 'body')) {
    if (name === 'status') machine.outcome.answer = value.k === 'lit' && typeof value.v === 'number' ? value.v : 200;
    else machine.outcome.answer ??= 200;
  } else if (object.k === 'role' && object.role === 'res' && name === 'statusCode') {
    if (value.k === 'lit' && typeof value.v === 'number') machine.outcome.answer ??= value.v;
  } else if (object.k === 'role') {
    const list = machine.requestFields.get(name) ?? [];
    machine.requestFields.set(name, list);
    if (list.length < 20) list.push(value);
  } else if (object.k === 'result' || object.k === 'inst') {
    machine.listener.changed(object, name, value);
  } else if (object.k === 'session' && object.path.at(-1) === 'locals') {
    machine.requestFields.set(name, [value]);
  }
  return value;
}

/** A property of the one object that Hono and Koa hand over. */
function ofContext(machine: Machine, value: Extract<Value, { k: 'role' }>, name: string, frame: Frame): Value {
  if (name === 'req' || name === 'request') return REQ;
  if (value.role === 'hono') {
    // What was put there with `c.set` stands among the request's fields.
    if (name === 'var') return REQ;
    return name === 'env' ? { k: 'environment' } : UNKNOWN;
  }
  if (name === 'state') return { k: 'session', path: ['locals'] };
  if (name === 'response') return value;
  if (name === 'body' || name === 'status' || name === 'type') return UNKNOWN;
  return machine.get(REQ, name === 'header' ? 'headers' : name, frame);
}

function ofRole(machine: Machine, value: Extract<Value, { k: 'role' }>, name: string): Value {
  if (ownToEveryObject.has(name)) return UNKNOWN;
  const put = machine.requestFields.get(name);
  if (value.role === 'res') {
    if (name === 'locals') return { k: 'session', path: ['locals'] };
    return UNKNOWN;
  }
  if (name === 'raw' || name === 'req' || name === 'request') return value;
  if (name === 'app' || name === 'res') return UNKNOWN;
  if (Object.hasOwn(inputs, name)) return { k: 'input', from: inputs[name] as InputFrom, path: name === 'method' ? ['method'] : [] };
  if (put !== undefined) {
    const sources = put.filter((one) => one.k !== 'unknown');
    const plain = sources.filter((one) => one.k === 'input' || (one.k === 'result' && one.symbol === 'schema'));
    if (plain.length > 0 && plain.length === sources.length && !/^(user|session|auth)$/.test(name)) return either(plain);
    if (sources.some((one) => one.k === 'fn')) return either(sources);
    if (callers.test(name) || sources.some((one) => one.k === 'session' || one.k === 'result')) return { k: 'session', path: [name] };
    return UNKNOWN;
  }
  return callers.test(name) ? { k: 'session', path: [name] } : UNKNOWN;
}

/** A part of the route that a screen of Vue shows. */
function partOfAddress(name: string): 'query' | 'params' | 'other' {
  return name === 'query' || name === 'params' ? name : 'other';
}
