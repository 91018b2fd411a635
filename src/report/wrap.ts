import { oneLine } from './visible.ts';

/** What a terminal shows in a line when nobody made it wider. */
const columns = 80;

/** Text as lines of at most 80 columns, broken between words; a longer word stays whole. */
export function wrap(text: string, indent: string, first = indent): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of oneLine(text).split(' ')) {
    if (!empty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else line = empty ? line + word : `${line} ${word}`;
    empty = false;
  }
  return [...lines, line];
}
