import { describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { sampleInput, sampleReport } from '../report/testdata/sample.ts';
import { matrixOf } from './matrix.ts';

type Cell = EvidenceValue<'access'>['cells'][number];

const leak: Cell = {
  endpoint: 'GET /api/invoices',
  actor: 'stranger',
  outcome: 'leak',
  reason: 'invoices of another tenant stand in the answer',
  status: 200,
  read: [{ table: 'public.invoices', key: { id: '17' } }],
  changed: [],
  byId: false,
  columns: [],
  proof: null,
};

const [first] = sampleReport.findings.filter((finding) => finding.check === 'security/object-authorization');
if (!first) throw new Error('the sample has no such finding');
const about = (id: string, kind: 'table' | 'endpoint', name: string, rest: Partial<typeof first> = {}) => ({
  ...first,
  id,
  subject: { kind, name },
  proof: null,
  ...rest,
});

/** The finding that a leak is joined to. */
function joined(cell: Cell, findings: Parameters<typeof matrixOf>[0]['findings']): string | null | undefined {
  return matrixOf({ access: { cells: [cell] }, actors: undefined, endpoints: [], findings, checks: sampleInput.checks }).cells[0]?.finding;
}

describe('matrixOf', () => {
  it('counts every cell under its row and its outcome, and gives the places', () => {
    const { outcomes, rows, cells, actors } = sampleReport.matrix;
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['leak', 'unknown', 'allowed', 'intended', 'shared', 'own', 'refused']);
    expect(outcomes.reduce((sum, one) => sum + one.cells, 0)).toBe(cells.length);
    expect(rows.find((row) => row.endpoint === 'GET /api/invoices/:id')).toEqual({
      endpoint: 'GET /api/invoices/:id',
      file: 'src/routes/invoices.ts',
      line: 38,
      cells: { refused: 1, own: 1, leak: 2, allowed: 3 },
    });
    expect(actors[0]).toEqual({ name: 'anonymous', part: 'anonymous', role: null });
  });

  it('names actors whom the evidence does not know', () => {
    const { actors } = matrixOf({ access: { cells: [leak] }, actors: undefined, endpoints: [], findings: [], checks: {} });
    expect(actors).toEqual([{ name: 'stranger', part: null, role: null }]);
  });

  it('joins a leak to the finding that shows this very experiment, else to one about the endpoint, else about the table', () => {
    const { proof } = first;
    const table = about('table', 'table', 'public.invoices');
    const endpoint = about('endpoint', 'endpoint', leak.endpoint);
    const experiment = about('experiment', 'table', 'public.customers', { proof });
    const own = about('own', 'endpoint', leak.endpoint, { proof });
    expect(joined({ ...leak, proof }, [table, endpoint, experiment, own])).toBe('own');
    expect(joined({ ...leak, proof }, [table, endpoint, experiment])).toBe('experiment');
    expect(joined(leak, [table, endpoint, experiment])).toBe('endpoint');
    expect(joined(leak, [experiment, table])).toBe('table');
    expect(joined(leak, [experiment])).toBeNull();
  });

  it('does not take another fault of the endpoint for the proof of a leak', () => {
    expect(joined(leak, [about('other', 'endpoint', leak.endpoint, { check: 'performance/query-count' })])).toBeNull();
    expect(joined(leak, [about('reading', 'endpoint', leak.endpoint, { class: 'read' })])).toBeNull();
    expect(joined(leak, [about('open', 'endpoint', leak.endpoint, { status: 'unknown' })])).toBeNull();
  });
});
