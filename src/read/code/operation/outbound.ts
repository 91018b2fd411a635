import { waiting } from '../../../knowledge/tables/timeouts.ts';
import type { Waiting } from '../../../knowledge/tables/timeouts.ts';
import type { KnownCall } from '../listener.ts';
import type { Value } from '../value.ts';

/** How long a call of the outside may wait. */
export interface Wait {
  readonly library: string;
  readonly what: Waiting['what'];
  readonly timeout: 'set' | 'default' | 'none' | 'unknown';
  readonly seconds: number | null;
  readonly source: string;
}

const byPackage = new Map(waiting.flatMap((one) => one.packages.map((name) => [name, one] as const)));
const outside = /^(outbound(-payment|-storage)?|mail|model-call)$/;

/** What a call says of its own limit; null for what is no call of the outside, or one of the application's own server. */
export function waitOf({ symbol, means, args, receiver }: KnownCall): Wait | null {
  if (!outside.test(means)) return null;
  const name = symbol.startsWith('global:') ? 'global' : symbol.replace(/^npm:/, '').replace(/#.*$/, '');
  const known = byPackage.get(name);
  if (known === undefined || isOwn(baseOf(receiver) ?? args[0])) return null;
  // The body of `axios.post(url, body, options)` is no place for options.
  const body = name === 'axios' && /\.(post|put|patch)$|#(post|put|patch)$/.test(symbol) ? 2 : 1;
  const given = [...(args[0]?.k === 'obj' ? [args[0]] : []), ...args.slice(body), ...optionsOf(receiver)];
  const set = given.map((one) => says(one, known.options));
  const timeout = set.includes('yes')
    ? 'set'
    : set.includes('perhaps') && known.options.length > 0
      ? 'unknown'
      : known.seconds === null || name === 'global'
        ? 'none'
        : 'default';
  return { library: name === 'global' ? 'fetch' : name, what: known.what, timeout, seconds: known.seconds, source: known.source };
}

/** What the client was made with. */
function optionsOf(receiver: Value | null): readonly Value[] {
  if (receiver?.k !== 'inst' && receiver?.k !== 'result') return [];
  return [...receiver.args, ...optionsOf(receiver.on)];
}

function baseOf(receiver: Value | null): Value | undefined {
  const [options] = optionsOf(receiver);
  return options?.k === 'obj' ? options.keys.get('baseURL') : undefined;
}

/** A path without a host, or the machine itself: the application's own server. */
function isOwn(address: Value | undefined): boolean {
  const text = address?.k === 'lit' ? address.v : address?.k === 'tpl' ? address.parts[0] : undefined;
  return typeof text === 'string' && /^(\/(?!\/)|https?:\/\/(localhost|127\.0\.0\.1))/.test(text);
}

function says(value: Value, options: readonly string[]): 'yes' | 'perhaps' | 'no' {
  switch (value.k) {
    case 'obj':
      if (options.some((name) => value.keys.has(name))) return 'yes';
      return value.open ? 'perhaps' : 'no';
    case 'either': {
      const all = value.of.map((one) => says(one, options));
      return all.every((one) => one === 'yes') ? 'yes' : all.every((one) => one === 'no') ? 'no' : 'perhaps';
    }
    case 'lit':
    case 'tpl':
    case 'env':
    case 'input':
    case 'session':
    case 'arr':
    case 'guarded':
      return 'no';
    default:
      return 'perhaps';
  }
}
