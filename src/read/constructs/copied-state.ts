import type { Construct } from '../../model/evidence/constructs.ts';
import type { Expr, FileFacts } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import { callsIn, lastName } from '../samples/walk.ts';
import type { Call } from '../samples/walk.ts';
import { packageOf, visitExpressions } from './nodes.ts';

const keepers =
  /^(@tanstack\/(react|vue|solid|svelte)-query|react-query|swr(\/.*)?|@trpc\/(react-query|next|tanstack-react-query)|@apollo\/client.*|urql|@reduxjs\/toolkit\/query.*)$/;
const asks = /^use\w*(Query|SWR|SWRInfinite)$/;
const tells =
  /^(refetch|refetchQueries|invalidate|invalidateQueries|invalidateTags|resetQueries|setQueryData|setData|mutate|revalidate\w*|refresh)$/;

/**
 * Lists of the server's that a screen copies out of the library that keeps them and then changes by itself: `setItems(data)` and, elsewhere,
 * `setItems(items.filter(…))`, in a file that never tells the library. A form that is filled from what the server holds is no such copy.
 */
export function copiedState(file: SourceFile): Omit<Construct, 'routes'>[] {
  const { facts, path } = file;
  if (!facts.imports.some(([specifier]) => keepers.test(specifier)) && !facts.imports.some(([one]) => one === 'react')) return [];
  const kept = new Set<number>();
  const results = new Set<number>();
  const setters = new Map<number, string>();
  facts.bindings.forEach(({ n, v: [first] }, binding) => {
    const made = first === undefined ? null : callBehind(facts, first.e);
    if (first === undefined || made === null) return;
    const name = lastName(facts, made.f);
    if (asks.test(name) && !/^react(-router(-dom)?)?$/.test(packageOf(facts, made.f))) {
      if (first.p?.[0] === 'data') kept.add(binding);
      else if (first.p === undefined) results.add(binding);
    }
    if (name === 'useState' && first.p?.[0] === 1) setters.set(binding, n);
  });
  if ((kept.size === 0 && results.size === 0) || setters.size === 0) return [];
  const isKept = (e: Expr | undefined): boolean => {
    if (e?.k === 'or') return isKept(e.l);
    if (e?.k === 'get') return (e.n === 'data' && e.o.k === 'var' && results.has(e.o.b)) || isKept(e.o);
    return e?.k === 'var' && kept.has(e.b);
  };
  const sites = callsIn(file);
  if (sites.some(({ call }) => tells.test(lastName(facts, call.f)))) return [];
  const set = sites.flatMap(({ call, fn }) => (call.f.k === 'var' && setters.has(call.f.b) ? [{ setter: call.f.b, call, fn }] : []));
  return [...setters].flatMap(([setter, name]) => {
    const copied = set.find((one) => one.setter === setter && isKept(one.call.a[0]));
    const changed = set.find(
      (one) => one.setter === setter && changesList(facts, one.call.a[0]) && !holdsKept(facts, one.call.a[0], isKept),
    );
    if (copied === undefined || changed === undefined) return [];
    const line = Math.max(1, copied.call.l);
    const within = `${path}:${copied.fn === 0 ? 0 : (facts.functions[copied.fn]?.l ?? 0)}`;
    return [{ kind: 'copied-state' as const, name, detail: String(changed.call.l), where: { file: path, line, endLine: line }, within }];
  });
}

/** The call whose result is taken apart: `const { data } = useQuery(…)` keeps it in a variable without a name first. */
function callBehind(facts: FileFacts, e: Expr): Call | null {
  const binding = e.k === 'var' ? facts.bindings[e.b] : undefined;
  const behind = binding?.n.startsWith('%') === true ? binding.v[0]?.e : e;
  return behind?.k === 'call' ? behind : null;
}

/** `items.filter(…)`, `[...items, item]`, also as what an updater returns. */
function changesList(facts: FileFacts, e: Expr | undefined): boolean {
  let found = false;
  const root = e?.k === 'fn' ? facts.functions[e.i]?.b : e;
  visitExpressions(facts, root === undefined ? [] : [root], 0, ({ e: one }) => {
    if (one.k === 'arr' && one.a.some((item) => item.k === 'spread')) found = true;
    if (one.k === 'call' && one.f.k === 'get' && /^(filter|map|concat|toSpliced|with)$/.test(one.f.n)) found = true;
  });
  return found;
}

function holdsKept(facts: FileFacts, e: Expr | undefined, isKept: (e: Expr) => boolean): boolean {
  let found = false;
  visitExpressions(facts, e === undefined ? [] : [e], 0, ({ e: one }) => (found ||= isKept(one)));
  return found;
}
