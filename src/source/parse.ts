import { parseSync } from 'oxc-parser';
import type { Comment, Program } from 'oxc-parser';

/** Files larger than this are generated or vendored; nobody reads them line by line. */
const largestSource = 1_500_000;
/** The parser recurses on the native stack; beyond these bounds it could take the process down with it. */
const deepestBrackets = 600;
const longestChain = 1200;

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

/** An upper bound of how deep the text nests, good enough to refuse what would exhaust the parser's stack. */
export function tooDeep(text: string): boolean {
  let depth = 0;
  let chain = 0;
  let elses = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 40: // (
      case 91: // [
        if (++depth > deepestBrackets) return true;
        break;
      case 123: // {
        if (++depth > deepestBrackets) return true;
        chain = 0;
        break;
      case 41: // )
      case 93: // ]
        if (depth > 0) depth--;
        break;
      case 125: // }
        if (depth > 0) depth--;
        chain = 0;
        break;
      case 59: // ;
        chain = 0;
        break;
      case 61: // =
      case 63: // ?
      case 60: // <
      case 33: // !
      case 126: // ~
        if (++chain > longestChain) return true;
        break;
      case 101: // else
        if (text.startsWith('else', i) && ++elses > longestChain) return true;
        break;
      case 119: // while
      case 102: // for
      case 105: // if
      case 110: // new
      case 116: // typeof
      case 118: // void
      case 97: // await
        if (/[\s);:]/.test(text[i - 1] ?? ' ') && /^(?:while|for|if|new|typeof|void|await)\b/.test(text.slice(i, i + 7))) {
          if (++chain > longestChain) return true;
        }
        break;
      case 58: // :
        // Labels and conditional types; object literals reset at their braces.
        if (++chain > longestChain * 4) return true;
        break;
    }
  }
  return false;
}

export interface Parsed {
  readonly program: Program;
  readonly comments: readonly Comment[];
  /** Line, counted from 1, of an offset. */
  readonly lineOf: (offset: number) => number;
  readonly lines: number;
}

/** Parses source text. Returns a reason instead when it cannot be read. */
export function parse(text: string, lang: 'ts' | 'tsx' | 'jsx'): Parsed | string {
  if (tooDeep(text)) return 'nested too deeply to be read safely';
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
  const starts = lineStarts(text);
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  if (failed !== undefined) {
    const at = failed.labels[0]?.start;
    return `syntax error${at === undefined ? '' : ` on line ${lineOf(at)}`}: ${failed.message.split('\n')[0]}`;
  }
  return { program: result.program, comments: result.comments, lineOf, lines: starts.length };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
