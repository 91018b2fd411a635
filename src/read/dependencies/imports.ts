import { parseSync } from 'oxc-parser';
import { messageOf } from '../../model/errors.ts';
import type { Gap } from '../../model/words.ts';
import type { ReadContext } from '../context.ts';
import { tooDeep, unreadable } from '../../source/parse.ts';
import { isScript } from '../language.ts';

/** One place where a file asks for a module. */
export interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** Vanishes when types are stripped. */
  readonly typeOnly: boolean;
}

export interface Imports {
  readonly imports: readonly Import[];
  readonly gaps: readonly Gap[];
}

/** Every import, re-export, dynamic import and `require` with a literal specifier, over all script files. */
export async function importsOf({ tree }: ReadContext): Promise<Imports> {
  const imports: Import[] = [];
  const gaps: Gap[] = [];
  for (const { path } of tree.files) {
    const embedded = /\.(vue|svelte|astro)$/.test(path);
    if (!embedded && (!isScript(path) || /\.min\.[cm]?js$/.test(path))) continue;
    try {
      const content = await tree.read(path);
      const text = content.toString('utf8');
      const reason = unreadable(content) ?? (tooDeep(text) ? 'nested too deeply to be read safely' : null);
      if (reason !== null) {
        gaps.push({ file: path, reason });
        continue;
      }
      const found = importsIn(embedded ? `${path}.ts` : path, embedded ? scriptsOf(text, path.endsWith('.astro')) : text);
      if (found === null) gaps.push({ file: path, reason: 'a syntax error; its imports may be incomplete' });
      else for (const one of found) imports.push({ file: path, ...one });
    } catch (thrown) {
      gaps.push({ file: path, reason: messageOf(thrown) });
    }
  }
  return { imports, gaps };
}

/** A component's script blocks with everything else blanked, so that lines stay where they are. */
function scriptsOf(text: string, frontmatter: boolean): string {
  const pattern = frontmatter ? /^(---\r?\n)([\s\S]*?)\n---/dg : /(<script\b[^>]*>)([\s\S]*?)<\/script>/dgi;
  let out = '';
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.[2] ?? [0, 0];
    out += text.slice(at, start).replace(/[^\n]/g, ' ') + text.slice(start, end);
    at = end;
  }
  return out;
}

function importsIn(path: string, text: string): Omit<Import, 'file'>[] | null {
  const result = parseSync(path, text);
  const lineAt = lineCounter(text);
  const found: Omit<Import, 'file'>[] = [];
  const add = (specifier: string, offset: number, typeOnly: boolean) => found.push({ specifier, line: lineAt(offset), typeOnly });
  for (const { moduleRequest, entries, start } of result.module.staticImports)
    add(moduleRequest.value, start, entries.length > 0 && entries.every((entry) => entry.isType));
  for (const { entries, start } of result.module.staticExports)
    for (const entry of entries) if (entry.moduleRequest !== null) add(entry.moduleRequest.value, start, entry.isType);
  for (const { moduleRequest, start } of result.module.dynamicImports) {
    const literal = /^(['"`])([^'"`$\\]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2];
    if (literal !== undefined) add(literal, start, false);
  }
  if (/\brequire\b/.test(text)) for (const { specifier, start } of requiresIn(result.program)) add(specifier, start, false);
  if (found.length === 0 && result.errors.length > 0) return null;
  return found;
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
type Callee = { type: string; name?: string; object?: { name?: string }; property?: { name?: string } };

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
