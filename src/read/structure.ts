import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import type { Program } from './code.ts';
import { compare } from './code/queries.ts';
import type { SourceFile } from './code/value.ts';
import { defineCollector } from './context.ts';
import type { ReadContext } from './context.ts';
import { textOf } from './language.ts';
import { aside } from './tests.ts';
import { crossingsOf } from './structure/crossings.ts';
import { cyclesOf } from './structure/cycles.ts';
import { graphOf } from './structure/graph.ts';
import { entriesOf, loadedByName, spread, unsureUnits } from './structure/reach.ts';
import { countWords, exportedNames } from './structure/unused.ts';

type Structure = EvidenceValue<'structure'>;

export default defineCollector({
  name: 'read/structure',
  needs: [],
  yields: 'structure',
  async run(_given, context) {
    const program = await programOf(context);
    const graph = await graphOf(context, program);
    const entries = await entriesOf(context, program);
    const reachable = spread(entries.keys(), graph);
    if ([...program.everyFile.keys()].some((path) => !reachable.has(path))) await loadedByName(context, program, graph, entries, reachable);
    const unsure = unsureUnits(program, reachable);
    const unused = await unusedNames(context, program, reachable, entries);
    const files = [...program.everyFile.values()]
      .filter(({ path }) => !aside.test(path))
      .map((file): Structure['files'][number] => {
        const { complexity } = file.facts.alone;
        return {
          path: file.path,
          unit: file.unit,
          lines: file.facts.lines,
          comments: file.facts.marks.comments,
          test: isTestCode(file.path),
          client: graph.clients.has(file.path),
          entry: entries.get(file.path) ?? null,
          reachable: reachable.has(file.path),
          imports: [...(graph.values.get(file.path) ?? [])],
          types: [...(graph.types.get(file.path) ?? [])],
          functions: Math.max(0, file.facts.functions.length - 1),
          complexity: complexity.reduce((sum, one) => sum + one, 0),
          hardest: hardestOf(file, complexity),
          unused: unused.get(file.path) ?? [],
        };
      });
    const product = new Map([...graph.values].filter(([path]) => !isTestCode(path) && !aside.test(path)));
    const gaps: Gap[] = program.gaps.filter(({ file }) => file !== null);
    return {
      value: {
        files: files.sort((a, b) => compare(a.path, b.path)),
        cycles: cyclesOf(product),
        crossings: crossingsOf(program, graph.values, graph.clients),
        readme: await readmeOf(context),
        unsure,
      },
      gaps,
    };
  },
});

/** Exports whose name stands nowhere but where they are declared. */
async function unusedNames(
  { tree }: ReadContext,
  { everyFile, resolve }: Program,
  reachable: ReadonlySet<string>,
  entries: ReadonlyMap<string, string>,
): Promise<Map<string, { name: string; line: number }[]>> {
  const candidates = new Map<string, { name: string; line: number }[]>();
  const names = new Set<string>();
  for (const file of everyFile.values()) {
    // What the framework loads may be asked for any name.
    if (!reachable.has(file.path) || entries.has(file.path)) continue;
    const exported = exportedNames(file.facts);
    if (exported.length === 0) continue;
    candidates.set(file.path, exported);
    for (const { name } of exported) names.add(name);
  }
  // Names that another file imports need no search; of what is imported whole, any part may be used.
  const whole = new Set<string>();
  const note = (path: string, specifier: string) => {
    const target = resolve(path, specifier);
    if ('file' in target) whole.add(target.file);
  };
  for (const { facts, path } of everyFile.values()) {
    for (const { v } of facts.bindings)
      for (const { e, p } of v) {
        if (e.k !== 'imp') continue;
        if (typeof p?.[0] === 'string') names.delete(p[0]);
        else if (e.n === '*' || e.n === '=') note(path, e.m);
        else names.delete(e.n);
      }
    for (const specifier of facts.stars) note(path, specifier);
  }
  for (const path of whole) candidates.delete(path);
  if (names.size === 0) return new Map();
  const texts: string[] = [];
  for (const { path, bytes } of tree.files)
    if (/\.([cm]?[jt]sx?|vue|svelte|astro|html|mdx)$/.test(path) && bytes < 1_500_000)
      texts.push(textOf(await tree.read(path).catch(() => Buffer.of(0))) ?? '');
  const counts = countWords(names, texts);
  const found = new Map<string, { name: string; line: number }[]>();
  for (const [path, exported] of candidates) {
    const alone = exported.filter(({ name }) => names.has(name) && counts.get(name) === 1);
    if (alone.length > 0) found.set(path, await placed(tree, path, alone));
  }
  return found;
}

async function placed(
  tree: ReadContext['tree'],
  path: string,
  names: readonly { name: string; line: number }[],
): Promise<{ name: string; line: number }[]> {
  const lines = (textOf(await tree.read(path)) ?? '').split('\n');
  return names.map(({ name, line }) => ({
    name,
    line: line || lines.findIndex((one) => new RegExp(`(?<![\\w$])${name.replaceAll('$', String.raw`\$`)}(?![\\w$])`).test(one)) + 1,
  }));
}

function hardestOf(file: SourceFile, complexity: readonly number[]): Structure['files'][number]['hardest'] {
  let worst = 0;
  complexity.forEach((one, index) => {
    if (index > 0 && one > (worst === 0 ? 0 : (complexity[worst] ?? 0))) worst = index;
  });
  const func = worst === 0 ? undefined : file.facts.functions[worst];
  if (func === undefined) return null;
  return { name: func.n, where: { file: file.path, line: func.l, endLine: func.e }, complexity: complexity[worst] ?? 1 };
}

/** The README of the root, else the one nearest to it. */
async function readmeOf({ tree }: ReadContext): Promise<Structure['readme']> {
  const [found] = tree.files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)readme(\.(md|mdx|txt|rst|adoc))?$/i.test(path) && !/(^|\/)(docs?|examples?|fixtures|\.github)\//.test(path))
    .sort((a, b) => a.split('/').length - b.split('/').length || compare(a, b));
  if (found === undefined) return null;
  const text = textOf(await tree.read(found).catch(() => Buffer.of(0))) ?? '';
  return {
    file: found,
    starts:
      /\b(?:npm|pnpm|yarn|bun|npx|node|deno|docker|docker-compose|make|just|python3?|uvicorn|flask|php|cargo|go)\s+(?:-{1,2}\w+\s+)*(?:run|start|dev|i|install|ci|compose|up|test|build|\w+\.(?:js|ts|py)|serve|exec)\b|^\s*(?:make|yarn|just)\s*$/m.test(
        text,
      ),
    template:
      /bootstrapped with \[`?create-(next-app|react-app|t3-app)|minimal setup to get (React|Vue) working in Vite|Welcome to your Lovable project|This template should help get you started|\[Nest\] framework TypeScript starter repository/i.test(
        text,
      ) && text.split('\n').length < 120,
  };
}
