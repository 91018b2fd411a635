import { SeaworthyError } from '../model/errors.ts';
import { entryPayload } from '../model/checkpoint.ts';
import type { CheckpointPayload, EntryPayload, SignOffPayload } from '../model/checkpoint.ts';
import type { Fault } from '../model/verification.ts';
import { canonical, hashOf } from './canonical.ts';
import { opened, sealed } from './dsse.ts';
import type { Hand } from './dsse.ts';
import type { PublicKey } from './public-key.ts';
import { unknownsOf } from './state.ts';

/** A file of the folder that a chain is kept in. */
export interface ChainFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** An entry whose signature holds for its content. */
export interface Entry<P extends EntryPayload = EntryPayload> {
  readonly name: string;
  /** SHA-256 (hex) of the bytes of its file. */
  readonly hash: string;
  readonly payload: P;
  readonly key: PublicKey;
}

export interface Chain {
  readonly entries: readonly Entry[];
  /** Empty for a chain that nobody touched but by adding to it. */
  readonly faults: readonly Fault[];
}

const nameOf = (sequence: number, kind: string): string => `${String(sequence).padStart(4, '0')}-${kind}.json`;

/** Reads the files of a chain, in whatever order they come. Throws where a newer version wrote an entry. */
export function readChain(files: readonly ChainFile[]): Chain {
  const entries: Entry[] = [];
  const faults: Fault[] = [];
  let before: string | null = null;
  let expected = 1;
  for (const { name, bytes } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const sequence = Number(/^(\d{4,})-/.exec(name)?.[1]);
    if (Number.isNaN(sequence)) {
      faults.push({ entry: name, what: 'is no file of the chain' });
      continue;
    }
    if (sequence !== expected) faults.push({ entry: name, what: `stands where entry ${expected} was expected` });
    const hash = hashOf(bytes);
    const found = entryOf(name, hash, bytes);
    if ('wrong' in found) faults.push({ entry: name, what: found.wrong });
    else {
      const { payload } = found;
      if (nameOf(payload.sequence, payload.kind) !== name)
        faults.push({ entry: name, what: `holds what was signed as ${nameOf(payload.sequence, payload.kind)}` });
      if (payload.previous !== before) faults.push({ entry: name, what: 'does not follow on what stands before it' });
      if (payload.kind === 'sign-off') faults.push(...misfits(found, payload, entries));
      entries.push(found);
    }
    before = hash;
    expected = sequence + 1;
  }
  return { entries, faults };
}

function entryOf(name: string, hash: string, bytes: Buffer): Entry | { wrong: string } {
  const found = opened(bytes);
  if (found.wrong !== undefined) return { wrong: found.wrong };
  if ('schema' in found.payload && typeof found.payload.schema === 'number' && found.payload.schema > 1)
    throw new SeaworthyError('report-unreadable', `${name} was written by a newer version of seaworthy; this one cannot read it.`);
  const payload = entryPayload.safeParse(found.payload);
  return payload.success
    ? { name, hash, payload: payload.data, key: found.key }
    : { wrong: 'is signed, but holds neither a checkpoint nor a sign-off' };
}

/** A sign-off is about a checkpoint before it, and lists all that was not proven. */
function misfits({ name }: Entry, payload: SignOffPayload, before: readonly Entry[]): Fault[] {
  const about = before.find(({ hash }) => hash === payload.about)?.payload;
  if (about?.kind !== 'checkpoint') return [{ entry: name, what: 'is about no checkpoint that stands before it' }];
  const told = canonical(payload.unknowns).equals(canonical(unknownsOf(about.audit, payload.scope)));
  return told ? [] : [{ entry: name, what: 'does not list what was not proven' }];
}

export function isCheckpoint(entry: Entry): entry is Entry<CheckpointPayload> {
  return entry.payload.kind === 'checkpoint';
}

export function isSignOff(entry: Entry): entry is Entry<SignOffPayload> {
  return entry.payload.kind === 'sign-off';
}

/** What an entry says beside its place in the chain. */
type Content<P> = P extends EntryPayload ? Omit<P, 'schema' | 'sequence' | 'previous' | 'signer'> : never;

/** The file of a further entry. Throws for a chain with faults: nobody should put their name under it. */
export async function nextEntry(chain: Chain, content: Content<EntryPayload>, hand: Hand): Promise<ChainFile> {
  refuseFaults(chain);
  const last = chain.entries.at(-1);
  const sequence = (last?.payload.sequence ?? 0) + 1;
  const payload = { ...content, schema: 1, sequence, previous: last?.hash ?? null, signer: hand.key.line };
  return { name: nameOf(sequence, content.kind), bytes: await sealed(payload, hand) };
}

/** Throws where a chain was tampered with. */
export function refuseFaults({ faults }: Chain): void {
  const [first] = faults;
  if (first)
    throw new SeaworthyError('checkpoint', `The checkpoints cannot be trusted: ${first.entry} ${first.what}. See seaworthy verify.`);
}
