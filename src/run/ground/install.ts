import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
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
  const host = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  const path = [nodeHome(), join(nodeHome(), 'bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
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
  const { tool, args } = found.manager;
  const registry = spawnSync('npm', ['config', 'get', 'registry'], {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: host, HOME: process.env['HOME'] },
  }).stdout?.trim();
  const passed = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'NODE_EXTRA_CA_CERTS'];
  // A company's own authority, where the registry stands behind one.
  const authority = process.env['NODE_EXTRA_CA_CERTS'];
  const trusted = authority && seal.level === 'full' && existsSync(authority) ? authority : null;
  const seen = layout.app + found.dir.slice(layout.copy.length);
  const jail = appJail(layout, seen);
  const lines: string[] = [];
  const program = startProgram(
    seal,
    {
      ...jail,
      readOnly: [
        ...jail.readOnly,
        ...(seal.level === 'full' ? [{ from: await realpath('/etc/resolv.conf'), to: '/etc/resolv.conf' }] : []),
        ...(trusted ? [{ from: trusted, to: '/run/ca.pem' }] : []),
      ],
    },
    [tool, ...args],
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
      `${tool} ${args[0]} failed; its last lines:\n${lines
        .slice(-12)
        .map((line) => `  | ${line}`)
        .join('\n')}\ninstall the dependencies in the app's folder yourself`,
    );
  }
  await buildNatives(seal, layout, found.dir, path);
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
