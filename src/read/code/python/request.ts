import type { Machine } from '../machine.ts';
import { either, UNKNOWN } from '../value.ts';
import type { InputFrom, Value } from '../value.ts';

// The request as Flask, Django, Django REST framework and Starlette hand it over.

const parts: Readonly<Record<string, InputFrom>> = {
  args: 'query',
  values: 'query',
  form: 'body',
  json: 'body',
  data: 'body',
  body: 'body',
  stream: 'body',
  files: 'files',
  cookies: 'cookies',
  headers: 'headers',
  view_args: 'params',
  path_params: 'params',
  query_params: 'query',
  query_string: 'query',
  GET: 'query',
  POST: 'body',
  FILES: 'files',
  COOKIES: 'cookies',
  META: 'headers',
  authorization: 'headers',
};
/** The method of a request that is followed only to learn which methods are asked for. */
export const anyMethod = '?';
const callers = new Set(['user', 'auth', 'session', 'current_user']);
const whole = new Set([
  'path',
  'url',
  'full_path',
  'base_url',
  'host',
  'remote_addr',
  'endpoint',
  'path_info',
  'client',
  'blueprint',
  'url_rule',
  'resolver_match',
  'referrer',
  'host_url',
  'url_root',
]);
const readers: Readonly<Record<string, InputFrom>> = {
  get_json: 'body',
  get_data: 'body',
  json: 'body',
  form: 'body',
  body: 'body',
  get_full_path: 'other',
  build_absolute_uri: 'other',
  stream: 'body',
};

/** A property of the request. */
export function ofPythonRequest(machine: Machine, name: string): Value {
  const { handling } = machine;
  if (name === 'method')
    return handling === null || handling.method === anyMethod || handling.method === 'ALL'
      ? { k: 'input', from: 'other', path: ['method'] }
      : { k: 'known', v: handling.method };
  if (name === 'endpoint' && handling?.endpoint !== undefined) return { k: 'known', v: handling.endpoint };
  if ((name === 'path' || name === 'path_info') && handling !== null)
    return { k: 'role', role: 'python', status: null, of: { path: handling.path } };
  if (name === 'authorization') return { k: 'input', from: 'headers', path: ['authorization'] };
  if (Object.hasOwn(parts, name)) return { k: 'input', from: parts[name] as InputFrom, path: [] };
  if (callers.has(name)) return { k: 'session', path: [name] };
  if (name === 'state') return { k: 'session', path: ['locals'] };
  if (whole.has(name)) return { k: 'input', from: 'other', path: [name] };
  const put = machine.requestFields.get(name) ?? [];
  return put.length > 0 ? either(put) : UNKNOWN;
}

/** What a view that is a class knows of the request: `self.request`, `self.kwargs`, `self.action`. */
export function ofPythonView(machine: Machine, name: string): Value | null {
  // Which of its actions a set of views is asked for.
  if (name === 'action' && machine.handling?.endpoint !== undefined) return { k: 'known', v: machine.handling.endpoint };
  if (name === 'request') return { k: 'role', role: 'python', status: null };
  return name === 'kwargs' ? { k: 'input', from: 'params', path: [] } : null;
}

/** A method of the request: `request.get_json()`; null for one that gives nothing of it. */
export function callOfPythonRequest(name: string): Value | null {
  return Object.hasOwn(readers, name) ? { k: 'input', from: readers[name] as InputFrom, path: [] } : null;
}
