import { flag } from '../facts.ts';
import type { Expr, FileFacts, Stmt } from '../facts.ts';
import { knowledgeOf } from '../knowledge.ts';
import { eachNode, isExpr } from '../nodes.ts';
import type { Endpoint } from '../routers.ts';
import { returnsOf } from '../../samples/walk.ts';
import type { SourceFile } from '../value.ts';
import type { Dropped, Notes } from './notes.ts';

type Call = Extract<Expr, { k: 'call' }>;

export interface Floating {
  readonly of: Dropped;
  readonly form: 'call' | 'list' | 'callback';
  readonly name: string;
  readonly symbol: string | null;
}

/** Whether functions may reject or throw, told by what they await and throw outside of `try`. */
export class Rejections {
  private readonly notes: Notes;
  private readonly known = new Map<string, boolean>();

  constructor(notes: Notes) {
    this.notes = notes;
  }

  /** An async function lets an error through. */
  may(file: SourceFile, fn: number, depth = 0): boolean {
    const key = `${file.path}:${fn}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    // While it is looked at it adds nothing to itself.
    this.known.set(key, false);
    const found = depth < 8 && this.open(file, file.facts.functions[fn]?.b ?? [], depth);
    this.known.set(key, found);
    return found;
  }

  private open(file: SourceFile, statements: readonly Stmt[], depth: number): boolean {
    return statements.some((one): boolean => {
      switch (one.k) {
        case 'throw':
          return true;
        case 'try':
          return (
            (one.c === undefined ? this.open(file, one.a, depth) : this.open(file, one.c.a, depth)) ||
            (one.f !== undefined && this.open(file, one.f, depth))
          );
        case 'if':
          return this.waits(file, one.t, depth) || this.open(file, one.a, depth) || this.open(file, one.b, depth);
        case 'loop':
          return this.waits(file, [one.o, one.t], depth) || this.open(file, one.a, depth);
        case 'block':
          return this.open(file, one.a, depth);
        case 'ret':
          return one.e !== undefined && (this.waits(file, one.e, depth) || (one.e.k === 'call' && this.rejects(file, one.e, depth, false)));
        default:
          return this.waits(file, one, depth);
      }
    });
  }

  /** Something below is awaited that may reject. */
  private waits(file: SourceFile, root: unknown, depth: number): boolean {
    let found = false;
    eachNode(file.facts, root, (node) => {
      if (!found && isExpr(node, 'call') && (node.w & flag.awaited) !== 0) found = this.rejects(file, node, depth, true);
    });
    return found;
  }

  private rejects(file: SourceFile, call: Call, depth: number, unless: boolean): boolean {
    if (call.f.k === 'get' && call.f.n === 'catch') return false;
    // A pause never fails.
    if (call.nw === 1 && call.f.k === 'glo' && call.f.n === 'Promise') return rejectsItself(file.facts, call);
    const key = `${file.path}\0${call.i}`;
    const own = this.notes.own.get(key);
    if (own !== undefined) return this.may(own.file, own.fn, depth + 1);
    if (unless) return true;
    const symbol = this.notes.outside.get(key);
    return symbol !== undefined && givesPromise(symbol, call);
  }
}

/** `new Promise((resolve, reject) => …)`: one that takes `reject` may reject. */
function rejectsItself(facts: FileFacts, call: Call): boolean {
  const [executor] = call.a;
  return executor?.k === 'fn' ? (facts.functions[executor.i]?.p.length ?? 0) > 1 : true;
}

/** Promises that nothing waits for and whose error nothing takes. */
export function floatingPromises(notes: Notes, rejections: Rejections): Floating[] {
  const found: Floating[] = [];
  for (const of of notes.dropped.values()) {
    const { expr, inner, frame } = of;
    const { facts } = frame.file;
    const name = nameOf(facts, inner);
    const callback = callbackOf(expr);
    if (callback !== null) {
      const func = facts.functions[callback];
      if (func?.w.includes('a') === true && rejections.may(frame.file, callback)) found.push({ of, form: 'callback', name, symbol: null });
      continue;
    }
    if (expr.f.k === 'get' && /^(map|flatMap)$/.test(expr.f.n) && expr.a[0]?.k === 'fn') {
      const func = facts.functions[expr.a[0].i];
      if (func?.w.includes('a') === true && rejections.may(frame.file, expr.a[0].i)) found.push({ of, form: 'list', name, symbol: null });
      continue;
    }
    // What fails while a module loads ends the start, and ought to.
    if (frame.fn === 0) continue;
    const symbol = promiseOf(notes, rejections, frame.file, inner, 0);
    if (symbol !== null) found.push({ of, form: 'call', name, symbol: symbol === '' ? null : symbol });
  }
  return found;
}

/** What makes the promise of a call: a package's symbol, `` for a function of the application; null when it gives none that may reject. */
function promiseOf(notes: Notes, rejections: Rejections, file: SourceFile, call: Call, depth: number): string | null {
  if (depth > 4) return null;
  const key = `${file.path}\0${call.i}`;
  const own = notes.own.get(key) ?? (call.f.k === 'fn' ? { file, fn: call.f.i } : undefined);
  if (own !== undefined) {
    const func = own.file.facts.functions[own.fn];
    if (func === undefined) return null;
    if (func.w.includes('a')) return rejections.may(own.file, own.fn) ? '' : null;
    for (const e of returnsOf(own.file.facts, own.fn)) {
      if (e.k !== 'call' || (e.f.k === 'get' && e.f.n === 'catch')) continue;
      const inside = promiseOf(notes, rejections, own.file, e, depth + 1);
      if (inside !== null) return '';
    }
    return null;
  }
  if (call.nw === 1 && call.f.k === 'glo' && call.f.n === 'Promise') return rejectsItself(file.facts, call) ? 'global:Promise' : null;
  if (call.f.k === 'get' && (call.f.n === 'then' || call.f.n === 'finally') && call.f.o.k === 'call')
    return promiseOf(notes, rejections, file, call.f.o, depth + 1);
  const symbol = notes.outside.get(key);
  if (symbol === undefined || !givesPromise(symbol, call)) return null;
  // `Promise.all([...])` rejects with what is in it.
  return symbol;
}

const promising = /^(sql-query|sql-execute|outbound(-payment|-storage)?|mail|model-call|database-connect)$/;

/** A package's function that gives a promise and was not handed a callback instead. */
function givesPromise(symbol: string, call: Call): boolean {
  if (call.a.some((arg) => arg.k === 'fn')) return false;
  if (/^global:Promise\.(all|race|any|reject)$/.test(symbol)) return true;
  // These wait for no promise: they write at once, or answer to a callback or an event.
  if (/better-sqlite3|node:sqlite|sqlite3#|npm:mysql#|node:https?#|npm:request#/.test(symbol)) return false;
  const means = knowledgeOf(symbol)?.means;
  if (means !== undefined && promising.test(means)) return true;
  // Of other mappers a call may only build the statement.
  if (means === 'query' && symbol.startsWith('npm:@prisma/client#')) return true;
  return /^node:fs\/promises#|^node:fs#promises\./.test(symbol);
}

/** A function handed to where nobody takes its error: `forEach`, a timer, an event. */
function callbackOf({ f, a }: Call): number | null {
  const name = f.k === 'get' || f.k === 'glo' ? f.n : '';
  // A handler of a signal that fails ends a process that is about to end.
  if (f.k === 'get' && f.o.k === 'glo' && f.o.n === 'process' && name !== 'nextTick') return null;
  const given = /^(forEach|setTimeout|setInterval|setImmediate|nextTick)$/.test(name)
    ? a[0]
    : /^(on|once|addListener)$/.test(name)
      ? a[1]
      : undefined;
  return given?.k === 'fn' ? given.i : null;
}

function nameOf(facts: FileFacts, call: Call): string {
  const names: string[] = [];
  for (let at: Expr = call.f; ;) {
    if (at.k === 'get') {
      names.unshift(at.n);
      at = at.o;
    } else if (at.k === 'call') at = at.f;
    else {
      if (at.k === 'glo' || at.k === 'imp') names.unshift(at.n === '=' || at.n === '*' || at.n === 'default' ? '' : at.n);
      else if (at.k === 'var') names.unshift(facts.bindings[at.b]?.n ?? '');
      break;
    }
  }
  return (
    names
      .filter((one) => one !== '' && !one.startsWith('%'))
      .slice(-2)
      .join('.') || 'an async function'
  );
}

/** Async handlers that Express 4 calls as they are. */
export function exposedHandlers(
  endpoints: readonly Endpoint[],
  rejections: Rejections,
): Map<string, { file: SourceFile; fn: number; framework: string; routes: Set<string> }> {
  const found = new Map<string, { file: SourceFile; fn: number; framework: string; routes: Set<string> }>();
  for (const endpoint of endpoints) {
    if (endpoint.framework !== 'express') continue;
    for (const link of [...endpoint.guards, endpoint.handler]) {
      if (link?.value.k !== 'fn') continue;
      const { file, fn } = link.value;
      if (file.facts.functions[fn]?.w.includes('a') !== true || !rejections.may(file, fn)) continue;
      const key = `${file.path}:${fn}`;
      const row = found.get(key) ?? { file, fn, framework: endpoint.framework, routes: new Set<string>() };
      row.routes.add(`${endpoint.method} ${endpoint.path}`);
      found.set(key, row);
    }
  }
  return found;
}
