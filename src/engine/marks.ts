import type { Finding } from '../model/finding.ts';
import type { Place } from '../model/words.ts';
import { textOf } from '../read/language.ts';
import { sha256 } from '../world/hash.ts';
import type { Tree } from '../world/tree.ts';

/** Lines of a place that count, and hex digits of a mark. */
const mostLines = 6;
const digits = 12;

/**
 * The failing findings with a mark for each of their places: a hash of what the code there says without its white space. Moving code,
 * renaming its file or formatting it otherwise keeps the mark.
 */
export async function withMarks(tree: Tree, findings: readonly Finding[]): Promise<Finding[]> {
  const readable = new Set(tree.files.map(({ path }) => path));
  const texts = new Map<string, readonly string[]>();
  const linesOf = async (file: string): Promise<readonly string[]> => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const lines = (textOf(await tree.read(file).catch(() => Buffer.alloc(0))) ?? '').split(/\r\n|\n|\r/);
    texts.set(file, lines);
    return lines;
  };
  const markOf = async ({ file, line, endLine }: Place): Promise<string[]> => {
    if (!readable.has(file)) return [];
    const code = (await linesOf(file))
      .slice(line - 1, Math.min(endLine, line + mostLines - 1))
      .join('')
      .replace(/\s+/g, '');
    return code === '' ? [] : [sha256(code).slice(0, digits)];
  };
  return Promise.all(
    findings.map(async (finding) => {
      if (finding.status !== 'fail') return finding;
      const places = [...(finding.where ? [finding.where] : []), ...(finding.also ?? [])];
      return { ...finding, marks: (await Promise.all(places.map(markOf))).flat().toSorted() };
    }),
  );
}
