/** What SQLite's catalogue only keeps as the text of CREATE TABLE. */

/**
 * A declared type as Postgres would call it, for everything that reads a schema. SQLite itself only knows an affinity
 * (sqlite.org/datatype3.html, section 3.1); what the declaration says beyond that is what the app means to keep there.
 */
export function typeName(declared: string): string {
  const plain = declared.trim().toLowerCase().replace(/\s+/g, ' ');
  const base = plain.replace(/\s*\(.*/, '');
  const length = /\(\s*(\d+)\s*\)/.exec(plain)?.[1];
  if (base.startsWith('bool') || (base === 'tinyint' && length === '1')) return 'boolean';
  if (/^(uuid|guid|uniqueidentifier)$/.test(base)) return 'uuid';
  if (base.startsWith('json')) return base === 'jsonb' ? 'jsonb' : 'json';
  if (base === 'date') return 'date';
  if (/^(datetime|timestamp)/.test(base)) return 'timestamp';
  if (/^(bigint|int8|unsigned big int|big int)$/.test(base)) return 'bigint';
  if (base.includes('int')) return 'integer';
  if (/char|clob|text/.test(base)) {
    if (length === undefined) return 'text';
    return /var|nvar/.test(base) ? `character varying(${length})` : `character(${length})`;
  }
  if (base === '') return 'any';
  if (base.includes('blob')) return 'bytea';
  if (/real|floa|doub/.test(base)) return 'double precision';
  if (/^(num|dec|money)/.test(base)) return `numeric${/\(.*\)/.exec(plain)?.[0]?.replaceAll(' ', '') ?? ''}`;
  return plain;
}

/** The expressions of `CHECK (...)` in the text of a CREATE TABLE, without their outer parentheses. */
export function checksIn(sql: string): string[] {
  const found: string[] = [];
  for (const { index, text } of outsideOfText(sql, /\bcheck\s*\(/gi)) {
    const from = index + text.length;
    const to = closing(sql, from);
    found.push(sql.slice(from, to).trim());
  }
  return found;
}

/** The texts that `column IN ('a', 'b')` allows, when the expression is nothing but that. */
export function listedValues(expression: string, column: string): string[] {
  const match = /^[("`[\s]*([^"`[\]()\s]+)["`\]\s]*\s+in\s*\(([^()]*)\)\s*\)*$/i.exec(expression);
  if (match?.[1]?.toLowerCase() !== column.toLowerCase()) return [];
  const list = match[2] ?? '';
  if (list.replace(/'(?:[^']|'')*'/g, '').replace(/[,\s]/g, '') !== '') return [];
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map((each) => (each[1] ?? '').replaceAll("''", "'"));
}

const quotedOrComment = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** Matches that stand in no literal, quoted name or comment. */
function outsideOfText(sql: string, pattern: RegExp): { index: number; text: string }[] {
  const spans = [...sql.matchAll(quotedOrComment)].map((match) => [match.index, match.index + match[0].length] as const);
  return [...sql.matchAll(pattern)]
    .filter(({ index }) => !spans.some(([from, to]) => index >= from && index < to))
    .map((match) => ({ index: match.index, text: match[0] }));
}

/** Where the parenthesis that was opened before `from` is closed. */
function closing(sql: string, from: number): number {
  let depth = 1;
  for (const { index, text } of outsideOfText(sql, /[()]/g)) {
    if (index < from) continue;
    depth += text === '(' ? 1 : -1;
    if (depth === 0) return index;
  }
  return sql.length;
}
