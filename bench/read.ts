/**
 * Times reading: cold, warm, and with three files changed, each in a fresh process through all collectors of src/read/index.ts,
 * from the start of the process to its end.
 *
 *   node bench/read.ts [DIR] [--lines N] [--runs N] [--dense] [--eslint NODE_MODULES]
 *
 * Without a directory it writes an Express application with a React front end of about N lines (100 000, some 600 endpoints; the
 * applications that we tried have 100 to 350 in as many lines) into a temporary folder; --dense leaves the front end out, which
 * makes 3 700 endpoints of the same lines. A directory that is given is not changed, so it is not timed with changed files. With --runs the median and the range of N rounds are printed.
 * Columns: seconds, peak memory (RSS) of the reading process, lines read, share of the cold time, rows of evidence. Cold means
 * without any cache of ours, compiled code included; the file system's cache is warm. Processes that only parse live beside the
 * reading one while it is cold, about 200 MiB each. oxlint, and with --eslint (a node_modules that holds eslint,
 * eslint-plugin-security and @typescript-eslint/parser) eslint, read the same tree in the same run.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const views = ['list', 'detail', 'form', 'filters', 'chart'] as const;
const here = dirname(fileURLToPath(import.meta.url));

if (process.argv[2] === '--child') await child(process.argv[3] ?? '.', process.argv[4] ?? '');
else main();

/** One audit's reading, in this process. Prints one line of JSON. */
async function child(dir: string, cacheDir: string): Promise<void> {
  enableCompileCache(join(cacheDir, 'compiled'));
  const { openTree } = await import('../src/world/tree.ts');
  const { collectors } = await import('../src/read/index.ts');
  const { inOrder } = await import('../src/engine/order.ts');
  const context = { tree: await openTree(dir), cacheDir, jobs: 2, toolVersion: 'bench', now: new Date(), online: false };
  const counts: Record<string, number> = {};
  const given: Record<string, unknown> = {};
  for (const collector of inOrder(collectors)) {
    // What throws is absent with a reason, as in an audit: the written application has no history.
    const found = await Promise.resolve()
      .then(() => collector.run(given as never, context))
      .catch(() => null);
    if (found === null) continue;
    const { value } = found;
    given[collector.yields] = { value };
    counts[collector.yields] = Math.max(0, ...Object.values(value as object).map((list) => (Array.isArray(list) ? list.length : 0)));
  }
  const { programOf } = await import('../src/read/code.ts');
  const { lines } = await programOf(context);
  console.log(JSON.stringify({ lines, mib: Math.round(process.resourceUsage().maxRSS / 1024), ...counts }));
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { lines: { type: 'string' }, runs: { type: 'string' }, eslint: { type: 'string' }, dense: { type: 'boolean' } },
  });
  const work = mkdtempSync(join(tmpdir(), 'seaworthy-bench-'));
  try {
    const dir = positionals[0] ?? generate(join(work, 'app'), Number(values.lines ?? 100_000), values.dense ?? false);
    const rounds: Record<'cold' | 'warm' | 'three changed', Round[]> = { cold: [], warm: [], 'three changed': [] };
    for (let n = 0; n < Number(values.runs ?? 1); n++) {
      const cache = join(work, `cache${n}`);
      mkdirSync(cache);
      rounds.cold.push(run('cold', dir, cache));
      rounds.warm.push(run('warm', dir, cache));
      if (positionals[0] !== undefined) continue;
      for (const feature of [3, 4, 5])
        appendFileSync(join(dir, `src/features/feature${feature}/service.ts`), `\nexport const changed${n}x${feature} = true;\n`);
      rounds['three changed'].push(run('three changed', dir, cache));
    }
    const cold = median(rounds.cold);
    for (const [name, list] of Object.entries(rounds)) if (list.length > 0) print(name, list, cold);
    compare('oxlint', join(here, '../node_modules/.bin/oxlint'), ['.'], dir, cold);
    if (values.eslint !== undefined) {
      const config = join(work, 'eslint.config.mjs');
      // Absolute specifiers, because the configuration stands beside the tree and not beside its packages.
      writeFileSync(
        config,
        `import security from '${values.eslint}/eslint-plugin-security/index.js';\nimport parser from '${values.eslint}/@typescript-eslint/parser/dist/index.js';\nexport default [{ files: ['**/*.ts'], languageOptions: { parser }, ...security.configs.recommended }];\n`,
      );
      compare('eslint + security', join(values.eslint, '.bin/eslint'), ['--no-config-lookup', '-c', config, '.'], dir, cold);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Round {
  readonly ms: number;
  readonly mib: number;
  readonly lines: number;
  readonly counts: Record<string, number>;
}

function run(name: string, dir: string, cache: string): Round {
  const started = performance.now();
  const result = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--child', dir, cache], { encoding: 'utf8' });
  const ms = performance.now() - started;
  if (result.status !== 0) throw new Error(`${name}: ${result.stderr}`);
  const { mib, lines, ...counts } = JSON.parse(result.stdout) as Record<string, number> & { mib: number; lines: number };
  return { ms, mib, lines, counts };
}

function median(rounds: readonly Round[]): number {
  return rounds.map(({ ms }) => ms).toSorted((a, b) => a - b)[rounds.length >> 1] ?? Number.NaN;
}

function print(name: string, rounds: readonly Round[], cold: number): void {
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const all = rounds.map(({ ms }) => ms);
  const range = rounds.length > 1 ? ` (${seconds(Math.min(...all))}-${seconds(Math.max(...all))} of ${rounds.length})` : '';
  const last = rounds.at(-1);
  console.log(
    `${name.padEnd(18)} ${seconds(median(rounds))} s${range}  ${Math.max(...rounds.map(({ mib }) => mib))} MiB  ${last?.lines} lines  ${(median(rounds) / cold).toFixed(2)} of cold  ${JSON.stringify(last?.counts)}`,
  );
}

function compare(name: string, command: string, args: string[], cwd: string, against: number): void {
  if (!existsSync(command)) {
    console.log(`${name.padEnd(18)} not installed`);
    return;
  }
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 30 });
  const ms = performance.now() - started;
  // Both leave with 1 when they find something; anything else is no measurement.
  if (status !== 0 && status !== 1) console.log(`${name.padEnd(18)} failed: ${stderr.split('\n')[0]}`);
  else
    console.log(
      `${name.padEnd(18)} ${(ms / 1000).toFixed(2)} s  ${(ms / against).toFixed(2)} of cold  ${stdout.trimEnd().split('\n').at(-1)}`,
    );
}

/** Writes features until the lines are reached; every feature differs in names, tables and numbers. */
function generate(dir: string, lines: number, dense: boolean): string {
  let written = 0;
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
    written += text.split('\n').length;
  };
  put(
    'package.json',
    JSON.stringify({ name: 'bench', type: 'module', dependencies: { express: '5', pg: '8', zod: '4', jsonwebtoken: '9' } }),
  );
  put('tsconfig.json', JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '@/*': ['src/*'] } } }));
  put(
    'src/db.ts',
    `import pg from 'pg';\nexport const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });\nexport const query = (text: string, params?: unknown[]) => pool.query(text, params);\n`,
  );
  put(
    'src/middleware/auth.ts',
    `import jwt from 'jsonwebtoken';\nimport type { NextFunction, Request, Response } from 'express';\nexport function authenticate(req: Request, res: Response, next: NextFunction) {\n  const header = req.headers.authorization;\n  if (!header) return res.status(401).json({ error: 'sign in' });\n  try {\n    req.user = jwt.verify(header.slice(7), process.env.JWT_SECRET);\n    next();\n  } catch {\n    res.status(401).json({ error: 'sign in again' });\n  }\n}\nexport const requireRole = (...roles: string[]) => (req: Request, res: Response, next: NextFunction) => {\n  if (!roles.includes(req.user.role)) return res.status(403).json({ error: 'not allowed' });\n  next();\n};\nexport const asyncHandler = (handler: any) => (req: Request, res: Response, next: NextFunction) => Promise.resolve(handler(req, res, next)).catch(next);\n`,
  );
  const mounts: string[] = [];
  for (let n = 0; written < lines; n++) {
    const entities = Array.from({ length: 6 }, (_, k) => `item${n}x${k}`);
    const folder = `src/features/feature${n}`;
    put(
      `${folder}/schema.ts`,
      `import { z } from 'zod';\n${entities.map((e) => `export const ${e}Schema = z.object({\n  name: z.string().min(1).max(${100 + n}),\n  email: z.string().email().optional(),\n  amount: z.number().int().positive(),\n  status: z.enum(['open', 'done', 'late']),\n  note: z.string().nullable(),\n});\n`).join('\n')}`,
    );
    put(
      `${folder}/types.ts`,
      entities
        .map(
          (e) =>
            `export interface ${e} {\n  id: number;\n  organisationId: number;\n  name: string;\n  email: string | null;\n  amount: number;\n  status: 'open' | 'done' | 'late';\n  createdAt: Date;\n  updatedAt: Date;\n}\n\nexport type ${e}Summary = Pick<${e}, 'id' | 'name' | 'amount'>;\n`,
        )
        .join('\n'),
    );
    put(
      `${folder}/service.ts`,
      `import { query } from '@/db';\nimport { total${n} } from './pricing.js';\n${entities.map((e) => service(e)).join('\n')}`,
    );
    put(
      `${folder}/pricing.ts`,
      `/** Prices of feature ${n}. */\nexport function total${n}(items: { price: number; quantity: number }[]): number {\n${Array.from({ length: 30 }, (_, k) => `  if (items.length > ${k * 10}) {\n    items = items.filter((item) => item.price * item.quantity > ${k});\n  }`).join('\n')}\n  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);\n}\n`,
    );
    put(
      `${folder}/routes.ts`,
      `import { Router } from 'express';\nimport { authenticate, requireRole, asyncHandler } from '@/middleware/auth';\nimport * as service from './service.js';\nimport * as schemas from './schema.js';\n\nconst router = Router();\nrouter.use(authenticate);\n${entities.map((e) => handlers(e)).join('\n')}\nexport default router;\n`,
    );
    if (!dense) for (const e of entities) for (const view of views) put(`client/src/pages/feature${n}/${e}-${view}.tsx`, page(e, view, n));
    mounts.push(`import feature${n} from './features/feature${n}/routes.js';`);
  }
  put(
    'src/server.ts',
    `import express from 'express';\n${mounts.join('\n')}\nconst app = express();\napp.use(express.json());\n${mounts.map((_, n) => `app.use('/api/feature${n}', feature${n});`).join('\n')}\napp.listen(process.env.PORT ?? 3000);\n`,
  );
  return dir;
}

function service(e: string): string {
  return `
export async function list_${e}(organisationId: number, status: string, page: number) {
  const conditions = ['organisation_id = $1'];
  const values: unknown[] = [organisationId];
  if (status) {
    values.push(status);
    conditions.push(\`status = $\${values.length}\`);
  }
  const result = await query(
    \`SELECT id, name, email, amount, status FROM ${e} WHERE \${conditions.join(' AND ')} ORDER BY id LIMIT 50 OFFSET \${Number(page) * 50}\`,
    values,
  );
  return result.rows;
}

export async function get_${e}(id: string, organisationId: number) {
  const result = await query('SELECT * FROM ${e} WHERE id = $1 AND organisation_id = $2', [id, organisationId]);
  return result.rows[0] ?? null;
}

export async function create_${e}(input: { name: string; email?: string; amount: number; status: string }, organisationId: number) {
  try {
    const result = await query(
      'INSERT INTO ${e} (organisation_id, name, email, amount, status) VALUES ($1, $2, $3, $4, $5) RETURNING id',
      [organisationId, input.name, input.email, input.amount, input.status],
    );
    return result.rows[0];
  } catch (error) {
    console.error('could not create ${e}', error);
    throw error;
  }
}

export async function remove_${e}(id: string, organisationId: number) {
  const found = await get_${e}(id, organisationId);
  if (found === null) return false;
  for (const child of found.children ?? []) {
    await query('DELETE FROM ${e}_children WHERE id = $1', [child.id]);
  }
  await query('DELETE FROM ${e} WHERE id = $1 AND organisation_id = $2', [id, organisationId]);
  return true;
}
`;
}

function handlers(e: string): string {
  return `
router.get('/${e}', asyncHandler(async (req, res) => {
  const { status, page } = req.query;
  res.json(await service.list_${e}(req.user.organisationId, status, page));
}));

router.get('/${e}/:id', asyncHandler(async (req, res) => {
  const found = await service.get_${e}(req.params.id, req.user.organisationId);
  if (found === null) {
    return res.status(404).json({ error: 'not found' });
  }
  res.json(found);
}));

router.post('/${e}', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const parsed = schemas.${e}Schema.safeParse(req.body);
  if (!parsed.success) {
    return res.status(400).json({ error: parsed.error.message });
  }
  res.status(201).json(await service.create_${e}(parsed.data, req.user.organisationId));
}));

router.delete('/${e}/:id', requireRole('owner'), asyncHandler(async (req, res) => {
  const removed = await service.remove_${e}(req.params.id, req.user.organisationId);
  res.status(removed ? 204 : 404).end();
}));
`;
}

/** A page of the front end, as such applications have by the dozen: state, an effect that fetches, handlers, a table, a form. */
function page(e: string, view: (typeof views)[number], n: number): string {
  const name = `${e}${view[0]?.toUpperCase()}${view.slice(1)}`;
  const cells = Array.from(
    { length: 8 },
    (_, k) => `            <td className="px-${k} py-2 text-sm text-gray-${(k % 9) * 100}">{format${k % 3}(row.field${k})}</td>`,
  );
  const inputs = Array.from(
    { length: 6 },
    (_, k) => `        <label className="block">
          <span className="text-sm font-medium">Field ${k}</span>
          <input
            type="${k % 2 === 0 ? 'text' : 'number'}"
            value={form.field${k} ?? ''}
            onChange={(event) => setForm({ ...form, field${k}: event.target.value })}
            className={cn('mt-1 w-full rounded border px-3 py-2', errors.field${k} && 'border-red-500')}
          />
          {errors.field${k} && <p className="mt-1 text-xs text-red-600">{errors.field${k}}</p>}
        </label>`,
  );
  return `import { useCallback, useEffect, useMemo, useState } from 'react';
import { Button } from '@/components/button';
import { cn } from '@/lib/cn';

interface Row {
  id: number;
${Array.from({ length: 8 }, (_, k) => `  field${k}: ${k % 2 === 0 ? 'string' : 'number'};`).join('\n')}
}

const format0 = (value: unknown) => String(value ?? '-');
const format1 = (value: unknown) => Number(value ?? 0).toFixed(${n % 4});
const format2 = (value: unknown) => (value ? 'yes' : 'no');

export default function ${name}({ organisationId, onSaved }: { organisationId: number; onSaved?: (row: Row) => void }) {
  const [rows, setRows] = useState<Row[]>([]);
  const [form, setForm] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [loading, setLoading] = useState(true);
  const [page, setPage] = useState(1);

  const load = useCallback(async () => {
    setLoading(true);
    try {
      const response = await fetch(\`/api/feature${n}/${e}?page=\${page}&organisation=\${organisationId}\`, { headers: { accept: 'application/json' } });
      if (!response.ok) throw new Error(\`status \${response.status}\`);
      setRows(await response.json());
    } catch (error) {
      setErrors({ form: error instanceof Error ? error.message : 'unknown' });
    } finally {
      setLoading(false);
    }
  }, [page, organisationId]);

  useEffect(() => {
    void load();
  }, [load]);

  const total = useMemo(() => rows.reduce((sum, row) => sum + row.field1 * row.field3, ${n}), [rows]);
  const visible = rows.filter((row) => row.field0.toLowerCase().includes((form.search ?? '').toLowerCase()));

  const submit = async () => {
    const found: Record<string, string> = {};
    for (const key of ['field0', 'field1', 'field2']) if (!form[key]) found[key] = 'Please fill this in';
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    const response = await fetch('/api/feature${n}/${e}', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: form.field0, amount: Number(form.field1), status: 'open' }),
    });
    const saved = (await response.json()) as Row;
    setRows([...rows, saved]);
    onSaved?.(saved);
  };

  if (loading) return <div className="animate-pulse p-8 text-center">Loading ${view} ...</div>;
  return (
    <section className="space-y-6 p-6">
      <header className="flex items-center justify-between">
        <h1 className="text-2xl font-semibold">${name}</h1>
        <Button variant="primary" onClick={() => setPage(page + 1)} disabled={rows.length < 50}>
          Next page
        </Button>
      </header>
      <table className="min-w-full divide-y">
        <tbody>
        {visible.map((row) => (
          <tr key={row.id} className={row.id % 2 === 0 ? 'bg-white' : 'bg-gray-50'}>
${cells.join('\n')}
          </tr>
        ))}
        </tbody>
      </table>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
${inputs.join('\n')}
        <Button type="submit">Save</Button>
      </form>
      <footer className="text-right">{total > ${n * 10} ? <strong>{total}</strong> : total}</footer>
    </section>
  );
}
`;
}
