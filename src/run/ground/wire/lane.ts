import type { Socket } from 'node:net';
import { Framer, type Message } from './framer.ts';

/** While this much waits, the sender is no longer read. */
const highWater = 1024 * 1024;

/**
 * One direction of a connection: bytes come in, messages are cut out of them on the side, bytes go out unchanged and
 * in order. `forward` lets bytes through up to a position; what was not forwarded waits.
 */
export class Lane {
  readonly framer: Framer;
  readonly #source: Socket;
  readonly #sink: Socket;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #received = 0;
  #sinkFull = false;
  #blind = false;

  constructor(source: Socket, sink: Socket, keep: (type: number) => number) {
    this.#source = source;
    this.#sink = sink;
    this.framer = new Framer(keep);
    sink.on('drain', () => {
      this.#sinkFull = false;
      this.#regulate();
    });
  }

  /** Position in the stream after the last byte that has come. */
  get received(): number {
    return this.#received;
  }

  /** Position in the stream up to which bytes have been forwarded or dropped. */
  get passed(): number {
    return this.#received - this.#waitingBytes;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The fast path: out first, looked at afterwards. Only when nothing waits. */
  pass(chunk: Buffer): void {
    this.#received += chunk.length;
    this.#write(chunk);
    if (!this.#blind) this.framer.push(chunk);
  }

  /** The slow path: looked at first, out with `forward`. */
  hold(chunk: Buffer): void {
    this.#received += chunk.length;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.framer.push(chunk);
    this.#regulate();
  }

  /** From here on bytes only pass; nothing is cut out of them. */
  giveUp(): void {
    this.#blind = true;
    this.forward();
  }

  next(): Message | null {
    return this.framer.next();
  }

  /** Lets waiting bytes out up to a position in the stream; all of them when it is left out. */
  forward(end = this.#received): void {
    this.#take(end, (part) => this.#write(part));
  }

  /** Takes waiting bytes away up to a position in the stream. */
  drop(end: number): void {
    this.#take(end, () => {});
  }

  /** Puts bytes of ours into the stream at the place where it stands. */
  insert(bytes: Buffer): void {
    this.#write(bytes);
  }

  #take(end: number, use: (part: Buffer) => void): void {
    let left = Math.min(end, this.#received) - this.passed;
    while (left > 0) {
      const first = this.#waiting[0];
      if (first === undefined) break;
      const part = first.length <= left ? first : first.subarray(0, left);
      if (part === first) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(left);
      left -= part.length;
      this.#waitingBytes -= part.length;
      use(part);
    }
    this.#regulate();
  }

  #write(bytes: Buffer): void {
    if (this.#sink.destroyed || this.#sink.writableEnded) return;
    if (this.#sink.write(bytes)) return;
    this.#sinkFull = true;
    this.#regulate();
  }

  #regulate(): void {
    const stop = this.#sinkFull || this.#waitingBytes > highWater;
    if (stop && !this.#source.isPaused()) this.#source.pause();
    else if (!stop && this.#source.isPaused()) this.#source.resume();
  }
}
