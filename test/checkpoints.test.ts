import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commandIn } from './support/command.ts';

/** A user's path through checkpoints: audit, keep, sign, verify, and what ends the word of a checkpoint. Reading alone, so that it is quick. */
describe('checkpoints of a real application', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'seaworthy-checkpoints-')));
  const dir = join(root, 'harbor-hardened');
  const chain = join(dir, '.seaworthy', 'checkpoints');
  let clock = new Date('2026-11-21T12:00:00Z');
  const seaworthy = commandIn(dir, () => clock);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: dir, encoding: 'utf8' });
  const edit = (path: string, text: string) => appendFileSync(join(dir, path), text);
  const json = async (...argv: string[]) => JSON.parse((await seaworthy(...argv, '--format', 'json')).out) as Record<string, unknown>;
  const wide = (text: string): string[] => text.split('\n').filter((line) => line.length > 80 && !/^\s*"key": "ssh-/.test(line));

  beforeAll(async () => {
    const there = spawnSync('ssh-keygen', ['-?']);
    if (there.error) throw new Error(`ssh-keygen is missing: install Debian's openssh-client (${there.error.message})`);
    vi.stubEnv('XDG_CONFIG_HOME', join(root, 'config'));
    cpSync(join(import.meta.dirname, '..', 'examples', 'harbor-hardened'), dir, {
      recursive: true,
      filter: (path) => !/node_modules|\.seaworthy/.test(path),
    });
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'first');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bo@laptop', '-f', join(root, 'bo')]);
    writeFileSync(join(root, 'ann.pem'), generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await seaworthy('audit', '--no-run', '--for', 'payments');
  }, 60_000);
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  it('are nothing to verify or sign before there is one', async () => {
    expect(await seaworthy('verify')).toMatchObject({ code: 1, out: expect.stringContaining('Nothing to verify') });
    expect(await seaworthy('sign', '--by', 'Ann Lee', '--key', join(root, 'ann.pem'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('no checkpoint to sign'),
    });
    expect(existsSync(join(root, 'config'))).toBe(false);
  });

  it('are kept with a key of the tool that only its user can read, and let through by git', async () => {
    const { code, out } = await seaworthy('checkpoint');
    expect([code, wide(out)]).toEqual([0, []]);
    expect(out).toContain('Kept as checkpoint 1: .seaworthy/checkpoints/0001-checkpoint.json');
    expect(statSync(join(root, 'config', 'seaworthy', 'key.pem')).mode & 0o777).toBe(0o600);
    expect(git('status', '--porcelain', '-uall').trim()).toBe('?? .seaworthy/checkpoints/0001-checkpoint.json');
    expect((await seaworthy('checkpoint')).out).toContain('kept already, as checkpoint 1');
    const names = new Set(
      git('ls-files')
        .trim()
        .split('\n')
        .map((path) => path.split('/').at(-1) ?? ''),
    );
    const payload = Buffer.from(
      (JSON.parse(readFileSync(join(chain, '0001-checkpoint.json'), 'utf8')) as { payload: string }).payload,
      'base64',
    ).toString();
    expect([...names].filter((name) => name.includes('.') && payload.includes(name))).toEqual([]);
  });

  it('are signed by persons, with PEM and SSH keys of their own, who see what was not proven', async () => {
    const unlisted = await seaworthy('sign', '--by', 'Ann Lee', '--role', 'CTO', '--key', join(root, 'ann.pem'), '--until', '2027-01-31');
    expect([unlisted.code, wide(unlisted.out)]).toEqual([0, []]);
    expect(unlisted.out).toMatch(/knowing of\s+\d+ controls not proven:\n {4}- \w+/);
    const ann = /"key": "(ssh-ed25519 \S+)"/.exec(unlisted.out)?.[1] ?? '';
    expect((await seaworthy('verify')).out).toMatch(/^Unknown signer/);
    const bo = readFileSync(join(root, 'bo.pub'), 'utf8').trim();
    writeFileSync(
      join(dir, 'seaworthy.json'),
      JSON.stringify({
        signers: [
          { name: 'Ann Lee', key: ann },
          { name: 'Bo Ray', key: bo },
        ],
      }),
    );
    expect(await seaworthy('sign', '--by', 'Cy Fox', '--key', join(root, 'bo'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('the key of Bo Ray, not of Cy Fox'),
    });
    expect(await seaworthy('sign', '--by', 'Bo Ray', '--key', join(root, 'config', 'seaworthy', 'key.pem'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('key of the tool'),
    });
    expect(await seaworthy('sign', '--by', 'Bo Ray', '--key', join(root, 'bo'))).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(chain)).toEqual(['0001-checkpoint.json', '0002-sign-off.json', '0003-sign-off.json']);
  });

  it('are valid then, and offline for somebody who has neither code nor configuration', async () => {
    const { code, out } = await seaworthy('verify');
    expect([code, wide(out)]).toEqual([0, []]);
    expect(out).toMatch(/^Valid: /);
    expect(out).toContain('by Ann Lee, CTO, for payments');
    const found = await json('verify');
    expect(found).toMatchObject({ schema: 1, state: 'valid', code: { compared: true, changed: false } });
    const { signOffs, checkpoint } = found as { signOffs: { key: string }[]; checkpoint: { key: string } };
    expect(new Set([checkpoint.key, ...signOffs.map(({ key }) => key)]).size).toBe(3);

    const keys = Object.fromEntries(
      readdirSync(chain).map((name) => {
        const { payload } = JSON.parse(readFileSync(join(chain, name), 'utf8')) as { payload: string };
        const { signer, by } = JSON.parse(Buffer.from(payload, 'base64').toString()) as { signer: string; by?: string };
        return [by ?? 'seaworthy', signer];
      }),
    );
    writeFileSync(
      join(root, 'signers'),
      Object.entries(keys)
        .map(([name, key]) => `"${name}" ${key}\n`)
        .join(''),
    );
    const buyer = commandIn(root, () => clock);
    cpSync(chain, join(root, 'handed'), { recursive: true });
    const seen = await buyer('verify', 'handed', '--signers', 'signers', '--head', String(found['head']));
    expect(seen).toMatchObject({ code: 0, out: expect.stringContaining('not compared: there is none here') });
    expect((await buyer('verify', 'handed', '--signers', 'signers', '--head', 'f'.repeat(64))).out).toMatch(/^Tampered/);
    expect((await buyer('verify', 'handed', '--head', 'soon')).code).toBe(2);
    writeFileSync(join(root, 'signers'), `"Bo Ray" ${keys['Bo Ray']}\n`);
    expect((await buyer('verify', 'handed', '--signers', 'signers')).out).toMatch(/^Unknown signer/);
  });

  it('stand on the page for a buyer', async () => {
    expect((await seaworthy('export')).code).toBe(0);
    const page = readFileSync(join(dir, '.seaworthy', 'summary.html'), 'utf8');
    expect(page).toContain('Ann Lee');
    expect(page).toContain(`--head ${String((await json('verify'))['head'])}`);
    expect(page).not.toContain('later audit');
  });

  it('no longer count when the code changed, with the files by name; and cannot be kept of other code', async () => {
    edit('src/app.ts', '\n// changed\n');
    const { code, out } = await seaworthy('verify');
    expect(code).toBe(1);
    expect(out).toMatch(/^Code changed/);
    expect(out).toMatch(/code\s+1 file changed: src\/app\.ts/);
    expect(await seaworthy('checkpoint')).toMatchObject({ code: 2, err: expect.stringContaining('run "seaworthy audit" first') });
    git('checkout', '-q', 'src/app.ts');
    expect((await seaworthy('verify')).code).toBe(0);
    writeFileSync(join(dir, '.env.local'), 'A=1');
    edit('.gitignore', '\n.env.local\n');
    expect((await seaworthy('verify')).out).toContain('1 file changed: .gitignore');
    git('checkout', '-q', '.gitignore');
    rmSync(join(dir, '.env.local'), { force: true });
  });

  it('no longer count when a sign-off or the days are over', async () => {
    clock = new Date('2027-02-01T12:00:00Z');
    expect((await seaworthy('verify')).code).toBe(0);
    clock = new Date('2027-02-20T12:00:00Z');
    expect(await seaworthy('verify')).toMatchObject({ code: 1, out: expect.stringMatching(/^Expired: /) });
    clock = new Date('2026-11-21T12:00:00Z');
  });

  it('are seen to be tampered with, by name', async () => {
    const file = join(chain, '0002-sign-off.json');
    const before = readFileSync(file);
    writeFileSync(file, JSON.stringify(JSON.parse(before.toString()), null, 2));
    const { code, out } = await seaworthy('verify');
    expect([code, wide(out)]).toEqual([1, []]);
    expect(out).toMatch(/^Tampered[^]*- 0002-sign-off\.json its bytes/);
    expect(await seaworthy('diff', '1', 'now')).toMatchObject({ code: 2, err: expect.stringContaining('cannot be trusted') });
    writeFileSync(file, before);
  });

  it('tell what changed in behaviour, and which audit a step up wants', async () => {
    expect(await seaworthy('diff')).toMatchObject({ code: 0, out: expect.stringContaining('nothing changed') });
    edit(
      'src/app.ts',
      "\napp.get('/wallet-audit', async (_request, response) => {\n  response.json((await pool.query('SELECT * FROM wallets')).rows);\n});\n",
    );
    writeFileSync(
      join(dir, 'migrations', '900_payouts.sql'),
      'CREATE TABLE payouts (id serial PRIMARY KEY, iban text NOT NULL, amount_cents integer NOT NULL);\n',
    );
    clock = new Date('2026-11-22T12:00:00Z');
    const audited = await seaworthy('audit', '--no-run', '--for', 'payments');
    expect(audited.out).toMatch(/Since checkpoint 1 of 2026-11-21\n {2}- 1 new table with money: payouts; wants a new audit for payments/);
    const { out } = await seaworthy('diff', '1', 'now');
    expect(out).toContain('Harder to answer for');
    expect(wide(out)).toEqual([]);
    expect(await json('diff', '1', 'now')).toMatchObject({
      schema: 1,
      steps: [
        { what: 'money', names: ['payouts'] },
        { what: 'personal', names: ['payouts.iban'] },
      ],
    });
    expect((await seaworthy('verify')).out).toContain('1 new table with money');
    const kept = await json('checkpoint');
    expect(kept).toMatchObject({ sequence: 4, payload: { kind: 'checkpoint', sequence: 4 } });
    expect((await seaworthy('verify')).out).toMatch(/^Valid[^]*checkpoint\s+4 of[^]*signed off\s+by nobody/);
    expect((await seaworthy('diff', '2', '4')).err).toContain('there are: 1, 4');
  });
});
