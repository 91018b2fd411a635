import { posix } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import { z } from 'zod';
import type { Tree } from '../../world/tree.ts';
import type { Manifest } from '../manifest.ts';

/** Tells whether a specifier that looks like a package is resolved inside the tree instead. */
export type Aliases = (specifier: string) => boolean;

const tsconfig = z.looseObject({
  compilerOptions: z
    .looseObject({ baseUrl: z.string().optional().catch(undefined), paths: z.record(z.string(), z.unknown()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const toolConfig =
  /^(vite|vitest|webpack|rollup|babel|jest|next|metro|craco|vue|nuxt|astro|svelte|rsbuild|tsup|esbuild|electron\.vite|config-overrides)([.-][\w.-]*)?\.(c|m)?[jt]s$|^\.babelrc(\.json)?$|^deno\.jsonc?$|^import_map\.json$/;

/** Paths of the tree as an import would write them: without extension or `/index`. */
export function importable(tree: Tree): Set<string> {
  return new Set(tree.files.map(({ path }) => path.replace(/(\/index)?(\.d)?\.[cm]?[jt]sx?$|\.(vue|svelte|json)$/, '')));
}

/** Path mappings of tsconfig, bundlers, test runners, module-alias and import maps in one package's folder. */
export async function aliasesOf(tree: Tree, manifest: Manifest, sources: ReadonlySet<string>): Promise<Aliases> {
  const patterns = new Set<string>();
  const bases = new Set<string>();
  for (const { path, bytes } of tree.files) {
    const name = posix.basename(path);
    if (bytes > 256 * 1024 || !governs(posix.dirname(path), manifest.dir)) continue;
    if (/^(tsconfig|jsconfig)[\w.-]*\.json$/.test(name)) {
      const options = tsconfig.safeParse(parseJsonc((await tree.read(path)).toString('utf8'))).data?.compilerOptions;
      for (const pattern of Object.keys(options?.paths ?? {})) patterns.add(pattern);
      if (options?.baseUrl !== undefined) bases.add(posix.join(posix.dirname(path), options.baseUrl));
    } else if (toolConfig.test(name)) for (const pattern of configured((await tree.read(path)).toString('utf8'))) patterns.add(pattern);
  }
  for (const field of ['_moduleAliases', 'imports', 'browser', 'jest'])
    for (const pattern of keysWithin(manifest.raw[field])) patterns.add(pattern);
  const exact = new Set([...patterns].filter((pattern) => !pattern.includes('*')));
  const prefixes = [...patterns].flatMap((pattern) =>
    pattern.includes('*') && pattern !== '*' ? [pattern.slice(0, pattern.indexOf('*'))] : [],
  );
  return (specifier) =>
    exact.has(specifier) ||
    [...exact].some((alias) => specifier.startsWith(alias.endsWith('/') ? alias : `${alias}/`)) ||
    prefixes.some((prefix) => specifier.startsWith(prefix)) ||
    [...bases].some((base) => sources.has(posix.join(base, specifier.replace(/(\/index)?\.[cm]?[jt]sx?$/, ''))));
}

/** A configuration counts for a package when it lies in its folder, below it, or in a folder above. */
function governs(configDir: string, packageDir: string): boolean {
  const [config, own] = [`${configDir}/`, `${packageDir}/`];
  return configDir === '.' || packageDir === '.' || config.startsWith(own) || own.startsWith(config);
}

/** Keys of `alias`, `moduleNameMapper` and import maps in a configuration that is code: found as text, since it must not run. */
function* configured(text: string): Iterable<string> {
  for (const start of text.matchAll(/\b(alias|moduleNameMapper|imports)["']?\s*[:=]\s*[[{]/g)) {
    const section = text.slice(start.index, start.index + 4000);
    for (const key of section.matchAll(/(?:find:\s*)?["']([@~#^\w$][^"'\s]{0,80})["']\s*(?::|,\s*replacement)|^\s*([\w$@]+)\s*:/gm))
      yield (key[1] ?? key[2] ?? '')
        .replace(/^\^/, '')
        .replace(/\/?\(?\.[*+].*$/, '/*')
        .replace(/\$$/, '');
  }
}

function* keysWithin(value: unknown): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  const mapper = 'moduleNameMapper' in value ? value.moduleNameMapper : null;
  if (mapper !== null) yield* configured(`moduleNameMapper: ${JSON.stringify(mapper)}`);
  else yield* Object.keys(value);
}
