import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  allowedSigners,
  codeOf,
  configuredSigners,
  existingOwnKey,
  isCheckpoint,
  keyIn,
  plainHand,
  readChain,
  readChainFolder,
  SeaworthyError,
  sshHand,
  sshPublicKey,
  sshSign,
  stepsUp,
} from '../index.ts';
import type { Chain, Hand, Report, Signer } from '../index.ts';
import type { Config } from '../config/schema.ts';
import type { SinceCheckpoint } from '../model/verification.ts';
import type { Options } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Where a chain lies, and whose it is. */
export interface ChainPlace {
  readonly folder: string;
  /** The application's folder; null where the folder of the chain itself was named, as somebody without the code has it. */
  readonly app: string | null;
}

/** The chain of a folder that the command line names. */
export function chainPlace(at: string | undefined, terminal: Terminal): ChainPlace {
  const dir = resolve(terminal.cwd, at ?? '.');
  const itself = readChainFolder(dir)?.some(({ name }) => /^\d{4,}-(checkpoint|sign-off)\.json$/.test(name)) === true;
  return itself ? { folder: dir, app: null } : { folder: join(dir, '.seaworthy', 'checkpoints'), app: dir };
}

/** Its entries; empty where nothing was kept yet. */
export function chainAt({ folder }: ChainPlace): Chain {
  return readChain(readChainFolder(folder) ?? []);
}

/** Code and configuration of the application, where there is one. */
export async function codeAt({ app }: ChainPlace): Promise<Awaited<ReturnType<typeof codeOf>> | null> {
  return app === null ? null : codeOf(app);
}

/** Who is known: those of `--signers`, else those of `seaworthy.json` and the tool's own key on this machine. */
export async function signersFor(options: Options, terminal: Terminal, config: Config | null): Promise<Signer[]> {
  if (options.signers !== null) return allowedSigners(await readText(resolve(terminal.cwd, options.signers)));
  const own = existingOwnKey();
  const known = configuredSigners(config?.signers ?? []);
  const id = own && plainHand(own).key.id;
  return id === null || known.some((one) => one.id === id)
    ? known
    : [...known, { names: ['this machine'], id, tool: true, from: null, until: null }];
}

/** How the key of `--key` signs: an Ed25519 key in a PEM file by ourselves, any other by way of ssh-keygen. */
export async function handOf(file: string, terminal: Terminal): Promise<Hand> {
  const path = resolve(terminal.cwd, file);
  const key = keyIn(path);
  return key ? plainHand(key) : sshHand(await sshPublicKey(path), (namespace, bytes) => sshSign(path, namespace, bytes));
}

/** Makes the folder of our own outputs, which git ignores but for checkpoints: a chain that is not committed is lost. */
export async function ownFolder(app: string): Promise<string> {
  const folder = join(app, '.seaworthy');
  await mkdir(folder, { recursive: true });
  const kept = readChainFolder(join(folder, 'checkpoints')) !== null;
  await writeFile(join(folder, '.gitignore'), kept ? '*\n!checkpoints/\n!checkpoints/*\n' : '*\n');
  return folder;
}

/** What was stepped up since the last checkpoint of the application; null without one, or where a newer version wrote it. */
export function sinceCheckpoint(report: Report, app: string): SinceCheckpoint | null {
  let chain: Chain;
  try {
    chain = chainAt({ folder: join(app, '.seaworthy', 'checkpoints'), app });
  } catch (thrown) {
    // An audit does not fail for what verify will say.
    if (thrown instanceof SeaworthyError) return null;
    throw thrown;
  }
  const last = chain.entries.findLast(isCheckpoint)?.payload;
  return last
    ? { sequence: last.sequence, date: last.date, trusted: chain.faults.length === 0, steps: stepsUp(last.audit.surface, report.surface) }
    : null;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SeaworthyError('usage', `${file} cannot be read.`, { cause });
  }
}
