import { knowledgeOf } from '../knowledge.ts';
import type { CallExpr } from '../listener.ts';
import type { Machine } from '../machine.ts';
import { UNKNOWN } from '../value.ts';
import type { Frame, Value } from '../value.ts';
import { namedIn } from './arguments.ts';

/** The symbol of what a decorator that guards gives: a function that is reached through it alone. */
export const guardedSymbol = 'py:guarded#';

/** Decorators of packages by whose name something is asked of callers, though nobody here knows what. */
const asksByName = /auth|login|perm|role|token|jwt|admin|user|requir|protect|access|secur|session|member|staff|scope|owner/i;
const harmless =
  /^py:(functools|contextlib|dataclasses|typing|abc|enum|click|celery|pytest|pydantic|sqlalchemy|cached_property|asyncio|tenacity|flask_caching|flask_cors|django#(db|dispatch|contrib\.admin|template|utils)|rest_framework#(decorators|serializers))/;

/** What a definition is under a decorator: what a function of the application's own gives for it, or itself with a guard before it. */
export function decorate(machine: Machine, by: Value, target: Value, e: CallExpr, frame: Frame): Value {
  const where = machine.place(frame, e.l, e.e);
  if (by.k === 'fn') {
    const visit = machine.apply(by, [target], null, e, frame);
    const made = visit?.value ?? UNKNOWN;
    if (made.k === 'either') return made.of.find((one) => one.k === 'fn') ?? target;
    return made.k === 'fn' || made.k === 'result' || made.k === 'class' ? made : target;
  }
  const told = machine.listener.call({
    symbol: 'py:decorated#',
    means: 'decorated',
    receiver: by,
    args: [by, target],
    expr: e,
    frame,
    where,
    transaction: false,
  });
  if (told !== undefined) return told;
  if (by.k === 'class' || by.k === 'own' || by.k === 'unknown') return target.k === 'class' ? target : unfollowed(by, target);
  if (by.k === 'result' && by.symbol === 'py:django#utils.decorators.method_decorator') {
    const [inner] = by.args;
    return (inner?.k === 'arr' ? inner.items : [inner ?? UNKNOWN]).reduce<Value>((made, one) => guardedBy(one, made) ?? made, target);
  }
  const symbol = by.k === 'lib' || by.k === 'result' || by.k === 'inst' ? by.symbol : null;
  if (symbol === null) return target;
  const guarded = guardedBy(by, target);
  if (guarded !== null) return guarded;
  if (target.k === 'class') return target;
  const means = knowledgeOf(symbol)?.means;
  if (means === undefined && !harmless.test(symbol) && asksByName.test(symbol.slice(symbol.indexOf('#')))) return unfollowed(by, target);
  return target;
}

/** A view behind what a package's decorator asks, or with what it says of it; null where it does neither. */
function guardedBy(by: Value, target: Value): Value | null {
  if (by.k !== 'lib' && by.k !== 'result' && by.k !== 'inst') return null;
  const means = knowledgeOf(by.symbol)?.means ?? '';
  if (!means.startsWith('guard:') && !/^(http-methods|view-setting)$/.test(means)) return null;
  const given = by.k === 'lib' ? [] : by.args;
  // `jwt_required(optional=True)` asks nothing.
  const optional = namedIn(given)?.keys.get('optional');
  if (optional?.k === 'lit' && optional.v === true) return target;
  return { k: 'result', symbol: by.symbol, base: by.symbol, args: [target, ...given], on: by, path: [] };
}

/** A decorator that could not be followed may be the guard. */
function unfollowed(by: Value, target: Value): Value {
  return { k: 'result', symbol: guardedSymbol, base: guardedSymbol, args: [target], on: by, path: [] };
}
