import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { SeaworthyError } from '../../model/errors.ts';
import type { Layout } from './layout.ts';
import { appJail, startProgram } from './programs.ts';
import { findProgram, nodeHome, type Seal } from './seal.ts';

/** Which lock file calls for which command. Scripts of packages never run: this is the one moment with a way out. First match wins. */
const managers: readonly { readonly lock: string; readonly tool: string; readonly args: readonly string[] }[] = [
  { lock: 'pnpm-lock.yaml', tool: 'pnpm', args: ['install', '--frozen-lockfile', '--ignore-scripts', '--ignore-pnpmfile'] },
  { lock: 'yarn.lock', tool: 'yarn', args: ['install', '--frozen-lockfile', '--ignore-scripts', '--non-interactive'] },
  { lock: 'package-lock.json', tool: 'npm', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'] },
  { lock: 'package.json', tool: 'npm', args: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'] },
];

/**
 * Installs the dependencies into the copy, within the inner wall but with the host's network. Neither the user's home nor
 * their registry tokens are there; the registry's address and the proxy are. Throws `boot-failed`.
 */
export async function installDependencies(seal: Seal, layout: Layout, unit: string): Promise<void> {
  const places = [join(layout.copy, unit), layout.copy];
  const found = places.flatMap((dir) => managers.filter(({ lock }) => existsSync(join(dir, lock))).map((manager) => ({ dir, manager })))[0];
  if (!found) throw new SeaworthyError('boot-failed', 'there is no package.json to install dependencies from');
  const { tool, args } = found.manager;
  const host = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  const path = [nodeHome(), join(nodeHome(), 'bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  if (!findProgram(tool, path))
    throw new SeaworthyError(
      'boot-failed',
      `the app is installed by ${tool}, which is not on this machine: install its dependencies yourself`,
    );
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
}
