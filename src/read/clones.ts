import type { Clones } from '../model/evidence/health.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import { compare } from './code/queries.ts';
import type { SourceFile } from './code/value.ts';
import { least, stepsOf } from './clones/steps.ts';
import type { Step } from './clones/steps.ts';
import { defineCollector } from './context.ts';

/** From this share of common steps on, two functions were one. A step that differs in its values alone counts half. */
const threshold = 0.7;
/** When one is in another: how much of it, how large it is beside the other, and how long a step is that no two people write alike. */
const contained = { share: 0.6, size: 0.6, telling: 60 };
/** A step that so many functions share tells nothing. */
const common = 24;
const most = { functions: 40_000, groups: 200, drift: 8 };
/** Code that is copied on purpose: every migration stands for itself. */
const apart = /(^|\/)\.|(^|\/)(migrations?|seeds?|seeders?|fixtures|__mocks__|generated|components\/ui|examples?|templates?)\//;

interface One {
  readonly file: SourceFile;
  readonly fn: number;
  /** Digests of the different steps: what they tell of is looked at only where functions share some. */
  readonly digests: readonly number[];
  readonly steps: () => readonly Step[];
  readonly lines: number;
}

export default defineCollector({
  name: 'read/clones',
  needs: [],
  yields: 'clones',
  async run(_given, context) {
    const { everyFile } = await programOf(context);
    const all: One[] = [];
    let lines = 0;
    for (const file of everyFile.values()) {
      if (apart.test(file.path) || (isTestCode(file.path) && !/\.(test|spec)\./.test(file.path))) continue;
      const { functions, alone } = file.facts;
      if (!isTestCode(file.path)) for (const { l, e, up } of functions.slice(1)) if (up === 0) lines += e - l + 1;
      let open: ((fn: number) => readonly Step[]) | undefined;
      for (const [fn, digests] of alone.steps) {
        const func = functions[fn];
        if (func === undefined || all.length >= most.functions) break;
        all.push({ file, fn, digests, steps: () => (open ??= stepsOf(file.facts))(fn), lines: func.e - func.l + 1 });
      }
    }
    const pairs = pairsOf(all);
    const groups = groupsOf(all, pairs);
    const copied = new Set(groups.flat());
    return {
      value: {
        groups: groups.slice(0, most.groups).map((group) => described(group.map((index) => all[index]).filter((one) => one !== undefined))),
        lines: { copied: [...copied].reduce((sum, index) => sum + (all[index]?.lines ?? 0), 0), of: lines },
      },
    };
  },
});

/** Pairs of functions that are alike, from the steps that few functions have. */
function pairsOf(all: readonly One[]): [number, number][] {
  const holders = new Map<number, number[]>();
  all.forEach(({ digests }, index) => {
    for (const one of digests) {
      const list = holders.get(one);
      if (list === undefined) holders.set(one, [index]);
      else list.push(index);
    }
  });
  const shared = new Map<number, number>();
  for (const list of holders.values()) {
    if (list.length < 2 || list.length > common) continue;
    for (const [position, a] of list.entries())
      for (const b of list.slice(position + 1)) {
        const key = a * most.functions + b;
        shared.set(key, (shared.get(key) ?? 0) + 1);
      }
  }
  const found: [number, number][] = [];
  for (const [key, count] of shared) {
    if (count < 3) continue;
    const [a, b] = [Math.floor(key / most.functions), key % most.functions];
    const [left, right] = [all[a], all[b]];
    if (left === undefined || right === undefined || isInside(left, right) || isInside(right, left)) continue;
    if (isTestCode(left.file.path) && isTestCode(right.file.path)) continue;
    const steps = [left.steps(), right.steps()] as const;
    if (likeness(...steps) >= threshold || contains(...steps)) found.push([a, b]);
  }
  return found;
}

function isInside(a: One, b: One): boolean {
  if (a.file !== b.file) return false;
  for (let at = a.fn; at !== 0; at = a.file.facts.functions[at]?.up ?? 0) if (at === b.fn) return true;
  return false;
}

/** The share of steps that two functions have in common, 0 to 1. */
function likeness(a: readonly Step[], b: readonly Step[]): number {
  const { alone, half } = compared(a, b);
  const same = a.length + b.length - alone.length - half;
  return (same + half / 2) / (a.length + b.length);
}

/** Most of the smaller one is in the other, which is not much larger, and some of it no two people write alike. */
function contains(a: readonly Step[], b: readonly Step[]): boolean {
  const [small, large] = a.length < b.length ? [a, b] : [b, a];
  if (small.length < contained.size * large.length) return false;
  const { alone, half } = compared(small, large);
  const missing = alone.filter(({ of }) => of === 'a').length;
  const there = new Set(large.map(({ exact }) => exact));
  const same = small.filter(({ exact }) => there.has(exact));
  return (
    same.length >= least.steps &&
    small.length - missing - half / 4 >= contained.share * small.length &&
    same.some(({ exact }) => exact.length >= contained.telling)
  );
}

/** The steps of either that the other has not, and how many steps of both differ in their values alone. */
function compared(a: readonly Step[], b: readonly Step[]): { alone: { step: Step; of: 'a' | 'b' }[]; half: number } {
  const rest = (from: readonly Step[], other: readonly Step[], by: 'exact' | 'shape') => {
    const counts = new Map<string, number>();
    for (const step of other) counts.set(step[by], (counts.get(step[by]) ?? 0) + 1);
    return from.filter((step) => {
      const left = counts.get(step[by]) ?? 0;
      counts.set(step[by], left - 1);
      return left <= 0;
    });
  };
  const onlyA = rest(a, b, 'exact');
  const onlyB = rest(b, a, 'exact');
  const aloneA = rest(onlyA, onlyB, 'shape');
  const aloneB = rest(onlyB, onlyA, 'shape');
  return {
    alone: [...aloneA.map((step) => ({ step, of: 'a' as const })), ...aloneB.map((step) => ({ step, of: 'b' as const }))],
    half: onlyA.length + onlyB.length - aloneA.length - aloneB.length,
  };
}

/** Groups of functions that are alike to the largest of them; what stands inside of another of the group goes with it. Largest first. */
function groupsOf(all: readonly One[], pairs: readonly [number, number][]): number[][] {
  const partners = new Map<number, number[]>();
  for (const [a, b] of pairs) {
    partners.set(a, [...(partners.get(a) ?? []), b]);
    partners.set(b, [...(partners.get(b) ?? []), a]);
  }
  const size = (index: number) => all[index]?.lines ?? 0;
  const taken = new Set<number>();
  const groups: number[][] = [];
  for (const seed of [...partners.keys()].toSorted((a, b) => size(b) - size(a) || a - b)) {
    if (taken.has(seed) || insideOf(all, seed, taken)) continue;
    const group = [seed, ...(partners.get(seed) ?? []).filter((index) => !taken.has(index) && !insideOf(all, index, taken))];
    const outer = group.filter((index) => !insideOf(all, index, new Set(group)));
    if (outer.length < 2) continue;
    for (const index of outer) taken.add(index);
    groups.push(outer.sort((a, b) => a - b));
  }
  return groups.toSorted(
    (a, b) => weight(all, b) - weight(all, a) || compare(all[a[0] ?? 0]?.file.path ?? '', all[b[0] ?? 0]?.file.path ?? ''),
  );
}

function insideOf(all: readonly One[], index: number, others: ReadonlySet<number>): boolean {
  const one = all[index];
  if (one === undefined) return false;
  for (const other of others) {
    const outer = all[other];
    if (other !== index && outer !== undefined && isInside(one, outer)) return true;
  }
  return false;
}

function weight(all: readonly One[], group: readonly number[]): number {
  return group.slice(1).reduce((sum, index) => sum + (all[index]?.lines ?? 0), 0);
}

function described(group: readonly One[]): Clones['groups'][number] {
  const copies = group.map(({ file, fn }) => {
    const func = file.facts.functions[fn];
    return {
      name: func?.n === '<anonymous>' ? '' : (func?.n ?? ''),
      where: { file: file.path, line: func?.l ?? 1, endLine: func?.e ?? 1 },
      test: isTestCode(file.path),
    };
  });
  const [first] = group;
  const drift: Clones['groups'][number]['drift'] = [];
  let alike = 1;
  for (const other of group.slice(1)) {
    if (first === undefined) break;
    alike = Math.min(alike, likeness(first.steps(), other.steps()));
    for (const { step, of } of compared(first.steps(), other.steps()).alone) {
      if (drift.length >= most.drift || (!step.guards && step.does === '')) continue;
      const { file } = of === 'a' ? first : other;
      const does = step.guards ? `refuses${step.does === '' ? ' under a condition' : ` after \`${step.does}\``}` : `calls \`${step.does}\``;
      if (!drift.some((one) => one.in === file.path && one.line === step.line)) drift.push({ in: file.path, line: step.line, does });
    }
  }
  return { copies, lines: Math.min(...group.map(({ lines }) => lines)), alike: Math.round(alike * 100) / 100, drift };
}
