import type { KnownCall } from '../listener.ts';
import { isPath, paths, pathText } from '../paths.ts';
import type { Given, Instance, Routers } from '../routers.ts';
import type { Value } from '../value.ts';

/** A call on a Koa application or router. */
export function registerWithKoa(routers: Routers, call: KnownCall): Value | undefined {
  const { receiver } = call;
  const [first, second] = call.args;
  if (call.means === 'composed') return first;
  if (call.means === 'router' && call.expr.k === 'call') return made(routers, call);
  if (receiver?.k !== 'inst') return undefined;
  switch (call.means) {
    case 'route': {
      const verb = call.symbol.slice(call.symbol.lastIndexOf('.') + 1);
      // A route may have a name, which stands before its path.
      const named = first !== undefined && second !== undefined && isPath(first) && isPath(second);
      const at = paths(named ? second : first);
      routers.add(
        receiver,
        call,
        { kind: 'route', method: verb === 'del' ? 'delete' : verb, paths: at },
        routers.given(call, named ? 2 : 1),
      );
      return receiver;
    }
    case 'mount': {
      const hasPath = first !== undefined && isPath(first);
      for (const given of routers.given(call, hasPath ? 1 : 0)) use(routers, call, receiver, hasPath ? paths(first) : ['/'], given);
      return receiver;
    }
    case 'param':
      if (first?.k === 'lit') routers.add(receiver, call, { kind: 'param', method: String(first.v), paths: ['/'] }, routers.given(call, 1));
      return receiver;
    case 'router-prefix':
      routers.below(receiver, call, pathText(first ?? { k: 'unknown' }));
      return receiver;
    case 'router-of':
      return receiver;
    default:
      return undefined;
  }
}

/** `new Router({ prefix: '/api' })` */
function made(routers: Routers, call: KnownCall): Value {
  const [options] = call.args;
  const library = call.symbol.slice(0, call.symbol.indexOf('#') + 1);
  const site = `${call.frame.file.path}:${call.expr.i}@${call.frame.id}`;
  const router: Instance = { k: 'inst', symbol: `${library}Router`, site, args: call.args, on: null };
  const prefix = options?.k === 'obj' ? options.keys.get('prefix') : undefined;
  if (prefix !== undefined) routers.below(router, call, pathText(prefix));
  return router;
}

function use(routers: Routers, call: KnownCall, receiver: Instance, at: readonly string[], given: Given): void {
  const { value } = given;
  if (value.k === 'result' && value.symbol === 'npm:koa-mount#default') {
    const [path, mounted] = value.args.length > 1 ? value.args : [undefined, value.args[0]];
    if (mounted !== undefined) use(routers, call, receiver, paths(path), { value: mounted, expr: undefined });
    return;
  }
  routers.add(receiver, call, { kind: 'use', method: 'use', paths: at }, [given]);
}
