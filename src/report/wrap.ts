import type { Trigger } from '../model/words.ts';
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

/** A label and what is to be said of it, the further lines under the first. */
export function row(label: string, text: string): string[] {
  return wrap(text, ' '.repeat(20), `  ${label.padEnd(18)}`);
}

/** One item of a list. */
export function item(text: string): string[] {
  return wrap(text, '    ', '  - ');
}

/** One step up in complexity, and which audit it wants. */
export function stepLines(sentence: string, triggers: readonly Trigger[]): string[] {
  return item(`${sentence}; wants a new audit for ${triggers.join(', ')}`);
}

/** A hash beside its label: it cannot be broken, so it stands further left than what `row` writes. */
export function hashLine(label: string, hash: string): string {
  return `  ${label.padEnd(12)}${hash}`;
}
