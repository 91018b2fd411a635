import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/index.ts';
import { commandIn } from './support/command.ts';

/* The same small application on other frameworks than Express, with its fault and without. */

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'seaworthy-frameworks-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const seaworthy = commandIn(work);

async function audited(framework: string, mended: boolean): Promise<Report> {
  const dir = join(work, `${framework}${mended ? '-mended' : ''}`);
  mkdirSync(dir);
  const from = join(root, 'src', 'run', 'ground', 'testdata', 'frameworks');
  for (const file of ['migrate.js', 'store.js']) copyFileSync(join(from, file), join(dir, file));
  copyFileSync(join(from, `${framework}.js`), join(dir, 'server.js'));
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ ...manifest, dependencies: { [framework]: '*', pg: '*' } }));
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  if (mended) writeFileSync(join(dir, 'seaworthy.json'), '{ "env": { "MENDED": "yes" } }');
  const { err } = await seaworthy('audit', dir, '--run');
  expect(err).not.toContain('rror');
  return JSON.parse(readFileSync(join(dir, '.seaworthy', 'report.json'), 'utf8')) as Report;
}

const ran = ({ findings }: Report) =>
  findings.filter((one) => one.class === 'ran' && one.status === 'fail').map((one) => `${one.check} ${one.subject.name}`);

describe.each(['fastify', 'hono', 'koa'])('%s', (framework) => {
  it('shows who reads whose note, and works for its owners', async () => {
    const report = await audited(framework, false);
    expect(report.endpoints.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'DELETE /api/notes/:id',
      'GET /api/notes',
      'GET /api/notes/:id',
      'GET /api/users',
      'POST /api/login',
      'POST /api/notes',
      'POST /api/register',
    ]);
    expect(report.works).toEqual({ operations: 7, of: 7 });
    expect(ran(report)).toEqual(['security/object-authorization GET /api/notes/:id']);
  });

  it('is silent on the twin', async () => {
    const report = await audited(framework, true);
    expect(report.works).toEqual({ operations: 7, of: 7 });
    expect(ran(report)).toEqual([]);
  });
});
