import { flag } from '../facts.ts';
import type { Expr } from '../facts.ts';
import type { Machine } from '../machine.ts';
import type { CallExpr, KnownCall, OutsideCall } from '../listener.ts';
import type { Frame, SourceFile, Value } from '../value.ts';
import { errorParts, holdsError } from './errors.ts';
import type { ErrorPart } from './errors.ts';
import { isConnection } from './connections.ts';
import { waitOf } from './outbound.ts';
import type { Wait } from './outbound.ts';

type Call = Extract<Expr, { k: 'call' }>;

/** A statement that starts something and goes on. */
export interface Dropped {
  readonly expr: Call;
  /** The call whose promise it is, at the start of a chain of `then`. */
  readonly inner: Call;
  /** The chain takes the error. */
  readonly handled: boolean;
  /** The work goes on in a `then`. */
  readonly continued: boolean;
  readonly frame: Frame;
}

export interface Registered {
  readonly event: string;
  readonly handler: Value;
  readonly expr: CallExpr;
  readonly frame: Frame;
}

/** What a listener to the machine notes down for the relation `operation` while the program is followed. */
export class Notes {
  readonly dropped = new Map<string, Dropped>();
  readonly own = new Map<string, { file: SourceFile; fn: number }>();
  readonly outside = new Map<string, string>();
  readonly answers = new Map<string, ErrorPart & { frame: Frame; expr: CallExpr }>();
  readonly events = new Map<string, Registered>();
  readonly connections = new Map<string, { library: string; expr: CallExpr; frame: Frame }>();
  /** Sites of what somebody listens to the errors of. */
  readonly listened = new Set<string>();
  readonly waits = new Map<string, Wait & { expr: CallExpr; frame: Frame }>();
  /** Calls raced against something else, such as a timer. */
  readonly raced = new Set<string>();
  /** Files with endpoints, or that make or run a server. */
  readonly serving = new Set<string>();
  /** Those that make or run one. */
  readonly entries = new Set<string>();
  /** Functions handed over as error handlers. */
  readonly errorHandlers = new Map<string, Extract<Value, { k: 'fn' }>>();
  private readonly machine: () => Machine;

  constructor(machine: () => Machine) {
    this.machine = machine;
  }

  drop(expr: CallExpr, frame: Frame): void {
    if (expr.k !== 'call') return;
    const start = startOf(expr, frame);
    if (start !== null) this.dropped.set(callKey(frame, expr), { expr, ...start, frame });
  }

  ownCall(fn: Extract<Value, { k: 'fn' }>, expr: CallExpr, frame: Frame): void {
    this.own.set(callKey(frame, expr), { file: fn.file, fn: fn.fn });
  }

  outsideCall({ symbol, args, expr, frame }: OutsideCall): void {
    this.outside.set(callKey(frame, expr), symbol);
    if (symbol === 'global:Promise.race' && expr.k === 'call') {
      const [list] = expr.a;
      if (list?.k === 'arr') for (const one of list.a) if (one.k === 'call') this.raced.add(callKey(frame, one));
    }
    if (/^global:(Response|Response\.json)$|#(NextResponse|NextResponse\.json)$/.test(symbol))
      this.answered(expr, frame, statusIn(args[1]), args);
  }

  known(call: KnownCall): void {
    const { means, symbol, args, expr, frame, receiver } = call;
    if (means === 'answer') return this.answered(expr, frame, numberIn(args[0]), args);
    if (/^(listen|server|app|live-server)$/.test(means)) this.entries.add(frame.file.path);
    if (/^(listen|server|app|router|route|mount|route-described|live-server)$/.test(means)) this.serving.add(frame.file.path);
    if (means === 'mount') {
      for (const arg of args)
        if (arg.k === 'fn' && arg.file.facts.functions[arg.fn]?.p.length === 4) this.errorHandlers.set(`${arg.file.path}:${arg.fn}`, arg);
    }
    if (means === 'process-event') {
      const [event, handler] = args;
      if (event?.k === 'lit' && handler !== undefined)
        this.events.set(callKey(frame, expr), { event: String(event.v), handler, expr, frame });
    }
    if (isConnection(symbol)) {
      const site = `${frame.file.path}:${expr.i}`;
      this.connections.set(site, { library: symbol.slice(symbol.indexOf(':') + 1, symbol.indexOf('#')), expr, frame });
    }
    if (means === 'event-handler' && receiver?.k === 'inst' && args[0]?.k === 'lit' && args[0].v === 'error')
      this.listened.add(receiver.site.replace(/@.*$/, ''));
    const wait = waitOf(call);
    if (wait !== null) {
      const key = callKey(frame, expr);
      const before = this.waits.get(key);
      // Where one of several callers sets no limit, there is none.
      if (before === undefined || before.timeout === 'set') this.waits.set(key, { ...wait, expr, frame });
    }
  }

  private answered(expr: CallExpr, frame: Frame, status: number | null, args: readonly Value[]): void {
    // Most answers hold no error, and the search for one evaluates anew.
    if (!args.some((one) => holdsError(one))) return;
    for (const part of errorParts(this.machine(), expr, frame, status)) {
      const key = `${callKey(frame, expr)}\0${part.part}`;
      const before = this.answers.get(key);
      if (before === undefined || (before.when !== 'always' && part.when === 'always')) this.answers.set(key, { ...part, frame, expr });
    }
  }
}

/** Tells calls of a program apart. */
export function callKey(frame: Frame, expr: CallExpr): string {
  return `${frame.file.path}\0${expr.i}`;
}

/** The call at the start of a chain, and whether anything in the chain takes its error; null when the start is awaited or the caller takes the error. */
function startOf(expr: Call, frame: Frame): { inner: Call; handled: boolean; continued: boolean } | null {
  let at = expr;
  let handled = false;
  let continued = false;
  while (at.f.k === 'get' && /^(then|catch|finally)$/.test(at.f.n) && at.f.o.k === 'call') {
    const handler = at.f.n === 'catch' ? at.a[0] : at.f.n === 'then' ? at.a[1] : undefined;
    // Handed on to whoever gave the function: `.catch(next)` of a wrapper.
    if (handler?.k === 'var' && frame.file.facts.bindings[handler.b]?.p !== undefined) return null;
    handled ||= handler !== undefined && handler.k !== 'lit';
    continued ||= at.f.n === 'then';
    at = at.f.o;
    if ((at.w & flag.awaited) !== 0) return null;
  }
  return { inner: at, handled, continued };
}

function numberIn(value: Value | undefined): number | null {
  return value?.k === 'lit' && typeof value.v === 'number' ? value.v : null;
}

function statusIn(options: Value | undefined): number | null {
  return options?.k === 'obj' ? numberIn(options.keys.get('status')) : 200;
}
