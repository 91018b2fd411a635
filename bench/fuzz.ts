/**
 * Reads applications whose sources were mutated, and looks for crashes and for reading that takes longer than a bound:
 *
 *   node bench/fuzz.ts [--files N] [--seed N] [--limit MS]
 *
 * The sources are our own: fixtures and examples. A round takes an application of a few files, mutates every one of them (bytes cut, doubled, swapped
 * with a piece of another file, tokens put in) and reads it as an audit does: routes, calls, queries, flows, catches, environment, and their schemas.
 * Prints the rounds that failed with their seeds, and the slowest; ends with 1 when any did. 10 000 files unless told otherwise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evidenceSchemas } from '../src/model/evidence/index.ts';
import { read } from '../src/read/code/program.testing.ts';

const { values } = parseArgs({ options: { files: { type: 'string' }, seed: { type: 'string' }, limit: { type: 'string' } } });
const wanted = Number(values.files ?? 10_000);
const first = Number(values.seed ?? 1);
const limit = Number(values.limit ?? 2000);
const root = join(import.meta.dirname, '..');
const tokens = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '=>',
  '...',
  'await ',
  'async ',
  'return ',
  'req.body',
  '`${',
  '`',
  ',',
  ';',
  '=',
  '?.',
  '??',
  '||',
  '&&',
  '!',
  'function f(f) { return f(f); }',
  'class B extends B {}',
  'require("./app")',
  'export * from "./app";',
  'this',
  '[0]',
  'x.y = x;',
  'for (const k in k) ',
  'switch (x) { case x: default: }',
  'a[a][a] = a;',
  'const {a: {b = a} = a, ...a} = a;',
  'exec(',
  '/(a+)+$/.test(',
  'if (x) ',
  'else ',
  'try { ',
  '} catch { ',
  'let x = x;',
  '@Get() ',
  '<a.b {...a}>',
  '</a>',
  '#x',
  '\u2028',
  '\0',
  '\\u{110000}',
  '0x',
  '9'.repeat(400),
  '//',
  '/*',
  "'",
  '"',
];

/** Mulberry32: a small generator that gives the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The sources of each folder that holds some, by path. */
function applications(): Record<string, string>[] {
  const folders = new Map<string, Record<string, string>>();
  for (const base of ['fixtures', 'examples']) {
    for (const entry of readdirSync(join(root, base), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.[cm]?[jt]sx?$/.test(entry.name) || entry.parentPath.includes('node_modules')) continue;
      const path = join(entry.parentPath, entry.name).slice(root.length + 1);
      const folder = base === 'fixtures' ? path.split('/').slice(0, 3).join('/') : path.split('/').slice(0, 2).join('/');
      const files = folders.get(folder) ?? {};
      files[path.slice(folder.length + 1)] = readFileSync(join(root, path), 'utf8');
      folders.set(folder, files);
    }
  }
  return [...folders.values()];
}

const all = applications();
const pool = all.flatMap((files) => Object.values(files));

/** A text with some of its parts changed. */
function mutate(text: string, next: () => number): string {
  const at = (length: number) => Math.floor(next() * (length + 1));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  let out = text;
  for (let edits = 1 + Math.floor(next() * 3); edits > 0; edits--) {
    const from = at(out.length);
    const to = Math.min(out.length, from + at(60));
    switch (Math.floor(next() * 12)) {
      case 0:
        out = out.slice(0, from) + out.slice(to);
        break;
      case 1:
        out = out.slice(0, from) + pick(tokens) + out.slice(from);
        break;
      case 2:
        out = out.slice(0, from) + out.slice(from, to).repeat(1 + at(20)) + out.slice(to);
        break;
      case 3: {
        const other = pick(pool);
        const start = at(other.length);
        out = out.slice(0, from) + other.slice(start, start + at(200)) + out.slice(to);
        break;
      }
      case 4:
      case 5:
      case 6:
      case 7: {
        // A line moved elsewhere keeps most programs whole, so that what follows is reading and not parsing alone.
        const lines = out.split('\n');
        const [line = ''] = lines.splice(at(lines.length - 1), 1);
        lines.splice(at(lines.length), 0, line);
        out = lines.join('\n');
        break;
      }
      default: {
        // One name takes the place of another everywhere.
        const names = out.match(/\b[a-zA-Z_$][\w$]*\b/g) ?? ['x'];
        const [old, by] = [pick(names), pick(names)];
        out = out.replaceAll(new RegExp(`\\b${old.replaceAll('$', '\\$')}\\b`, 'g'), () => by);
      }
    }
  }
  return out;
}

// The first application pays for loading the parsers, which no mutation has to answer for.
await read(all[0] ?? {});
let files = 0;
let slowest = { seed: 0, ms: 0 };
const failed: string[] = [];
let parsed = 0;
for (let seed = first; files < wanted; seed++) {
  const next = random(seed);
  const source = all[Math.floor(next() * all.length)] ?? {};
  const mutated = Object.fromEntries(Object.entries(source).map(([path, text]) => [path, mutate(text, next)]));
  files += Object.keys(mutated).length;
  const began = performance.now();
  try {
    const program = await read(mutated);
    parsed += Object.keys(mutated).length - program.gaps.filter(({ reason }) => /syntax|deep|minified|binary/.test(reason)).length;
    evidenceSchemas.routes.parse({ routes: program.routes });
    evidenceSchemas.queries.parse({ queries: program.queries, declared: program.declared, rowSecurity: program.rowSecurity });
    evidenceSchemas.calls.parse({ calls: program.calls });
    evidenceSchemas.flows.parse({ flows: program.flows });
    evidenceSchemas.catches.parse({ catches: program.catches });
  } catch (error) {
    failed.push(
      `seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error)}`,
    );
  }
  const ms = performance.now() - began;
  if (ms > slowest.ms) slowest = { seed, ms };
  if (ms > limit) failed.push(`seed ${seed}: ${Math.round(ms)} ms`);
}
for (const one of failed) console.log(one);
console.log(
  `${files} files (${parsed} still programs), ${failed.length} crashes or hangs; the slowest application took ${Math.round(slowest.ms)} ms (seed ${slowest.seed})`,
);
process.exit(failed.length > 0 ? 1 : 0);
