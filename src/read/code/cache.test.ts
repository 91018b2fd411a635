import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programOf } from '../code.ts';
import { auth, contextOf } from './program.testing.ts';

describe('the cache', () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'seaworthy-cache-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const tree = {
    'auth.ts': auth,
    'app.ts': `import express from 'express'; import { authenticate } from './auth'; express().get('/x', authenticate, () => {});`,
  };
  it('changes nothing, and neither does a broken one', async () => {
    const once = async () => JSON.stringify(await programOf(contextOf(tree, folder)));
    const cold = await once();
    expect(await once()).toBe(cold);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'nonsense\nabc\tdef\n');
    expect(await once()).toBe(cold);
    expect(JSON.stringify(await programOf(contextOf(tree)))).toBe(cold);
  });
  it('gives what a fresh reading gives, after any edits', async () => {
    const names = ['auth.ts', 'app.ts', 'users.ts'];
    const files: Record<string, string> = {
      ...tree,
      'users.ts': `import { query } from './db'; export const list = (req, res) => query('SELECT * FROM users WHERE id = ' + req.query.id).catch(() => res.json([]));`,
    };
    const edits = [
      '// é\u2028',
      'app.get("/ü", list);',
      `import { list } from './users';`,
      'const app = express();',
      `const pool = new (require('pg').Pool)();`,
      'pool.query(`SELECT ${a} FROM t`);',
      '{',
      'try { f() } catch {}',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(), fc.constantFrom(...edits)), { minLength: 1, maxLength: 4 }),
        async (list) => {
          const edited = { ...files };
          for (const [name, at, text] of list) {
            const lines = (edited[name] ?? '').split('\n');
            lines.splice(at % (lines.length + 1), 0, text);
            edited[name] = lines.join('\n');
          }
          const cached = JSON.stringify(await programOf(contextOf(edited, folder)));
          expect(cached).toBe(JSON.stringify(await programOf(contextOf(edited))));
          expect(JSON.stringify(await programOf(contextOf(edited, folder)))).toBe(cached);
        },
      ),
      { numRuns: 60 },
    );
  });
  it('does not believe a line that was changed, cut or added', async () => {
    const cold = JSON.stringify(await programOf(contextOf(tree, folder)));
    for (const spoil of [
      (text: string) => text.replaceAll('/x', '/y'),
      (text: string) => text.slice(0, -20),
      (text: string) => `${text}\n\t\n\t\t\t\n`,
    ]) {
      for (const name of readdirSync(folder))
        writeFileSync(join(folder, name), spoil(readFileSync(join(folder, name), 'latin1')), 'latin1');
      expect(JSON.stringify(await programOf(contextOf(tree, folder)))).toBe(cold);
    }
  });
});
