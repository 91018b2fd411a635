import type { LiveEndpoint } from '../../model/evidence/live.ts';
import { pathText } from './paths.ts';
import type { LiveServer } from './live.ts';
import { reach } from './visit.ts';
import type { Value } from './value.ts';

interface Address {
  readonly path: string;
  readonly port: LiveEndpoint['port'];
  /** Null where the library has none. */
  readonly namespace: string | null;
}

/** Where clients reach a server. */
export function addressOf(server: LiveServer): Address {
  const { made } = server;
  const options = optionsOf(made);
  const named = options?.get('path');
  if (made.symbol.startsWith('npm:socket.io#')) {
    const inner = made.symbol.endsWith('Namespace');
    const root = inner && made.on?.k === 'inst' ? made.on : made;
    const path = optionsOf(root)?.get('path');
    return {
      path: path ? `${pathText(path).replace(/\/?$/, '')}/` : '/socket.io/',
      port: portOf(root.args[0]),
      namespace: inner && made.args[0] ? pathText(made.args[0]) : '/',
    };
  }
  const own = options?.has('server') === true || options?.has('noServer') === true ? null : portOf(options?.get('port'));
  return { path: named ? pathText(named) : (upgradedAt(server) ?? '/'), port: own, namespace: null };
}

/** `verifyClient` among the options. */
export function verifierOf({ made }: LiveServer): Value | null {
  return optionsOf(made)?.get('verifyClient') ?? null;
}

function optionsOf({ args }: LiveServer['made']): ReadonlyMap<string, Value> | null {
  const found = args.find((arg) => arg.k === 'obj');
  return found?.k === 'obj' ? found.keys : null;
}

function portOf(value: Value | undefined): LiveEndpoint['port'] {
  if (value === undefined) return null;
  switch (value.k) {
    case 'lit':
      return /^\d+$/.test(String(value.v)) ? { variable: null, number: Number(value.v) } : null;
    case 'env': {
      const fallback = value.fallback ? portOf(value.fallback) : null;
      return { variable: value.name, number: fallback?.number ?? null };
    }
    case 'guarded':
      return portOf(value.of);
    case 'either': {
      const found = value.of.map(portOf).filter((one) => one !== null);
      const variable = found.find((one) => one.variable !== null)?.variable ?? null;
      return found.length === 0 ? null : { variable, number: found.find((one) => one.number !== null)?.number ?? null };
    }
    default:
      return null;
  }
}

/** The path for which an upgrade hands connections to the server: of those that it compares, the one in its turn. */
function upgradedAt({ upgrades }: LiveServer): string | null {
  for (const { visit, turn } of upgrades) {
    const paths = [...reach(visit)].flatMap((one) =>
      [...(one.compared ?? [])].flatMap(([field, texts]) =>
        field.startsWith('other') ? [...texts].filter((text) => text.startsWith('/')) : [],
      ),
    );
    const path = paths[turn] ?? paths[0];
    if (path !== undefined) return path;
  }
  return null;
}
