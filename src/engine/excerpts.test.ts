import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sampleReport } from '../report/testdata/sample.ts';
import { writeFiles } from '../world/folder.testing.ts';
import { openTree } from '../world/tree.ts';
import { excerptsOf } from './excerpts.ts';

const [finding] = sampleReport.findings.filter(({ status, where }) => status === 'fail' && where !== null);
if (finding === undefined) throw new Error('the sample has no finding with a place');
const at = (file: string, line: number, endLine = line) => ({
  ...finding,
  subject: { kind: 'file' as const, name: file },
  where: { file, line, endLine },
});

const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});
function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'seaworthy-excerpts-'));
  made.push(dir);
  writeFiles(dir, files);
  return dir;
}

describe('excerptsOf', () => {
  it('shows the lines around a place, each place once', async () => {
    const tree = await openTree(folder({ 'a.ts': Array.from({ length: 9 }, (_, index) => `line ${index + 1}`).join('\n') }));
    expect(await excerptsOf(tree, [at('a.ts', 4), at('a.ts', 4)])).toEqual([
      { file: 'a.ts', line: 2, of: 4, lines: ['line 2', 'line 3', 'line 4', 'line 5', 'line 6'] },
    ]);
  });

  it('shows no secret, whether its form or its name gives it away, in code or in configuration', async () => {
    const key = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
    const password = 'correct-horse-7-battery';
    const tree = await openTree(
      folder({
        'pay.ts': `import Stripe from 'stripe';\nconst stripe = new Stripe('${key}');\nconst db = { password: '${password}' };\n`,
        'config.yaml': `db:\n  password: ${password}\n`,
        'wrangler.toml': `jwt_secret = "weak"\n`,
      }),
    );
    const all = (await excerptsOf(tree, [at('pay.ts', 2), at('config.yaml', 2), at('wrangler.toml', 1)]))
      .flatMap(({ lines }) => lines)
      .join('\n');
    expect(all).not.toContain(key.slice(8));
    expect(all).not.toContain(password);
    expect(all).toContain("new Stripe('sk_live_…[");
    expect(all).toContain("import Stripe from 'stripe';");
  });

  it('is short where the place or its lines are long, and empty where the file is gone, no text, or a secret', async () => {
    const tree = await openTree(folder({ 'a.ts': `${'x'.repeat(900)}\n`.repeat(100), 'b.bin': '\0\0' }));
    const [one, ...rest] = await excerptsOf(tree, [
      at('a.ts', 3, 90),
      at('b.bin', 1),
      at('gone.ts', 1),
      { ...at('a.ts', 9), subject: { kind: 'secret', name: 's' } },
    ]);
    expect(one?.lines.length).toBeLessThan(20);
    expect(Math.max(...(one?.lines.map(({ length }) => length) ?? []))).toBeLessThan(250);
    expect(rest).toEqual([]);
  });
});
