import type { EvidenceValue } from '../model/evidence/index.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import type { Program } from './code.ts';
import type { FileFacts } from './code/facts.ts';
import type { SourceFile } from './code/value.ts';
import { defineCollector } from './context.ts';
import { manifestsOf } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { aroundOf, groupsOf, testFileOf } from './tests/cases.ts';
import type { Declared, TestFile } from './tests/cases.ts';
import { expectationsOf } from './tests/assertions.ts';
import type { Follow } from './tests/assertions.ts';
import { chainOf } from './tests/callee.ts';
import { flawsOf } from './tests/flaws.ts';
import { isAssertion, runnerOf } from './tests/runners.ts';
import { subjectFlaws } from './tests/subjects.ts';
import type { Reaching } from './tests/subjects.ts';

type Tests = EvidenceValue<'tests'>;

const testPath = /(^|\/)(__tests__|tests?|e2e|cypress|spec|specs)\/|\.(test|spec|e2e|e2e-spec|cy)\.[cm]?[jt]sx?$/;
const otherTests = /(^|\/)(tests?\.py|test_[^/]+\.py|[^/]+_test\.(py|go)|[^/]+_spec\.rb|[^/]+Tests?\.(java|kt|cs|php))$/;
/** Whole applications that tests and documents work on. */
export const aside = /(^|\/)(fixtures|__fixtures__|testdata|examples?|templates?)\//;
/** Steps that Playwright runs before and after the tests, written in the same words. */
const stepFile = /\.(setup|teardown)\.[cm]?[jt]s$/;
const placeholder = /no test specified|^\s*(exit|true|:)\b/;
/** More rows than these say nothing new. */
const most = 20_000;
const leastBytes = 120;

export default defineCollector({
  name: 'read/tests',
  needs: [],
  yields: 'tests',
  async run(_given, context) {
    const program = await programOf(context);
    const manifests = await manifestsOf(context.tree);
    const opened = new Map<string, TestFile>();
    const open = (file: SourceFile) => {
      let found = opened.get(file.path);
      if (found === undefined) opened.set(file.path, (found = testFileOf(file.path, file.facts)));
      return found;
    };
    const follow = followIn(program, open);
    const byUnit = new Map<string, { runners: Set<string>; files: string[]; listed: Set<string> }>();
    const cases: Tests['cases'] = [];
    const strays: Tests['strays'] = [];
    for (const source of program.everyFile.values()) {
      const imported = source.facts.imports.flatMap(([specifier]) => runnerOf(specifier) ?? []);
      if (aside.test(source.path)) continue;
      if ((!testPath.test(source.path) && imported.length === 0) || stepFile.test(source.path)) continue;
      const file = open(source);
      if (file.declared.length === 0 && !/\.(test|spec)\.[cm]?[jt]sx?$/.test(source.path)) continue;
      const manifest = manifests.owner(source.path);
      const unit = byUnit.get(source.unit) ?? { runners: new Set(declaredRunners(manifest)), files: [], listed: new Set<string>() };
      byUnit.set(source.unit, unit);
      for (const runner of imported) unit.runners.add(runner);
      unit.files.push(source.path);
      for (const one of endpointsListed(source.facts)) unit.listed.add(one);
      read(program, source, file, follow, unit.runners, cases, strays);
    }
    // Frameworks lay a file of tests down that holds none.
    const others = context.tree.files.filter(({ path, bytes }) => otherTests.test(path) && bytes > leastBytes).map(({ path }) => path);
    const units = new Set([
      ...byUnit.keys(),
      ...manifests.all.map(({ dir }) => dir).filter((dir) => !aside.test(`${dir}/`)),
      ...(others.length > 0 ? ['.'] : []),
    ]);
    return {
      value: {
        units: [...units].toSorted().map((dir) => {
          const manifest = manifests.all.find((one) => one.dir === dir) ?? null;
          return {
            dir,
            runners: [...(byUnit.get(dir)?.runners ?? declaredRunners(manifest))].toSorted(),
            script: scriptOf(manifest),
            files: byUnit.get(dir)?.files ?? [],
            listed: [...(byUnit.get(dir)?.listed ?? [])].toSorted(),
            others: others.filter((path) => (manifests.owner(path)?.dir ?? '.') === dir).length,
          };
        }),
        cases: cases.slice(0, most),
        strays: strays.slice(0, most),
      },
      gaps: program.gaps.filter(({ file }) => file !== null && testPath.test(file)),
    };
  },
});

function read(
  program: Program,
  source: SourceFile,
  file: TestFile,
  follow: Follow,
  runners: ReadonlySet<string>,
  cases: Tests['cases'],
  strays: Tests['strays'],
): void {
  const { facts, path, unit } = source;
  const chai =
    facts.imports.some(([specifier]) => specifier === 'chai') || (runners.has('mocha') && !runners.has('jest')) || runners.has('cypress');
  const jest = runners.has('jest') && !runners.has('vitest') && !runners.has('playwright');
  const expectations = expectationsOf(file, chai);
  const flaws = [...flawsOf(file, expectations, follow, jest), ...subjectFlaws(file, expectations, reachingOf(program, source))];
  for (const declared of file.declared) {
    if (declared.role !== 'test') continue;
    cases.push({
      unit,
      where: { file: path, line: declared.call.l, endLine: Math.max(declared.call.l, declared.call.e) },
      title: [...groupsOf(file, declared), declared].map(({ title }) => title ?? '…').join(' > '),
      assertions: expectations.filter((one) => one.test === declared).length + otherAssertions(file, declared),
      flaws: flaws.filter(({ test }) => test === declared).map(({ flaw, line, detail }) => ({ flaw, line, detail })),
    });
  }
  for (const { test, flaw, line, detail } of flaws)
    if (test === null) strays.push({ unit, flaw, where: { file: path, line, endLine: line }, detail });
}

function otherAssertions(file: TestFile, declared: Declared): number {
  const [first] = declared.body === null ? [] : (file.facts.functions[declared.body]?.p ?? []);
  return file.visits.filter(({ e, fn, use }) => {
    if (e.k !== 'call' || use === 'chain' || aroundOf(file, fn)?.declared !== declared) return false;
    const callee = chainOf(file.facts, e);
    return callee !== null && callee.root !== 'expect' && isAssertion(callee, callee.from === first?.b);
  }).length;
}

function declaredRunners(manifest: Manifest | null): string[] {
  const { runtime, development } = manifest?.dependencies ?? { runtime: {}, development: {} };
  return [...new Set([...Object.keys(runtime), ...Object.keys(development)].flatMap((name) => runnerOf(name) ?? []))];
}

/** The script that runs tests; npm's placeholder runs none. */
function scriptOf(manifest: Manifest | null): string | null {
  const scripts = Object.entries(manifest?.scripts ?? {}).filter(([name]) => /^test($|[:_-])|^(e2e|unit|vitest|jest)/.test(name));
  const [, command] =
    scripts.find(([name, text]) => name === 'test' && !placeholder.test(text)) ?? scripts.find(([, text]) => !placeholder.test(text)) ?? [];
  return command ?? null;
}

function followIn(program: Program, open: (file: SourceFile) => TestFile): Follow {
  const functionIn = (facts: FileFacts, name: string): number | null => {
    const value = facts.exports[name] ?? facts.exports['='];
    if (value?.k === 'fn') return value.i;
    if (value?.k !== 'var') return null;
    const made = facts.bindings[value.b]?.v[0]?.e;
    if (made?.k === 'fn') return made.i;
    const member = made?.k === 'obj' ? made.p.find(([key]) => key === name)?.[1] : undefined;
    return member?.k === 'fn' ? member.i : null;
  };
  return {
    imported(from, specifier, name) {
      const target = program.resolve(from.path, specifier);
      if ('package' in target) return 'package';
      const file = program.everyFile.get(target.file);
      const fn = file === undefined ? null : functionIn(file.facts, name);
      // What the application itself does is no assertion; what a helper of the tests does may be one.
      if (file !== undefined && fn === null && !isTestCode(file.path)) return 'package';
      return file === undefined || fn === null ? 'unknown' : { file: open(file), fn };
    },
  };
}

const askers =
  /^(supertest|chai-http|superagent|axios|got|undici|node-fetch|ky|(@[\w-]+\/)?(playwright|puppeteer|cypress|webdriverio)(-[\w-]+)?|selenium-webdriver|@playwright\/test|@nestjs\/testing|testcontainers|@testcontainers\/.*|execa|zx|pactum|light-my-request|@testing-library\/.*|@vue\/test-utils|pg|mysql2?|mongodb|mongoose|ioredis|redis|ws|socket\.io-client|memfs|@electric-sql\/pglite|firebase.*|@firebase\/.*|@supabase\/.*|@prisma\/client|dockerode|ssh2|grpc.*|@grpc\/.*|(node:)?(child_process|http|https|net|fs|fs\/promises|worker_threads|vm))$/;

/** What a test file imports of the application, also through the tests' own helpers. */
function reachingOf({ everyFile, resolve }: Program, source: SourceFile): Reaching {
  const product = (specifier: string): string | null => {
    const target = resolve(source.path, specifier);
    return 'file' in target && everyFile.has(target.file) && !isTestCode(target.file) ? target.file : null;
  };
  const pending = [source];
  const seen = new Set([source.path]);
  let reaches = false;
  for (let file = pending.pop(); file !== undefined && !reaches; file = pending.pop()) {
    reaches ||= asksItself(file);
    for (const [specifier] of file.facts.imports) {
      const target = resolve(file.path, specifier);
      if ('package' in target) {
        const name = target.package.replace(/^npm:/, '');
        reaches ||=
          askers.test(name) ||
          askers.test(
            name
              .split('/')
              .slice(0, name.startsWith('@') ? 2 : 1)
              .join('/'),
          );
        // A package that is installed from the same repository, or an alias that was not understood.
        reaches ||= /^[~@]\//.test(specifier);
        continue;
      }
      const next = everyFile.get(target.file);
      if (next === undefined || !isTestCode(next.path)) reaches = true;
      else if (!seen.has(next.path)) {
        seen.add(next.path);
        pending.push(next);
      }
    }
  }
  return { product, reaches };
}

/** Globals by which a test asks the application: `fetch`, the browser, Cypress; and modules whose name is computed. */
function asksItself({ facts }: SourceFile): boolean {
  const pending: unknown[] = facts.functions.map(({ b }) => b);
  pending.push(facts.bindings.map(({ v }) => v));
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { k, n } = node as { k?: string; n?: unknown };
    if (
      k === 'glo' &&
      typeof n === 'string' &&
      /^(fetch|cy|page|browser|request|document|window|require|Deno|Bun|app|server|__dirname|importScripts)$/.test(n)
    )
      return true;
    for (const one of Object.values(node)) if (typeof one === 'object' && one !== null) pending.push(one);
  }
  return false;
}

/** `'POST /orders/1'` and `['post', '/orders/1']`, wherever they stand. */
function endpointsListed(facts: FileFacts): string[] {
  const found: string[] = [];
  const pending: unknown[] = [facts.functions.map(({ b }) => b), facts.bindings.map(({ v }) => v)];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { k, v, a } = node as { k?: string; v?: unknown; a?: unknown };
    if (k === 'lit' && typeof v === 'string' && /^(GET|POST|PUT|PATCH|DELETE) \/\S*$/.test(v)) found.push(v);
    if (k === 'arr' && Array.isArray(a)) {
      const texts = (a as { k?: string; v?: unknown }[]).flatMap((one) => (one.k === 'lit' && typeof one.v === 'string' ? [one.v] : []));
      const method = texts.find((text) => /^(get|post|put|patch|delete)$/i.test(text));
      const path = texts.find((text) => text.startsWith('/'));
      if (method !== undefined && path !== undefined) found.push(`${method.toUpperCase()} ${path}`);
    }
    for (const one of Object.values(node)) if (typeof one === 'object' && one !== null) pending.push(one);
  }
  return found;
}
