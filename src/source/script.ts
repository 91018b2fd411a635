/** One statement of an SQL script. */
export interface ScriptStatement {
  readonly text: string;
  /** Where its first word stands, counted from 1. */
  readonly line: number;
}

/** Splits an SQL script of PostgreSQL at its semicolons; strings, dollar quotes and comments stay whole. Comments before a statement are left out. */
export function statementsIn(script: string): ScriptStatement[] {
  const found: ScriptStatement[] = [];
  let start = -1;
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number) => {
    for (; counted < offset; counted++) if (script.charCodeAt(counted) === 10) line++;
    return line;
  };
  const end = (at: number) => {
    if (start >= 0) found.push({ text: script.slice(start, at).trimEnd(), line: lineAt(start) });
    start = -1;
  };
  for (let at = 0; at < script.length;) {
    const skipped = afterComment(script, at);
    if (skipped !== null) {
      at = skipped;
      continue;
    }
    const char = script[at] ?? '';
    if (char === ';') {
      end(at);
      at++;
      continue;
    }
    // A line of psql, which the server never sees.
    if (char === '\\' && start < 0) {
      at = lineEnd(script, at);
      continue;
    }
    if (start < 0 && !/\s/.test(char)) start = at;
    at = afterQuoted(script, at) ?? at + 1;
  }
  end(script.length);
  return found;
}

function lineEnd(script: string, at: number): number {
  const end = script.indexOf('\n', at);
  return end < 0 ? script.length : end + 1;
}

function afterComment(script: string, at: number): number | null {
  if (script.startsWith('--', at)) return lineEnd(script, at);
  if (!script.startsWith('/*', at)) return null;
  let depth = 1;
  let next = at + 2;
  while (depth > 0 && next < script.length) {
    if (script.startsWith('/*', next)) [depth, next] = [depth + 1, next + 2];
    else if (script.startsWith('*/', next)) [depth, next] = [depth - 1, next + 2];
    else next++;
  }
  return next;
}

function afterQuoted(script: string, at: number): number | null {
  const char = script[at] ?? '';
  if (char === '$') {
    const tag = /^\$(?:[A-Za-z_]\w{0,60})?\$/.exec(script.slice(at, at + 64))?.[0];
    if (tag === undefined) return null;
    const end = script.indexOf(tag, at + tag.length);
    return end < 0 ? script.length : end + tag.length;
  }
  if (char !== "'" && char !== '"') return null;
  const escapes = char === "'" && /[eE]/.test(script[at - 1] ?? '') && !/\w/.test(script[at - 2] ?? '');
  for (let next = at + 1; next < script.length; next++) {
    if (escapes && script[next] === '\\') next++;
    else if (script[next] === char) {
      if (script[next + 1] !== char) return next + 1;
      next++;
    }
  }
  return script.length;
}

/** Comments become blanks of the same length, so that lines stay where they are. */
export function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replaceAll(/[^\n]/g, ' ');
  let [done, at] = ['', 0];
  for (let from = text.indexOf('/*'); from !== -1; from = text.indexOf('/*', at)) {
    const close = text.indexOf('*/', from + 2);
    const to = close === -1 ? text.length : close + 2;
    done += text.slice(at, from) + blank(text.slice(from, to));
    at = to;
  }
  return (done + text.slice(at)).replaceAll(/--[^\n]*/g, blank);
}
