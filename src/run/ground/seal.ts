import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, lstatSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Layout } from './layout.ts';
import { limits } from './limits.ts';
import { callFilter } from './syscalls.ts';
import { toMount, withOverlays } from './overlay.ts';
import type { SealLevel } from './types.ts';

/**
 * The seal has two walls. The outer one (one network, process and host-name namespace without a way out) holds the
 * ground process, Postgres and the app, so that ending it ends everything. The inner one is built anew around each
 * program of the app and around Postgres: read-only system directories, the copy, a private /proc, no capabilities,
 * a filter on system calls, limits. Measured: research/runtime.md, section 9. What each level holds and what it does
 * not: seal.md.
 */
export interface Seal {
  readonly level: SealLevel;
  readonly notes: readonly string[];
  /** Started as root: the programs inside run as users of their own. */
  readonly root: boolean;
  /** Then these, which nothing else on the machine runs as: limits on processes are counted per user. */
  readonly users: { readonly app: number; readonly postgres: number };
  readonly bwrap: string | null;
  readonly unshare: string | null;
  readonly setpriv: string | null;
  readonly prlimit: string | null;
  readonly ip: string | null;
}

/** Two users without a passwd entry on the host, in the range that systemd keeps for dynamic ones, unlike those of other runs. */
function freeUsers(): Seal['users'] {
  const taken = new Set(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => statSync(`/proc/${name}`, { throwIfNoEntry: false })?.uid),
  );
  const [first, pairs] = [61_200, 2_000];
  for (let step = 0; step < pairs; step++) {
    const app = first + 2 * ((process.pid + step) % pairs);
    if (!taken.has(app) && !taken.has(app + 1)) return { app, postgres: app + 1 };
  }
  return { app: first, postgres: first + 1 };
}

/** Which walls this machine lets us build, found by building them once around `true`. */
export function probeSeal(path = process.env['PATH'] ?? ''): Seal {
  const find = (name: string) => findProgram(name, path);
  const tools = {
    root: process.getuid?.() === 0,
    users: process.platform === 'linux' && process.getuid?.() === 0 ? freeUsers() : { app: 1000, postgres: 1000 },
    bwrap: find('bwrap'),
    unshare: find('unshare'),
    setpriv: find('setpriv'),
    prlimit: find('prlimit'),
    ip: find('ip'),
  };
  const notes: string[] = [];
  if (process.platform !== 'linux') {
    return { ...tools, level: 'none', notes: [`namespaces exist on Linux only; this is ${process.platform}`] };
  }
  if (!tools.prlimit) notes.push('prlimit (util-linux) is missing: no limits on processes and file sizes');
  if (callFilter() === null) notes.push(`the filter on system calls does not know this processor (${process.arch})`);
  if (tools.root && !tools.setpriv) notes.push('setpriv (util-linux) is missing: the app would run as root');
  const full: Seal = { ...tools, level: 'full', notes };
  if (!tools.bwrap) notes.push('bubblewrap is missing; install it, for example with: apt-get install bubblewrap');
  else if (!tools.root || tools.setpriv) {
    const refusal = trial(full);
    if (refusal === null) return full;
    notes.push(`bubblewrap is there, but this machine does not let it work: ${refusal}${restrictedBy()}`);
  }
  const weaker: Seal = { ...tools, level: 'namespace', notes };
  if (tools.unshare && tools.ip) {
    const refusal = trial(weaker);
    if (refusal === null) {
      notes.push(
        'the app has no network and ends with the audit, but it can read and write the files that its user can, fill their disk, and reach sockets among them',
      );
      return weaker;
    }
    notes.push(`unshare does not work either: ${refusal}`);
  }
  notes.push('the app would run with the network and the files of its user');
  return { ...tools, level: 'none', notes };
}

/** Ubuntu 23.10 and later let only programs with an AppArmor profile make user namespaces. */
function restrictedBy(): string {
  const switches = ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns'];
  const on = switches.some((file) => existsSync(file) && readFileSync(file, 'utf8').trim() === '1');
  return on
    ? ' (AppArmor restricts user namespaces here: allow them with "sysctl kernel.apparmor_restrict_unprivileged_userns=0" or give bwrap a profile)'
    : '';
}

function trial(seal: Seal): string | null {
  const inner = innerCommand(
    seal,
    { user: 'app', cwd: '/', readOnly: [], writable: [], etc: null, network: true, home: null, programs: true },
    ['true'],
  );
  const outer = outerCommand(seal, null, inner);
  // The filter comes on file descriptor 3, which spawnSync cannot feed.
  const done = spawnSync('/bin/sh', ['-c', 'exec "$@" 3<&0 0</dev/null', 'sh', ...outer], {
    encoding: 'utf8',
    input: callFilter() ?? Buffer.alloc(0),
    timeout: 10_000,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  if (done.status === 0) return null;
  return (done.stderr || done.error?.message || `ended with ${done.status ?? done.signal}`).trim().split('\n').at(-1) ?? '';
}

/** The command line that runs `command` inside the outer wall. */
export function outerCommand(seal: Seal, layout: Pick<Layout, 'run' | 'etc' | 'overlays'> | null, command: readonly string[]): string[] {
  const overlays = layout?.overlays ?? [];
  if (seal.level === 'full') {
    return [
      seal.bwrap ?? 'bwrap',
      // SETFCAP lets the inner wall map this user; BIND_SERVICE lets the ground answer on ports 53, 80 and 443.
      ...(seal.root ? [] : ['--unshare-user', '--uid', '0', '--gid', '0', '--cap-add', 'CAP_NET_BIND_SERVICE', '--cap-add', 'CAP_SETFCAP']),
      // Given up again once the overlays are mounted.
      ...(seal.root || overlays.length === 0 ? [] : toMount.flatMap((name) => ['--cap-add', `CAP_${name.toUpperCase()}`])),
      ...['--unshare-net', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--hostname', 'seaworthy'],
      ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
      ...(layout ? ['--bind', layout.run, layout.run] : []),
      '--',
      ...withOverlays(seal, overlays, command),
    ];
  }
  if (seal.level === 'namespace') {
    const bind = layout ? `mount --bind ${quote(join(layout.etc, 'resolv.conf'))} /etc/resolv.conf || true; ` : '';
    return [
      seal.unshare ?? 'unshare',
      ...(seal.root ? [] : ['--user', '--map-root-user']),
      ...['--net', '--pid', '--fork', '--kill-child', '--ipc', '--uts', '--mount', '--mount-proc', '--'],
      ...['sh', '-c', `ip link set lo up && { ${bind}exec "$@"; }`, 'sh', ...command],
    ];
  }
  return [...command];
}

const setVariables = '/usr/bin/env';

/** What the inner wall lets a program see. */
export interface Jail {
  readonly user: keyof Seal['users'];
  readonly cwd: string;
  readonly readOnly: readonly { readonly from: string; readonly to: string }[];
  readonly writable: readonly { readonly from: string; readonly to: string }[];
  /** Writable too, and not its own: what is written lies elsewhere. */
  readonly overlaid?: readonly { readonly from: string; readonly to: string }[];
  /** Directory that becomes `/etc`. */
  readonly etc: string | null;
  /** Keeps the ground's loopback; without it the program has no network at all. */
  readonly network: boolean;
  /** A fresh in-memory directory for HOME. */
  readonly home: string | null;
  /** The system's programs; without them there are its libraries only, and nothing that a program could start. */
  readonly programs: boolean;
  /** Variables that only the program sees, not the wall's own programs, which may run as another user. */
  readonly inside?: Readonly<Record<string, string>>;
}

/** The command line that runs `command` inside the inner wall, to be used within the outer one; it reads `callFilter` on descriptor 3. */
export function innerCommand(seal: Seal, jail: Jail, command: readonly string[]): string[] {
  const uid = String(seal.users[jail.user]);
  const { processes, openFiles, fileBytes, memoryBytes, memoryFileBytes } = limits();
  const bounds = [`--nproc=${processes}`, `--nofile=${openFiles}`, `--fsize=${fileBytes}`, `--data=${memoryBytes}`, '--core=0'];
  const given = Object.entries(jail.inside ?? {}).map(([name, value]) => `${name}=${value}`);
  const own = given.length === 0 ? command : [setVariables, ...given, ...command];
  const limited = seal.prlimit ? [seal.prlimit, ...bounds, '--', ...own] : [...own];
  const asUser =
    seal.root && seal.setpriv
      ? [
          seal.setpriv,
          '--reuid',
          uid,
          '--regid',
          uid,
          '--clear-groups',
          '--no-new-privs',
          '--bounding-set',
          '-all',
          '--inh-caps',
          '-all',
          '--',
          ...limited,
        ]
      : limited;
  if (seal.level === 'none') return asUser;
  if (seal.level === 'namespace') {
    const other = seal.root ? [] : ['--user', '--map-user=1000', '--map-group=1000'];
    return [seal.unshare ?? 'unshare', ...other, '--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--', ...asUser];
  }
  const mounts = (kind: string, list: Jail['readOnly']) => list.flatMap(({ from, to }) => [kind, from, to]);
  const memory = (mode: string, at: string) => ['--perms', mode, '--size', String(memoryFileBytes), '--tmpfs', at];
  return [
    seal.bwrap ?? 'bwrap',
    ...(seal.root ? [] : ['--unshare-user', '--uid', '1000', '--gid', '1000', '--cap-drop', 'ALL']),
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--new-session'],
    ...(jail.network ? [] : ['--unshare-net']),
    ...(callFilter() ? ['--seccomp', '3'] : []),
    ...systemMounts(jail.programs ? null : [seal.setpriv, seal.prlimit, ...(given.length === 0 ? [] : [setVariables])]),
    ...[...memory('1777', '/tmp'), '--dev', '/dev', ...memory('1777', '/dev/shm'), '--remount-ro', '/dev', '--proc', '/proc'],
    ...(jail.home ? memory('0777', jail.home) : []),
    // Behind the memory file systems, which would cover a Node below /tmp.
    ...(jail.programs ? nodeMount() : []),
    ...(jail.etc ? ['--ro-bind', jail.etc, '/etc', '--ro-bind-try', '/etc/alternatives', '/etc/alternatives'] : []),
    ...parents([...jail.writable, ...(jail.overlaid ?? []), ...jail.readOnly]),
    ...mounts('--bind', [...jail.writable, ...(jail.overlaid ?? [])]),
    ...mounts('--ro-bind', jail.readOnly),
    // bubblewrap's own root is a memory file system without a limit.
    ...['--remount-ro', '/', '--chdir', jail.cwd, '--', ...asUser],
  ];
}

/** The directories above mounted ones, passable for everyone: bubblewrap makes them for its own user only. */
function parents(mounts: Jail['readOnly']): string[] {
  const above = new Set<string>();
  for (const { to } of mounts) for (let at = dirname(to); at !== '/' && at !== '/tmp'; at = dirname(at)) above.add(at);
  const covered = (dir: string) => mounts.some(({ to }) => dir === to || dir.startsWith(`${to}/`));
  return [...above]
    .filter((dir) => !covered(dir))
    .sort()
    .flatMap((dir) => ['--perms', '0755', '--dir', dir]);
}

/** System directories, read-only; or the libraries and a few named programs only. */
function systemMounts(only: readonly (string | null)[] | null): string[] {
  const few = only?.flatMap((file) => (file ? [{ from: file, to: file }] : [])) ?? [];
  const args = only ? parents([...few, { from: '/usr/lib', to: '/usr/lib' }]) : [];
  const libraries = ['/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];
  const dirs = only ? [...libraries.map((dir) => `/usr${dir}`), ...libraries] : ['/usr', '/bin', '/sbin', ...libraries];
  for (const dir of dirs) {
    if (!existsSync(dir)) continue;
    if (lstatSync(dir).isSymbolicLink()) args.push('--symlink', readlinkSync(dir), dir);
    else args.push('--ro-bind', dir, dir);
  }
  return [...args, ...few.flatMap(({ from, to }) => ['--ro-bind', from, to])];
}

/** The Node that runs us, where the system directories do not bring it along. */
function nodeMount(): string[] {
  // A binary that stands alone comes alone: its directory may hold anything, such as all of /tmp.
  const node = nodeHome() === dirname(process.execPath) ? process.execPath : nodeHome();
  if (node.startsWith('/usr/') || node.startsWith('/nix/')) return [];
  return [...parents([{ from: node, to: node }]), '--ro-bind', node, node];
}

/** The Node installation that runs us, so that its npm comes along; only the binary where it stands alone. */
export function nodeHome(): string {
  const bin = dirname(process.execPath);
  const prefix = dirname(bin);
  return bin.endsWith('/bin') && prefix !== '/' && existsSync(join(prefix, 'lib', 'node_modules')) ? prefix : bin;
}

/** The first executable of that name on a search path. */
export function findProgram(name: string, path: string): string | null {
  for (const dir of path.split(delimiter)) {
    const file = join(dir, name);
    if (dir === '') continue;
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
