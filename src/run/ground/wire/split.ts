/**
 * Cuts the text of a simple query into its statements, as the lexer of Postgres would: quotes, `E''` strings, dollar
 * quotes, nested comments (PostgreSQL docs, "Lexical Structure"). Empty statements give nothing, as in the protocol.
 */
export function splitStatements(text: string): string[] {
  if (!text.includes(';')) return text.trim() === '' ? [] : [text.trim()];
  const statements: string[] = [];
  let start = 0;
  let solid = false;
  const finish = (end: number) => {
    if (solid) statements.push(text.slice(start, end).trim());
    start = end + 1;
    solid = false;
  };
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ';') {
      finish(at);
      at += 1;
      continue;
    }
    const comment = commentEnd(text, at);
    if (comment > at) {
      at = comment;
      continue;
    }
    if (char.trim() !== '') solid = true;
    at = tokenEnd(text, at);
  }
  finish(text.length);
  return statements;
}

/** Position after the comment that begins here, or `at` when none does. */
function commentEnd(text: string, at: number): number {
  if (text.startsWith('--', at)) {
    const end = text.indexOf('\n', at);
    return end === -1 ? text.length : end + 1;
  }
  if (!text.startsWith('/*', at)) return at;
  let depth = 1;
  let here = at + 2;
  while (here < text.length && depth > 0) {
    if (text.startsWith('/*', here)) depth += 1;
    else if (text.startsWith('*/', here)) depth -= 1;
    else {
      here += 1;
      continue;
    }
    here += 2;
  }
  return here;
}

const word = /[A-Za-z0-9_$\u0080-\uffff]+/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;

/** Position after the word, string or single character that begins here. */
function tokenEnd(text: string, at: number): number {
  const char = text.charAt(at);
  if (char === "'" || char === '"') return quoteEnd(text, at, char, false);
  if (/[eE]/.test(char) && text.charAt(at + 1) === "'") return quoteEnd(text, at + 1, "'", true);
  if (char === '$') {
    dollarTag.lastIndex = at;
    const tag = dollarTag.exec(text)?.[0];
    if (tag === undefined) return at + 1;
    const end = text.indexOf(tag, at + tag.length);
    return end === -1 ? text.length : end + tag.length;
  }
  word.lastIndex = at;
  return at + Math.max(1, word.exec(text)?.[0].length ?? 1);
}

function quoteEnd(text: string, at: number, quote: string, escapes: boolean): number {
  let here = at + 1;
  while (here < text.length) {
    const char = text.charAt(here);
    if (escapes && char === '\\') here += 2;
    else if (char !== quote) here += 1;
    else if (text.charAt(here + 1) === quote) here += 2;
    else return here + 1;
  }
  return text.length;
}
