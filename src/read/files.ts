import type { Gap } from '../model/words.ts';
import { messageOf } from '../model/errors.ts';
import { defineCollector } from './context.ts';
import { languageOf, textOf } from './language.ts';

export default defineCollector({
  name: 'read/files',
  needs: [],
  yields: 'files',
  async run(_given, { tree }) {
    const gaps: Gap[] = [...tree.skipped];
    const files = [];
    for (const { path, bytes } of tree.files) {
      try {
        const content = await tree.read(path);
        const binary = textOf(content) === null;
        files.push({
          path,
          bytes,
          lines: binary ? 0 : linesOf(content),
          hash: await tree.digest(path),
          language: binary ? 'binary' : languageOf(path),
        });
      } catch (thrown) {
        gaps.push({ file: path, reason: messageOf(thrown) });
      }
    }
    return { value: { root: tree.root, commit: tree.commit, files }, gaps };
  },
});

/** Newlines, and a last line that does not end in one. */
function linesOf(content: Buffer): number {
  let lines = content.length > 0 && content.at(-1) !== 10 ? 1 : 0;
  for (let at = content.indexOf(10); at >= 0; at = content.indexOf(10, at + 1)) lines++;
  return lines;
}
