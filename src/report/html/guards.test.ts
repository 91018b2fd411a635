import { describe, expect, it } from 'vitest';
import { toHtml } from '../html.ts';
import { sampleReport } from '../testdata/sample.ts';

const sectionOf = (report: typeof sampleReport) => /<section id="guards".*?<\/section>/s.exec(toHtml(report))?.[0] ?? '';
const textOf = (markup: string) => markup.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');

describe('the table of guards', () => {
  it('has every endpoint once, beside those that ask the same', () => {
    const table = /<tbody>.*?<\/tbody>/s.exec(sectionOf(sampleReport))?.[0] ?? '';
    expect([...table.matchAll(/<tr>/g)]).toHaveLength(sampleReport.guardStyles?.clusters.length ?? 0);
    for (const { method, path } of sampleReport.endpoints) expect(textOf(table).split(`${method} ${path}`).length).toBeGreaterThan(1);
    expect(textOf(table)).toMatch(/requireAdmin: \w+.*1 of 12.*GET \/api\/admin\/users/);
  });

  it('names what asks less than its peers, and says so above', () => {
    const text = textOf(sectionOf(sampleReport));
    expect(text).toContain('1 endpoint asks less than the others around.');
    expect(text).toContain('DELETE /api/admin/users/:id asks for no role; 1 of 1 under /api/admin do (requireAdmin)');
  });

  it('says when nothing was read', () => {
    expect(textOf(sectionOf({ ...sampleReport, guardStyles: null }))).toContain('no guards of endpoints were read');
  });
});
