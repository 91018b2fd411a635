import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SeaworthyError } from '../../model/errors.ts';
import { managersOf } from './app/managers.ts';
import { workspaceRoot } from './app/manifest.ts';
import { nativeModules } from './app/natives.ts';
import type { Layout } from './layout.ts';
import { appJail, startProgram } from './programs.ts';
import { findProgram, nodeHome, type Seal } from './seal.ts';

/**
 * Installs the dependencies into the copy, within the inner wall but with the host's network. Neither the user's home nor
 * their registry tokens are there; the registry's address and the proxy are. Throws `boot-failed`.
 */
export async function installDependencies(seal: Seal, layout: Layout, unit: string): Promise<void> {
  const path = programs();
  const dirs = [...new Set([join(layout.copy, unit), workspaceRoot(join(layout.copy, unit)), layout.copy])];
  // A lock file counts more than a bare package.json nearer to the unit.
  const all = dirs.flatMap((dir) => managersOf(dir).map((manager) => ({ dir, manager })));
  const places = [...all.filter(({ manager }) => manager.lock !== 'package.json'), ...all];
  const [first] = places;
  if (!first) throw new SeaworthyError('boot-failed', 'there is no package.json to install dependencies from');
  const locks = places.filter(({ manager }) => manager.lock !== 'package.json' || first.manager.lock === 'package.json');
  const found = locks.find(({ manager }) => findProgram(manager.tool, path));
  if (!found)
    throw new SeaworthyError(
      'boot-failed',
      `the app is installed by ${first.manager.tool}, which is not on this machine: install its dependencies yourself`,
    );
  await withNetwork(
    seal,
    layout,
    found.dir,
    [found.manager.tool, ...found.manager.args],
    "install the dependencies in the app's folder yourself",
  );
  await buildNatives(seal, layout, found.dir, path);
}

/** Installs one package with what it needs into a folder of the copy of its own, relative to its root, as `installDependencies` does. */
export async function installPackage(seal: Seal, layout: Layout, name: string, folder: string): Promise<void> {
  const dir = join(layout.copy, folder);
  await mkdir(dir, { recursive: true });
  const manifest = join(dir, 'package.json');
  await writeFile(manifest, '{"private": true}');
  if (seal.root) await chown(manifest, seal.users.app, seal.users.app);
  if (seal.root) for (let at = dir; at !== layout.copy; at = dirname(at)) await chown(at, seal.users.app, seal.users.app);
  await withNetwork(
    seal,
    layout,
    dir,
    ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', name],
    `install ${name} yourself`,
  );
}

/** Where programs are looked for while dependencies are installed. */
function programs(): string {
  return [nodeHome(), join(nodeHome(), 'bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
}

/** Runs a package manager in a directory of the copy; throws `boot-failed` with its last lines and the advice when it fails. */
async function withNetwork(seal: Seal, layout: Layout, dir: string, command: readonly string[], advice: string): Promise<void> {
  const host = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  const path = programs();
  const registry = spawnSync('npm', ['config', 'get', 'registry'], {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: host, HOME: process.env['HOME'] },
  }).stdout?.trim();
  const passed = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'NODE_EXTRA_CA_CERTS'];
  // A company's own authority, where the registry stands behind one.
  const authority = process.env['NODE_EXTRA_CA_CERTS'];
  const trusted = authority && seal.level === 'full' && existsSync(authority) ? authority : null;
  const seen = layout.app + dir.slice(layout.copy.length);
  const jail = appJail(layout, seen);
  const lines: string[] = [];
  const program = startProgram(
    seal,
    {
      ...jail,
      // They are mounted within the outer wall only, which is not there yet.
      overlaid: [],
      readOnly: [
        ...jail.readOnly,
        ...(seal.level === 'full' ? [{ from: await realpath('/etc/resolv.conf'), to: '/etc/resolv.conf' }] : []),
        ...(trusted ? [{ from: trusted, to: '/run/ca.pem' }] : []),
      ],
    },
    command,
    {
      PATH: path,
      HOME: seal.level === 'full' ? '/home/app' : layout.home,
      CI: '1',
      // The app's own .npmrc and .yarnrc could name programs to run; these win over them.
      npm_config_git: 'git',
      npm_config_script_shell: '/bin/sh',
      YARN_IGNORE_PATH: '1',
      YARN_ENABLE_SCRIPTS: '0',
      YARN_ENABLE_TELEMETRY: '0',
      YARN_NODE_LINKER: 'node-modules',
      ...(registry?.startsWith('http') ? { npm_config_registry: registry } : {}),
      ...Object.fromEntries(passed.flatMap((name) => (process.env[name] ? [[name, process.env[name] ?? '']] : []))),
      ...(trusted ? { NODE_EXTRA_CA_CERTS: '/run/ca.pem' } : {}),
    },
    (line) => lines.push(line),
  );
  const code = await program.ended;
  if (code !== 0) {
    throw new SeaworthyError(
      'boot-failed',
      `${command.slice(0, 2).join(' ')} failed; its last lines:\n${lines
        .slice(-12)
        .map((line) => `  | ${line}`)
        .join('\n')}\n${advice}`,
    );
  }
}

/** Compiles the native parts of a few known packages, without any network. One that fails is named when the app misses it. */
async function buildNatives(seal: Seal, layout: Layout, dir: string, path: string): Promise<void> {
  const names = nativeModules.filter((name) => existsSync(join(dir, 'node_modules', name, 'package.json')));
  if (names.length === 0) return;
  const headers = [nodeHome(), '/usr', '/usr/local'].find((at) => existsSync(join(at, 'include', 'node', 'node.h')));
  const jail = { ...appJail(layout, layout.app + dir.slice(layout.copy.length)), network: false };
  const program = startProgram(
    seal,
    jail,
    ['npm', 'rebuild', '--offline', '--no-audit', '--no-fund', ...names],
    {
      PATH: path,
      HOME: seal.level === 'full' ? '/home/app' : layout.home,
      CI: '1',
      npm_config_script_shell: '/bin/sh',
      ...(headers ? { npm_config_nodedir: headers } : {}),
    },
    () => {},
  );
  await program.ended;
}
