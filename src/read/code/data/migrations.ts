import type { DeclaredColumn } from './tables.ts';
import type { Tables } from './tables.ts';

const name = '(?:"?\\w+"?\\.)?["`]?(\\w+)["`]?';
const created = new RegExp(`\\bcreate\\s+table\\s+(?:if\\s+not\\s+exists\\s+)?${name}\\s*\\(`, 'gi');
const index = new RegExp(
  `\\bcreate\\s+unique\\s+index\\s+(?:concurrently\\s+)?(?:if\\s+not\\s+exists\\s+)?\\S*\\s*on\\s+(?:only\\s+)?${name}\\s*(?:using\\s+\\w+\\s*)?\\(`,
  'gi',
);
const added = new RegExp(
  `\\balter\\s+table\\s+(?:only\\s+)?(?:if\\s+exists\\s+)?${name}\\s+add\\s+(?:constraint\\s+\\S+\\s+)?(?:unique|primary\\s+key)\\s*\\(`,
  'gi',
);

/**
 * Columns and what is unique, out of migrations that are SQL. Only what a file says by itself: the database that the migrations make is read
 * in the proving ground, and counts for more.
 */
export function declaredInSql(path: string, source: string, tables: Tables): void {
  const text = source.replace(/--[^\n]*/g, (comment) => ' '.repeat(comment.length));
  for (const match of text.matchAll(created)) {
    const table = match[1];
    if (table === undefined || tables.named(table) !== undefined) continue;
    const line = text.slice(0, match.index).split('\n').length;
    const columns = new Map<string, DeclaredColumn>();
    const uniques: string[][] = [];
    for (const part of partsOf(text, match.index + match[0].length)) {
      const several = /^(?:constraint\s+\S+\s+)?(?:unique|primary\s+key)\s*(?:nulls\s+\w+\s+distinct\s*)?\(([^)]*)\)/i.exec(part)?.[1];
      if (several !== undefined) uniques.push(listOf(several));
      const column = /^["`]?(\w+)["`]?\s+([\w[\]]+)(.*)$/s.exec(part);
      if (column === null || /^(constraint|unique|primary|foreign|check|exclude|like|key|index)$/i.test(column[1] ?? '')) continue;
      const unique = /\b(unique|primary\s+key)\b/i.test(column[3] ?? '');
      columns.set(column[1] ?? '', {
        name: column[1] ?? '',
        type: (column[2] ?? '').toLowerCase(),
        unique,
        shaped: /\bcheck\s*\(\s*jsonb?_/i.test(part),
      });
      if (unique) uniques.push([column[1] ?? '']);
    }
    tables.declare(`sql:${table}`, { name: table, where: { file: path, line, endLine: line }, columns, uniques });
  }
  for (const pattern of [index, added])
    for (const match of text.matchAll(pattern)) {
      const known = tables.named(match[1] ?? '');
      // A name that a later file makes: what belongs to a table that was not seen is left.
      if (known !== undefined) known.uniques.push(partsOf(text, match.index + match[0].length).map(columnIn));
    }
}

/** What stands between the brackets, taken apart at its commas; `start` is after the opening one. */
function partsOf(text: string, start: number): string[] {
  const parts: string[] = [];
  let depth = 1;
  let from = start;
  for (let at = start; at < text.length && at < start + 40_000; at++) {
    const char = text[at];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    if ((char === ',' && depth === 1) || depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
    if (depth === 0) break;
  }
  return parts;
}

function listOf(text: string): string[] {
  return text.split(',').map(columnIn);
}

/** `lower(email)` and `"email" desc` are about `email`. */
function columnIn(text: string): string {
  const inner = /\(\s*["`]?(\w+)/.exec(text)?.[1];
  return inner ?? /["`]?(\w+)/.exec(text)?.[1] ?? text;
}
