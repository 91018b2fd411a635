import type { SinceCheckpoint } from '../model/verification.ts';
import type { Style } from './text.ts';
import { stepLines, wrap } from './wrap.ts';

/** What became harder to answer for since the last checkpoint; nothing where nothing did. */
export function sinceLines(since: SinceCheckpoint | null, style: Style): string[] {
  if (since === null || (since.steps.length === 0 && since.trusted)) return [];
  return [
    '',
    style('bold', `Since checkpoint ${since.sequence} of ${since.date.slice(0, 10)}`),
    ...(since.trusted ? [] : wrap('Its chain was tampered with: seaworthy verify.', '  ').map((line) => style('red', line))),
    ...since.steps.flatMap(({ sentence, triggers: wanting }) => stepLines(sentence, wanting)),
  ];
}
