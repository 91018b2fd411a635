import { flag } from '../facts.ts';
import type { Expr, FileFacts, Stmt } from '../facts.ts';
import { eachNode, isExpr } from '../nodes.ts';

type Call = Extract<Expr, { k: 'call' }>;
type Loop = Extract<Stmt, { k: 'loop' }>;
type Try = Extract<Stmt, { k: 'try' }>;

/** A loop that tries again after a failure. */
export interface Retry {
  readonly line: number;
  readonly endLine: number;
  readonly bounded: boolean;
  readonly spaced: boolean;
}

/** Loops of a function that leave once something worked and go round when it failed. */
export function retriesIn(facts: FileFacts, fn: number): Retry[] {
  const found: Retry[] = [];
  const look = (statements: readonly Stmt[]): void => {
    for (const one of statements) {
      if (one.k === 'loop') {
        const retry = retryOf(facts, one);
        if (retry !== null) found.push(retry);
        look(one.a);
      } else if (one.k === 'if') {
        look(one.a);
        look(one.b);
      } else if (one.k === 'block') look(one.a);
      else if (one.k === 'try') look([...one.a, ...(one.c?.a ?? []), ...(one.f ?? [])]);
    }
  };
  look(facts.functions[fn]?.b ?? []);
  return found;
}

function retryOf(facts: FileFacts, loop: Loop): Retry | null {
  // A loop over a list goes on to the next item; that is no second try.
  if (loop.o !== undefined) return null;
  const attempt = flat(loop.a).find((one): one is Try => one.k === 'try' && one.c !== undefined);
  if (attempt?.c === undefined) return null;
  // It leaves once it worked: by a return, or by a `break` at the end; one before is as likely to be a `continue`.
  if ((!flat(attempt.a).some(({ k }) => k === 'ret') && attempt.a.at(-1)?.k !== 'jump') || awaitedCalls(facts, attempt.a).length === 0)
    return null;
  const handler = attempt.c.a;
  const last = handler.at(-1);
  if (last?.k === 'throw' || last?.k === 'ret') return null;
  const forever = loop.t === undefined || (loop.t.k === 'lit' && loop.t.v !== false);
  const givesUp = handler.some(
    (one) =>
      one.k === 'if' && [...flat(one.a), ...flat(one.b)].some((inner) => inner.k === 'throw' || inner.k === 'ret' || inner.k === 'jump'),
  );
  const outside = loop.a.filter((one) => one !== attempt);
  let endLine = loop.l;
  eachNode(facts, loop.a, (node) => {
    const { e, l } = node as { e?: unknown; l?: unknown };
    endLine = Math.max(endLine, typeof e === 'number' ? e : 0, typeof l === 'number' ? l : 0);
  });
  return {
    line: loop.l,
    endLine,
    bounded: !forever || givesUp,
    spaced: awaitedCalls(facts, [...handler, ...outside]).length > 0,
  };
}

/** Statements and those in the branches of conditions among them. */
function flat(statements: readonly Stmt[]): Stmt[] {
  return statements.flatMap((one): Stmt[] =>
    one.k === 'if' ? [one, ...flat(one.a), ...flat(one.b)] : one.k === 'block' ? flat(one.a) : [one],
  );
}

function awaitedCalls(facts: FileFacts, root: readonly Stmt[]): Call[] {
  const found: Call[] = [];
  eachNode(facts, root, (node) => {
    if (isExpr(node, 'call') && (node.w & flag.awaited) !== 0) found.push(node);
  });
  return found;
}

/** Runs of at least three awaited calls in a row, each kept in a variable and none needing another: their lines. */
export function waterfallsIn(facts: FileFacts, fn: number): number[][] {
  const found: number[][] = [];
  const run = (statements: readonly Stmt[]): void => {
    let lines: number[] = [];
    let made = new Set<number>();
    const end = () => {
      if (lines.length > 2) found.push(lines);
      lines = [];
      made = new Set();
    };
    for (const one of statements) {
      const source = one.k === 'def' ? facts.bindings[one.b]?.v[one.j] : undefined;
      if (one.k === 'def' && source !== undefined) {
        const call = source.e.k === 'call' && (source.e.w & flag.awaited) !== 0 ? source.e : null;
        // The parts of one pattern come one after another, all of the same call.
        if (call !== null && lines.at(-1) === call.l) {
          made.add(one.b);
          continue;
        }
        if (call === null || uses(facts, call, made)) end();
        if (call !== null) {
          lines.push(call.l);
          made.add(one.b);
        }
        continue;
      }
      end();
      if (one.k === 'try') run(one.a);
      else if (one.k === 'block') run(one.a);
      else if (one.k === 'if') {
        run(one.a);
        run(one.b);
      }
    }
    end();
  };
  run(facts.functions[fn]?.b ?? []);
  return found;
}

function uses(facts: FileFacts, call: Call, made: ReadonlySet<number>): boolean {
  let found = false;
  eachNode(facts, call, (node) => {
    if (isExpr(node, 'var')) found ||= made.has(node.b);
    // What a function inside uses is not looked into.
    if (isExpr(node, 'fn')) found = true;
  });
  return found;
}
