import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Package managers refuse to work without a home, a cache or the network, and some try to install themselves. Scripts
 * that call one another (`npm run build && node dist`) need only this much of them.
 */
const runner = `
const { readFileSync, existsSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
let [tool, ...words] = process.argv.slice(2);
let dir = process.cwd();
for (;;) {
  const flag = words[0];
  if (!flag || !flag.startsWith('-')) break;
  words.shift();
  if (['--prefix', '--dir', '-C', '--cwd'].includes(flag)) dir = join(dir, words.shift() || '');
}
const run = (command, args, name) => {
  const quoted = args.map((arg) => " '" + arg.replaceAll("'", "'\\\\''") + "'").join('');
  const env = { ...process.env, npm_lifecycle_event: name, PATH: join(dir, 'node_modules', '.bin') + ':' + process.env.PATH };
  const done = spawnSync('sh', ['-c', command + quoted], { stdio: 'inherit', cwd: dir, env });
  if (done.status !== 0) process.exit(done.status === null ? 1 : done.status);
};
let [verb, ...rest] = words;
let scripts = {};
try { scripts = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).scripts || {}; } catch {}
if (tool === 'npx' || tool === 'bunx' || ['exec', 'x', 'dlx'].includes(verb)) {
  const [bin, ...args] = (tool.endsWith('x') && !['exec', 'x', 'dlx'].includes(verb) ? [verb, ...rest] : rest).filter((word, at) => at > 0 || word !== '--');
  run(bin, args[0] === '--' ? args.slice(1) : args, 'npx');
} else if (['install', 'ci', 'i', 'add', 'audit', undefined].includes(verb)) {
  console.error(tool + ' ' + (verb || 'install') + ': skipped, the proving ground lends the dependencies');
} else {
  if (['run', 'run-script'].includes(verb)) { while (rest[0] && rest[0].startsWith('-')) rest.shift(); verb = rest.shift(); }
  if (rest[0] === '--') rest.shift();
  if (scripts[verb] === undefined) {
    if (tool !== 'npm' && existsSync(join(dir, 'node_modules', '.bin', verb))) run(verb, rest, verb);
    else { console.error(tool + ': no script "' + verb + '" in ' + join(dir, 'package.json')); process.exit(1); }
  } else {
    if (scripts['pre' + verb]) run(scripts['pre' + verb], [], 'pre' + verb);
    run(scripts[verb], rest, verb);
    if (scripts['post' + verb]) run(scripts['post' + verb], [], 'post' + verb);
  }
}
`;

/** Writes stand-ins for the package managers into `dir`. */
export async function writeScriptRunners(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'run-script.cjs'), runner);
  for (const tool of ['npm', 'npx', 'pnpm', 'yarn', 'bun', 'bunx']) {
    const file = join(dir, tool);
    await writeFile(file, `#!/bin/sh\nexec node "$(dirname "$0")/run-script.cjs" ${tool} "$@"\n`);
    await chmod(file, 0o755);
  }
}
