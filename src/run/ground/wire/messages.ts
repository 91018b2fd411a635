import { cellText } from './cells.ts';
import { MalformedStream } from './framer.ts';
import type { Column, StatementError } from './types.ts';

/** Type bytes the app sends (PostgreSQL docs, "Message Formats"). */
export const fromApp = {
  bind: 0x42,
  close: 0x43,
  describe: 0x44,
  execute: 0x45,
  functionCall: 0x46,
  flush: 0x48,
  parse: 0x50,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
  copyDone: 0x63,
  copyData: 0x64,
  copyFail: 0x66,
} as const;

/** Type bytes Postgres sends. */
export const fromPostgres = {
  parseComplete: 0x31,
  bindComplete: 0x32,
  closeComplete: 0x33,
  notification: 0x41,
  commandComplete: 0x43,
  dataRow: 0x44,
  error: 0x45,
  copyIn: 0x47,
  copyOut: 0x48,
  emptyQuery: 0x49,
  backendKey: 0x4b,
  notice: 0x4e,
  authentication: 0x52,
  parameterStatus: 0x53,
  rowDescription: 0x54,
  functionResult: 0x56,
  copyBoth: 0x57,
  readyForQuery: 0x5a,
  copyData: 0x64,
  noData: 0x6e,
  portalSuspended: 0x73,
  parameterDescription: 0x74,
} as const;

/** Reads the fields of one message body in order. Every read past the end throws {@link MalformedStream}. */
export class BodyReader {
  readonly #body: Buffer;
  #at: number;

  constructor(body: Buffer, at = 0) {
    this.#body = body;
    this.#at = at;
  }

  get left(): number {
    return this.#body.length - this.#at;
  }

  #skip(count: number): number {
    if (count < 0 || count > this.left) throw new MalformedStream('a field reaches past the message');
    const at = this.#at;
    this.#at += count;
    return at;
  }

  byte(): number {
    return this.#body.readUInt8(this.#skip(1));
  }

  int16(): number {
    return this.#body.readInt16BE(this.#skip(2));
  }

  count(): number {
    return this.#body.readUInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.#body.readInt32BE(this.#skip(4));
  }

  oid(): number {
    return this.#body.readUInt32BE(this.#skip(4));
  }

  bytes(count: number): Buffer {
    const at = this.#skip(count);
    return this.#body.subarray(at, at + count);
  }

  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    if (end === -1) throw new MalformedStream('a string without its end');
    const text = this.#body.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** A string that may have been cut because the message was longer than what is kept. */
  cutText(): string {
    const end = this.#body.indexOf(0, this.#at);
    const text = this.#body.toString('utf8', this.#at, end === -1 ? this.#body.length : end);
    this.#at = end === -1 ? this.#body.length : end + 1;
    return text;
  }
}

/** RowDescription. */
export function readColumns(body: Buffer): Column[] {
  const reader = new BodyReader(body);
  const columns: Column[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const name = reader.text();
    const table = reader.oid();
    const attribute = reader.int16();
    const type = reader.oid();
    reader.bytes(6);
    columns.push({ name, table, attribute, type, format: reader.int16() === 1 ? 1 : 0 });
  }
  return columns;
}

/** DataRow to cells in text form. A row that was cut because it is too long ends in nulls. */
export function readRow(body: Buffer, columns: readonly Column[], formats: readonly number[], maxCell: number): (string | null)[] {
  if (body.length < 2) throw new MalformedStream('a row without a count');
  const count = body.readUInt16BE(0);
  const cells: (string | null)[] = [];
  let at = 2;
  for (let index = 0; index < count; index++) {
    const size = at + 4 <= body.length ? body.readInt32BE(at) : -1;
    at += 4;
    if (size < 0) {
      cells.push(null);
      continue;
    }
    const column = columns[index];
    const format = column?.format ?? formats[formats.length === 1 ? 0 : index] ?? 0;
    cells.push(cellText(body.subarray(at, at + size), column?.type ?? 0, format, maxCell));
    at += size;
  }
  return cells;
}

/** ErrorResponse fields: S severity, C code, M message, n constraint, t table (PostgreSQL docs, "Error and Notice Message Fields"). */
export function readError(body: Buffer): StatementError {
  const fields = new Map<string, string>();
  const reader = new BodyReader(body);
  while (reader.left > 0) {
    const field = reader.byte();
    if (field === 0) break;
    fields.set(String.fromCharCode(field), reader.cutText());
  }
  const error: StatementError = { code: fields.get('C') ?? 'XX000', message: fields.get('M') ?? '' };
  const constraint = fields.get('n');
  const table = fields.get('t');
  if (constraint !== undefined) error.constraint = constraint;
  if (table !== undefined) error.table = table;
  return error;
}

/** What a Parse message declares. */
export interface Parsed {
  name: string;
  text: string;
  types: number[];
}

/** Parse. */
export function readParse(body: Buffer): Parsed {
  const reader = new BodyReader(body);
  const name = reader.text();
  const text = reader.cutText();
  const types: number[] = [];
  for (let left = reader.left >= 2 ? reader.count() : 0; left > 0 && reader.left >= 4; left--) types.push(reader.oid());
  return { name, text, types };
}

/** What a Bind message declares; `values` are views of the message. */
export interface Bound {
  portal: string;
  statement: string;
  formats: number[];
  values: (Buffer | null)[];
  resultFormats: number[];
}

/** Bind. `cut` says that the body was longer than what is kept: what is missing is left out. */
export function readBind(body: Buffer, cut: boolean): Bound {
  const reader = new BodyReader(body);
  const bound: Bound = { portal: reader.text(), statement: reader.text(), formats: [], values: [], resultFormats: [] };
  for (let left = reader.count(); left > 0; left--) bound.formats.push(reader.int16());
  for (let left = reader.count(); left > 0; left--) {
    if (cut && reader.left < 4) return bound;
    const size = reader.int32();
    bound.values.push(size < 0 ? null : reader.bytes(cut ? Math.min(size, reader.left) : size));
  }
  for (let left = reader.left >= 2 ? reader.count() : 0; left > 0 && reader.left >= 2; left--) bound.resultFormats.push(reader.int16());
  return bound;
}

/** Text of the binds, decoded with the parameter types where they are known. */
export function bindTexts(bound: Bound, types: readonly number[], maxCell: number): (string | null)[] {
  return bound.values.map((value, index) => {
    const format = bound.formats[bound.formats.length === 1 ? 0 : index] ?? 0;
    return value === null ? null : cellText(value, types[index] ?? 0, format, maxCell);
  });
}

/** One message as bytes. */
export function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** ErrorResponse as bytes. */
export function errorMessage(severity: 'ERROR' | 'FATAL', code: string, text: string): Buffer {
  return message('E', `S${severity}`, `V${severity}`, `C${code}`, `M${text.replaceAll('\0', '')}`, Buffer.alloc(1));
}
