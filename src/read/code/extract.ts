import { messageOf } from '../../model/errors.ts';
import { parse } from '../../source/parse.ts';
import { lower } from './lower.ts';

/** One file to read: its text and the parser's language. */
export interface Job {
  readonly key: string;
  readonly lang: 'ts' | 'tsx' | 'jsx';
  readonly text: string;
}

/** The facts of a file as JSON, or why there are none; `at` is the job's key. */
export type Extracted = { readonly key: string; readonly json: string } | { readonly key: string; readonly reason: string };

/** Reads one file. Never throws. */
export function extract({ key, lang, text }: Job): Extracted {
  try {
    const parsed = parse(text, lang);
    if (typeof parsed === 'string') return { key, reason: parsed };
    return { key, json: JSON.stringify(lower(parsed)) };
  } catch (error) {
    if (error instanceof RangeError) return { key, reason: 'nested too deeply to be read' };
    return { key, reason: `could not be read: ${messageOf(error)}` };
  }
}
