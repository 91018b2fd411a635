import type { Expr } from '../code/facts.ts';
import { callLibrary, callMethod } from './libraries.ts';
import { bare } from './values.ts';
import type { Env, Shown } from './values.ts';
import type { Walk } from './walk.ts';

// Calls in the code of screens.

type Call = Extract<Expr, { k: 'call' }>;

const leaves = /^(navigate|redirect|setLocation|permanentRedirect|goto|notFound)$/;
const router = /^(router|history|navigation|location)$/i;

/** A call; what it gives. */
export function call(walk: Walk, e: Call, env: Env): Shown {
  walk.reach(e, env);
  if (e.nw === 1 && e.f.k === 'var') {
    const made = classOf(walk, e.f.b, env);
    if (made) return made;
  }
  const name = nameOf(e.f, env);
  if (walk.leaving !== null && walk.conditions.length > walk.leaving && leadsElsewhere(e, name, env)) walk.left = true;
  let on: Shown | null = null;
  if (e.f.k === 'get') {
    on = walk.eval(e.f.o, env);
    const found = callMethod(walk, on, name, e, env);
    if (found !== null) return found;
  }
  if (/^(open|assign|replace)$/.test(name) && e.a[0]) walk.noteAddress('href', e.a[0]);
  const callee = bare(on === null ? walk.eval(e.f, env) : walk.get(on, name));
  const args = e.a.map((one) => walk.eval(one.k === 'spread' ? one.e : one, env));
  if (callee.k === 'asks-role') return walk.looking.isOneOf(args);
  // `useUser(id)` is about anybody.
  const session = walk.looking.isSession(name) && args.every((arg) => bare(arg).k === 'fn' || bare(arg).k === 'rec');
  if (callee.k === 'fn') {
    const given = /^use[A-Z]/.test(name) ? walk.hook(callee, args) : walk.apply(callee, args);
    if (!session) return given;
    const [select] = args.map(bare);
    return select?.k === 'fn' ? walk.apply(select, [{ k: 'session', beside: given }]) : { k: 'session', beside: given };
  }
  if (session) {
    const [select] = args.map(bare);
    return select?.k === 'fn' ? walk.apply(select, [{ k: 'session', beside: null }]) : { k: 'session', beside: null };
  }
  if (callee.k === 'held') {
    walk.touch(callee);
    for (const arg of args) walk.touch(arg);
    return callee;
  }
  return callLibrary(walk, { symbol: callee.k === 'lib' ? callee.symbol : '', name, args, e, env });
}

function classOf(walk: Walk, b: number, env: Env): Shown | null {
  const binding = env.file.facts.bindings[b];
  const [source] = binding?.v ?? [];
  if (source?.e.k === 'cls') return { k: 'inst', file: env.file, cls: source.e.i, env: walk.module(env.file) };
  if (source?.e.k !== 'imp') return null;
  const target = walk.resolve(env.file.path, source.e.m);
  const file = 'file' in target ? walk.files.get(target.file) : undefined;
  const exported = file?.facts.exports[source.e.n];
  const inner = exported?.k === 'var' ? file?.facts.bindings[exported.b]?.v[0]?.e : exported;
  return file && inner?.k === 'cls' ? { k: 'inst', file, cls: inner.i, env: walk.module(file) } : null;
}

/** `navigate('/')`, `router.push('/')` */
function leadsElsewhere({ f }: Call, name: string, env: Env): boolean {
  return leaves.test(name) || (/^(push|replace)$/.test(name) && f.k === 'get' && router.test(nameOf(f.o, env)));
}

/** The last name of what is called. */
function nameOf(f: Expr, env: Env): string {
  if (f.k === 'get' || f.k === 'glo') return f.n;
  return f.k === 'var' ? (env.file.facts.bindings[f.b]?.n ?? '') : f.k === 'imp' ? f.n : '';
}
