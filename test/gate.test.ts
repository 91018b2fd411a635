import { renameSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'oxfmt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Waiver } from '../src/index.ts';
import { hardened, harbor } from './support/audited.ts';
import { changing } from './support/changing.ts';
import type { Changing } from './support/changing.ts';

/*
 * Changes as people and tools make them, on the mended example and on the flawed one: those that make something worse shut the gate,
 * with exactly that, and those that do not leave it open.
 */

let twin: Changing;
let flawed: Changing;
beforeAll(async () => {
  twin = await changing(hardened);
  flawed = await changing(harbor);
});
afterEach(() => {
  twin.reset();
  flawed.reset();
});
afterAll(() => {
  twin.remove();
  flawed.remove();
});

/** What shuts the gate: checks with their subjects, figures, controls, waivers. */
async function shut(app: Changing): Promise<string[]> {
  app.git('add', '-A');
  const { report, result } = await app.gate();
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  const said = [
    ...result.fresh.flatMap(({ id, blocks, worse }) => {
      const finding = byId.get(id);
      return blocks && finding ? [`${finding.check}: ${finding.subject.name}${worse === '' ? '' : ` (${worse})`}`] : [];
    }),
    ...result.questions.map((id) => `${byId.get(id)?.check ?? ''}: ${byId.get(id)?.subject.name ?? ''}`),
    ...result.ratchets.flatMap(({ name, kept }) => (kept ? [] : [name])),
    ...result.lost.map(({ control }) => `lost ${control}`),
    ...result.invalidWaivers.map(({ why }) => `waiver: ${why}`),
    ...result.stopped,
  ];
  expect(result.passed).toBe(said.length === 0);
  return said;
}

const unguarded = `
app.get('/api/customers', asyncHandler(async (req, res) => {
  const customers = await pool.query('SELECT id, customer_name, customer_email FROM orders ORDER BY id LIMIT 100');
  res.json(customers.rows);
}));
`;

describe('a change that makes something worse', () => {
  it('adds an endpoint that asks nobody who is calling', async () => {
    twin.edit('src/app.ts', "app.use(express.json({ limit: '100kb' }));", `app.use(express.json({ limit: '100kb' }));${unguarded}`);
    twin.edit(
      'src/app.ts',
      "import { log } from './log.js';",
      "import { asyncHandler } from './async-handler.js';\nimport { pool } from './db.js';\nimport { log } from './log.js';",
    );
    const said = await shut(twin);
    expect(said).toContain('security/authentication: GET /api/customers');
    expect(said.filter((text) => !text.includes('GET /api/customers'))).toEqual([]);
  });

  it('takes the guard away from endpoints', async () => {
    twin.edit('src/routes/admin.ts', "router.put('/settings', requireRole('owner'), ", "router.put('/settings', ");
    const said = await shut(twin);
    expect(said).toContain('security/guard-consistency: PUT /api/admin/settings');
    expect(said.filter((text) => !text.endsWith('PUT /api/admin/settings'))).toEqual([]);
  });

  it('puts what callers choose into a statement', async () => {
    twin.edit(
      'src/routes/notes.ts',
      "'SELECT 1 FROM orders WHERE id = $1 AND organisation_id = $2', [orderId, organisationId]",
      '`SELECT 1 FROM orders WHERE id = ${req.query.order} AND organisation_id = $1`, [organisationId]',
    );
    expect(await shut(twin)).toContain('security/sql-injection: GET /api/orders/:orderId/notes');
  });

  it('commits a live key', async () => {
    const key = ['sk', 'live', '51HqLyjWDarjtT1zdp7dcK4eC39'].join('_');
    twin.edit('src/payments.ts', /^/, `const stripeKey = '${key}';\nexport const keyed = () => stripeKey;\n`);
    expect((await shut(twin)).filter((text) => text.startsWith('security/secrets-in-code: src/payments.ts'))).toHaveLength(1);
  });

  it('takes the assertions out of a test', async () => {
    twin.edit(
      'tests/units.test.ts',
      /assert\.equal\(toCents\(0\.1\), 10\);[\s\S]*?assert\.equal\(fromCents\(1999\), 19\.99\);/,
      'toCents(0.1);',
    );
    const said = await shut(twin);
    expect(said).toContain('tests/asserting');
  });

  it('repeats in a file the fault that the file had already', async () => {
    flawed.edit(
      'src/routes/orders.ts',
      '// Place an order\n',
      "router.get('/:id/again', async (req, res) => {\n  try {\n    res.json(await cartTotal(req.body.items));\n  } catch (err) {\n    res.status(500).json({ error: err.message, stack: err.stack });\n  }\n});\n\n// Place an order\n",
    );
    expect((await shut(flawed)).filter((text) => /error-leak|GET \/api\/orders\/:id\/again/.test(text)).length).toBeGreaterThan(0);
  });

  it('gives up types', async () => {
    twin.edit('src/slug.ts', 'slugify(name: string)', 'slugify(name: any)');
    expect(await shut(twin)).toContain('types/any');
  });

  it('mends one place and makes the same fault in another', async () => {
    flawed.edit('src/lib/ai.ts', 'await fetch(', 'await fetch(String(');
    flawed.reset();
    flawed.edit('src/routes/wallet.ts', /^/, "import { writeFileSync } from 'node:fs';\n");
    flawed.edit(
      'src/routes/wallet.ts',
      'export default router;',
      "router.get('/:id/note', asyncHandler(async (req, res) => {\n  writeFileSync('/srv/notes/' + req.query.name, 'x');\n  res.json({});\n}));\n\nexport default router;",
    );
    expect((await shut(flawed)).filter((text) => text.includes('/note'))).not.toEqual([]);
  });

  it('lets a waiver run out, or keeps one for nothing', async () => {
    const waiver: Waiver = {
      check: 'security/cors-origins',
      subject: 'src/server.ts cors',
      reason: 'a demo',
      owner: 'Ann Lee',
      expires: '2026-01-31',
    };
    flawed.write('seaworthy.json', JSON.stringify({ waivers: [waiver] }));
    expect(await shut(flawed)).toEqual(['waiver: It ended on 2026-01-31.']);
  });
});

describe('a change that makes nothing worse', () => {
  it('renames a file', async () => {
    for (const app of [flawed]) {
      renameSync(join(app.dir, 'src/routes/wallet.ts'), join(app.dir, 'src/routes/purse.ts'));
      app.edit('src/routes/workspace.ts', './wallet.js', './purse.js');
      renameSync(join(app.dir, 'src/lib/tokens.ts'), join(app.dir, 'src/lib/sessions.ts'));
      app.edit('src/middleware/auth.ts', '../lib/tokens.js', '../lib/sessions.js');
      app.edit('src/routes/auth.ts', '../lib/tokens.js', '../lib/sessions.js');
      expect(await shut(app)).toEqual([]);
    }
  });

  it('moves functions into another file', async () => {
    const text = await readFile(join(flawed.dir, 'src/lib/mail.ts'), 'utf8');
    const at = text.indexOf('export async function sendMail');
    const [own, link] = [/^const MAIL.*\n/gm, /^import qs.*\n|^const APP_URL.*\n/gm];
    flawed.write('src/lib/mail.ts', text.slice(0, at).replace(own, ''));
    flawed.write('src/lib/post.ts', `${text.slice(0, text.indexOf('export function resetLink')).replace(link, '')}${text.slice(at)}`);
    const files = await readdir(join(flawed.dir, 'src'), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const path = join(flawed.dir, 'src', file);
      const code = await readFile(path, 'utf8');
      const split = code.replace(
        /import \{ ([^}]*)\bsendMail\b,? ?([^}]*)\} from '([./]+)lib\/mail\.js';/,
        (_all, a: string, b: string, dots: string) => {
          const left = `${a}${b}`.replace(/,\s*$/, '').trim();
          return `import { sendMail } from '${dots}lib/post.js';${left === '' ? '' : `\nimport { ${left} } from '${dots}lib/mail.js';`}`;
        },
      );
      await writeFile(path, split);
    }
    expect(await shut(flawed)).toEqual([]);
  });

  it('formats everything otherwise', async () => {
    for (const app of [twin, flawed]) {
      const files = (await readdir(join(app.dir, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
      for (const file of files) {
        const path = join(app.dir, 'src', file);
        const { code } = await format(file, await readFile(path, 'utf8'), {
          printWidth: 70,
          useTabs: true,
          singleQuote: false,
          semi: false,
        });
        await writeFile(path, code);
      }
      expect(await shut(app)).toEqual([]);
    }
  });

  it('writes documents', async () => {
    twin.edit('README.md', /^/, 'New words.\n\n');
    const { result } = await twin.gate();
    expect(result.passed).toBe(true);
    expect(result.change).toMatchObject({ files: 1, endpoints: [] });
  });

  it('adds an endpoint that asks who is calling and for whose rows', async () => {
    twin.edit(
      'src/routes/orders.ts',
      "router.get('/:id', asyncHandler(",
      `router.get('/open', asyncHandler(async (req, res) => {
  const { limit, page } = paging.parse(req.query);
  const { organisationId } = signedIn(req);
  const open = await pool.query<{ id: number; status: string }>(
    'SELECT id, status FROM orders WHERE organisation_id = $1 ORDER BY id LIMIT $2 OFFSET $3',
    [organisationId, limit, (page - 1) * limit]
  );
  res.json(open.rows);
}));

router.get('/:id', asyncHandler(`,
    );
    expect(await shut(twin)).toEqual([]);
  });

  it('mends a fault', async () => {
    flawed.edit('src/server.ts', 'error: err.message, stack: err.stack', "error: 'Something went wrong'");
    const { result } = await flawed.gate();
    expect(result.passed).toBe(true);
    expect(result.mended.join(' ')).toContain('reliability/error-leak#');
  });

  it('has its fault waived by somebody, for a while', async () => {
    twin.edit('src/app.ts', 'origin: settings.CORS_ORIGINS', 'origin: true, credentials: true');
    const blocked = await twin.gate();
    expect(blocked.result.passed).toBe(false);
    const waivers = blocked.result.fresh.flatMap(({ id }) => {
      const finding = blocked.report.findings.find((one) => one.id === id);
      return finding
        ? [
            {
              check: finding.check,
              subject: finding.subject.name,
              reason: 'for the demo in March',
              owner: 'Ann Lee',
              expires: '2099-12-31',
            },
          ]
        : [];
    });
    twin.write('seaworthy.json', JSON.stringify({ waivers }));
    const { result } = await twin.gate();
    expect(result.waived).toHaveLength(waivers.length);
    expect(result.fresh).toEqual([]);
  });

  it('renames what is local', async () => {
    flawed.edit('src/routes/orders.ts', /\border\.rows\[0\]/g, 'placed.rows[0]');
    flawed.edit('src/routes/orders.ts', 'const order = await query(\n      `INSERT', 'const placed = await query(\n      `INSERT');
    expect(await shut(flawed)).toEqual([]);
  });
});
