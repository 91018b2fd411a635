import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { readBounded } from './git.ts';

/** An object of a git repository: what it is, and its bytes. */
export interface GitObject {
  readonly type: 'commit' | 'tree' | 'blob' | 'tag';
  readonly body: Buffer;
}

/** Bounds against hostile repositories: bytes of one object, of one index, of all that is unpacked, and how deep deltas may stand on deltas. */
const limits = { object: 8 * 1024 * 1024, index: 128 * 1024 * 1024, all: 768 * 1024 * 1024, depth: 60, cached: 20_000, packs: 200 };
const kinds = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' } as const;

/**
 * Reads objects from git's own files (loose ones and packs of version 2), because the `git` program would execute what the
 * repository configures. Formats: https://git-scm.com/docs/gitformat-pack. Objects that other folders lend are not followed.
 */
export class GitObjects {
  private readonly dir: string;
  private readonly packs: Pack[] = [];
  private readonly known = new Map<string, GitObject>();
  private bytes = 0;

  constructor(commonDir: string) {
    this.dir = join(commonDir, 'objects');
    let names: string[] = [];
    try {
      names = readdirSync(join(this.dir, 'pack')).filter((name) => /^pack-[0-9a-f]+\.idx$/.test(name));
    } catch {
      // A repository without packs.
    }
    for (const name of names.sort().slice(0, limits.packs)) {
      const pack = Pack.open(join(this.dir, 'pack', name.slice(0, -4)));
      if (pack !== null) this.packs.push(pack);
    }
  }

  /** An object by its id in hex; null where it is not there, is damaged, or is beyond the bounds. */
  read(id: string, depth = 0): GitObject | null {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    if (depth > limits.depth || this.bytes > limits.all) return null;
    let found: GitObject | null = null;
    try {
      found = this.loose(id) ?? this.packed(id, depth);
    } catch {
      // Damaged data is as good as none.
    }
    if (found !== null) {
      this.bytes += found.body.length;
      if (this.known.size >= limits.cached) this.known.clear();
      this.known.set(id, found);
    }
    return found;
  }

  /** Lets go of the files. */
  close(): void {
    for (const pack of this.packs) pack.close();
  }

  private loose(id: string): GitObject | null {
    const packed = readBounded(join(this.dir, id.slice(0, 2), id.slice(2)), limits.object);
    if (packed === null) return null;
    const whole = inflateSync(packed, { maxOutputLength: limits.object });
    const end = whole.indexOf(0);
    const type = whole.toString('latin1', 0, Math.max(0, whole.indexOf(32)));
    return type === 'commit' || type === 'tree' || type === 'blob' || type === 'tag' ? { type, body: whole.subarray(end + 1) } : null;
  }

  private packed(id: string, depth: number): GitObject | null {
    for (const pack of this.packs) {
      const offset = pack.find(id);
      if (offset !== null) return this.entry(pack, offset, depth);
    }
    return null;
  }

  /** One entry of a pack, with the entries that it is written as a difference to. */
  private entry(pack: Pack, offset: number, depth: number): GitObject | null {
    if (depth > limits.depth) return null;
    const raw = pack.bytesAt(offset);
    if (raw === null) return null;
    let at = 0;
    let byte = raw[at++] ?? 0;
    const type = (byte >> 4) & 7;
    while (byte & 0x80) byte = raw[at++] ?? 0;
    if (type === 1 || type === 2 || type === 3 || type === 4)
      return { type: kinds[type], body: inflateSync(raw.subarray(at), { maxOutputLength: limits.object }) };
    let base: GitObject | null;
    if (type === 6) {
      byte = raw[at++] ?? 0;
      let back = byte & 0x7f;
      while (byte & 0x80) {
        byte = raw[at++] ?? 0;
        back = (back + 1) * 128 + (byte & 0x7f);
      }
      base = back > 0 && back <= offset ? this.entry(pack, offset - back, depth + 1) : null;
    } else if (type === 7) {
      base = this.read(raw.toString('hex', at, at + 20), depth + 1);
      at += 20;
    } else return null;
    if (base === null) return null;
    const body = patched(base.body, inflateSync(raw.subarray(at), { maxOutputLength: limits.object }));
    return body === null ? null : { type: base.type, body };
  }
}

/** A pack with its index of version 2. */
class Pack {
  private readonly index: Buffer;
  private readonly file: number;
  private readonly size: number;
  private readonly count: number;
  private readonly offsets: number[];

  private constructor(index: Buffer, file: number, size: number) {
    this.index = index;
    this.file = file;
    this.size = size;
    this.count = index.readUInt32BE(8 + 255 * 4);
    this.offsets = Array.from({ length: this.count }, (_, position) => this.offsetOf(position)).sort((a, b) => a - b);
  }

  static open(path: string): Pack | null {
    const index = readBounded(`${path}.idx`, limits.index);
    if (index === null || index.length < 8 + 256 * 4 || index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2) return null;
    // Twenty bytes for each name, four for its checksum, four for its place; what does not fit is damaged or of another format.
    if (index.length < 8 + 256 * 4 + index.readUInt32BE(8 + 255 * 4) * 28 + 40) return null;
    let file: number | null = null;
    try {
      file = openSync(`${path}.pack`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const stat = fstatSync(file);
      if (stat.isFile()) return new Pack(index, file, stat.size);
    } catch {
      // An index without its pack.
    }
    if (file !== null) closeSync(file);
    return null;
  }

  close(): void {
    closeSync(this.file);
  }

  /** Where an object begins; null where the pack does not hold it. */
  find(id: string): number | null {
    const name = Buffer.from(id, 'hex');
    if (name.length !== 20) return null;
    const first = name[0] ?? 0;
    let low = first === 0 ? 0 : this.index.readUInt32BE(8 + (first - 1) * 4);
    let high = Math.min(this.count, this.index.readUInt32BE(8 + first * 4));
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = 8 + 256 * 4 + middle * 20;
      const order = name.compare(this.index, at, at + 20);
      if (order === 0) return this.offsetOf(middle);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return null;
  }

  /** The bytes of the entry at an offset: up to where the next one begins. */
  bytesAt(offset: number): Buffer | null {
    let low = 0;
    let high = this.offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const length = (this.offsets[low] ?? this.size - 20) - offset;
    if (length <= 0 || length > limits.object) return null;
    const bytes = Buffer.alloc(length);
    return readSync(this.file, bytes, 0, length, offset) === length ? bytes : null;
  }

  private offsetOf(position: number): number {
    const table = 8 + 256 * 4 + this.count * 24;
    const short = this.index.readUInt32BE(table + position * 4);
    if (short < 0x80000000) return short;
    const at = table + this.count * 4 + (short - 0x80000000) * 8;
    return at + 8 <= this.index.length ? Number(this.index.readBigUInt64BE(at)) : 0;
  }
}

/** What a difference makes of the bytes that it is a difference to; null where it is damaged. */
function patched(base: Buffer, delta: Buffer): Buffer | null {
  let at = 0;
  const size = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = delta[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) break;
    }
    return value;
  };
  if (size() !== base.length) return null;
  const length = size();
  if (length > limits.object) return null;
  const out = Buffer.alloc(length);
  let filled = 0;
  while (at < delta.length) {
    const op = delta[at++] ?? 0;
    if (op === 0) return null;
    if ((op & 0x80) === 0) {
      if (filled + op > length) return null;
      filled += delta.copy(out, filled, at, at + op);
      at += op;
      continue;
    }
    let from = 0;
    let count = 0;
    for (let bit = 0; bit < 4; bit++) if (op & (1 << bit)) from += (delta[at++] ?? 0) * 2 ** (8 * bit);
    for (let bit = 0; bit < 3; bit++) if (op & (16 << bit)) count += (delta[at++] ?? 0) * 2 ** (8 * bit);
    if (count === 0) count = 0x10000;
    if (from + count > base.length || filled + count > length) return null;
    filled += base.copy(out, filled, from, from + count);
  }
  return filled === length ? out : null;
}
