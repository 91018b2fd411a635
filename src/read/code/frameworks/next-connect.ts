import type { KnownCall } from '../listener.ts';
import { isPath, paths } from '../paths.ts';
import type { Routers } from '../routers.ts';
import type { Value } from '../value.ts';

/** A call on a router of next-connect: `handler.use(guard).post(create)`; its file says the path. */
export function registerWithNextConnect(routers: Routers, call: KnownCall): Value | undefined {
  const { receiver } = call;
  if (receiver?.k !== 'inst') return undefined;
  const [first] = call.args;
  const from = first !== undefined && isPath(first) ? 1 : 0;
  const at = from === 1 ? paths(first) : ['/'];
  switch (call.means) {
    case 'route': {
      const method = call.symbol.slice(call.symbol.lastIndexOf('.') + 1);
      routers.add(receiver, call, { kind: 'route', method, paths: at }, routers.given(call, from));
      return receiver;
    }
    case 'mount':
      routers.use(receiver, call);
      return receiver;
    case 'router-of':
      return receiver;
    default:
      return undefined;
  }
}
