import type { Gap } from '../../model/words.ts';
import { sourcesOf } from '../code/load.ts';
import type { ReadContext } from '../context.ts';

/** One place where a file asks for a module. */
export interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** Vanishes when types are stripped. */
  readonly typeOnly: boolean;
}

export interface Imports {
  readonly imports: readonly Import[];
  readonly gaps: readonly Gap[];
}

/** Every import, re-export, dynamic import and `require` with a literal specifier, over all script files. */
export async function importsOf(context: ReadContext): Promise<Imports> {
  const { readings, gaps: unread } = await sourcesOf(context);
  const imports: Import[] = [];
  const gaps: Gap[] = unread.map(({ file, reason }) => ({ file, reason }));
  for (const reading of readings) {
    const asked = reading.asked();
    if (asked === null) gaps.push({ file: reading.path, reason: 'a syntax error; its imports may be incomplete' });
    else for (const [specifier, line, typeOnly] of asked) imports.push({ file: reading.path, specifier, line, typeOnly });
  }
  return { imports, gaps: gaps.sort((a, b) => ((a.file ?? '') < (b.file ?? '') ? -1 : 1)) };
}
