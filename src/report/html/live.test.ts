import { expect, it } from 'vitest';
import type { Report } from '../../model/report.ts';
import { toHtml } from '../html.ts';
import { sampleReport } from '../testdata/sample.ts';
import { toText } from '../text.ts';

/* Live connections in the page and in the terminal. */

const [finding] = sampleReport.findings;
const cell = { reason: 'received <b>invoices</b> of somebody else', finding: null, settle: null };
const report: Report = {
  ...sampleReport,
  live: [
    {
      endpoint: 'WS /ws',
      transport: 'websocket',
      file: 'src/live.ts',
      line: 7,
      guards: [],
      cells: [
        { ...cell, actor: 'owner', outcome: 'own', reason: 'received invoices of its own' },
        { ...cell, actor: 'anonymous', outcome: 'leak', finding: finding?.id ?? null },
      ],
      foreign: { outcome: 'refused', reason: 'pages of another site are not let in' },
    },
    { endpoint: 'SSE /events', transport: 'sse', file: 'src/live.ts', line: 9, guards: ['requireUser'], cells: [], foreign: null },
  ],
};

it('stand in the page with a link to the proof of each leak, and with nothing of theirs taken for markup', () => {
  const page = toHtml(report);
  expect(page).toContain('<h2 id="live-title">Live connections');
  const [, row = ''] = /(<tr><th scope="row">anonymous<\/th>.*?<\/tr>)/.exec(page.slice(page.indexOf('Live connections</h2>'))) ?? [];
  expect(row).toMatch(/<a href="#[^"]+">leak<\/a>/);
  expect(row).toContain('&lt;b&gt;invoices&lt;/b&gt;');
  expect(page).toContain('Not tried.');
});

it('are one short paragraph in the terminal', () => {
  const text = toText(report);
  expect(text.slice(text.indexOf('Live connections'))).toMatch(
    /^Live connections\n {2}2 endpoints\n {2}leaks {13}at WS \/ws\n {2}not proven {8}1\n/,
  );
});

it('are not spoken of where there are none', () => {
  expect(toHtml(sampleReport)).not.toContain('Live connections');
  expect(toText(sampleReport)).not.toContain('Live connections');
});
