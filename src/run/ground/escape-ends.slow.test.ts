import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { inhabitants, processesWith, sharedThings, spacesOf } from './escape-watch.testing.ts';
import { groundOptions, openBooted } from './ground.testing.ts';
import { openGround, type Ground } from './index.ts';
import { startProgram } from './programs.ts';
import { probeSeal } from './seal.ts';

const temporary = mkdtempSync(join(tmpdir(), 'ground-ends-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const hostile = join(import.meta.dirname, 'testdata', 'escape');
const root = join(import.meta.dirname, '../../..');
const full = probeSeal().level === 'full';
const runs = () => readdirSync(temporary).filter((name) => name.startsWith('seaworthy-'));
const users = () => readFileSync('/etc/passwd', 'utf8');

/** A ground with the hostile app, which has left four kinds of children behind. */
async function withStragglers(marker: string): Promise<Ground> {
  const ground = await openBooted(hostile, { unsealed: false });
  const stubborn = `trap "" TERM HUP INT; exec sleep ${marker}`;
  const ways = [
    `setsid sh -c '${stubborn}'`,
    `nohup sh -c '${stubborn}' >/dev/null 2>&1`,
    `(sh -c '${stubborn}' & ) & exit`,
    `setsid sh -c '(setsid sh -c "sleep ${marker}" &) & exit'`,
  ];
  for (const way of ways)
    await ground.request({
      actor: 'a',
      method: 'GET',
      path: `/start?${encodeURIComponent(way)}`,
      headers: {},
      body: null,
      timeoutMs: 5_000,
    });
  await expect.poll(() => processesWith(`sleep ${marker}`).length).toBeGreaterThanOrEqual(ways.length);
  return ground;
}

describe.runIf(full)('nothing outlives', () => {
  afterEach(() => expect(runs()).toEqual([]));

  test('a restart of the app, nor the audit', async () => {
    const marker = String(700_000 + process.pid);
    const ground = await withStragglers(marker);
    await ground.restart();
    expect(processesWith(`sleep ${marker}`)).toEqual([]);
    const [run = ''] = runs();
    const spaces = spacesOf(join(temporary, run));
    expect(spaces.names.size).toBeGreaterThanOrEqual(3);
    await ground.close();
    expect(inhabitants(spaces)).toEqual([]);
  }, 60_000);

  test('an engine that is killed', async () => {
    const marker = String(800_000 + process.pid);
    const before = { ...sharedThings(temporary), users: users(), memory: readdirSync('/dev/shm') };
    const engine = await startEngine(marker);
    const [run = ''] = runs();
    const spaces = spacesOf(join(temporary, run));
    expect(spaces.names.size).toBeGreaterThanOrEqual(3);
    expect(processesWith(`sleep ${marker}`).length).toBeGreaterThanOrEqual(4);
    engine.kill('SIGKILL');
    await expect.poll(() => [...inhabitants(spaces), ...runs(), ...processesWith(temporary)], { timeout: 8_000 }).toEqual([]);
    expect({ ...sharedThings(temporary), users: users(), memory: readdirSync('/dev/shm') }).toEqual(before);
  }, 60_000);

  test('an engine whose ground process is killed, which says so in plain words', async () => {
    const marker = String(600_000 + process.pid);
    const ground = await withStragglers(marker);
    const [run = ''] = runs();
    const spaces = spacesOf(join(temporary, run));
    const entry = join(import.meta.dirname, 'process.ts');
    const [inside] = inhabitants(spaces).filter((each) => /^\d+ \S*node\b/.test(each) && each.includes(entry));
    expect(inside).toBeDefined();
    process.kill(Number.parseInt(inside ?? '', 10), 'SIGKILL');
    const asked = ground.sql('SELECT 1');
    await expect(asked).rejects.toMatchObject({
      code: 'ground-failed',
      message: expect.stringMatching(/^the proving ground ended unexpectedly, and the app with it; something ended it[^\n]*$/),
    });
    await ground.close();
    // bubblewrap leaves a moment before the kernel is done with the namespace that died.
    await expect.poll(() => inhabitants(spaces), { timeout: 2_000 }).toEqual([]);
  }, 60_000);

  test.each([
    ['preparing', {}, () => runs().length > 0],
    ['migrating', { migrate: 'sleep 98765' }, () => processesWith('sleep 98765').length > 0],
    ['building', { build: 'sleep 98765' }, () => processesWith('sleep 98765').length > 0],
    ['booting', { start: 'sleep 98765' }, () => processesWith('sleep 98765').length > 0],
    ['drilling', {}, () => inhabitants(spacesOf(temporary)).some((each) => each.includes('node server.js'))],
  ] as const)(
    'an audit that is interrupted while %s',
    async (_phase, config, reached) => {
      const dir = mkdtempSync(join(temporary, 'interrupted-'));
      for (const name of ['package.json', 'server.js']) writeFileSync(join(dir, name), readFileSync(join(hostile, name)));
      writeFileSync(join(dir, 'seaworthy.json'), JSON.stringify(config));
      // Something to copy for a while: directories, which a copy under way would make anew.
      for (let index = 0; index < 1_000; index++) {
        mkdirSync(join(dir, `part-${index}`, 'deep'), { recursive: true });
        writeFileSync(join(dir, `part-${index}`, 'deep', 'file.txt'), 'x');
      }
      const engine = spawn(process.execPath, [join(root, 'src/cli/bin.ts'), 'audit', dir, '--run', '--out', join(temporary, 'report')], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [engine.stdout, engine.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      const ended = new Promise<number | null>((resolve) => engine.once('exit', resolve));
      await expect.poll(reached, { timeout: 30_000, interval: 10 }).toBe(true);
      const spaces = spacesOf(temporary);
      engine.kill(_phase === 'migrating' ? 'SIGTERM' : 'SIGINT');
      expect(await ended, said).toBe(2);
      expect(said.trim().split('\n').at(-1)).toMatch(/interrupted; everything that was started has been ended/);
      expect(said).not.toMatch(/\n {4}at /);
      expect(inhabitants(spaces)).toEqual([]);
      expect(processesWith('sleep 98765')).toEqual([]);
      expect(existsSync(join(temporary, 'report'))).toBe(false);
      rmSync(dir, { recursive: true });
      await expect.poll(runs, { timeout: 3_000 }).toEqual([]);
    },
    60_000,
  );
});

/** Another process with a ground of its own, once that is up. */
async function startEngine(marker: string) {
  const script = `
    import { openBooted } from ${JSON.stringify(join(import.meta.dirname, 'ground.testing.ts'))};
    const ground = await openBooted(${JSON.stringify(hostile)}, { unsealed: false });
    for (const way of ['setsid sleep ${marker}', 'nohup sleep ${marker}', '(sleep ${marker} &) & exit', "setsid sh -c '(setsid sleep ${marker} &) & exit'"])
      await ground.request({ actor: 'a', method: 'GET', path: '/start?' + encodeURIComponent(way), headers: {}, body: null, timeoutMs: 5000 });
    setTimeout(() => console.log('up'), 300);`;
  const engine = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    engine.stdout.once('data', resolve);
    engine.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)));
  });
  return engine;
}

describe.runIf(full)('what killed runs have left', () => {
  test('is removed when it is ours beyond doubt, and else stays', async () => {
    const made = (name: string, signature: object | null) => {
      const dir = join(temporary, `seaworthy-${name}`);
      mkdirSync(join(dir, 'app', 'closed'), { recursive: true });
      writeFileSync(join(dir, 'app', 'closed', 'file'), 'x');
      if (signature) writeFileSync(join(dir, 'engine.json'), JSON.stringify(signature));
      return dir;
    };
    const ground = await openGround(groundOptions(hostile, { unsealed: false }));
    const [run = ''] = runs();
    const us = JSON.parse(readFileSync(join(temporary, run, 'engine.json'), 'utf8')) as Record<string, unknown>;
    await ground.close();
    expect(us).toMatchObject({ pid: process.pid });
    const gone = spawnSync('true').pid;
    const dead = [
      made('dead00', { ...us, pid: gone }),
      made('again0', { ...us, started: '1' }),
      made('reboot', { ...us, boot: 'another' }),
    ];
    const kept = [
      made('alive0', us),
      made('unsign', null),
      made('broken', { pid: gone }),
      made('host00', { ...us, pid: gone, host: 'elsewhere' }),
      made('space0', { ...us, pid: gone, space: 'pid:[1]' }),
      made('longer-name', { ...us, pid: gone }),
    ];
    if (process.getuid?.() === 0) {
      const foreign = made('other0', { ...us, pid: gone });
      chownSync(foreign, 12_345, 12_345);
      kept.push(foreign);
    }
    spawnSync('chmod', ['000', join(dead[0] ?? '', 'app', 'closed')]);
    const next = await openGround(groundOptions(hostile, { unsealed: false }));
    await next.close();
    expect(dead.filter((dir) => existsSync(dir))).toEqual([]);
    expect(kept.filter((dir) => !existsSync(dir))).toEqual([]);
    for (const dir of kept) rmSync(dir, { recursive: true });
  });
});

describe.runIf(full)('a program inside the inner wall', () => {
  const bounds = { memoryBytes: 256 * 1024 ** 2, diskBytes: 64 * 1024 ** 2 };
  const run = async (code: string, limits: Partial<typeof bounds>) => {
    const dir = mkdtempSync(join(temporary, 'written-'));
    const seal = probeSeal();
    if (seal.root) chownSync(dir, seal.users.app, seal.users.app);
    const jail = {
      user: 'app',
      cwd: '/own',
      writable: [{ from: dir, to: '/own' }],
      readOnly: [],
      etc: null,
      network: false,
      home: null,
      programs: true,
    } as const;
    const lines: string[] = [];
    // A descriptor that the one who started us forgot to close.
    const left = openSync('/etc/hostname', 'r');
    const program = startProgram({ ...seal }, jail, ['perl', '-e', code], { PATH: '/usr/bin:/bin' }, (line) => lines.push(line), limits);
    const ended = await program.ended;
    expect(left).toBeGreaterThan(2);
    return { ended, lines };
  };

  test('may use its share of memory, and is ended beyond it, over all its processes', async () => {
    expect(await run('my $x = "x" x (100 << 20); sleep 1; print "done\n"', bounds)).toEqual({ ended: 0, lines: ['done'] });
    const { ended, lines } = await run('for (1 .. 3) { next if fork; my $x = "x" x (100 << 20); sleep 8 } sleep 8', bounds);
    expect(ended).not.toBe(0);
    expect(lines).toEqual([expect.stringMatching(/^ended by the proving ground: it used \d+ MiB of memory, more than 256 MiB$/)]);
  });

  test('may use its share of the disk, even by files without a name', async () => {
    const fill = (after: string) => `open F, ">", "big"; ${after} for (1 .. 400) { print F "x" x (1 << 20) } F->flush; sleep 8`;
    for (const after of ['', 'unlink "big";']) {
      const { lines } = await run(`use IO::Handle; ${fill(after)}`, bounds);
      expect(lines).toEqual([expect.stringMatching(/^ended by the proving ground: it put \d+ MiB on the disk, more than 64 MiB$/)]);
    }
  });
});
