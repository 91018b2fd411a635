import type { KnownCall } from '../listener.ts';
import { paths, webSocketMethod } from '../paths.ts';
import type { Routers } from '../routers.ts';
import type { Value } from '../value.ts';

/** A call on an Express application or router; the receiver is what it returns, for chaining. */
export function registerWithExpress(routers: Routers, call: KnownCall): Value | undefined {
  const { receiver } = call;
  if (receiver?.k !== 'inst') return undefined;
  const verb = call.symbol.slice(call.symbol.lastIndexOf('.') + 1);
  if (receiver.symbol === 'npm:express#Route') {
    const base = receiver.on;
    if (base?.k === 'inst')
      routers.add(base, call, { kind: 'route', method: verb, paths: paths(receiver.args[0]) }, routers.given(call, 0));
    return receiver;
  }
  const [first] = call.args;
  switch (call.means) {
    case 'route':
      if (verb === 'get' && call.args.length < 2) return undefined;
      routers.add(receiver, call, { kind: 'route', method: verb, paths: paths(first) }, routers.given(call, 1));
      return receiver;
    case 'live-route':
      routers.add(receiver, call, { kind: 'route', method: webSocketMethod, paths: paths(first) }, routers.given(call, 1));
      return receiver;
    case 'mount':
      routers.use(receiver, call);
      return receiver;
    case 'param':
      if (first?.k === 'lit') routers.add(receiver, call, { kind: 'param', method: String(first.v), paths: ['/'] }, routers.given(call, 1));
      return receiver;
    default:
      return undefined;
  }
}
