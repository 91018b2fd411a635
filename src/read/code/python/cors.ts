import { literal, UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { namedIn } from './arguments.ts';

/** What a call that sets other origins up allows, as checks know it: `origin` and `credentials`; undefined for another call. */
export function originsAllowed(symbol: string, args: readonly Value[]): { symbol: string; args: readonly Value[] } | undefined {
  const given = namedIn(args);
  if (/^py:flask_cors#(CORS|cross_origin|CORS\.init_app)$/.test(symbol)) {
    const resources = given?.keys.get('resources');
    const [first] = resources?.k === 'obj' ? [...resources.keys.values()] : [];
    const within = first?.k === 'obj' ? first.keys.get('origins') : undefined;
    // Without a word it is every origin.
    return told('py:flask_cors#CORS', within ?? given?.keys.get('origins') ?? literal('*'));
  }
  if (!/^py:(fastapi|starlette)#(Application\.add_middleware|middleware\.Middleware)$/.test(symbol)) return undefined;
  const [middleware] = args;
  if (middleware?.k !== 'lib' || !/#(middleware\.cors\.)?CORSMiddleware$/.test(middleware.symbol)) return undefined;
  const pattern = given?.keys.get('allow_origin_regex');
  const listed = given?.keys.get('allow_origins');
  return told(
    'py:starlette#CORSMiddleware',
    pattern === undefined ? (listed ?? { k: 'arr', items: [], open: given?.open ?? false }) : UNKNOWN,
  );
}

/** Of the settings of Django: `CORS_ALLOW_ALL_ORIGINS`, `CORS_ALLOWED_ORIGINS`. */
export function originsOfSettings(everywhere: Value, listed: Value): Value {
  return options(everywhere.k === 'lit' && everywhere.v === true ? literal('*') : listed);
}

function told(symbol: string, origins: Value): { symbol: string; args: readonly Value[] } {
  return { symbol, args: [options(origins)] };
}

/**
 * Cookies are left out of this: what is allowed to bring them still gets none, since the frameworks' cookies say `SameSite=Lax` or nothing, which
 * browsers take for it.
 */
function options(origins: Value): Value {
  const any = origins.k === 'arr' ? origins.items.find((one) => one.k === 'lit' && one.v === '*') : undefined;
  const open = origins.k === 'arr' && origins.items.some((one) => one.k === 'unknown');
  return { k: 'obj', keys: new Map([['origin', any ?? (open ? UNKNOWN : origins)]]), open: false, id: '' };
}
