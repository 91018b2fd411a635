import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { textOf } from '../read/language.ts';
import { maskedText } from '../read/secrets/masked.ts';
import type { Tree } from '../world/tree.ts';

/** How many lines stand before and after the place, how many there are at most, and how long each may be. */
const around = 2;
const mostLines = 14;
const longest = 200;

/** The lines of code that the failing findings are about, each place once, in the order of the findings; no secret's value is in them. */
export async function excerptsOf(tree: Tree, findings: readonly Finding[]): Promise<Report['excerpts']> {
  const readable = new Set(tree.files.map(({ path }) => path));
  const texts = new Map<string, readonly string[]>();
  const found = new Map<string, Report['excerpts'][number]>();
  for (const { status, where, subject } of findings) {
    // A secret is named by its head and hash; its line would tell no more.
    if (status !== 'fail' || where === null || subject.kind === 'secret' || !readable.has(where.file)) continue;
    const key = `${where.file}:${where.line}`;
    if (found.has(key)) continue;
    let lines = texts.get(where.file);
    if (lines === undefined) texts.set(where.file, (lines = await linesOf(tree, where.file)));
    const from = Math.max(1, where.line - around);
    const until = Math.min(lines.length, where.endLine + around, from + mostLines - 1);
    const shown = lines.slice(from - 1, until).map((line) => (line.length > longest ? `${line.slice(0, longest)}…` : line));
    if (where.line <= lines.length) found.set(key, { file: where.file, line: from, of: where.line, lines: shown });
  }
  return [...found.values()];
}

async function linesOf(tree: Tree, file: string): Promise<string[]> {
  const text = textOf(await tree.read(file).catch(() => Buffer.alloc(0)));
  return text === null ? [] : (await maskedText(file, text)).split(/\r\n|\n|\r/);
}
