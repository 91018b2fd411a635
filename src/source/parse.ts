import { parseSync } from 'oxc-parser';
import type { Comment, EcmaScriptModule, Program } from 'oxc-parser';
import { linesOf } from './lines.ts';

/** Files larger than this are generated or vendored; nobody reads them line by line. */
const largestSource = 1_500_000;

const language = { ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx', js: 'jsx', jsx: 'jsx', mjs: 'jsx', cjs: 'jsx' } as const;

/** The parser's language for a path, or null when it is not JavaScript or TypeScript that we read. */
export function languageOf(path: string): 'ts' | 'tsx' | 'jsx' | null {
  if (/\.d\.[mc]?ts$/.test(path)) return null;
  const extension = /\.([mc]?[jt]sx?)$/.exec(path)?.[1];
  return extension === undefined ? null : (language[extension as keyof typeof language] ?? null);
}

/** Why these bytes are not readable source, or null when they are. */
export function unreadable(bytes: Buffer): string | null {
  if (bytes.length > largestSource) return `larger than ${largestSource} bytes (generated or bundled code is not read)`;
  if (bytes.includes(0)) return 'binary content under a source file name';
  if (bytes.length > 20_000) {
    let lines = 1;
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
    if (bytes.length / lines > 500) return 'minified (more than 500 bytes a line)';
  }
  return null;
}

/**
 * The most of the native stack that parsing these bytes could take, in bytes. The parser recurses there, and where that stack
 * ends the process dies, without an exception. Nothing is subtracted for what closes a level again: text, comments and regular
 * expressions could hold the closing half. Measured: no level takes more than this for the tokens that open it.
 */
export function mostStack(bytes: Uint8Array): number {
  let stack = bytes.length * 200;
  for (const byte of bytes) stack += stackOf[byte] ?? 0;
  return stack;
}

const stackOf = new Uint16Array(256);
for (const opener of '([{<`') stackOf[opener.charCodeAt(0)] = 4096;
for (const opener of '?:=') stackOf[opener.charCodeAt(0)] = 1024;

/** What the parser says about a text. */
export interface Parsed {
  readonly program: Program;
  /** Imports and exports as the parser lists them; what it saw of them when there is an error. */
  readonly module: EcmaScriptModule;
  readonly comments: readonly Comment[];
  /** Line, counted from 1, of an offset. */
  readonly lineOf: (offset: number) => number;
  readonly lines: number;
  /** Why the program cannot be read as it stands; null when it can. */
  readonly error: string | null;
}

/** Parses source text. What could take more of the stack than there is (`mostStack`) belongs into a process of its own. */
export function parse(text: string, lang: 'ts' | 'tsx' | 'jsx'): Parsed {
  let result = parseSync(`file.${lang}`, text, { lang, preserveParens: false, sourceType: 'module' });
  let failed = result.errors.find((error) => error.severity === 'Error');
  if (failed !== undefined && lang === 'jsx') {
    // Sloppy-mode scripts (`with`, octal literals, `await` as a name) are no modules.
    const script = parseSync(`file.${lang}`, text, { lang, preserveParens: false, sourceType: 'commonjs' });
    if (!script.errors.some((error) => error.severity === 'Error')) {
      result = script;
      failed = undefined;
    }
  }
  const { lineOf, lines } = linesOf(text);
  const at = failed?.labels[0]?.start;
  const error =
    failed === undefined ? null : `syntax error${at === undefined ? '' : ` on line ${lineOf(at)}`}: ${failed.message.split('\n')[0]}`;
  return {
    get program() {
      return result.program;
    },
    get module() {
      return result.module;
    },
    get comments() {
      return result.comments;
    },
    lineOf,
    lines,
    error,
  };
}
