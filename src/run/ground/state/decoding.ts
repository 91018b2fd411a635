import type { Row } from './types.ts';

/** One line of the output plug-in `test_decoding` (PostgreSQL source, contrib/test_decoding/test_decoding.c). */
export type Line =
  | { kind: 'begin'; transaction: string }
  | { kind: 'commit' }
  | { kind: 'message'; prefix: string; content: string }
  | { kind: 'truncate'; tables: string[] }
  | { kind: 'row'; op: 'insert' | 'update' | 'delete'; table: string; old: Row | null; fresh: Row | null; unchanged: string[] };

/** Output that is not what `test_decoding` writes. */
export class UnreadableLine extends Error {
  override name = 'UnreadableLine';
}

const bare = /[^\s"[\]:.,']+/y;

/** Reads one line. Throws {@link UnreadableLine}. */
export function readLine(line: string): Line {
  const begin = /^BEGIN (\d+)/.exec(line);
  if (begin !== null) return { kind: 'begin', transaction: begin[1] ?? '' };
  if (line.startsWith('COMMIT')) return { kind: 'commit' };
  const message = /^message: transactional: [01] prefix: (.*?), sz: \d+ content:/s.exec(line);
  if (message !== null) return { kind: 'message', prefix: message[1] ?? '', content: line.slice(message[0].length) };
  if (!line.startsWith('table ')) throw new UnreadableLine(line.slice(0, 200));
  return readTable(line);
}

function readTable(line: string): Line {
  let at = 'table '.length;

  const fail = (): never => {
    throw new UnreadableLine(`at ${at}: ${line.slice(0, 200)}`);
  };
  const expect = (text: string) => {
    if (!line.startsWith(text, at)) fail();
    at += text.length;
  };
  const quoted = (quote: string) => {
    let text = '';
    at += 1;
    for (;;) {
      const end = line.indexOf(quote, at);
      if (end === -1) fail();
      text += line.slice(at, end);
      at = end + 1;
      if (line.charAt(at) !== quote) return text;
      text += quote;
      at += 1;
    }
  };
  const identifier = () => {
    if (line.charAt(at) === '"') return quoted('"');
    bare.lastIndex = at;
    const found = bare.exec(line)?.[0] ?? fail();
    at += found.length;
    return found;
  };
  const table = () => {
    const schema = identifier();
    expect('.');
    return `${schema}.${identifier()}`;
  };
  /** `[integer]`, `[text[]]`, `["odd]name"]`. */
  const type = () => {
    let depth = 0;
    do {
      const char = line.charAt(at);
      if (char === '') fail();
      if (char === '"') {
        quoted('"');
        continue;
      }
      if (char === '[') depth += 1;
      else if (char === ']') depth -= 1;
      at += 1;
    } while (depth > 0);
  };
  const word = () => {
    const end = line.indexOf(' ', at);
    const text = line.slice(at, end === -1 ? line.length : end);
    at += text.length;
    return text;
  };
  /** A cell, or undefined where a long value was not touched and so was not logged. */
  const cell = (): string | null | undefined => {
    if (line.charAt(at) === "'") return quoted("'");
    if (line.startsWith("B'", at)) {
      at += 1;
      return quoted("'");
    }
    const text = word();
    if (text === 'null') return null;
    if (text === 'unchanged-toast-datum') return undefined;
    return text === 'true' ? 't' : text === 'false' ? 'f' : text;
  };
  const row = (unchanged: string[]): Row | null => {
    if (line.startsWith(' (no-tuple-data)', at)) {
      at += ' (no-tuple-data)'.length;
      return null;
    }
    const cells: Row = Object.create(null);
    while (at < line.length && !line.startsWith(' new-tuple:', at)) {
      expect(' ');
      const name = identifier();
      type();
      expect(':');
      const value = cell();
      if (value === undefined) unchanged.push(name);
      else cells[name] = value;
    }
    return cells;
  };

  const tables = [table()];
  while (line.startsWith(', ', at)) {
    at += 2;
    tables.push(table());
  }
  expect(': ');
  if (line.startsWith('TRUNCATE:', at)) return { kind: 'truncate', tables };
  const name = tables[0] ?? fail();
  const unchanged: string[] = [];
  const op = line.startsWith('INSERT:', at) ? 'insert' : line.startsWith('UPDATE:', at) ? 'update' : 'delete';
  expect(`${op.toUpperCase()}:`);
  if (op === 'insert') return { kind: 'row', op, table: name, old: null, fresh: row(unchanged), unchanged };
  if (op === 'delete') return { kind: 'row', op, table: name, old: row([]), fresh: null, unchanged };
  let old: Row | null = null;
  if (line.startsWith(' old-key:', at)) {
    at += ' old-key:'.length;
    old = row([]);
    expect(' new-tuple:');
  }
  return { kind: 'row', op, table: name, old, fresh: row(unchanged), unchanged };
}
