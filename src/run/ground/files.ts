import { constants } from 'node:fs';
import { chmod, chown, copyFile, lstat, mkdir, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { SeaworthyError } from '../../model/errors.ts';

/** Beyond this the app's own directory is not kept. */
const most = { bytes: 256 * 1024 * 1024, files: 20_000 };
/** Dependencies and what builds keep for themselves: an app does not keep its data there. */
const leftOut = /^(?:node_modules|\.git|\.cache)$/;

interface Entry {
  readonly kind: 'file' | 'directory' | 'link';
  readonly mode: number;
  readonly owner: readonly [number, number];
  /** Of a file: size, time of change and number, by which it is seen to be untouched. */
  readonly version: string;
  readonly modified: Date;
  readonly target: string;
}

/** An app's directory as it was, to come back to. */
export interface KeptFiles {
  /** Puts files back that were changed or removed, and removes new ones. Throws where too much was there to be kept. */
  restore(): Promise<void>;
}

/** Keeps the files of a directory (without dependencies) beside it. What is not a file, directory or link is left alone. */
export async function keepFiles(dir: string, kept: string): Promise<KeptFiles> {
  const before = await list(dir);
  const files = [...before].filter(([, entry]) => entry.kind === 'file');
  const bytes = files.reduce((sum, [, entry]) => sum + Number(entry.version.split(' ')[0]), 0);
  const tooMuch = bytes > most.bytes || files.length > most.files;
  if (!tooMuch) {
    for (const [path, entry] of before) if (entry.kind === 'directory') await mkdir(join(kept, path), { recursive: true });
    await mkdir(kept, { recursive: true });
    for (const [path] of files) await copyFile(join(dir, path), join(kept, path), constants.COPYFILE_FICLONE);
  }
  return {
    async restore() {
      if (tooMuch)
        throw new SeaworthyError(
          'ground-failed',
          `the app's directory holds too much to be put back (${Math.round(bytes / 1024 / 1024)} MiB)`,
        );
      const now = await list(dir);
      for (const path of now.keys()) if (!before.has(path)) await rm(join(dir, path), { recursive: true, force: true });
      for (const [path, entry] of before) {
        if (now.get(path)?.version === entry.version) continue;
        const at = join(dir, path);
        await rm(at, { recursive: true, force: true });
        if (entry.kind === 'directory') await mkdir(at);
        else if (entry.kind === 'link') await symlink(entry.target, at);
        else await copyFile(join(kept, path), at, constants.COPYFILE_FICLONE);
        if (entry.kind === 'link') continue;
        await chown(at, ...entry.owner).catch(() => {}); // only root may give files away, and only then they are somebody else's
        await chmod(at, entry.mode);
        await utimes(at, entry.modified, entry.modified);
      }
    },
  };
}

/** What lies in a directory, by path, parents first. */
async function list(dir: string): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  const walk = async (relative: string): Promise<void> => {
    for (const name of await readdir(join(dir, relative))) {
      if (leftOut.test(name) || found.size > most.files * 2) continue;
      const path = join(relative, name);
      const stat = await lstat(join(dir, path)).catch(() => null); // gone meanwhile
      if (stat === null) continue;
      const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : null;
      if (kind === null) continue;
      const target = kind === 'link' ? await readlink(join(dir, path)) : '';
      found.set(path, {
        kind,
        mode: stat.mode & 0o7777,
        owner: [stat.uid, stat.gid],
        version: kind === 'file' ? `${stat.size} ${stat.mtimeMs}` : kind === 'link' ? target : kind,
        modified: stat.mtime,
        target,
      });
      if (kind === 'directory') await walk(path);
    }
  };
  await walk('');
  return found;
}
