import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeScriptRunners } from './app/scripts.ts';
import { copyTree, modulesAbove } from './copy.ts';
import { removeLeftovers, signRun } from './leftovers.ts';
import { layOut, type Layout } from './layout.ts';
import { clusterCache, copyCluster } from './postgres.ts';
import { isPlainPath, type Overlay } from './overlay.ts';
import { outerCommand, type Seal } from './seal.ts';

/** A run directory with everything that the ground needs. */
export interface Stage {
  readonly layout: Layout;
  readonly notes: readonly string[];
  /** `node_modules/.bin` directories as the app sees them, nearest first. */
  readonly commands: readonly string[];
  readonly hasModules: boolean;
}

/** Makes a private run directory. */
export async function makeRunDirectory(seal: Seal): Promise<string> {
  const parent = await realpath(tmpdir());
  await removeLeftovers(parent);
  const run = await mkdtemp(join(parent, 'seaworthy-'));
  await signRun(run);
  // Without the inner wall's mounts, the users inside must pass through to what is theirs.
  if (seal.root && seal.level !== 'full') await chmod(run, 0o711);
  return run;
}

/**
 * Fills the run directory: the copy of the tree, dependencies, a small /etc, Postgres' files. Dependencies are lent read-only;
 * with `ownModules` they may be written to, for builds, which put caches and generated code beside them: over the user's where
 * the kernel can do that, else in a copy.
 */
export async function stage(seal: Seal, run: string, tree: string, unit: string, native: string, ownModules: boolean): Promise<Stage> {
  const dir = await realpath(tree);
  const full = seal.level === 'full';
  const owner = seal.root ? seal.users.app : null;
  const draft = layOut(run, full ? dir : null, unit, native, []);
  const { modules, notes } = await copyTree(dir, draft.copy, owner);
  const above = await modulesAbove(dir);
  const lent = modules.map((relative) => ({ from: join(dir, relative, 'node_modules'), to: join(draft.app, relative, 'node_modules') }));
  const overlays: Overlay[] = [];
  const over = ownModules && lent.length > 0 && overlaysWork(seal, draft);
  for (const [index, { from, to }] of lent.entries()) {
    const inCopy = join(draft.copy, to.slice(draft.app.length));
    if (over && isOverlaid(seal, from)) {
      const overlay = {
        lower: from,
        upper: inCopy,
        work: join(run, 'overlay', `${index}-work`),
        merged: join(run, 'overlay', `${index}`),
        to,
      };
      for (const each of [overlay.upper, overlay.work, overlay.merged]) await mkdir(each, { recursive: true });
      overlays.push(overlay);
    } else if (ownModules) await copyModules(from, inCopy, owner);
    else if (full) await mkdir(inCopy, { recursive: true });
    else await symlink(from, inCopy);
  }
  const upper = above.map((from) => ({ from, to: from }));
  if (!full && above[0]) await symlink(above[0], join(run, 'node_modules'));
  const layout: Layout = { ...draft, overlays, modules: [...(ownModules ? [] : lent), ...upper] };
  await Promise.all([writeEtc(layout, seal).then(() => writeScriptRunners(layout.bin)), layPostgres(layout, seal, native)]);
  await mkdir(layout.home);
  if (owner !== null) await chown(layout.home, owner, owner);
  const near = [layout.unit, layout.app].map((at) => join(at, 'node_modules', '.bin'));
  return {
    layout,
    notes,
    commands: [...new Set([...near, ...(full ? above.map((each) => join(each, '.bin')) : [])])],
    hasModules: lent.length + above.length > 0,
  };
}

/** Whether the user's directory can lie under one of ours: without root, the kernel lets us write only where it is our user's. */
function isOverlaid(seal: Seal, dir: string): boolean {
  return isPlainPath(dir) && (seal.root || statSync(dir).uid === process.getuid?.());
}

/** Whether the outer wall can mount an overlay in this run directory, found by doing it once. */
function overlaysWork(seal: Seal, draft: Layout): boolean {
  if (seal.level !== 'full' || !isPlainPath(draft.run) || (!seal.root && !seal.setpriv)) return false;
  const at = (name: string) => join(draft.run, 'overlay', `trial-${name}`);
  const trial: Overlay = { lower: at('lower'), upper: at('upper'), work: at('work'), merged: at('merged'), to: '/' };
  for (const dir of [trial.lower, trial.upper, trial.work, trial.merged]) mkdirSync(dir, { recursive: true });
  // The directory that the wall makes writable is the run directory; nothing else of the layout is there yet.
  const [file = 'false', ...args] = outerCommand(seal, { ...draft, overlays: [trial] }, ['true']);
  const done = spawnSync(file, args, { stdio: 'ignore', timeout: 10_000, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  return done.status === 0;
}

/** A copy of a `node_modules` (shared blocks where the file system can). */
async function copyModules(from: string, to: string, owner: number | null): Promise<void> {
  const run = promisify(execFile);
  await run('cp', ['-a', '--reflink=auto', '--', from, to]);
  if (owner !== null) await run('chown', ['-R', '-h', `${owner}:${owner}`, '--', to]);
}

async function writeEtc(layout: Layout, seal: Seal): Promise<void> {
  const [app, postgres] = [seal.users.app, seal.users.postgres];
  const texts: Record<string, string> = {
    passwd: `root:x:0:0:root:/root:/bin/sh\napp:x:${app}:${app}:app:/home/app:/bin/sh\n${postgres === app ? '' : `postgres:x:${postgres}:${postgres}:postgres:/:/bin/sh\n`}`,
    group: `root:x:0:\napp:x:${app}:\n${postgres === app ? '' : `postgres:x:${postgres}:\n`}`,
    hosts: '127.0.0.1 localhost seaworthy\n::1 localhost\n',
    'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  };
  await mkdir(layout.etc);
  await mkdir(join(layout.etc, 'alternatives'));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(layout.etc, name), text);
  if (existsSync('/etc/ld.so.cache')) await copyFile('/etc/ld.so.cache', join(layout.etc, 'ld.so.cache'));
}

async function layPostgres(layout: Layout, seal: Seal, native: string): Promise<void> {
  await mkdir(layout.postgres, { mode: 0o700 });
  await mkdir(layout.socket, { mode: 0o700 });
  const cache = clusterCache(native);
  const data = join(layout.postgres, 'data');
  if (existsSync(join(cache, 'PG_VERSION'))) await copyCluster(cache, data);
  if (seal.root) await promisify(execFile)('chown', ['-R', `${seal.users.postgres}:${seal.users.postgres}`, layout.postgres]);
}

/** A TCP port that is free now. */
export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
