import type { Expr } from '../code/facts.ts';
import { call } from './calls.ts';
import { passive } from './libraries.ts';
import { anyOf, bare, lit, NOTHING, UNKNOWN } from './values.ts';
import type { Env, Shown } from './values.ts';
import type { Walk } from './walk.ts';

// Expressions of screens.

/** What an expression of a screen is; calls in it are made. */
export function evaluate(walk: Walk, e: Expr, env: Env): Shown {
  switch (e.k) {
    case 'lit':
      return e;
    case 'var':
      return walk.variable(e.b, env);
    case 'imp':
      return walk.imported(env.file, e.m, e.n);
    case 'glo':
      return { k: 'lib', symbol: e.n };
    case 'this':
      for (let at: Env | null = env; at !== null; at = at.up) if (at.self !== null) return at.self;
      return UNKNOWN;
    case 'fn':
      return { k: 'fn', file: env.file, fn: e.i, env, self: null };
    case 'get':
      return walk.get(walk.eval(e.o, env), e.n);
    case 'idx': {
      const [o, x] = [walk.eval(e.o, env), bare(walk.eval(e.x, env))];
      if (x.k === 'lit') return walk.get(o, String(x.v));
      const inner = bare(o);
      // A table of what roles may do names the roles.
      if (inner.k === 'rec' && walk.looking.isRole(x)) for (const name of inner.keys.keys()) walk.looking.compared(x, lit(name));
      if (inner.k === 'list') return anyOf(inner.items);
      return inner.k === 'rec' ? anyOf([UNKNOWN, ...[...inner.keys.values()].map((one) => one())]) : UNKNOWN;
    }
    case 'obj': {
      const keys = new Map<string, () => Shown>();
      let open = false;
      for (const [name, value] of e.p) {
        if (name !== '...' && name !== '?') {
          keys.set(
            name,
            walk.lazily(() => named(walk, name, value, env)),
          );
          continue;
        }
        const spread = name === '...' ? bare(walk.eval(value, env)) : UNKNOWN;
        if (spread.k === 'rec') for (const [key, one] of spread.keys) keys.set(key, one);
        open ||= spread.k !== 'rec' || spread.open;
      }
      return { k: 'rec', keys, open };
    }
    case 'arr': {
      const items = e.a.map((one) => walk.eval(one.k === 'spread' ? one.e : one, env));
      if (e.s !== 1) return { k: 'list', items };
      return { k: 'held', of: items.flatMap(itemsOf) };
    }
    case 'spread':
      return walk.eval(e.e, env);
    case 'jsx':
      return { k: 'elem', e, env };
    case 'or':
      return either(walk, e, env);
    case 'if': {
      const { value, asked } = walk.test(e.t, env);
      if (value === null) return anyOf([walk.eval(e.a, env), walk.eval(e.b, env)]);
      const condition = asked ? [walk.condition(e.t, env, value, e.l)] : [];
      return walk.under(condition, () => walk.eval(value ? e.a : e.b, env));
    }
    case 'bin':
      return binary(walk, e, env);
    case 'not': {
      const truth = walk.truth(walk.eval(e.e, env));
      return truth === null ? UNKNOWN : lit(!truth);
    }
    case 'set': {
      const source = env.file.facts.bindings[e.b]?.v[e.j];
      if (source) walk.eval(source.e, env);
      return UNKNOWN;
    }
    case 'put':
      walk.noteAddress(e.n, e.e);
      walk.eval(e.o, env);
      return walk.eval(e.e, env);
    case 'seq':
      return e.a.map((one) => walk.eval(one, env)).at(-1) ?? UNKNOWN;
    case 'tpl':
      return anyOf([UNKNOWN, ...e.h.map((hole) => walk.eval(hole, env)).filter((one) => bare(one).k === 'held')]);
    case 'un':
      walk.eval(e.e, env);
      return UNKNOWN;
    case 'unk':
      return anyOf([UNKNOWN, ...(e.c ?? []).map((one) => walk.eval(one, env))]);
    case 'call':
      return call(walk, e, env);
    default:
      return UNKNOWN;
  }
}

function named(walk: Walk, name: string, value: Expr, env: Env): Shown {
  // What stands at the top of a module is a list of the addresses that there are.
  if (env.fn !== 0) walk.noteAddress(name, value);
  return walk.eval(value, env);
}

function either(walk: Walk, e: Extract<Expr, { k: 'or' }>, env: Env): Shown {
  const before = walk.looking.asked;
  const l = walk.eval(e.l, env);
  const truth = e.op === '??' ? (bare(l).k === 'lit' ? (bare(l) as { v: unknown }).v !== null : walk.truth(l)) : walk.truth(l);
  const asked = walk.looking.asked > before;
  if (truth === null) {
    const r = walk.eval(e.r, env);
    // What may be false and is false otherwise is false.
    if (e.op === '&&') return walk.truth(r) === false ? r : anyOf([UNKNOWN, r]);
    return walk.truth(r) === true && walk.truth(l) === null && bare(l).k !== 'held' && bare(r).k === 'lit'
      ? anyOf([l, UNKNOWN])
      : anyOf([l, r]);
  }
  if (truth !== (e.op === '&&')) return l;
  const line = e.r.k === 'jsx' || e.r.k === 'call' ? e.r.l : 0;
  return walk.under(asked ? [walk.condition(e.l, env, e.op === '&&', line)] : [], () => walk.eval(e.r, env));
}

function binary(walk: Walk, e: Extract<Expr, { k: 'bin' }>, env: Env): Shown {
  const [l, r] = [bare(walk.eval(e.l, env)), bare(walk.eval(e.r, env))];
  walk.looking.compared(l, r);
  if ((l.k === 'user' || l.k === 'session') && r.k === 'lit' && r.v === null && /^[!=]==?$/.test(e.op)) {
    const there = walk.looking.present();
    return there === null ? UNKNOWN : lit(there === e.op.startsWith('!'));
  }
  if (l.k !== 'lit' || r.k !== 'lit') return UNKNOWN;
  switch (e.op) {
    case '===':
    case '==':
      return lit(l.v === r.v);
    case '!==':
    case '!=':
      return lit(l.v !== r.v);
    default:
      break;
  }
  if (typeof l.v !== 'number' || typeof r.v !== 'number') return UNKNOWN;
  switch (e.op) {
    case '>':
      return lit(l.v > r.v);
    case '>=':
      return lit(l.v >= r.v);
    case '<':
      return lit(l.v < r.v);
    case '<=':
      return lit(l.v <= r.v);
    default:
      return UNKNOWN;
  }
}

/** A property of a value. */
export function property(walk: Walk, value: Shown, name: string): Shown {
  switch (value.k) {
    case 'when':
      return walk.under(value.conditions, () => walk.get(value.of, name));
    case 'session': {
      // What the hook itself says is exact where it can be followed; its name tells the rest.
      const own = value.beside ? walk.get(value.beside, name) : UNKNOWN;
      const known = bare(own);
      if (known.k !== 'unknown' && known.k !== 'held' && !(known.k === 'lit' && known.v === null)) return own;
      return walk.looking.ofSession(name) ?? own;
    }
    case 'user':
      return walk.looking.ofUser(name);
    case 'rec':
      return value.keys.get(name)?.() ?? (value.open ? UNKNOWN : NOTHING);
    case 'list':
      return /^\d+$/.test(name) ? (value.items[Number(name)] ?? NOTHING) : name === 'length' ? lit(value.items.length) : anyOf(value.items);
    case 'mod':
      return walk.exported(value.file, name);
    case 'lib':
      return { k: 'lib', symbol: `${value.symbol}.${name}` };
    case 'inst':
      return member(value, name);
    case 'held':
      return passive.test(name) ? UNKNOWN : value;
    case 'lit':
      return value.v === null ? value : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function member(value: Extract<Shown, { k: 'inst' }>, name: string): Shown {
  const made = value.file.facts.classes[value.cls];
  const method = made?.m[name];
  if (method !== undefined) return { k: 'fn', file: value.file, fn: method, env: value.env, self: value };
  const field = made?.f[name] ?? made?.w[name]?.[1];
  return field && field.k === 'fn' ? { k: 'fn', file: value.file, fn: field.i, env: value.env, self: value } : UNKNOWN;
}

/** What a spread puts into a list. */
function itemsOf(value: Shown): readonly Shown[] {
  const inner = bare(value);
  return inner.k === 'list' ? inner.items : [value];
}
