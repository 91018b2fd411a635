import type { DeclaredColumn } from '../../model/evidence/constructs.ts';
import { withoutComments } from '../../source/script.ts';

type Row = Omit<DeclaredColumn, 'where'> & { readonly line: number };

const mostBytes = 2_000_000;

/** The columns that a schema of Prisma or a migration in SQL declares; null for any other file. */
export async function columnsInText(
  path: string,
  bytes: number,
  read: (path: string) => Promise<Buffer>,
): Promise<DeclaredColumn[] | null> {
  const prisma = path.endsWith('.prisma');
  if ((!prisma && !path.endsWith('.sql')) || bytes > mostBytes || /(^|\/)node_modules\//.test(path)) return null;
  const text = (await read(path)).toString('utf8');
  return (prisma ? inPrisma(text) : inSql(text)).map(({ line, ...row }) => ({ ...row, where: { file: path, line, endLine: line } }));
}

function inPrisma(text: string): Row[] {
  const rows: Row[] = [];
  let model: string | null = null;
  const models = new Set([...text.matchAll(/^\s*model\s+(\w+)/gm)].map(([, one]) => one));
  text.split('\n').forEach((line, index) => {
    const begins = /^\s*model\s+(\w+)\s*\{/.exec(line)?.[1];
    if (begins !== undefined) model = begins;
    else if (/^\s*\}/.test(line)) model = null;
    else if (model !== null) {
      const [, column, type] = /^\s*(\w+)\s+(\w+(?:\[\])?)\??/.exec(line) ?? [];
      if (column === undefined || type === undefined || models.has(type.replace('[]', ''))) return;
      const native = /@db\.(\w+(?:\([^)]*\))?)/.exec(line)?.[1];
      rows.push({ table: model, column, type: (native ?? type).toLowerCase(), source: 'prisma', line: index + 1 });
    }
  });
  return rows;
}

const name = String.raw`(?:"?[\w-]+"?\.)?["\x60]?([\w-]+)["\x60]?`;
const creates = new RegExp(String.raw`\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?${name}\s*\(`, 'gi');
const adds = new RegExp(
  String.raw`\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?${name}\s+add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?["\x60]?(\w+)["\x60]?\s+([a-z][\w ]*(?:\([^)]*\))?)`,
  'gi',
);
const noColumn = /^(constraint|primary|foreign|unique|check|exclude|key|index|like|partition|fulltext|spatial)\b/i;
const declared =
  /^["`[]?(\w+)["`\]]?\s+([a-z][a-z0-9_]*(?:\s+(?:precision|varying|with(?:out)?\s+time\s+zone))?(?:\s*\([^)]*\))?(?:\s+with(?:out)?\s+time\s+zone)?)/i;

function inSql(source: string): Row[] {
  const text = withoutComments(source);
  const rows: Row[] = [];
  const lines = lineCounter(text);
  for (const match of text.matchAll(creates)) {
    const table = match[1] ?? '';
    for (const { part, at } of partsFrom(text, match.index + match[0].length)) {
      if (noColumn.test(part)) continue;
      const [, column, type] = declared.exec(part) ?? [];
      if (column !== undefined && type !== undefined)
        rows.push({ table, column, type: type.toLowerCase().replaceAll(/\s+/g, ' '), source: 'sql', line: lines(at) });
    }
  }
  for (const match of text.matchAll(adds)) {
    const [, table = '', column = '', type = ''] = match;
    if (!noColumn.test(column))
      rows.push({
        table,
        column,
        type: type
          .trim()
          .toLowerCase()
          .replace(/\s+(not|null|default|references|unique|check)\b.*$/, ''),
        source: 'sql',
        line: lines(match.index),
      });
  }
  return rows;
}

/** The parts between commas up to the bracket that closes. */
function partsFrom(text: string, start: number): { part: string; at: number }[] {
  const parts: { part: string; at: number }[] = [];
  let [depth, from] = [1, start];
  const end = Math.min(text.length, start + 60_000);
  for (let i = start; i < end; i++) {
    const char = text[i];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    if (depth === 0 || (depth === 1 && char === ',')) {
      const raw = text.slice(from, i);
      const part = raw.trimStart();
      parts.push({ part, at: from + raw.length - part.length });
      from = i + 1;
      if (depth === 0) break;
    }
  }
  return parts;
}

/** Gives the line of a position; positions may come in any order. */
function lineCounter(text: string): (at: number) => number {
  const starts = [0];
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (at) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
