import type { Sample } from '../../model/evidence/samples.ts';
import { compare } from '../code/queries.ts';
import type { Resolve } from '../code/modules.ts';
import type { SourceFile } from '../code/value.ts';
import { callersOf, functionsAround } from './callers.ts';
import type { Caller } from './callers.ts';
import { boundTo, Following } from './following.ts';
import type { Given } from './following.ts';
import { mayBeRequest, requestOf } from './request-shapes.ts';
import type { Shaped } from './request-shapes.ts';
import { addressesOf } from './addresses.ts';
import type { Address } from './addresses.ts';
import { callsIn } from './walk.ts';
import type { Site } from './walk.ts';

/** A request that the code makes of the application's own server: a screen's, a client library's, a test's. */
export interface ClientCall extends Pick<
  Sample,
  'method' | 'path' | 'query' | 'body' | 'encoding' | 'status' | 'where' | 'within' | 'callers'
> {
  /** Which call of its file it is, where several stand on one line. */
  readonly call: number;
}

const most = 20_000;
const chains = 3;

/** Every request of the program's text to a path from the root, whether or not an endpoint has it. */
export function clientCalls(files: ReadonlyMap<string, SourceFile>, resolve: Resolve): { calls: ClientCall[]; complete: boolean } {
  const following = new Following(files, resolve);
  const sites = [...files.values()].flatMap(callsIn);
  for (const { file, call } of sites) following.noteAppended(file, call);
  let callers: ReadonlyMap<string, readonly Caller[]> | null = null;
  const found = new Map<string, ClientCall[]>();
  let seen = new Set<number>();
  let file: SourceFile | null = null;
  // What stands further out comes later in the text of calls: `request(app).get('/x').send()` is seen whole before its parts.
  for (const site of sites.toReversed()) {
    if (site.file !== file) [file, seen] = [site.file, new Set()];
    if (found.size >= most) break;
    if (!mayBeRequest(site.call, site.file.facts)) continue;
    for (const call of expand([site], new Map(), null)) keep(found, call);
  }
  return { calls: [...found.values()].flat().sort(inOrder), complete: found.size < most };

  /**
   * The requests of the innermost site of a chain, told by whoever calls the functions around it where those know more.
   * @param stated how far out the path is known; null while it is not
   */
  function expand(chain: readonly Site[], given: Given, stated: number | null): ClientCall[] {
    const [site] = chain;
    const outer = chain.at(-1);
    if (site === undefined || outer === undefined || (chain.length === 1 && seen.has(site.call.i))) return [];
    const scope = { file: site.file, given };
    const { value: shaped, needs } = following.ask(() => requestOf(site.call, scope, following, chain.length === 1 ? seen : undefined));
    const addresses = shaped === null ? [] : addressesOf(shaped.url, shaped.query);
    const level = stated ?? (addresses.length > 0 ? chain.length - 1 : null);
    const told = shaped === null ? [] : described(shaped, addresses, chain.slice(level ?? 0));
    if (needs.size === 0 || chain.length > chains || (shaped === null && !mayBeRequest(site.call, site.file.facts))) return told;
    callers ??= callersOf(sites, following);
    for (const { key, index } of functionsAround(outer.file, outer.fn).toReversed()) {
      if (!needs.has(key)) continue;
      const more = (callers.get(key) ?? [])
        .filter(({ site: one }) => !chain.includes(one))
        .flatMap((caller) => {
          const bound = boundTo({ file: outer.file, fn: index }, caller.args, caller.site.file);
          return expand([...chain, caller.site], new Map([...given, ...bound]), level);
        });
      if (more.length > 0) return more;
    }
    return told;
  }
}

function described(shaped: Shaped, addresses: readonly Address[], chain: readonly Site[]): ClientCall[] {
  const [at, ...callers] = chain.map(placed);
  if (at === undefined) return [];
  const { method, encoding, status } = shaped;
  const body = shaped.body?.kind === 'unknown' && !method.startsWith('P') ? null : shaped.body;
  const call = chain[0]?.call.i ?? -1;
  return addresses.map(({ path, query }) => ({ call, method, path, query, body, encoding, status, ...at, callers }));
}

function inOrder(a: ClientCall, b: ClientCall): number {
  const key = ({ where, callers }: ClientCall): (string | number)[] =>
    [where, ...callers.map((one) => one.where)].flatMap(({ file, line }) => [file, line]);
  const [left, right] = [key(a), key(b)];
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (one !== other) return typeof one === 'number' && typeof other === 'number' ? one - other : compare(String(one), String(other));
  }
  return left.length - right.length || compare(a.method, b.method) || compare(a.path, b.path);
}

function placed({ file, fn, call }: Site): Sample['callers'][number] {
  return {
    where: { file: file.path, line: call.l, endLine: Math.max(call.l, call.e) },
    within: functionsAround(file, fn).map(({ name, line, endLine }) => ({ name, line, endLine })),
  };
}

/** One row for each request of a place; the same seen with and without its base is told with it. */
function keep(found: Map<string, ClientCall[]>, call: ClientCall): void {
  const place = `${call.method} ${[call, ...call.callers].map(({ where }) => `${where.file}:${where.line}`).join()}`;
  const others = found.get(place) ?? [];
  found.set(place, others);
  const at = others.findIndex(({ path }) => path.endsWith(call.path) || call.path.endsWith(path));
  const other = others[at];
  if (other === undefined) others.push(call);
  else if (other.path.length < call.path.length) others[at] = { ...call, body: call.body ?? other.body };
  else others[at] = { ...other, body: other.body ?? call.body };
}
