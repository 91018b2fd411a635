import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adapterProgram, adapterScript } from './prisma-stand-in.ts';

/**
 * Package managers refuse to work without a home, a cache or the network, and some try to install themselves. Scripts
 * that call one another (`npm run build && node dist`) need only this much of them.
 */
const runner = `
const { readFileSync, existsSync, readdirSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { basename, join, relative } = require('node:path');
const [tool, ...all] = process.argv.slice(2);
const manifestOf = (at) => { try { return JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')); } catch { return {}; } };
const below = (at) => { try { return readdirSync(at, { withFileTypes: true }).filter((e) => e.isDirectory() && e.name !== 'node_modules' && e.name[0] !== '.').map((e) => join(at, e.name)); } catch { return []; } };
const packages = (at) => below(at).flatMap((each) => [each, ...below(each)]).filter((each) => existsSync(join(each, 'package.json')));
const wanted = (name) => {
  const plain = name.replace(/^[.][/]|[.]{3}|[/]$/g, '');
  const found = packages(process.cwd()).find((at) => manifestOf(at).name === plain || relative(process.cwd(), at) === plain || basename(at) === plain);
  if (!found) { console.error(tool + ': no package "' + name + '" in this workspace'); process.exit(1); }
  return found;
};
const run = (dir, command, args, name) => {
  const quoted = args.map((arg) => " '" + arg.replaceAll("'", "'\\\\''") + "'").join('');
  const { name: title = '', version = '' } = manifestOf(dir);
  const env = { ...process.env, npm_lifecycle_event: name, npm_package_name: title, npm_package_version: version, npm_config_user_agent: tool, PATH: join(dir, 'node_modules', '.bin') + ':' + process.env.PATH };
  const done = spawnSync('sh', ['-c', command + quoted], { stdio: 'inherit', cwd: dir, env });
  if (done.status !== 0) process.exit(done.status === null ? 1 : done.status);
};
// Flags of the tool itself may stand anywhere before "--" or the arguments of a program.
let dirs = null, words = [], rest = [];
const asProgram = tool.endsWith('x');
for (let at = 0; at < all.length; at++) {
  const word = all[at];
  const [flag, inline] = word.startsWith('-') && word.includes('=') ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word, undefined];
  const value = () => inline === undefined ? all[++at] || '' : inline;
  const verb = words[0];
  if (word === '--') { rest = all.slice(at + 1); break; }
  if (words.length > (asProgram ? 0 : 1) && (asProgram || ['exec', 'x', 'dlx'].includes(verb))) { rest = all.slice(at); break; }
  if (['--prefix', '--dir', '-C', '--cwd'].includes(flag)) dirs = [join(process.cwd(), value())];
  else if (['-w', '--workspace', '--filter', '-F'].includes(flag) && !(flag === '-w' && tool === 'pnpm')) dirs = [...(dirs || []), wanted(value())];
  else if (['--workspaces', '-ws', '-r', '--recursive'].includes(flag)) dirs = packages(process.cwd());
  else if (flag.startsWith('-') && (words.length === 0 || tool === 'npm' || ['run', 'run-script'].includes(verb) && words.length < 2)) { if (['-p', '--package'].includes(flag) && asProgram) value(); }
  else if (tool === 'yarn' && verb === undefined && word === 'workspace') dirs = [wanted(all[++at] || '')];
  else if (tool === 'yarn' && verb === undefined && word === 'workspaces') { dirs = packages(process.cwd()); if (['run', 'foreach'].includes(all[at + 1])) at++; }
  else words.push(word);
}
const start = (dir) => {
  let [verb, ...args] = words;
  args = [...args, ...rest];
  if (asProgram || ['exec', 'x', 'dlx'].includes(verb)) {
    const line = asProgram ? (verb === undefined ? args : [verb, ...args]) : args;
    return run(dir, line[0].replace(/(.)@[^/]*$/, '$1'), line.slice(1), 'npx');
  }
  if (['install', 'ci', 'i', 'add', 'audit', undefined].includes(verb)) return console.error(tool + ' ' + (verb || 'install') + ': skipped, the proving ground lends the dependencies');
  if (['run', 'run-script'].includes(verb)) verb = args.shift();
  const scripts = manifestOf(dir).scripts || {};
  if (scripts[verb] !== undefined) {
    if (scripts['pre' + verb]) run(dir, scripts['pre' + verb], [], 'pre' + verb);
    run(dir, scripts[verb], args, verb);
    if (scripts['post' + verb]) run(dir, scripts['post' + verb], [], 'post' + verb);
  } else if (dirs && dirs.length > 1) return;
  else if (tool === 'bun' && /[.][cm]?[jt]sx?$/.test(verb || '')) {
    const own = process.env.PATH.split(':').map((at) => join(at, 'bun')).find((file) => existsSync(file) && !existsSync(join(file, '..', 'run-script.cjs')));
    const tsx = process.env.PATH.split(':').some((at) => existsSync(join(at, 'tsx')));
    if (!own) console.error('bun: not installed here, ' + verb + ' is run by ' + (tsx ? 'tsx' : 'node'));
    run(dir, own || (tsx ? 'tsx' : 'node'), [verb, ...args], 'bun');
  } else if (tool !== 'npm' && existsSync(join(dir, 'node_modules', '.bin', verb || ' '))) run(dir, verb, args, verb);
  else { console.error(tool + ': no script "' + verb + '" in ' + join(dir, 'package.json')); process.exit(1); }
};
for (const dir of dirs || [process.cwd()]) start(dir);
`;

/** Writes stand-ins for the package managers into `dir`. */
export async function writeScriptRunners(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'run-script.cjs'), runner);
  await writeFile(join(dir, `${adapterProgram}.cjs`), adapterScript);
  await writeFile(join(dir, adapterProgram), `#!/bin/sh\nexec node "$(dirname "$0")/${adapterProgram}.cjs" "$@"\n`, { mode: 0o755 });
  for (const tool of ['npm', 'npx', 'pnpm', 'yarn', 'bun', 'bunx']) {
    const file = join(dir, tool);
    await writeFile(file, `#!/bin/sh\nexec node "$(dirname "$0")/run-script.cjs" ${tool} "$@"\n`);
    await chmod(file, 0o755);
  }
}
