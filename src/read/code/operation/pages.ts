import type { Resolve } from '../modules.ts';
import type { SourceFile } from '../value.ts';

export interface DynamicPage {
  readonly file: SourceFile;
  readonly setting: string;
  /** Something on the page waits, asks who is there, or could not be followed. */
  readonly needed: boolean;
}

const page = /(^|\/)app\/(.*\/)?(page|layout)\.[jt]sx?$/;

/** Pages of Next that are told to render anew on each request. */
export function dynamicPages(files: ReadonlyMap<string, SourceFile>, resolve: Resolve): DynamicPage[] {
  const found: DynamicPage[] = [];
  for (const file of files.values()) {
    if (!page.test(file.path)) continue;
    const { dynamic, revalidate } = file.facts.exports;
    const value = dynamic === undefined ? undefined : valueOf(file, dynamic);
    const again = revalidate === undefined ? undefined : valueOf(file, revalidate);
    const setting = value === 'force-dynamic' ? 'dynamic = "force-dynamic"' : again === 0 ? 'revalidate = 0' : null;
    if (setting !== null) found.push({ file, setting, needed: varies(file, files, resolve) });
  }
  return found;
}

function valueOf(file: SourceFile, e: SourceFile['facts']['exports'][string]): unknown {
  if (e.k === 'lit') return e.v;
  const source = e.k === 'var' ? file.facts.bindings[e.b]?.v[0]?.e : undefined;
  return source?.k === 'lit' ? source.v : undefined;
}

/** The page, or anything of the application that it loads, waits for something or asks about the request. */
function varies(start: SourceFile, files: ReadonlyMap<string, SourceFile>, resolve: Resolve): boolean {
  const seen = new Set([start]);
  for (const file of seen) {
    const { functions, imports, bindings, env } = file.facts;
    if (functions.some(({ w }) => w.includes('a')) || env.length > 0 || seen.size > 60) return true;
    if (file === start && functions.some(({ p, up }) => up === 0 && p.some(({ b }) => /params|props/i.test(bindings[b]?.n ?? ''))))
      return true;
    for (const [specifier, , typeOnly] of imports) {
      if (typeOnly) continue;
      if (/^(next\/(headers|cache|server)|next-auth|@clerk\/|@supabase\/|@auth\/)/.test(specifier)) return true;
      const target = resolve(file.path, specifier);
      const other = 'file' in target ? files.get(target.file) : undefined;
      if (other !== undefined) seen.add(other);
    }
  }
  return false;
}
