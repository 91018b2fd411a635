import type { Asked } from './facts.ts';
import type { Parsed } from '../../source/parse.ts';

/** Where a file asks for modules: imports, re-exports, dynamic imports and `require` with a literal specifier. */
export function modulesAsked(parsed: Pick<Parsed, 'program' | 'module' | 'lineOf'>, text: string): Asked[] {
  const found: Asked[] = [];
  const { module, lineOf } = parsed;
  for (const { moduleRequest, entries, start } of module.staticImports) {
    found.push([moduleRequest.value, lineOf(start), entries.length > 0 && entries.every((entry) => entry.isType)]);
  }
  for (const { entries, start } of module.staticExports) {
    for (const entry of entries) if (entry.moduleRequest !== null) found.push([entry.moduleRequest.value, lineOf(start), entry.isType]);
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$\\]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2];
    if (literal !== undefined) found.push([literal, lineOf(start), false]);
  }
  if (/\brequire\b/.test(text))
    for (const { specifier, start } of requiresIn(parsed.program)) found.push([specifier, lineOf(start), false]);
  return found;
}

interface Callee {
  type: string;
  name?: string;
  object?: { name?: string };
  property?: { name?: string };
}

/** Literal `require` and `require.resolve` calls outside of `try`: inside, the author provides for the package's absence. */
function requiresIn(program: object): { specifier: string; start: number }[] {
  const found: { specifier: string; start: number }[] = [];
  const pending: unknown[] = [program];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const {
      type,
      callee,
      arguments: args,
      start,
    } = node as { type?: string; callee?: Callee; arguments?: { type: string; value?: unknown }[]; start?: number };
    if (type === 'TryStatement') {
      const { handler, finalizer } = node as { handler?: unknown; finalizer?: unknown };
      pending.push(handler, finalizer);
      continue;
    }
    const first = args?.[0];
    const name = callee?.type === 'MemberExpression' ? `${callee.object?.name}.${callee.property?.name}` : callee?.name;
    if (
      type === 'CallExpression' &&
      (name === 'require' || name === 'require.resolve') &&
      first?.type === 'Literal' &&
      typeof first.value === 'string'
    )
      found.push({ specifier: first.value, start: start ?? 0 });
    for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) pending.push(value);
  }
  return found;
}
