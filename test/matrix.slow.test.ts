import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generateApp, layApp } from '../bench/generated-app.ts';
import type { GeneratedApp } from '../bench/generated-app.ts';
import { auditMatrix, pointsAt } from '../bench/matrix-audit.ts';
import type { MatrixAudit } from '../bench/matrix-audit.ts';

/* A small generated app: every cell is accounted for, nobody is accused, and a guard of each kind that is taken away is found. */

const work = mkdtempSync(join(tmpdir(), 'seaworthy-matrix-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const wish = { seed: 'small', endpoints: 28, roles: 4, mutant: null };
let laid = 0;

function audited(app: GeneratedApp): Promise<MatrixAudit> {
  const dir = join(work, String(laid++));
  layApp(app, dir, join(import.meta.dirname, '..', 'examples', 'harbor', 'node_modules'));
  return auditMatrix(dir, 'small');
}

describe('a generated app', () => {
  it('has an account of every cell, works for its owner, and accuses nobody', async () => {
    const app = generateApp(wish);
    const { actors, cells, findings } = await audited(app);
    expect(findings).toEqual([]);
    const acting = actors.filter((actor) => actor.healthy && actor.part !== 'impostor').map((actor) => actor.name);
    expect(acting).toHaveLength(3 + wish.roles);
    expect(cells.map((cell) => `${cell.actor} ${cell.endpoint}`).toSorted()).toEqual(
      acting.flatMap((actor) => app.endpoints.map((endpoint) => `${actor} ${endpoint}`)).toSorted(),
    );
    expect(cells.filter((cell) => cell.reason === '' || cell.outcome === 'unknown')).toEqual([]);
    expect(new Set(cells.filter((cell) => cell.outcome === 'own').map((cell) => cell.endpoint)).size).toBe(app.endpoints.length);
  });

  it.each(['authentication', 'ownership', 'role', 'tenant'] as const)('is caught without one guard: %s', async (kind) => {
    const app = generateApp({ ...wish, mutant: 'one', kind });
    const removed = app.removed?.endpoint ?? '';
    const { findings } = await audited(app);
    expect(findings.filter((finding) => pointsAt(finding, removed))).not.toEqual([]);
    expect(findings.filter((finding) => !pointsAt(finding, removed)).map(({ message }) => message)).toEqual([]);
  });
});
