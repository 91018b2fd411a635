import { constants } from 'node:fs';
import { access, chown, copyFile, lchown, mkdir, readdir, readlink, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const left = new Set(['node_modules', '.git', '.seaworthy']);
const largest = 256 * 1024 * 1024;

/** `.env` files hold real secrets; their samples do not. */
function isSecretFile(name: string): boolean {
  return /^\.env(\..+)?$/.test(name) && !/\.(example|sample|template|dist|defaults?)$/.test(name);
}

export interface Copied {
  /** Directories relative to the tree whose `node_modules` is to be lent, `''` for the tree itself. */
  readonly modules: string[];
  /** What was left out that may matter. */
  readonly notes: string[];
}

/**
 * Copies an app's tree without dependencies, history and `.env` files. Symbolic links stay links, so that those that
 * lead outside end in nothing; sockets and devices are left out. Given an owner, everything copied belongs to it.
 */
export async function copyTree(from: string, to: string, owner: number | null): Promise<Copied> {
  const copied: Copied = { modules: [], notes: [] };
  const walk = async (relative: string): Promise<void> => {
    const target = join(to, relative);
    // Not with its parents: an interrupt removes the run directory under our hands, and it must stay gone.
    await mkdir(target);
    if (owner !== null) await chown(target, owner, owner);
    for (const entry of await readdir(join(from, relative), { withFileTypes: true })) {
      const path = join(relative, entry.name);
      if (entry.name === 'node_modules' && (await isDirectory(join(from, path)))) copied.modules.push(relative);
      if (left.has(entry.name) || isSecretFile(entry.name)) continue;
      try {
        if (entry.isDirectory()) await walk(path);
        else if (entry.isSymbolicLink()) await symlink(await readlink(join(from, path)), join(to, path));
        else if (!entry.isFile()) continue;
        else if ((await stat(join(from, path))).size > largest) {
          copied.notes.push(`${path} was not copied: larger than 256 MiB`);
          continue;
        } else await copyFile(join(from, path), join(to, path), constants.COPYFILE_FICLONE);
        if (owner !== null) await lchown(join(to, path), owner, owner);
      } catch (thrown) {
        if (!isRefusal(thrown)) throw thrown;
        copied.notes.push(`${path} was not copied: no permission to read it`);
      }
    }
  };
  await walk('');
  return copied;
}

/** `node_modules` of the directories above, nearest first: Node looks there too. */
export async function modulesAbove(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (let at = dirname(dir); at !== dirname(at); at = dirname(at)) {
    if (await isDirectory(join(at, 'node_modules'))) found.push(join(at, 'node_modules'));
  }
  return found;
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'EACCES' || thrown.code === 'EPERM');
}

/** Whether something is there. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
