import type { Place } from '../../model/words.ts';
import type { Expr } from './facts.ts';
import type { CallExpr } from './listener.ts';
import type { Frame, SourceFile } from './value.ts';
import type { Visit } from './visit.ts';

/** A call that is being followed: what is followed, with which variables, and where it was called. */
interface Active {
  readonly visit: Visit;
  readonly frame: Frame;
  readonly caller: Frame | null;
  readonly expr: CallExpr | null;
}

/** A place in the file of a frame. */
export function placeIn(frame: Frame, line: number, endLine: number): Place {
  return { file: frame.file.path, line, endLine: Math.max(line, endLine) };
}

function functionKey(file: SourceFile, fn: number): string {
  return `${file.path}:${fn}`;
}

/** The calls that are being followed, outermost first. */
export class CallStack {
  private readonly active: Active[] = [];
  private readonly running = new Set<string>();

  get depth(): number {
    return this.active.length;
  }

  enter(call: Active): void {
    this.active.push(call);
    this.running.add(functionKey(call.frame.file, call.frame.fn));
  }

  leave(): void {
    const left = this.active.pop();
    if (left !== undefined) this.running.delete(functionKey(left.frame.file, left.frame.fn));
  }

  /** True inside of the function, at any depth. */
  isFollowing(file: SourceFile, fn: number): boolean {
    return this.running.has(functionKey(file, fn));
  }

  /** Whether something holds of what tests made certain in one of the functions, or where one was called. */
  some(holds: (marks: Frame['tested'] | undefined) => boolean): boolean {
    return this.active.some((one) => holds(one.frame.tested) || holds(one.caller?.tested));
  }

  /** The functions being followed, outermost first; each is looked at anew at its next call. */
  standsIn(): readonly string[] {
    for (const { visit } of this.active) visit.through = true;
    return this.active.map(({ visit }) => visit.id);
  }

  /**
   * Where an argument was written: when it is a parameter handed on, the call that gave it, and so upwards.
   * Marks the functions in between, so that each of their calls is looked at.
   */
  origin(e: Expr | undefined, frame: Frame, expr: CallExpr): { frame: Frame; expr: CallExpr; passed: boolean; open: boolean } {
    let at = { frame, expr, e };
    let passed = false;
    for (let i = this.active.length - 1; i >= 0; i--) {
      const active = this.active[i] as Active;
      if (active.frame !== at.frame) continue;
      const binding = at.e?.k === 'var' ? at.frame.file.facts.bindings[at.e.b] : undefined;
      if (binding === undefined || binding.p === undefined || binding.f !== at.frame.fn)
        return { frame: at.frame, expr: at.expr, passed, open: false };
      if (active.expr === null || active.caller === null || active.expr.k === 'tag')
        return { frame: at.frame, expr: at.expr, passed, open: true };
      active.visit.through = true;
      passed = true;
      at = { frame: active.caller, expr: active.expr, e: active.expr.a[binding.p] };
    }
    return { frame: at.frame, expr: at.expr, passed, open: false };
  }

  /** The calls that lead here, outermost first. */
  trail(): Place[] {
    return this.active
      .filter((active) => active.expr !== null && active.caller !== null)
      .slice(-6)
      .map((active) => placeIn(active.caller as Frame, (active.expr as CallExpr).l, (active.expr as CallExpr).e));
  }
}
