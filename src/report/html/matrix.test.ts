import { describe, expect, it } from 'vitest';
import { buildReport } from '../../judge/report.ts';
import type { Report } from '../../model/report.ts';
import { toHtml } from '../html.ts';
import { largeReport } from '../testdata/large.ts';
import { sampleInput, sampleReport } from '../testdata/sample.ts';

const page = toHtml(largeReport);

/** The rows of the heat map by the fragments that lead to them. */
function rowsIn(markup: string): Map<string, string> {
  return new Map([...markup.matchAll(/<tr class="e" id="(row-\d+)">(.*?)<\/tr>/gs)].map(([, id = '', row = '']) => [id, row]));
}

function rowOf(report: Report, endpoint: string): string {
  const index = report.matrix.rows.findIndex((row) => row.endpoint === endpoint);
  return rowsIn(toHtml(report)).get(`row-${index + 1}`) ?? '';
}

/** What a reader without style sheet gets. */
const textOf = (markup: string) => markup.replaceAll(/<[^>]*>/g, '').replaceAll('&#39;', "'");

describe('the heat map of 221 endpoints and 15 actors', () => {
  it('tells the four answers apart above it, with all cells', () => {
    const legend = /<dl class="legend">.*?<\/dl>/s.exec(page)?.[0] ?? '';
    const sums = [...legend.matchAll(/<dt>([^:<]+): (\d+)/g)].map(([, title, sum]) => [title, Number(sum)]);
    expect(sums.map(([title]) => title)).toEqual(['Leak', 'Unknown', 'Allowed and intended', 'Refused']);
    expect(sums.reduce((total, [, sum]) => total + Number(sum), 0)).toBe(largeReport.matrix.cells.length);
    expect(textOf(legend)).toContain('Unknown: 2050');
  });

  it('names who confirmed what is intended, and what is refused although it is meant', () => {
    const rule = { endpoint: '* /api/*', lets: true, by: 'Ann Lee', on: '2026-11-20' };
    const cells = sampleReport.matrix.cells.map((cell) =>
      cell.outcome === 'allowed'
        ? { ...cell, outcome: 'intended' as const, answer: 'intended' as const, rule }
        : cell.outcome === 'refused' && cell.actor === 'viewer'
          ? { ...cell, rule }
          : cell,
    );
    const text = textOf(toHtml({ ...sampleReport, matrix: { ...sampleReport.matrix, cells } }));
    expect(text).toContain('a named person confirmed that it is meant (Ann Lee)');
    expect(text).toContain('1 cell refused, though somebody confirmed that it is meant to work');
  });

  it('shows every cell once, in a page that opens quickly', () => {
    const rows = rowsIn(page);
    expect(rows.size).toBe(221);
    for (const row of rows.values()) expect(row.match(/<td/g)).toHaveLength(15);
    expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
  });

  it('needs no script, and its links lead somewhere', () => {
    expect(page).not.toMatch(/<(?:script|img|link|iframe|form|input)\b|\son\w+=/i);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(ids);
    expect([...page.matchAll(/href="#([^"]+)"/g)].filter(([, id]) => !known.has(id))).toEqual([]);
  });

  it('leads from each leak to its proof with one click, and back', () => {
    const leaks = largeReport.matrix.cells.filter((cell) => cell.outcome === 'leak');
    expect(leaks).toHaveLength(9);
    for (const { endpoint, actor, finding } of leaks) {
      const row = rowOf(largeReport, endpoint);
      const cell = [...row.matchAll(/<td class="l"><a href="#(finding-\d+)" title="([^"]*)">/g)].find(([, , title]) =>
        title?.startsWith(`${actor}: `),
      );
      const index = largeReport.findings.findIndex((one) => one.id === finding);
      expect(cell?.[1]).toBe(`finding-${index + 1}`);
      const card =
        page.slice(page.indexOf(`<details class="finding" id="finding-${index + 1}"`)).split('<details class="finding"')[1] ?? '';
      expect(card).toContain('<dt>Proof</dt>');
      const back = largeReport.matrix.rows.findIndex((one) => one.endpoint === endpoint) + 1;
      expect(card).toContain(`href="#row-${back}"`);
    }
  });

  it('folds by resource: what leaks first and open, the others closed', () => {
    const groups = [...page.matchAll(/<details class="fold"( open)?><summary><b>([^<]+)<\/b> <span[^>]*>([^<]*)/g)].map(
      ([, open, name, said]) => `${name}${open ? ' open' : ''}, ${said}`,
    );
    expect(groups.slice(0, 7)).toEqual([
      'tokens open, 8 endpoints: 5 leaks',
      'exports open, 8 endpoints: 2 leaks',
      'invoices open, 8 endpoints: 1 leak',
      'payments open, 8 endpoints: 1 leak',
      'webhooks, 8 endpoints: 120 not proven',
      'calendar, 8 endpoints: 120 not tried',
      'audit-log, 8 endpoints: no leak seen',
    ]);
    expect(groups.filter((group) => group.includes(' open'))).toHaveLength(4);
  });

  it('says in words what each cell and each line of a resource came to', () => {
    const row = rowOf(largeReport, 'DELETE /api/v1/tokens/:id');
    expect(row.match(/<i>[^<]*<\/i>/g)?.slice(0, 4)).toEqual([
      '<i>leak to anonymous: the proof</i>',
      '<i>own</i>',
      '<i>leak to stranger: the proof</i>',
      '<i>refused</i>',
    ]);
    expect(textOf(row)).toContain('leaks to anonymous, stranger, contractor, guest and 1 more; 6 let in, 1 own, 3 refused');
    const group = /<tr class="g">(?:(?!<tr).)*exports.*?<\/tr>/s.exec(page)?.[0] ?? '';
    expect(group).toContain('<td class="l" data-k="1" title="stranger: 1 leak, 7 refused">');
  });

  it('says a reason once for all whom it concerns, with the place in the code', () => {
    const reasons = textOf(rowOf(largeReport, 'GET /api/v1/projects').split('</details>')[0] ?? '');
    expect(reasons.match(/person in this role/g)).toHaveLength(1);
    expect(reasons).toContain("let in 11 others: a person in this role of the owner's tenant may");
    expect(reasons).toContain('refused stranger, suspended: answered 403');
    expect(reasons).toContain('src/routes/projects.ts:10');
    expect(rowOf(largeReport, 'GET /api/v1/calendar')).toContain('<code>seaworthy audit --budget full</code> would try');
  });

  it('never says by colour alone', () => {
    const used = new Set([...page.matchAll(/<td class="(\w)"/g)].map(([, name]) => name ?? ''));
    expect(used).toEqual(new Set('alnorsu'));
    for (const name of used) expect(page).toMatch(new RegExp(`td\\.${name}\\b[^{]*::before[^{]*\\{content:"[^"]+"`));
  });
});

describe('the heat map', () => {
  it('opens everything in a small application', () => {
    expect(toHtml(sampleReport)).not.toContain('<details class="fold">');
  });

  it('shows a pair that has no cell, and says how many endpoints were not part of it', () => {
    const cells = (sampleInput.values.access?.cells ?? []).filter(
      (cell) => cell.endpoint !== 'GET /health' && !(cell.endpoint === 'GET /api/me' && cell.actor === 'viewer'),
    );
    const report = buildReport({ ...sampleInput, values: { ...sampleInput.values, access: { cells } } });
    expect(rowOf(report, 'GET /api/me').match(/<td/g)).toHaveLength(7);
    expect(rowOf(report, 'GET /api/me')).toContain('<td class="m"><i>not part of it</i></td>');
    expect(toHtml(report)).toContain('1 further endpoint of the code was not part of it.');
  });

  it('shows a leak that no finding tells of, without a link', () => {
    const cells = sampleReport.matrix.cells.map((cell) => ({ ...cell, finding: null }));
    const row = rowOf({ ...sampleReport, matrix: { ...sampleReport.matrix, cells } }, 'GET /api/invoices/:id');
    expect(row).toContain('<td class="l" title="stranger: leak"><i>leak</i></td>');
    expect(row).not.toContain('<a ');
  });

  it('says without one that no leak was seen', () => {
    const cells = (sampleInput.values.access?.cells ?? []).filter((cell) => cell.outcome !== 'leak');
    const shown = toHtml(buildReport({ ...sampleInput, values: { ...sampleInput.values, access: { cells } } }));
    expect(shown).toContain('No leak was seen; 8 not proven; 76 cells in all.');
  });
});
