/** Type byte of a mark; no message of the protocol has it (PostgreSQL docs, "Message Formats"). */
export const markType = 0x7e;

/** Bytes of the app, and what they belong to from there on: `null` as before, else the mark's text. */
export interface Marked {
  readonly mark: string | null;
  readonly bytes: Buffer;
}

const longest = 200;
const empty = Buffer.alloc(0);

/**
 * Takes our own marks out of what an app sends after its start-up: between two messages, `~`, the length, and the name of the HTTP request
 * that the following messages belong to (empty: to none; `?`: not known). Only the preload writes them (preload/preload.cjs). Where the
 * bytes cannot be messages they pass as they are; the relay says so.
 */
export function markReader(): (chunk: Buffer) => Marked[] {
  /** Bytes of the current message that are still to come. */
  let rest = 0;
  /** The beginning of a message that was cut before its length. */
  let head: Buffer = empty;
  let lost = false;
  /** A mark of which not all has come. */
  let half: Buffer | null = null;

  return (chunk) => {
    if (lost) return [{ mark: null, bytes: chunk }];
    const found: Marked[] = [];
    let bytes = chunk;
    if (half !== null) {
      bytes = Buffer.concat([half, chunk]);
      half = null;
    }
    let mark: string | null = null;
    /** Where the bytes begin that are still to be handed on. */
    let from = 0;
    const hand = (to: number) => {
      if (to > from || mark !== null) found.push({ mark, bytes: bytes.subarray(from, to) });
      mark = null;
    };
    let at = 0;
    while (at < bytes.length) {
      if (rest > 0) {
        const part = Math.min(rest, bytes.length - at);
        rest -= part;
        at += part;
        continue;
      }
      if (head.length === 0 && bytes[at] === markType) {
        const length = bytes.length - at < 5 ? null : bytes.readInt32BE(at + 1);
        if (length !== null && (length < 4 || length > longest)) {
          lost = true;
          break;
        }
        hand(at);
        if (length === null || bytes.length - at < 1 + length) {
          half = bytes.subarray(at);
          return found;
        }
        mark = bytes.toString('latin1', at + 5, at + 1 + length);
        at += 1 + length;
        from = at;
        continue;
      }
      const part = bytes.subarray(at, at + 5 - head.length);
      at += part.length;
      head = head.length === 0 && part.length === 5 ? part : Buffer.concat([head, part]);
      if (head.length < 5) break;
      rest = head.readInt32BE(1) - 4;
      head = empty;
      if (rest < 0) {
        lost = true;
        break;
      }
    }
    hand(bytes.length);
    return found;
  };
}
