import type { KnownCall } from '../listener.ts';
import { isPath, paths, pathText } from '../paths.ts';
import type { Checked, Given, Instance, Routers } from '../routers.ts';
import type { Value } from '../value.ts';

/** A call on a Hono application. */
export function registerWithHono(routers: Routers, call: KnownCall): Value | undefined {
  const { receiver } = call;
  if (receiver?.k !== 'inst') return undefined;
  const [first, second] = call.args;
  switch (call.means) {
    case 'route': {
      const verb = call.symbol.slice(call.symbol.lastIndexOf('.') + 1);
      if (first !== undefined && isPath(first)) route(routers, call, receiver, [verb], paths(first), routers.given(call, 1));
      return receiver;
    }
    case 'route-on':
      route(routers, call, receiver, paths(first), paths(second), routers.given(call, 2));
      return receiver;
    case 'route-described': {
      const method = first?.k === 'obj' ? first.keys.get('method') : undefined;
      const path = first?.k === 'obj' ? first.keys.get('path') : undefined;
      if (first?.k !== 'obj' || method === undefined || path === undefined) return receiver;
      const before = first.keys.get('middleware');
      const given = [...(before === undefined ? [] : [{ value: before, expr: undefined }]), ...routers.given(call, 1).slice(0, 1)];
      route(routers, call, receiver, paths(method), [pathText(path).replaceAll(/\{(\w+)\}/g, ':$1')], given, described(first));
      return receiver;
    }
    case 'mount':
      routers.use(receiver, call);
      return receiver;
    case 'mount-router':
      routers.add(receiver, call, { kind: 'use', method: 'use', paths: paths(first) }, routers.given(call, 1).slice(0, 1));
      return receiver;
    case 'base-path': {
      const child: Instance = { ...receiver, site: `${receiver.site}${pathText(first ?? { k: 'unknown' })}`, on: receiver };
      routers.below(child, call, pathText(first ?? { k: 'unknown' }));
      routers.add(receiver, call, { kind: 'use', method: 'use', paths: ['/'] }, [{ value: child, expr: undefined }]);
      return child;
    }
    default:
      return undefined;
  }
}

function route(
  routers: Routers,
  call: KnownCall,
  receiver: Instance,
  methods: readonly string[],
  at: readonly string[],
  given: readonly Given[],
  more: readonly Checked[] = [],
): void {
  const checked = [...more, ...given.flatMap(({ value }) => validated(value))];
  // A parameter may say of what it consists: `/:id{[0-9]+}`.
  const plain = at.map((path) => path.replaceAll(/(:\w+)\{[^/]*\}/g, '$1'));
  for (const method of methods) routers.add(receiver, call, { kind: 'route', method: method.toLowerCase(), paths: plain, checked }, given);
}

const targets: Readonly<Record<string, Checked['at']>> = {
  json: 'body',
  form: 'body',
  query: 'query',
  param: 'params',
  header: 'headers',
  cookie: 'cookies',
};

/** `zValidator('json', schema)`. */
function validated(value: Value): Checked[] {
  if (value.k !== 'result' || !/-validator#[zv]Validator$/.test(value.symbol)) return [];
  const [target, schema] = value.args;
  const at = target?.k === 'lit' ? targets[String(target.v)] : undefined;
  return at === undefined || schema === undefined ? [] : [{ at, schema }];
}

/** The schemas of a description that `createRoute` was given. */
function described(description: Extract<Value, { k: 'obj' }>): Checked[] {
  const request = description.keys.get('request');
  if (request?.k !== 'obj') return [];
  return [...request.keys].flatMap(([name, value]): Checked[] => {
    if (name === 'params' || name === 'query' || name === 'headers' || name === 'cookies') return [{ at: name, schema: value }];
    const content = name === 'body' && value.k === 'obj' ? value.keys.get('content') : undefined;
    const [form] = content?.k === 'obj' ? content.keys.values() : [];
    const schema = form?.k === 'obj' ? form.keys.get('schema') : undefined;
    return schema === undefined ? [] : [{ at: 'body', schema }];
  });
}
