import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hardened, harbor } from './support/audited.ts';
import { changing } from './support/changing.ts';
import type { Changing } from './support/changing.ts';

/* The gate with experiments: only what the change can reach is tried again. */

let twin: Changing;
beforeAll(async () => {
  twin = await changing(hardened, true);
  expect(twin.baseline.ran).toBe(true);
});
afterEach(() => twin.reset());
afterAll(() => twin.remove());

describe('a gate that runs the application', () => {
  it('sees what an endpoint without a guard gives away, and tries nothing that the change cannot reach', async () => {
    twin.edit(
      'src/routes/search.ts',
      'export default router;',
      `router.get('/people', asyncHandler(async (req, res) => {
  const people = await pool.query('SELECT id, customer_name, customer_email FROM orders ORDER BY id LIMIT 100');
  res.json(people.rows);
}));

export default router;`,
    );
    const { report, result } = await twin.gate();
    expect(report.ran.done, report.ran.reason ?? '').toBe(true);
    expect(report.ran.focus).toEqual(['GET /api/search', 'GET /api/search/notes', 'GET /api/search/people']);
    expect(new Set(report.matrix.rows.map(({ endpoint }) => endpoint)).size).toBeLessThanOrEqual(3);
    expect(result.passed).toBe(false);
    const blocking = report.findings.filter(({ id }) => result.fresh.some((one) => one.id === id && one.blocks));
    expect(new Set(blocking.map(({ endpoint }) => `${endpoint?.method} ${endpoint?.path}`))).toEqual(new Set(['GET /api/search/people']));
    expect(blocking.some((finding) => finding.class === 'ran' && finding.check === 'security/tenant-isolation')).toBe(true);
  });

  it('lets through what changes nothing for anybody', async () => {
    twin.edit('src/routes/search.ts', /\bterm\b/g, 'wanted');
    const { report, result } = await twin.gate();
    expect(report.ran.done, report.ran.reason ?? '').toBe(true);
    expect({ says: result.says, fresh: result.fresh, questions: result.questions }).toEqual({
      says: 'Nothing is worse than the baseline.',
      fresh: [],
      questions: [],
    });
  });

  it('does not start the application for a document, and fails when it starts no more', async () => {
    twin.edit('README.md', /^/, 'New words.\n\n');
    const document = await twin.gate();
    expect(document.report.ran.done).toBe(false);
    expect(document.result.passed).toBe(true);
    twin.reset();
    twin.edit('src/server.ts', /^/, "throw new Error('not today');\n");
    const broken = await twin.gate();
    expect(broken.result.passed).toBe(false);
    expect(broken.result.stopped.join(' ')).toContain('does not now');
  });
});

describe('a gate on an application with known flaws', () => {
  it('stays open for a change that touches some of what is known', async () => {
    const flawed = await changing(harbor, true);
    try {
      flawed.edit('src/routes/search.ts', /$/, '\n// Reviewed in March.\n');
      const { report, result } = await flawed.gate();
      expect(report.ran.focus).toHaveLength(3);
      expect(result.known).toBeGreaterThan(100);
      expect({ says: result.says, fresh: result.fresh.filter(({ blocks }) => blocks) }).toEqual({
        says: 'Nothing is worse than the baseline.',
        fresh: [],
      });
    } finally {
      flawed.remove();
    }
  });
});
