import type { Expr, FileFacts, Stmt } from '../code/facts.ts';
import { flag } from '../code/facts.ts';

/** One thing that a function does. */
export interface Step {
  /** With the texts and numbers in it; variables have no names. */
  readonly exact: string;
  /** Without them. */
  readonly shape: string;
  readonly line: number;
  /** It can end the work: a condition that returns or throws. */
  readonly guards: boolean;
  /** What is called in it, or asked of it, for people. */
  readonly does: string;
}

/** What is too small to be worth one name. */
export const least = { lines: 8, steps: 6 };

/** Deeper than this the rest of an expression is one thing. */
const deepest = 24;
const longestText = 120;
const most = 400;

/** What the functions of a file do, one step for each statement, those of inner functions among them; variables are told apart by nothing but being variables. */
export function stepsOf(facts: FileFacts): (fn: number) => readonly Step[] {
  const known = new Map<number, Step[]>();
  const open = (fn: number): Step[] => {
    const before = known.get(fn);
    if (before !== undefined) return before;
    const steps: Step[] = [];
    // A function that calls itself finds itself empty.
    known.set(fn, steps);
    walk(facts.functions[fn]?.b ?? [], steps);
    return steps;
  };
  const add = (steps: Step[], exact: string, shape: string, line: number, e: Expr | null, guards = false): void => {
    if (steps.length < most) steps.push({ exact, shape, line, guards, does: e === null ? '' : described(facts, e) });
  };
  const note = (steps: Step[], kind: string, e: Expr, line: number, guards = false): void => {
    add(steps, `${kind} ${written(facts, e, true)}`, `${kind} ${written(facts, e, false)}`, line, e, guards);
    for (const inner of functionsIn(facts, e)) for (const step of open(inner)) if (steps.length < most) steps.push(step);
  };
  const walk = (statements: readonly Stmt[], steps: Step[]): void => {
    for (const s of statements) {
      switch (s.k) {
        case 'x':
          note(steps, 'do', s.e, s.l);
          break;
        case 'def': {
          const source = facts.bindings[s.b]?.v[s.j];
          if (source === undefined) break;
          // The parts of one variable are one step each, told by their path alone.
          if (source.p !== undefined) add(steps, `part ${source.p.join('.')}`, `part ${source.p.join('.')}`, s.l, null);
          else note(steps, 'let', source.e, s.l);
          break;
        }
        case 'if':
          note(steps, 'if', s.t, s.l, ends(s.a));
          walk(s.a, steps);
          walk(s.b, steps);
          break;
        case 'loop':
          note(steps, 'loop', s.o ?? s.t ?? { k: 'unk' }, s.l);
          walk(s.a, steps);
          break;
        case 'try':
          add(steps, 'try', 'try', s.l, null);
          walk(s.a, steps);
          if (s.c !== undefined) walk(s.c.a, steps);
          walk(s.f ?? [], steps);
          break;
        case 'ret':
          if (s.e !== undefined) note(steps, 'return', s.e, s.l);
          break;
        case 'throw':
          note(steps, 'throw', s.e, s.l);
          break;
        case 'block':
          walk(s.a, steps);
          break;
        case 'jump':
          break;
      }
    }
  };
  return open;
}

/** The functions of a file that are long enough to be compared: index, and digests of the different steps of each. */
export function digestsOf(facts: FileFacts): [fn: number, digests: number[]][] {
  const open = stepsOf(facts);
  return facts.functions.flatMap(({ l, e }, fn): [number, number[]][] => {
    const steps = fn === 0 || e - l + 1 < least.lines ? [] : open(fn);
    return steps.length < least.steps ? [] : [[fn, [...new Set(steps.map(({ exact }) => digest(exact)))]]];
  });
}

/** 53 bits of a text, so that no two of a program's steps have the same: cyrb53, two multiplicative hashes side by side. */
function digest(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

function ends(statements: readonly Stmt[]): boolean {
  const last = statements.at(-1);
  return last?.k === 'ret' || last?.k === 'throw';
}

/** An expression as text in which variables have no names and, on wish, no values stand. */
function written(facts: FileFacts, e: Expr, values: boolean, depth = 0): string {
  if (depth > deepest) return '…';
  const inner = (one: Expr) => written(facts, one, values, depth + 1);
  switch (e.k) {
    case 'lit':
      return values
        ? JSON.stringify(e.v)
            .replace(/\\n|\s+/g, ' ')
            .slice(0, longestText)
        : typeof e.v;
    case 're':
      return values ? `/${e.v.slice(0, longestText)}/` : 're';
    case 'tpl':
      return values ? `\`${e.p.join('$').replace(/\s+/g, ' ').slice(0, longestText)}\`(${e.h.map(inner).join()})` : `tpl(${e.h.length})`;
    case 'tag':
      return `${inner(e.f)}\`${values ? e.p.join('$').replace(/\s+/g, ' ').slice(0, longestText) : ''}\`(${e.h.map(inner).join()})`;
    case 'var': {
      const binding = facts.bindings[e.b];
      return binding !== undefined && binding.f === 0 && !binding.n.startsWith('%') ? binding.n : '$';
    }
    case 'glo':
      return e.n;
    case 'imp':
      return e.n;
    case 'get':
      return `${inner(e.o)}.${e.n}`;
    case 'idx':
      return `${inner(e.o)}[${inner(e.x)}]`;
    case 'call':
      return `${e.w & flag.awaited ? 'await ' : ''}${e.nw ? 'new ' : ''}${inner(e.f)}(${e.a.map(inner).join()})`;
    case 'obj':
      return `{${e.p.map(([key, one]) => `${key}:${inner(one)}`).join()}}`;
    case 'arr':
      return `[${e.a.map(inner).join()}]`;
    case 'spread':
      return `...${inner(e.e)}`;
    case 'fn':
      return 'fn';
    case 'cls':
      return 'class';
    case 'or':
      return `(${inner(e.l)}${e.op}${inner(e.r)})`;
    case 'if':
      return `(${inner(e.t)}?${inner(e.a)}:${inner(e.b)})`;
    case 'bin':
      return `(${inner(e.l)}${e.op}${inner(e.r)})`;
    case 'not':
      return `!${inner(e.e)}`;
    case 'un':
      return `${e.op} ${inner(e.e)}`;
    case 'set': {
      const source = facts.bindings[e.b]?.v[e.j];
      return source === undefined ? '$=' : `$${source.o ?? ''}=${inner(source.e)}`;
    }
    case 'put':
      return `${inner(e.o)}.${e.n}=${inner(e.e)}`;
    case 'this':
      return 'this';
    case 'seq':
      return e.a.map(inner).join(';');
    case 'jsx':
      return `<${inner(e.t)} ${e.a.map(([key]) => key).join(' ')}>${e.c.map(inner).join('')}`;
    case 'unk':
      return (e.c ?? []).map(inner).join(';');
  }
}

/** Functions that are written inside an expression. */
function functionsIn(facts: FileFacts, root: Expr): number[] {
  const found: number[] = [];
  const pending: unknown[] = [root];
  for (let node = pending.pop(); node !== undefined && found.length < 20; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { k, i } = node as { k?: string; i?: unknown };
    if (k === 'fn' && typeof i === 'number') found.push(i);
    else for (const one of Object.values(node)) if (typeof one === 'object' && one !== null) pending.push(one);
  }
  return found.sort((a, b) => a - b).filter((fn) => facts.functions[fn] !== undefined);
}

/** The first call in an expression, as people would name it; empty where there is none. */
function described(facts: FileFacts, root: Expr): string {
  let at: Expr = root;
  for (let steps = 0; steps < 20; steps++) {
    if (at.k === 'call') {
      const names: string[] = [];
      let to: Expr = at.f;
      while (to.k === 'get') {
        names.unshift(to.n);
        to = to.o;
      }
      const root_ = to.k === 'var' ? facts.bindings[to.b]?.n : to.k === 'glo' || to.k === 'imp' ? to.n : undefined;
      return [...(root_ === undefined || root_.startsWith('%') ? [] : [root_]), ...names].join('.');
    }
    if (at.k === 'not' || at.k === 'un' || at.k === 'spread') at = at.e;
    else if (at.k === 'get') at = at.o;
    else if (at.k === 'bin' || at.k === 'or') at = at.l.k === 'lit' ? at.r : at.l;
    else return '';
  }
  return '';
}
