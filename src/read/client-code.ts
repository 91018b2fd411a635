import { posix } from 'node:path';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { programOf } from './code.ts';
import type { Program } from './code.ts';
import { defineCollector } from './context.ts';
import { textOf } from './language.ts';

type Value = EvidenceValue<'client-code'>;

const bundlerConfig = /(^|\/)(vite|vue|webpack|rspack|rsbuild|esbuild|next|craco)([.-][\w.-]*)?\.(c|m)?[jt]s$/;
/** `'process.env.API_KEY': JSON.stringify(env.GEMINI_API_KEY)`, as bundlers define constants. */
const defined =
  /['"](?:process\.env|import\.meta\.env)\.\w+['"]\s*:\s*JSON\.stringify\(\s*(?:process\.)?(?:env|loaded|loadEnv\([^)]*\))(?:\.(\w+)|\[['"](\w+)['"]\])/g;
const everything = /['"]process\.env['"]\s*:\s*(?:JSON\.stringify\(\s*)?(?:process\.)?env\b/g;

export default defineCollector({
  name: 'read/client-code',
  needs: [],
  yields: 'client-code',
  async run(_given, context) {
    const program = await programOf(context);
    const value: Value = { files: [], defines: [], credentials: [] };
    const reached = new Map<string, Value['files'][number]>();
    for (const { path, bytes } of context.tree.files) {
      if (bytes > 512 * 1024) continue;
      if (bundlerConfig.test(path)) {
        const text = textOf(await context.tree.read(path)) ?? '';
        for (const [pattern, all] of [
          [defined, false],
          [everything, true],
        ] as const)
          for (const match of text.matchAll(pattern)) {
            const line = text.slice(0, match.index).split('\n').length;
            value.defines.push({ name: all ? '*' : (match[1] ?? match[2] ?? ''), where: { file: path, line, endLine: line } });
          }
      } else if (path.endsWith('.html')) {
        const text = textOf(await context.tree.read(path)) ?? '';
        for (const [, source = ''] of text.matchAll(/<script[^>]+type=["']module["'][^>]+src=["']([^"']+)["']/g)) {
          const entry = posix.join(posix.dirname(path), source.replace(/^\//, ''));
          follow(program, entry, 'bundle', reached);
        }
      } else if (program.files.has(path) && isClient((await context.tree.read(path)).toString('utf8', 0, 600)))
        follow(program, path, 'use-client', reached);
    }
    value.files.push(...[...reached.values()].sort((a, b) => (a.file < b.file ? -1 : 1)));
    for (const { file } of value.files) {
      const source = program.files.get(file);
      if (source !== undefined) value.credentials.push(...program.credentialsOf(source));
    }
    return { value, gaps: program.gaps };
  },
});

/** The directive stands before all code; only comments may come first. */
function isClient(head: string): boolean {
  return /^\uFEFF?\s*(?:\/\*[\s\S]*?\*\/\s*|\/\/[^\n]*\s*)*["']use client["']/.test(head);
}

/** All that is imported from an entry, types and what is marked for the server left out. */
function follow(program: Program, entry: string, why: 'use-client' | 'bundle', reached: Map<string, Value['files'][number]>): void {
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const source = program.files.get(file);
    if (source === undefined || reached.has(file)) continue;
    // A file that says so is an error in the browser, or only called over the network from there.
    if (source.facts.imports.some(([specifier]) => specifier === 'server-only') || /(^|\/)[^/]*\.server\.[cm]?[jt]sx?$/.test(file))
      continue;
    reached.set(file, { file, entry, why });
    for (const [specifier, , typeOnly] of source.facts.imports) {
      const target = program.resolve(file, specifier);
      if (!typeOnly && 'file' in target) pending.push(target.file);
    }
  }
}
