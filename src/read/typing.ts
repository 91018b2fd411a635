import { posix } from 'node:path';
import { parse as parseJson } from 'jsonc-parser';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import { compare } from './code/queries.ts';
import { defineCollector } from './context.ts';
import type { ReadContext } from './context.ts';
import { manifestsOf } from './manifest.ts';
import { aside } from './tests.ts';
import type { Manifest } from './manifest.ts';

type Unit = EvidenceValue<'typing'>['units'][number];

const lintFile =
  /^(\.eslintrc(\.[cm]?js|\.json|\.ya?ml)?|eslint\.config\.[cm]?[jt]s|biome\.jsonc?|\.oxlintrc\.jsonc?|oxlint\.config\.[cm]?[jt]s|tslint\.json|deno\.jsonc?|\.xo-config\.[cm]?js|xo\.config\.[cm]?[jt]s)$/;
const lintPackage = /^(xo|standard|ts-standard|@antfu\/eslint-config|oxlint|@biomejs\/biome|eslint)$/;
/** What `strict` switches on; each can be switched off again. */
const parts = [
  'strictNullChecks',
  'noImplicitAny',
  'strictFunctionTypes',
  'strictBindCallApply',
  'strictPropertyInitialization',
  'useUnknownInCatchVariables',
  'alwaysStrict',
  'noImplicitThis',
];
/** Configurations that packages bring, of which it is known that they are strict. */
const strictBase = /^@tsconfig\/|strict|^@vue\/tsconfig|^astro\/tsconfigs\/strict|^expo\/|^@sindresorhus\/tsconfig|\.nuxt\/|\.svelte-kit\//;

export default defineCollector({
  name: 'read/typing',
  needs: [],
  yields: 'typing',
  async run(_given, context) {
    const { everyFile } = await programOf(context);
    const manifests = await manifestsOf(context.tree);
    const byUnit = new Map<string, Unit>();
    const counts = new Map<string, { file: string; count: number }[]>();
    for (const { path, unit, facts } of everyFile.values()) {
      if (aside.test(path)) continue;
      const manifest = manifests.owner(path);
      let one = byUnit.get(unit);
      if (one === undefined) byUnit.set(unit, (one = await unitOf(context, unit, manifest)));
      const typed = /\.[cm]?tsx?$/.test(path);
      if (isTestCode(path)) continue;
      if (!typed) {
        one.javascript++;
        continue;
      }
      const { any, casts, bangs, off } = facts.marks;
      one.typescript++;
      one.lines += facts.lines;
      one.any += any;
      one.casts += casts;
      one.bangs += bangs;
      const silenced = off.filter(([, directive]) => directive.startsWith('@ts-'));
      for (const [line, directive] of silenced.slice(0, 20)) one.silenced.push({ file: path, line, directive });
      counts.set(unit, [...(counts.get(unit) ?? []), { file: path, count: any + bangs + silenced.length }]);
    }
    for (const [unit, one] of byUnit)
      one.worst = (counts.get(unit) ?? [])
        .filter(({ count }) => count > 0)
        .sort((a, b) => b.count - a.count || compare(a.file, b.file))
        .slice(0, 5);
    return {
      value: {
        units: [...byUnit.values()]
          .filter(({ typescript, javascript }) => typescript + javascript > 0)
          .sort((a, b) => compare(a.dir, b.dir)),
      },
    };
  },
});

async function unitOf(context: ReadContext, dir: string, manifest: Manifest | null): Promise<Unit> {
  const config = configOf(context, dir);
  const { strict, off } = config === null ? { strict: null, off: [] } : await strictness(context, config, majorOf(manifest), 0);
  return {
    dir,
    typescript: 0,
    javascript: 0,
    lines: 0,
    config,
    strict,
    off,
    lint: lintOf(context, dir, manifest),
    any: 0,
    casts: 0,
    bangs: 0,
    silenced: [],
    worst: [],
  };
}

/** The configuration in the unit's folder or the nearest one above. */
function configOf({ tree }: ReadContext, dir: string): string | null {
  for (let at = dir; ; at = posix.dirname(at)) {
    const path = posix.join(at, 'tsconfig.json');
    if (tree.files.some((file) => file.path === path)) return path;
    if (at === '.') return null;
  }
}

async function strictness(
  context: ReadContext,
  path: string,
  major: number,
  depth: number,
): Promise<{ strict: boolean | null; off: string[] }> {
  const config = await read(context, path);
  if (config === null || depth > 6) return { strict: null, off: [] };
  const options = record(config['compilerOptions']);
  const off = parts.filter((part) => options[part] === false);
  if (typeof options['strict'] === 'boolean') return { strict: options['strict'], off };
  for (const base of [config['extends']].flat().reverse()) {
    if (typeof base !== 'string') continue;
    if (!base.startsWith('.')) return { strict: strictBase.test(base) ? true : null, off };
    const target = posix.join(posix.dirname(path), base.endsWith('.json') ? base : `${base}.json`);
    if (strictBase.test(base) && !context.tree.files.some((file) => file.path === target)) return { strict: true, off };
    const above = await strictness(context, target, major, depth + 1);
    if (above.strict !== null) return { strict: above.strict, off: [...off, ...above.off.filter((part) => options[part] === undefined)] };
  }
  // A file that only refers to others: each of them says it for its part.
  const references = Array.isArray(config['references']) ? config['references'] : [];
  const found = [];
  for (const one of references) {
    const to = record(one)['path'];
    if (typeof to !== 'string') continue;
    const target = posix.join(posix.dirname(path), to.endsWith('.json') ? to : `${to}/tsconfig.json`);
    found.push(await strictness(context, target, major, depth + 1));
  }
  const [first] = found;
  if (first !== undefined)
    return {
      strict: found.some(({ strict }) => strict === false) ? false : first.strict,
      off: [...new Set(found.flatMap((one) => one.off))],
    };
  if (options['strictNullChecks'] === true && major < 6) return { strict: true, off: parts.filter((part) => options[part] !== true) };
  // From version 6 on the compiler is strict unless told otherwise.
  return { strict: depth > 0 && Object.keys(options).length === 0 ? null : major >= 6, off };
}

function lintOf({ tree }: ReadContext, dir: string, manifest: Manifest | null): string | null {
  for (let at = dir; ; at = posix.dirname(at)) {
    const found = tree.files.find(({ path }) => posix.dirname(path) === at && lintFile.test(posix.basename(path)));
    if (found !== undefined) return found.path;
    if (at === '.') break;
  }
  if (manifest === null) return null;
  if (manifest.raw['eslintConfig'] !== undefined || manifest.raw['xo'] !== undefined) return manifest.file;
  const declared = [...Object.keys(manifest.dependencies.development), ...Object.keys(manifest.dependencies.runtime)];
  const scripts = Object.values(manifest.scripts).join(' && ');
  return (
    declared.find((name) => lintPackage.test(name) && scripts.includes(name.split('/').at(-1) ?? name)) ??
    (/\b(next|ng|nuxi?|expo) lint\b/.test(scripts) ? manifest.file : null)
  );
}

function majorOf(manifest: Manifest | null): number {
  const range = manifest?.dependencies.development['typescript'] ?? manifest?.dependencies.runtime['typescript'] ?? '';
  return Number(/\d+/.exec(range)?.[0] ?? 0);
}

async function read({ tree }: ReadContext, path: string): Promise<Record<string, unknown> | null> {
  if (!tree.files.some((file) => file.path === path)) return null;
  try {
    return record(parseJson((await tree.read(path)).toString('utf8'), [], { allowTrailingComma: true }));
  } catch {
    return null;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
