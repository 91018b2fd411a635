import type { Place } from '../../model/words.ts';
import type { Expr, Stmt } from './facts.ts';
import type { Frame, Value } from './value.ts';
import type { Outcome } from './visit.ts';

/** A call, or a template with a tag. */
export type CallExpr = Extract<Expr, { k: 'call' | 'tag' }>;

/** A call of a package's symbol, as the listeners of the machine see it. */
export interface KnownCall {
  readonly symbol: string;
  readonly means: string;
  readonly receiver: Value | null;
  readonly args: readonly Value[];
  readonly expr: CallExpr;
  readonly frame: Frame;
  readonly where: Place;
  readonly transaction: boolean;
}

/** What is told about a catch clause or a rejection handler. */
export interface CaughtError {
  readonly frame: Frame;
  readonly where: Place;
  readonly body: readonly Stmt[] | null;
  readonly handler: Value | null;
  readonly explained: boolean;
  readonly tried: readonly string[];
  readonly outcome: Outcome;
  readonly means: ReadonlySet<string>;
}

/** A call of what is not the application's own, whether knowledge has a word for it or not. */
export interface OutsideCall {
  readonly symbol: string;
  readonly receiver: Value | null;
  readonly args: readonly Value[];
  readonly expr: CallExpr;
  readonly frame: Frame;
}

/** A test around what is being followed, and the frame that its variables belong to. */
export interface Condition {
  readonly test: Expr;
  readonly holds: boolean;
  readonly frame: Frame;
}

/** Values that arrive where text becomes something that acts. */
export interface Arrival {
  readonly symbol: string;
  readonly args: readonly Value[];
  readonly receiver: Value | null;
  readonly frame: Frame;
  readonly where: Place;
  /** Tells two of one line apart. */
  readonly at: number;
  readonly notes: readonly string[];
}

/** Who is told of calls and catches while the program is followed; what `call` returns is the value of the call. */
export interface Listener {
  call(call: KnownCall): Value | undefined;
  caught(caught: CaughtError): void;
  /** A call that stands as a statement of its own and is not awaited. */
  dropped?(expr: CallExpr, frame: Frame): void;
  /** A call of one of the application's own functions. */
  own?(fn: Extract<Value, { k: 'fn' }>, expr: CallExpr, frame: Frame): void;
  outside?(call: OutsideCall): void;
  arrive(arrival: Arrival): void;
  /** A regular expression that stands in the code. */
  pattern(pattern: string, frame: Frame, line: number): void;
  /** A call of a library that speaks to a database; `made` is what the chain of calls is by now. */
  accessed(call: Omit<KnownCall, 'means'>, made: Value): void;
  /** A text that is SQL goes to code that is not followed to a database. */
  stated(call: KnownCall): void;
  /** A field of a row is set, as it is held by the application. */
  changed(row: Value, name: string, value: Value): void;
}
