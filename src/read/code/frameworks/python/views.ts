import { guardedSymbol } from '../../python/decorate.ts';
import { viewSymbol } from '../../python/methods.ts';
import { knowledgeOf } from '../../knowledge.ts';
import type { Machine } from '../../machine.ts';
import type { Link } from '../../routers.ts';
import type { Value } from '../../value.ts';
import type { Place } from '../../../../model/words.ts';

type Fn = Extract<Value, { k: 'fn' }>;
export type ClassValue = Extract<Value, { k: 'class' }>;

/** A handler without its decorators: what each of them asks of callers, and what else they say. */
export interface Unwrapped {
  readonly value: Value;
  readonly fn: Fn | null;
  readonly guards: readonly Link[];
  /** Decorators that say something of the endpoint: `require_POST`, `permission_classes([…])`. */
  readonly settings: readonly Setting[];
}

/** A decorator that only says something of a view, with what it was given. */
export interface Setting {
  readonly symbol: string;
  readonly args: readonly Value[];
}

/** Takes decorators off a view, outermost first. */
export function unwrapped(machine: Machine, view: Value, where: Place): Unwrapped {
  const guards: Link[] = [];
  const settings: Setting[] = [];
  let value = view;
  for (let steps = 0; value.k === 'result' && value.symbol.startsWith('py:') && steps < 12; steps++) {
    const means = knowledgeOf(value.symbol)?.means ?? '';
    const inner: Value | undefined = value.args[0];
    if (inner === undefined) break;
    if (value.symbol === guardedSymbol || means.startsWith('guard:'))
      guards.push(linkTo({ ...value, args: value.args.slice(1) }, where, nameIn(value.on ?? value)));
    else if (/^(http-methods|view-setting)$/.test(means)) settings.push({ symbol: value.symbol, args: value.args.slice(1) });
    else if (value.symbol === viewSymbol || inner.k !== 'fn') break;
    value = inner;
  }
  if (value.k === 'either') value = value.of.find((one) => one.k === 'fn') ?? value;
  return { value, fn: value.k === 'fn' ? value : null, guards, settings };
}

/** What stands in front of a handler. */
export function linkTo(value: Value, where: Place, name?: string, args?: readonly Value[]): Link {
  const made = placeOf(value);
  return { value, name: name ?? nameIn(value), inner: null, where: made ?? where, args: args ?? [] };
}

/** Where a function stands; null for what is none. */
export function placeOf(value: Value): Place | null {
  if (value.k !== 'fn') return null;
  const func = value.file.facts.functions[value.fn];
  return func === undefined ? null : { file: value.file.path, line: func.l, endLine: func.e };
}

/** What people would call it. */
export function nameIn(value: Value): string {
  if (value.k === 'fn') return value.file.facts.functions[value.fn]?.n ?? 'handler';
  if (value.k === 'own' || value.k === 'class') return value.file.facts.classes[value.cls]?.n ?? 'guard';
  if (value.k === 'result' || value.k === 'lib' || value.k === 'inst') return value.symbol.split(/[#.]/).at(-1) ?? 'guard';
  return 'guard';
}

/** A class and those it is made of, in the order in which Python looks for a name; what packages bring is listed as it is. */
export function lineage(machine: Machine, cls: ClassValue): { own: ClassValue[]; foreign: string[] } {
  const own: ClassValue[] = [];
  const foreign: string[] = [];
  const pending: Value[] = [cls];
  for (let at = pending.shift(); at !== undefined && own.length < 20; at = pending.shift()) {
    if (at.k === 'class') {
      if (own.some((one) => at?.k === 'class' && one.file === at.file && one.cls === at.cls)) continue;
      own.push(at);
      const facts = at.file.facts.classes[at.cls];
      const frame = at.frame;
      const bases = [...(facts?.mixed ?? []), ...(facts?.up === undefined ? [] : [facts.up])].map((one) => machine.eval(one, frame));
      pending.unshift(...bases);
    } else if (at.k === 'lib' || at.k === 'inst' || at.k === 'result') foreign.push(at.symbol);
    else if (at.k === 'unknown') foreign.push('?');
  }
  return { own, foreign };
}

/** An attribute of a class, from where it is first set; null where none of the application's own classes has it. */
export function attributeOf(machine: Machine, cls: ClassValue, name: string): Value | null {
  for (const one of lineage(machine, cls).own) {
    const facts = one.file.facts.classes[one.cls];
    const e = facts !== undefined && Object.hasOwn(facts.s, name) ? facts.s[name] : undefined;
    if (e !== undefined) return machine.eval(e, one.frame);
  }
  return null;
}

/** A method of an instance of a class, with the decorators that stand before it; null where there is none. */
export function methodOf(machine: Machine, cls: ClassValue, name: string): Value | null {
  for (const one of lineage(machine, cls).own) {
    const facts = one.file.facts.classes[one.cls];
    if (facts === undefined || !Object.hasOwn(facts.m, name)) continue;
    const self: Value = { k: 'own', file: cls.file, cls: cls.cls, frame: cls.frame, args: [], site: `view:${cls.file.path}:${cls.cls}` };
    return { k: 'fn', file: one.file, fn: facts.m[name] as number, frame: one.frame, self };
  }
  return null;
}

/** The decorators that stand before a method. */
export function decoratorsOf(machine: Machine, cls: ClassValue, name: string): Value[] {
  for (const one of lineage(machine, cls).own) {
    const facts = one.file.facts.classes[one.cls];
    if (facts === undefined || !Object.hasOwn(facts.m, name)) continue;
    const said = facts.d !== undefined && Object.hasOwn(facts.d.m, name) ? facts.d.m[name]?.d : undefined;
    return (said ?? []).map((e) => machine.eval(e, one.frame));
  }
  return [];
}
