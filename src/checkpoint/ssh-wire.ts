/** The strings of RFC 4251, each behind its length in four bytes, that fill the bytes exactly; null for anything else. */
export function stringsOf(bytes: Buffer): Buffer[] | null {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return null;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return null;
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
}

/** The other way round. */
export function wired(...strings: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(
    strings.flatMap((one) => {
      const bytes = typeof one === 'string' ? Buffer.from(one) : one;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** A positive number as RFC 4251 writes it (`mpint`), without its sign byte; null where it is written otherwise. */
export function positive(bytes: Buffer): Buffer | null {
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 0 || first > 127) return null;
  if (first > 0) return bytes;
  return second > 127 ? bytes.subarray(1) : null;
}
