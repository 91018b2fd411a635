import type { catches } from '../../model/evidence/read.ts';
import type { z } from 'zod';
import type { Expr, Stmt } from './facts.ts';
import type { CaughtError } from './listener.ts';

export type Outcome = z.infer<typeof catches>['catches'][number]['outcome'];

interface Seen {
  throws: boolean;
  failure: boolean;
  success: boolean;
  returns: boolean;
  logs: boolean;
  other: boolean;
  statements: number;
}

/** What becomes of a caught error, the strongest first. */
export function outcomeOf(caught: CaughtError): Outcome {
  const { handler, body } = caught;
  if (handler !== null && body === null) {
    if (handler.k === 'role' && handler.role === 'next') return 'answers-failure';
    if (handler.k === 'lib') return /^global:console\.|log/i.test(handler.symbol) ? 'logged-only' : 'handled';
    return 'handled';
  }
  const seen: Seen = {
    throws: false,
    failure: false,
    success: false,
    returns: false,
    logs: caught.means.has('log') || caught.means.has('error-report'),
    other: false,
    statements: 0,
  };
  for (const statement of body ?? []) look(statement, seen);
  const { answer, throws } = caught.outcome;
  if (seen.throws) return 'rethrown';
  if (seen.failure || throws || (answer !== null && answer >= 400)) return 'answers-failure';
  if (seen.success) return 'answers-success';
  if (seen.returns) return 'returned';
  if (seen.other || answer !== null) return 'handled';
  if (seen.logs) return 'logged-only';
  return seen.statements === 0 ? 'empty' : 'ignored';
}

function look(statement: Stmt, seen: Seen): void {
  if (statement.k !== 'jump') seen.statements++;
  switch (statement.k) {
    case 'throw':
      seen.throws = true;
      break;
    case 'ret':
      if (statement.e !== undefined) {
        const before = { ...seen };
        effect(statement.e, seen);
        if (
          seen.failure === before.failure &&
          seen.success === before.success &&
          seen.logs === before.logs &&
          seen.other === before.other
        ) {
          // An arrow function without a value: `.catch(() => {})` has no statement, `.catch(() => null)` returns one.
          seen.returns = true;
        } else if (seen.other !== before.other && statement.e.k === 'call') seen.returns = true;
      }
      break;
    case 'x':
      effect(statement.e, seen);
      break;
    case 'if':
      for (const one of [...statement.a, ...statement.b]) look(one, seen);
      break;
    case 'block':
    case 'loop':
      for (const one of statement.a) look(one, seen);
      break;
    case 'try':
      for (const one of [...statement.a, ...(statement.c?.a ?? []), ...(statement.f ?? [])]) look(one, seen);
      break;
  }
}

const answering = /^(json|send|end|render|redirect|sendStatus|sendFile)$/;

function effect(e: Expr, seen: Seen): void {
  if (e.k === 'call') {
    const name = e.f.k === 'get' ? e.f.n : '';
    const chain = chainOf(e);
    if (e.f.k === 'var' && e.a.length > 0 && chain.length === 0) seen.other = true;
    if (chain.includes('status') || name === 'sendStatus') {
      const status = statusIn(e);
      if (status === null || status >= 400) seen.failure = true;
      else if (name === 'sendStatus' || tone(e.a) === 'success') seen.success = true;
      else answered(e.a, seen);
    } else if (answering.test(name)) answered(e.a, seen);
    else if (/^(log|info|warn|error|debug|trace|fatal)$/.test(name) && e.f.k === 'get') seen.logs = true;
    else seen.other = true;
  } else if (e.k === 'set' || e.k === 'put') seen.other = true;
  else if (e.k === 'if') {
    effect(e.a, seen);
    effect(e.b, seen);
  } else if (e.k === 'or') effect(e.r, seen);
  else if (e.k === 'seq') for (const one of e.a) effect(one, seen);
}

/** An answer claims success, owns up to a failure, or says neither (an empty list, a page): only the first is a lie. */
function answered(args: readonly Expr[], seen: Seen): void {
  const said = tone(args);
  if (said === 'success') seen.success = true;
  else if (said === 'failure') seen.failure = true;
  else seen.other = true;
}

const failing = /error|fail|invalid|wrong|unable|could ?n.t|cannot|problem|denied|sorry|unavailable|=false\b/i;
const succeeding = /success|\bsaved\b|\bsent\b|\bdone\b|created|updated|deleted|removed|cancelled|completed|received|thank|=true\b|^ok$/i;

/** What the literals and keys of an answer say; a word of failure outweighs one of success. */
function tone(args: readonly Expr[]): 'success' | 'failure' | 'neither' {
  let success = false;
  let failure = false;
  const text = (words: string): void => {
    if (failing.test(words)) failure = true;
    else if (succeeding.test(words)) success = true;
  };
  const visit = (e: Expr, depth: number): void => {
    if (depth > 4) return;
    if (e.k === 'lit' && typeof e.v === 'string') text(e.v);
    else if (e.k === 'tpl') for (const part of e.p) text(part);
    else if (e.k === 'arr') for (const one of e.a) visit(one, depth + 1);
    else if (e.k === 'obj') {
      for (const [key, value] of e.p) {
        if (/^(success|ok|received|sent|done)$/i.test(key) && value.k === 'lit') {
          if (value.v === true) success = true;
          if (value.v === false) failure = true;
        } else if (/^(err|error|errors|failed|reason)$/i.test(key) && !(value.k === 'lit' && value.v === null)) failure = true;
        else visit(value, depth + 1);
      }
    }
  };
  for (const one of args) visit(one, 0);
  return failure ? 'failure' : success ? 'success' : 'neither';
}

function chainOf(e: Expr): string[] {
  const names: string[] = [];
  for (let at: Expr = e; ;) {
    if (at.k === 'call') at = at.f;
    else if (at.k === 'get') {
      names.push(at.n);
      at = at.o;
    } else return names;
  }
}

function statusIn(e: Expr): number | null {
  for (let at: Expr = e; ;) {
    if (at.k === 'call') {
      const first = at.a[0];
      if (at.f.k === 'get' && (at.f.n === 'status' || at.f.n === 'sendStatus'))
        return first?.k === 'lit' && typeof first.v === 'number' ? first.v : null;
      at = at.f;
    } else if (at.k === 'get') at = at.o;
    else return null;
  }
}
