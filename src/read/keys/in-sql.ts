import type { Place } from '../../model/words.ts';
import { statementsIn, withoutComments } from '../../source/script.ts';
import type { Keys } from './tables.ts';

const name = String.raw`(?:["\x60[]?[\w-]+["\x60\]]?\.)?["\x60[]?([\w-]+)["\x60\]]?`;
const starting = (pattern: string): RegExp => new RegExp(`^\\s*${pattern}`, 'i');
const createTable = starting(String.raw`create\s+(?:unlogged\s+|temp(?:orary)?\s+)?table\s+(?:if\s+not\s+exists\s+)?${name}\s*\(`);
const createIndex = starting(
  String.raw`create\s+(unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:${name}\s+)?on\s+(?:only\s+)?${name}\s*(?:using\s+(\w+)\s*)?\(`,
);
const alterTable = starting(String.raw`alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?${name}\s+`);
const dropTable = starting(String.raw`drop\s+table\s+(?:if\s+exists\s+)?${name}`);
const dropIndex = starting(String.raw`drop\s+index\s+(?:concurrently\s+)?(?:if\s+exists\s+)?${name}`);
const key = /^(?:constraint\s+["`]?(\w+)["`]?\s+)?(primary\s+key|unique)\b(?:\s+(?:key|index))?[^(]*\(/i;
const foreign = /^(?:constraint\s+\S+\s+)?foreign\s+key[^(]*\(/i;
const inlineIndex = /^(?:index|key)\s+(?:["`]?(\w+)["`]?\s*)?\(/i;
const column = /^["`[]?(\w+)["`\]]?\s+[a-z]/i;
const noColumn = /^(constraint|primary|foreign|unique|check|exclude|key|index|like|partition|fulltext|spatial)\b/i;

/** Reads what a script makes, changes and takes away; `placeOf` gives the place of a line of it, counted from 1. */
export function keysInSql(script: string, keys: Keys, placeOf: (line: number) => Place): void {
  // MySQL makes the index of a foreign key by itself.
  const indexed = /\bengine\s*=|\bauto_increment\b/i.test(script);
  for (const { text, line } of statementsIn(script)) {
    const where = placeOf(line);
    const statement = withoutComments(text);
    const made = createTable.exec(statement);
    if (made?.[1] !== undefined) {
      const table = made[1];
      keys.table(table).where ??= where;
      for (const part of partsFrom(statement, made[0].length)) declared(table, part, keys, where, indexed);
      continue;
    }
    const index = createIndex.exec(statement);
    if (index?.[3] !== undefined) {
      const end = closing(statement, index[0].length);
      const parts = partsFrom(statement, index[0].length);
      keys.index(index[3], {
        name: index[2] ?? null,
        columns: parts.flatMap(columnsIn),
        unique: index[1] !== undefined,
        plain: parts.every(isWhole) && !/\bwhere\b/i.test(statement.slice(end)) && (index[4] === undefined || /^btree$/i.test(index[4])),
        source: 'sql',
        where,
      });
      continue;
    }
    const altered = alterTable.exec(statement);
    if (altered?.[1] !== undefined) {
      for (const action of partsFrom(`${statement.slice(altered[0].length)})`, 0)) alter(altered[1], action, keys, where, indexed);
      continue;
    }
    const dropped = dropTable.exec(statement)?.[1];
    if (dropped !== undefined) keys.dropTable(dropped);
    const gone = dropIndex.exec(statement)?.[1];
    if (gone !== undefined) keys.dropIndex(gone);
  }
}

/** A column or a constraint, as it stands in `create table` and after `add`. */
function declared(table: string, part: string, keys: Keys, where: Place, indexed: boolean): void {
  const refer = (columns: string[], target: string): void => {
    keys.reference(table, columns, target, where);
    if (indexed) keys.index(table, { name: null, columns, unique: false, plain: false, source: 'sql', where });
  };
  const unique = key.exec(part);
  if (unique !== null) {
    const columns = partsFrom(part, unique[0].length).flatMap(columnsIn);
    keys.index(table, { name: unique[1] ?? null, columns, unique: true, plain: true, source: 'sql', where });
    return;
  }
  const points = new RegExp(String.raw`\breferences\s+${name}`, 'i').exec(part)?.[1];
  const refers = foreign.exec(part);
  if (refers !== null) {
    if (points !== undefined) refer(partsFrom(part, refers[0].length).flatMap(columnsIn), points);
    return;
  }
  const plain = inlineIndex.exec(part);
  if (plain !== null) {
    const columns = partsFrom(part, plain[0].length).flatMap(columnsIn);
    keys.index(table, { name: plain[1] ?? null, columns, unique: false, plain: true, source: 'sql', where });
    return;
  }
  const own = noColumn.test(part) ? undefined : column.exec(part)?.[1];
  if (own === undefined) return;
  keys.table(table).columns.add(own);
  if (/\b(primary\s+key|unique)\b/i.test(part))
    keys.index(table, { name: null, columns: [own], unique: true, plain: true, source: 'sql', where });
  if (points !== undefined) refer([own], points);
}

function alter(table: string, action: string, keys: Keys, where: Place, indexed: boolean): void {
  const added = /^add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?/i.exec(action);
  if (added !== null) {
    declared(table, action.slice(added[0].length).replace(/^\(/, ''), keys, where, indexed);
    return;
  }
  const renamed = /^rename\s+(?:column\s+)?["`]?(\w+)["`]?\s+to\s+["`]?(\w+)/i.exec(action);
  const to = /^rename\s+to\s+(?:["`]?\w+["`]?\.)?["`]?(\w+)/i.exec(action)?.[1];
  if (to !== undefined) keys.renameTable(table, to);
  else if (renamed?.[1] !== undefined && renamed[2] !== undefined) keys.renameColumn(table, renamed[1], renamed[2]);
  const dropped = /^drop\s+(constraint|index|key|column\s+)?\s*(?:if\s+exists\s+)?["`]?(\w+)/i.exec(action);
  if (dropped?.[2] === undefined) return;
  if (/^(constraint|index|key)/i.test(dropped[1] ?? '')) keys.dropIndex(dropped[2]);
  else keys.dropColumn(table, dropped[2]);
}

/** What stands from here to the bracket that closes, taken apart at its commas. */
function partsFrom(text: string, start: number): string[] {
  const parts: string[] = [];
  const end = closing(text, start);
  let [depth, from] = [1, start];
  for (let at = start; at <= end; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    if (depth === 0 || (depth === 1 && text[at] === ',')) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts;
}

function closing(text: string, start: number): number {
  for (let [at, depth] = [start, 1]; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return text.length;
}

/** `"email" desc` and `lower(email)` are about `email`. */
function columnsIn(part: string): string[] {
  const inner = /^\w*\s*\((.*)\)/s.exec(part)?.[1] ?? part;
  const found = /["`[]?(\w+)/.exec(inner.replace(/^\(+/, ''))?.[1];
  return found === undefined ? [] : [found];
}

/** A whole column, in either order. */
function isWhole(part: string): boolean {
  return /^["`[]?\w+["`\]]?(\s+(asc|desc))?(\s+nulls\s+(first|last))?$/i.test(part);
}
