import type { Expr } from '../code/facts.ts';
import type { SourceFile } from '../code/value.ts';
import type { Following, Target } from './following.ts';
import { lastName } from './walk.ts';
import type { Site } from './walk.ts';

/** A place that calls a function, with what it hands over. */
export interface Caller {
  readonly site: Site;
  readonly args: readonly Expr[];
}

/** Who calls each function, by `file:index`: directly, through a mutation of a query library, as the handler of a form, or for each item of a list. */
export function callersOf(sites: readonly Site[], following: Following): ReadonlyMap<string, readonly Caller[]> {
  const callers = new Map<string, Caller[]>();
  const note = (targets: readonly Target[], caller: Caller): void => {
    for (const { file, fn } of targets) {
      const key = `${file.path}:${fn}`;
      const list = callers.get(key);
      if (list === undefined) callers.set(key, [caller]);
      else if (list.length < 16) list.push(caller);
    }
  };
  for (const site of sites) {
    const { call, file } = site;
    const handler = call.a[0];
    const own = following.mayBeOwn(call.f, file);
    if (!own && call.f.k !== 'get' && lastName(file.facts, call.f) !== 'handleSubmit') continue;
    if (!own && handler?.k !== 'fn' && lastName(file.facts, call.f) !== 'handleSubmit') continue;
    following.ask(() => {
      if (own) note(following.targets(call.f, file), { site, args: call.a });
      if (handler?.k === 'fn' && call.f.k === 'get' && /^(?:map|forEach|find|filter|some|every|flatMap)$/.test(call.f.n))
        note([{ file, fn: handler.i }], { site, args: [{ k: 'get', o: call.f.o, n: '0' }] });
      if (handler !== undefined && lastName(file.facts, call.f) === 'handleSubmit') {
        const defaults = following.defaultsOf(call.f, file);
        note(following.targets(handler, file), { site, args: [defaults === null ? { k: 'unk' } : startOf(defaults)] });
      }
    });
  }
  return callers;
}

/** What a form begins with, marked so that its empty fields count as fields to fill and not as values. */
function startOf(defaults: Expr): Expr {
  const state: Expr = { k: 'call', f: { k: 'glo', n: 'useState' }, a: [defaults], i: -1, l: 0, e: 0, w: 0 };
  return { k: 'get', o: state, n: '0' };
}

interface Surrounding {
  readonly key: string;
  readonly index: number;
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
}

/** The functions around a place, outermost first, without the module; each as `file:index`. */
export function functionsAround({ facts, path }: SourceFile, fn: number): Surrounding[] {
  const found: Surrounding[] = [];
  for (let at = fn; at > 0 && found.length < 20; at = facts.functions[at]?.up ?? 0) {
    const func = facts.functions[at];
    if (func === undefined) break;
    found.unshift({ key: `${path}:${at}`, index: at, name: func.n === '<anonymous>' ? '' : func.n, line: func.l, endLine: func.e });
  }
  return found;
}
