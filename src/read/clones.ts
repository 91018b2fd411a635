import type { Clones } from '../model/evidence/health.ts';
import { isTestCode, programOf } from './code.ts';
import { compare } from './code/queries.ts';
import type { SourceFile } from './code/value.ts';
import { stepsOf } from './clones/steps.ts';
import type { Step } from './clones/steps.ts';
import { defineCollector } from './context.ts';

/** What is too small to be worth one name. */
const least = { lines: 8, steps: 6 };
/** From this share of common steps on, two functions were one. A step that differs in its values alone counts half. */
const threshold = 0.7;
/** A step that so many functions share tells nothing. */
const common = 24;
const most = { functions: 40_000, groups: 200, drift: 8 };
/** Code that is copied on purpose: every migration stands for itself. */
const apart = /(^|\/)(migrations?|seeds?|seeders?|fixtures|__mocks__|generated|components\/ui|examples?|templates?)\//;

interface One {
  readonly file: SourceFile;
  readonly fn: number;
  readonly steps: readonly Step[];
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
      const open = stepsOf(file.facts);
      file.facts.functions.forEach(({ l, e, up }, fn) => {
        if (fn === 0) return;
        if (up === 0 && !isTestCode(file.path)) lines += e - l + 1;
        if (e - l + 1 < least.lines || all.length >= most.functions) return;
        const steps = open(fn);
        if (steps.length >= least.steps) all.push({ file, fn, steps, lines: e - l + 1 });
      });
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
  const holders = new Map<string, number[]>();
  all.forEach(({ steps }, index) => {
    for (const exact of new Set(steps.map((step) => step.exact))) {
      const list = holders.get(exact);
      if (list === undefined) holders.set(exact, [index]);
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
    if (likeness(left.steps, right.steps) >= threshold) found.push([a, b]);
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

/** Groups of functions that hang together by pairs; what stands inside of a copied function goes with it. Largest first. */
function groupsOf(all: readonly One[], pairs: readonly [number, number][]): number[][] {
  const parent = new Map<number, number>();
  const root = (index: number): number => {
    let at = index;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  for (const [a, b] of pairs) {
    for (const one of [a, b]) if (!parent.has(one)) parent.set(one, one);
    parent.set(root(b), root(a));
  }
  const groups = new Map<number, number[]>();
  for (const index of parent.keys()) {
    const key = root(index);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  const members = new Set(parent.keys());
  const outermost = (index: number) => {
    const one = all[index];
    return one !== undefined && ![...members].some((other) => other !== index && all[other] !== undefined && isInside(one, all[other]));
  };
  return [...groups.values()]
    .map((group) => group.sort((a, b) => a - b))
    .filter((group) => group.some(outermost) && group.length > 1)
    .toSorted((a, b) => weight(all, b) - weight(all, a) || compare(all[a[0] ?? 0]?.file.path ?? '', all[b[0] ?? 0]?.file.path ?? ''));
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
    alike = Math.min(alike, likeness(first.steps, other.steps));
    for (const { step, of } of compared(first.steps, other.steps).alone) {
      if (drift.length >= most.drift || (!step.guards && step.does === '')) continue;
      const { file } = of === 'a' ? first : other;
      const does = step.guards ? `refuses${step.does === '' ? ' under a condition' : ` after \`${step.does}\``}` : `calls \`${step.does}\``;
      if (!drift.some((one) => one.in === file.path && one.line === step.line)) drift.push({ in: file.path, line: step.line, does });
    }
  }
  return { copies, lines: Math.min(...group.map(({ lines }) => lines)), alike: Math.round(alike * 100) / 100, drift };
}
