import type { Expr } from '../../facts.ts';
import type { PythonLowering } from './lowering.ts';

/** Notes a read of the environment: `os.environ['X']`, `os.getenv('X', d)`, `environ.get('X')`, `config('X', default=d)` of decouple. */
export function noteSetting(to: PythonLowering, f: Expr, a: readonly Expr[], line: number): void {
  const path = f.k === 'idx' ? pathOf(to, f.o) : pathOf(to, f);
  if (path === null) return;
  const named = f.k === 'idx' ? f.x : a[0];
  if (named?.k !== 'lit' || typeof named.v !== 'string') return;
  const direct = f.k === 'idx' && path === 'os.environ';
  const asked = /^os\.(getenv|environ\.(get|pop))$/.test(path);
  const decoupled = /^(decouple\.config|environ\.Env(\.\w+)?|environs\.Env(\.\w+)?|starlette\.config\.Config)$/.test(path);
  if (!direct && !asked && !decoupled) return;
  const last = a.at(-1);
  const byName = last?.k === 'obj' ? last.p.find(([name]) => name === 'default')?.[1] : undefined;
  const d = byName ?? (asked && a[1]?.k !== 'obj' ? a[1] : undefined);
  // Asked with a method, its absence is a value that the code goes on with.
  to.env.push({ n: named.v, l: line, ...(d === undefined ? {} : { d }), ...(asked && d === undefined ? { o: 1 as const } : {}) });
}

/** The dotted name of what is called, from the module on; an instance goes by its class. Null for anything else. */
function pathOf(to: PythonLowering, e: Expr): string | null {
  if (e.k === 'imp') return e.n === '*' ? e.m : `${e.m}.${e.n}`;
  if (e.k === 'get') {
    const object = pathOf(to, e.o);
    return object === null ? null : `${object}.${e.n}`;
  }
  if (e.k !== 'var') return null;
  const only = to.bindings[e.b]?.v[0]?.e;
  if (only?.k === 'imp') return pathOf(to, only);
  return only?.k === 'call' && (only.f.k === 'var' || only.f.k === 'get') && only.f !== e ? pathOf(to, only.f) : null;
}
