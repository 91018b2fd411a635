import { isTestCode } from '../test-code.ts';
import type { Program } from '../code.ts';
import { sourcesOf } from '../code/load.ts';
import { compare } from '../code/queries.ts';
import type { ReadContext } from '../context.ts';
import { textOf } from '../language.ts';
import { manifestsOf } from '../manifest.ts';
import { conventionOf, loadsByName, pathsIn, patternsIn } from './entries.ts';
import type { Graph } from './graph.ts';

/** Files in which programs are named that something starts; those that only name sources to be checked or compiled are left out. */
const starters =
  /(^|\/)(package\.json|[^/]*\.(html?|ya?ml|toml|sh|ps1|bat|nix|vue|svelte|astro|tf)|[^/]*[Dd]ockerfile[^/]*|Procfile|Makefile|Justfile|Caddyfile|app\.json|(nest-cli|angular|vercel|firebase|serverless|project|wrangler|now|turbo|deno)\.jsonc?|crontab)$/;
const documents = /\.(md|mdx|txt)$/;
/** Of a unit's lines; where less is reachable, entries were missed. */
const believable = 0.5;

/** Files that something outside of the code starts, and why. */
export async function entriesOf(context: ReadContext, program: Program): Promise<Map<string, string>> {
  const { everyFile } = program;
  const entries = new Map<string, string>();
  const note = (path: string, why: string) => {
    if (everyFile.has(path) && !entries.has(path)) entries.set(path, why);
  };
  const manifests = await manifestsOf(context.tree);
  for (const { path, unit } of everyFile.values()) {
    const packages = Object.values(manifests.owner(path)?.dependencies ?? {}).flatMap((one) => Object.keys(one));
    const why = conventionOf(path, unit === '.' ? path : path.slice(unit.length + 1), packages);
    if (why !== null) note(path, why);
  }
  // What components of other languages import is reached by them.
  for (const reading of (await sourcesOf(context)).readings)
    if (!reading.own)
      for (const [specifier] of reading.asked() ?? []) {
        const target = program.resolve(reading.path, specifier);
        if ('file' in target) note(target.file, `imported by ${reading.path}`);
      }
  for (const { path, bytes } of context.tree.files) {
    const isStarter = starters.test(path);
    if ((!isStarter && !documents.test(path)) || bytes > 300_000) continue;
    const text = textOf(await context.tree.read(path).catch(() => Buffer.of(0)));
    if (text === null) continue;
    const lines = isStarter ? text : (text.match(/^.*\b(?:node|tsx|ts-node|bun|deno|npx)\s.*$/gm) ?? []).join('\n');
    const unit = manifests.owner(path)?.dir ?? '.';
    for (const named of pathsIn(lines)) for (const file of resolved(everyFile, named, path, unit)) note(file, `named in ${path}`);
  }
  return entries;
}

const built = /^(dist|build|lib|out|\.next|es|esm|cjs)\//;
const extensions = ['', '.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.cjs', '/index.ts', '/index.js', '/index.tsx'];

/** The files that a path may mean: beside the file that names it, below its unit, below the root; what was built is where it was built from. */
function resolved(files: ReadonlyMap<string, unknown>, named: string, from: string, unit: string): string[] {
  const clean = named.replace(/^(\.\/|\/)+/, '');
  const folder = from.slice(0, Math.max(0, from.lastIndexOf('/')));
  const found: string[] = [];
  for (const base of new Set([folder, unit === '.' ? '' : unit, '']))
    for (const rest of [clean, clean.replace(built, 'src/'), clean.replace(built, '')]) {
      const path = joined(base, rest);
      if (path === null) continue;
      const stem = path.replace(/\.[cm]?js(x?)$/, '');
      for (const candidate of [path, ...extensions.map((one) => stem + one)]) if (files.has(candidate)) found.push(candidate);
    }
  return found;
}

function joined(base: string, rest: string): string | null {
  const out: string[] = [];
  for (const part of `${base}/${rest}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.pop() === undefined) return null;
  }
  return out.join('/');
}

/** All that a set of files leads to, with themselves. */
export function spread(from: Iterable<string>, { all }: Graph, into = new Set<string>()): Set<string> {
  const pending = [...from];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (into.has(path)) continue;
    into.add(path);
    for (const next of all.get(path) ?? []) if (!into.has(next)) pending.push(next);
  }
  return into;
}

/** What reachable code loads by a name in a text, by a pattern, or by a name that it computes; until nothing new is found. */
export async function loadedByName(
  { tree }: ReadContext,
  { everyFile }: Program,
  graph: Graph,
  entries: Map<string, string>,
  reachable: Set<string>,
): Promise<void> {
  const seen = new Set<string>();
  for (let fresh = [...reachable]; fresh.length > 0; fresh = [...reachable].filter((path) => !seen.has(path))) {
    for (const path of fresh) {
      seen.add(path);
      const file = everyFile.get(path);
      if (file === undefined) continue;
      const text = textOf(await tree.read(path).catch(() => Buffer.of(0))) ?? '';
      const found: string[] = [];
      for (const named of pathsIn(text)) found.push(...resolved(everyFile, named, path, file.unit));
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const byName = !isTestCode(path) && loadsByName(text);
      const patterns = isTestCode(path) ? [] : patternsIn(text);
      if (byName || patterns.length > 0)
        for (const other of everyFile.keys()) {
          const stem = other.replace(/\.[cm]?[jt]sx?$/, '');
          if (
            (byName && other.startsWith(folder)) ||
            patterns.some((one) => stem.endsWith(one.ending) && `/${other}`.includes(`/${one.folder}`))
          )
            found.push(other);
        }
      for (const one of found)
        if (!reachable.has(one)) {
          entries.set(one, `named in ${path}`);
          spread([one], graph, reachable);
        }
    }
  }
}

/** Units of which so little is reachable that their entries must have been missed. */
export function unsureUnits({ everyFile }: Program, reachable: ReadonlySet<string>): string[] {
  const units = new Map<string, { lines: number; reached: number }>();
  for (const { path, unit, facts } of everyFile.values()) {
    // Kits of ready-made components are installed whole and used in part.
    if (isTestCode(path) || /(^|\/)components\/ui\//.test(path)) continue;
    const one = units.get(unit) ?? { lines: 0, reached: 0 };
    units.set(unit, one);
    one.lines += facts.lines;
    if (reachable.has(path)) one.reached += facts.lines;
  }
  return [...units]
    .filter(([, { lines, reached }]) => reached < believable * lines)
    .map(([unit]) => unit)
    .sort(compare);
}
