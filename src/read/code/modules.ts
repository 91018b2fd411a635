import { isBuiltin } from 'node:module';
import { parse as parseJson } from 'jsonc-parser';
import type { ReadContext } from '../context.ts';

/** Where a module specifier leads: a file of the tree, or a package (`npm:pg`, `node:fs`). */
type Target = { readonly file: string } | { readonly package: string };
export type Resolve = (from: string, specifier: string) => Target;

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

interface Manifest {
  readonly dir: string;
  readonly name: string | undefined;
  readonly entries: readonly string[];
  readonly imports: Readonly<Record<string, unknown>>;
}

interface Paths {
  readonly base: string;
  readonly paths: Readonly<Record<string, readonly string[]>>;
  readonly baseUrl: boolean;
}

/**
 * Resolves specifiers on the list of files alone: no link is followed, nothing outside the tree is looked at.
 * Knows relative paths, `.js` for `.ts`, index files, tsconfig `paths` / `baseUrl` / `extends`, package.json `imports`,
 * and packages of the same workspace.
 */
export async function openModules(
  context: ReadContext,
  sources: ReadonlySet<string>,
): Promise<{ resolve: Resolve; unitOf: (path: string) => string }> {
  const manifests: Manifest[] = [];
  const configs = new Map<string, unknown>();
  for (const { path, bytes } of context.tree.files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (bytes > 500_000 || /(^|\/)node_modules\//.test(path)) continue;
    if (name === 'package.json') manifests.push(manifest(dirOf(path), await json(context, path)));
    else if (/^(ts|js)config.*\.json$/.test(name)) configs.set(path, await json(context, path));
  }
  manifests.sort((a, b) => b.dir.length - a.dir.length || (a.dir < b.dir ? -1 : 1));
  const owner = (path: string) => manifests.find(({ dir }) => dir === '' || path.startsWith(`${dir}/`));
  const packages = new Map<string, Manifest>();
  for (const one of manifests) if (one.name !== undefined && !packages.has(one.name)) packages.set(one.name, one);
  const pathsOf = memo((dir: string) => nearestPaths(dir, configs));

  const file = (path: string): string | null => {
    if (sources.has(path)) return path;
    const swapped = /\.([mc]?)js(x?)$/.exec(path);
    if (swapped !== null) {
      const stem = path.slice(0, swapped.index);
      for (const candidate of [`${stem}.${swapped[1]}ts${swapped[2]}`, `${stem}.ts`, `${stem}.tsx`])
        if (sources.has(candidate)) return candidate;
    }
    for (const extension of extensions) if (sources.has(path + extension)) return path + extension;
    for (const extension of extensions) {
      const index = path === '' ? `index${extension}` : `${path}/index${extension}`;
      if (sources.has(index)) return index;
    }
    return null;
  };

  const find = (dir: string, specifier: string): Target => {
    if (specifier.startsWith('.')) {
      const path = join(dir, specifier);
      return { file: (path === null ? null : file(path)) ?? `?${specifier}` };
    }
    const { base, paths, baseUrl } = pathsOf(dir);
    for (const [pattern, targets] of Object.entries(paths)) {
      const star = pattern.indexOf('*');
      const middle =
        star === -1
          ? specifier === pattern
            ? ''
            : null
          : specifier.startsWith(pattern.slice(0, star)) &&
              specifier.endsWith(pattern.slice(star + 1)) &&
              specifier.length >= pattern.length - 1
            ? specifier.slice(star, specifier.length - (pattern.length - star - 1))
            : null;
      if (middle === null) continue;
      for (const target of targets) {
        const path = join(
          base,
          target.replace('*', () => middle),
        );
        const found = path === null ? null : file(path);
        if (found !== null) return { file: found };
      }
    }
    if (baseUrl) {
      const path = join(base, specifier);
      const found = path === null ? null : file(path);
      if (found !== null) return { file: found };
    }
    if (specifier.startsWith('#')) {
      const unit = owner(`${dir}/x`);
      for (const [pattern, value] of Object.entries(unit?.imports ?? {})) {
        const star = pattern.indexOf('*');
        if (star === -1 ? pattern !== specifier : !specifier.startsWith(pattern.slice(0, star))) continue;
        for (const target of strings(value)) {
          const path = join(
            unit?.dir ?? '',
            target.replace('*', () => specifier.slice(star)),
          );
          const found = path === null ? null : (file(path) ?? file(path.replace(/^((?:.*\/)?)(dist|build|lib)\//, '$1src/')));
          if (found !== null) return { file: found };
        }
      }
    }
    if (/^[@~]\//.test(specifier)) {
      // The usual alias of bundlers whose configuration is code, which is not executed.
      const unit = owner(`${dir}/x`)?.dir ?? '';
      // Where the unit's own folders have no such file, the nearest folder above that has one: a front end without a manifest of its own.
      const above = dir.split('/').map((_, index, parts) => parts.slice(0, parts.length - index).join('/'));
      const roots = ['src', '', 'client/src', 'app'].map((root) => `${unit}/${root}`);
      const found = [...roots, ...above.filter((one) => one.startsWith(unit)).flatMap((one) => [one, `${one}/src`])]
        .map((root) => join(root, specifier.slice(2)))
        .map((path) => (path === null ? null : file(path)));
      const first = found.find((path) => path !== null);
      if (typeof first === 'string') return { file: first };
    }
    const addressed = packageAt(specifier);
    if (addressed !== null) return { package: addressed };
    if (/^\$lib(\/|$)/.test(specifier)) {
      // SvelteKit writes its configuration of paths only when it is started.
      const path = join(owner(`${dir}/x`)?.dir ?? '', `src/lib${specifier.slice(4)}`);
      const found = path === null ? null : file(path);
      if (found !== null) return { file: found };
    }
    if (isBuiltin(specifier)) return { package: specifier.startsWith('node:') ? specifier : `node:${specifier}` };
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    const local = packages.get(name);
    if (local !== undefined) {
      const rest = specifier.slice(name.length + 1);
      const candidates = rest === '' ? local.entries : [rest, `src/${rest}`];
      for (const candidate of candidates) {
        const path = join(local.dir, candidate);
        const found = path === null ? null : (file(path) ?? file(path.replace(/^((?:.*\/)?)(dist|build|lib)\//, '$1src/')));
        if (found !== null) return { file: found };
      }
    }
    return { package: `npm:${specifier}` };
  };

  const known = new Map<string, Target>();
  return {
    unitOf: (path) => owner(path)?.dir || '.',
    resolve(from, specifier) {
      const dir = dirOf(from);
      const key = `${dir}\0${specifier}`;
      const target = known.get(key) ?? find(dir, specifier);
      known.set(key, target);
      return target;
    },
  };
}

/** The package behind an address, as Deno imports it: `https://esm.sh/stripe@14`, `npm:stripe@14`, `jsr:@supabase/supabase-js@2`; null for another specifier. */
function packageAt(specifier: string): string | null {
  const [, std] = /^(?:https:\/\/deno\.land\/std(?:@[^/]*)?|jsr:@std)\/(.+?)(?:\.ts)?$/.exec(specifier) ?? [];
  if (std !== undefined) return `deno:${std}`;
  const [, bare] =
    /^(?:npm:|jsr:)\/?(.+)$/.exec(specifier) ??
    /^https:\/\/(?:esm\.sh|cdn\.skypack\.dev|esm\.run|unpkg\.com|cdn\.jsdelivr\.net\/npm|deno\.land\/x)\/(?:v\d+\/|stable\/)?(.+)$/.exec(
      specifier,
    ) ??
    [];
  if (bare === undefined) return null;
  const [, name, rest = ''] = /^((?:@[^/]+\/)?[^/@?]+)(?:@[^/?]*)?([^?]*)/.exec(bare) ?? [];
  if (name === undefined) return null;
  // What a registry of addresses calls the entry of a module is the package itself.
  return /^(?:|\/|\/(?:mod|index)\.[jt]s|\/\+esm)$/.test(rest) ? `npm:${name}` : `npm:${name}${rest}`;
}

function nearestPaths(dir: string, configs: ReadonlyMap<string, unknown>): Paths {
  for (let at = dir; ; at = dirOf(at)) {
    for (const name of ['tsconfig.json', 'jsconfig.json']) {
      const path = at === '' ? name : `${at}/${name}`;
      if (configs.has(path)) {
        const found = readPaths(path, configs, 0);
        if (found !== null) return found;
        // A solution file that only refers to others: `tsconfig.app.json` beside it holds the paths.
        for (const beside of [...configs.keys()].filter((other) => dirOf(other) === at && other !== path).sort()) {
          const other = readPaths(beside, configs, 0);
          if (other !== null) return other;
        }
      }
    }
    if (at === '') return { base: '', paths: {}, baseUrl: false };
  }
}

function readPaths(path: string, configs: ReadonlyMap<string, unknown>, depth: number): Paths | null {
  const config = configs.get(path);
  if (!isRecord(config) || depth > 8) return null;
  const options = isRecord(config['compilerOptions']) ? config['compilerOptions'] : {};
  const dir = dirOf(path);
  const baseUrl = typeof options['baseUrl'] === 'string' ? options['baseUrl'] : null;
  if (isRecord(options['paths']) || baseUrl !== null) {
    const paths: Record<string, string[]> = {};
    if (isRecord(options['paths'])) for (const [key, value] of Object.entries(options['paths'])) paths[key] = strings(value);
    return { base: join(dir, baseUrl ?? '.') ?? '', paths, baseUrl: baseUrl !== null };
  }
  for (const parent of strings(config['extends']).reverse()) {
    if (!parent.startsWith('.')) continue;
    const target = join(dir, parent.endsWith('.json') ? parent : `${parent}.json`);
    const found = target === null ? null : readPaths(target, configs, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function manifest(dir: string, value: unknown): Manifest {
  const fields = isRecord(value) ? value : {};
  const entries = [
    ...strings(fields['source']),
    ...strings(fields['exports']),
    ...strings(fields['module']),
    ...strings(fields['main']),
    'src/index',
    'index',
    'src',
  ];
  return {
    dir,
    name: typeof fields['name'] === 'string' ? fields['name'] : undefined,
    entries,
    imports: isRecord(fields['imports']) ? fields['imports'] : {},
  };
}

async function json(context: ReadContext, path: string): Promise<unknown> {
  try {
    return parseJson((await context.tree.read(path)).toString('utf8'), [], { allowTrailingComma: true }) as unknown;
  } catch {
    // An unreadable manifest resolves nothing; the collector of units reports it.
    return null;
  }
}

/** All strings inside a value, in order. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  return isRecord(value) ? Object.values(value).flatMap(strings) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dirOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Joins with `.` and `..`; null when it leaves the tree. */
function join(dir: string, path: string): string | null {
  const out: string[] = [];
  for (const part of `${dir}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (out.pop() === undefined) return null;
    } else out.push(part);
  }
  return out.join('/');
}

function memo<T>(work: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = work(key)));
    return value;
  };
}
