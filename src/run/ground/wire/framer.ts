/**
 * Cuts a byte stream into PostgreSQL messages: one type byte, four bytes of length that count themselves, the body
 * (PostgreSQL docs, "Message Formats"). Positions are absolute in the stream, so that a caller that forwards the same
 * bytes can say how far it has got.
 */
export interface Message {
  /** The type byte, e.g. 0x51 for Query. */
  type: number;
  /** The body, or only its first `keep` bytes when it is longer. */
  body: Buffer;
  /** Bytes of the whole body. */
  length: number;
  /** Position in the stream of the type byte. */
  start: number;
  /** Position in the stream after the last byte. */
  end: number;
}

/** A stream that cannot be PostgreSQL messages. */
export class MalformedStream extends Error {
  override name = 'MalformedStream';
}

const empty = Buffer.alloc(0);
const maxLength = 0x7fffffff;

/** Cuts messages out of chunks. A complete message inside one chunk is a view of it; only split ones are copied, once. */
export class Framer {
  readonly #keep: (type: number) => number;
  readonly #chunks: Buffer[] = [];
  /** Position in the stream and in the first chunk of the next unread byte. */
  #position = 0;
  #offset = 0;
  #available = 0;
  #type = -1;
  #length = 0;
  #start = 0;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #remaining = 0;

  /** @param keep bytes of the body worth keeping for a type; memory for one message never exceeds it. */
  constructor(keep: (type: number) => number) {
    this.#keep = keep;
  }

  /** Position of the first byte that belongs to no finished message. */
  get boundary(): number {
    return this.#type === -1 ? this.#position : this.#start;
  }

  /** The type of the message that has begun and not ended, or -1. */
  get partial(): number {
    if (this.#type !== -1) return this.#type;
    return this.#available > 0 ? (this.#chunks[0]?.[this.#offset] ?? -1) : -1;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /** The next complete message, or null when more bytes are needed. Throws {@link MalformedStream}. */
  next(): Message | null {
    if (this.#type === -1) {
      if (this.#available < 5) return null;
      const first = this.#chunks[0];
      const at = this.#offset;
      if (first !== undefined && first.length - at >= 5) {
        const length = first.readInt32BE(at + 1) - 4;
        if (length < 0 || length > maxLength) throw new MalformedStream(`message length ${length + 4}`);
        if (first.length - at - 5 >= length) return this.#whole(first, at, length);
        this.#begin(this.#take(5), length);
      } else {
        const header = this.#take(5);
        const length = header.readInt32BE(1) - 4;
        if (length < 0 || length > maxLength) throw new MalformedStream(`message length ${length + 4}`);
        this.#begin(header, length);
      }
    }
    while (this.#remaining > 0 && this.#available > 0) this.#absorb();
    if (this.#remaining > 0) return null;
    const body = this.#kept.length === 1 ? (this.#kept[0] ?? empty) : Buffer.concat(this.#kept, this.#keptBytes);
    const message = { type: this.#type, body, length: this.#length, start: this.#start, end: this.#position };
    this.#type = -1;
    this.#kept = [];
    return message;
  }

  #whole(chunk: Buffer, at: number, length: number): Message {
    const type = chunk[at] ?? 0;
    const end = at + 5 + length;
    const keep = Math.min(length, this.#keep(type));
    const body = chunk.subarray(at + 5, at + 5 + keep);
    const start = this.#position;
    this.#consume(5 + length);
    return { type, body, length, start, end: start + end - at };
  }

  #begin(header: Buffer, length: number): void {
    this.#type = header[0] ?? 0;
    this.#length = length;
    this.#start = this.#position - 5;
    this.#remaining = length;
    this.#keptBytes = 0;
    this.#kept = [];
  }

  /** Moves what the first chunk has of the current body into what is kept. */
  #absorb(): void {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return;
    const bytes = Math.min(chunk.length - this.#offset, this.#remaining);
    const room = Math.min(this.#length, this.#keep(this.#type)) - this.#keptBytes;
    if (room > 0) {
      const part = chunk.subarray(this.#offset, this.#offset + Math.min(bytes, room));
      this.#kept.push(part);
      this.#keptBytes += part.length;
    }
    this.#remaining -= bytes;
    this.#consume(bytes);
  }

  #take(count: number): Buffer {
    const out = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) throw new MalformedStream('read past the end');
      const bytes = Math.min(chunk.length - this.#offset, count - filled);
      chunk.copy(out, filled, this.#offset, this.#offset + bytes);
      filled += bytes;
      this.#consume(bytes);
    }
    return out;
  }

  #consume(count: number): void {
    this.#position += count;
    this.#available -= count;
    let left = count;
    while (left > 0) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) return;
      const rest = chunk.length - this.#offset;
      if (left < rest) {
        this.#offset += left;
        return;
      }
      left -= rest;
      this.#offset = 0;
      this.#chunks.shift();
    }
  }
}
