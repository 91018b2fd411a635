import type { Report } from '../../model/report.ts';
import type { AppliedOverride } from '../../model/review.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count } from '../words.ts';
import { linkTo, pill, prose, section } from './page.ts';

/** Whether a reviewer said anything. */
export function isReviewed(report: Report): boolean {
  return report.overrides.length > 0 || own(report).length > 0;
}

/** What a named reviewer adds and where they judge otherwise, each beside what the tool says; nothing where nobody said anything. */
export function reviewSection(report: Report): SafeHtml | null {
  if (!isReviewed(report)) return null;
  const { overrides } = report;
  const mine = own(report);
  return section(
    'review',
    'What a reviewer says',
    html`<p>Named people added these to what the tool found. They are their word, with a reason and a date; what was seen in an experiment is not outweighed by it.</p>
${mine.length > 0 && html`<h3>${count(mine.length, 'finding')} of their own</h3><ul>${mine.map((finding) => html`<li>${linkTo(report, finding.id, prose(finding.message))}</li>`)}</ul>`}
${
  overrides.length > 0 &&
  html`<div class="wide stack"><table><caption>${count(overrides.length, 'judgement')} other than the tool's</caption>
<thead><tr><th scope="col">Finding</th><th scope="col">The tool says</th><th scope="col">The reviewer says</th><th scope="col">Reason</th><th scope="col">Does it count?</th></tr></thead>
<tbody>${overrides.map((one) => row(report, one))}</tbody></table></div>`
}`,
  );
}

function own(report: Report): Report['findings'] {
  return report.findings.filter(({ check }) => check.endsWith('/review'));
}

function row(report: Report, one: AppliedOverride): SafeHtml {
  const finding = report.findings.find(({ id }) => id === one.finding);
  const tool = one.tool === null ? 'nothing' : one.tool.status === 'unknown' ? 'an open question' : `a fault, ${one.tool.severity}`;
  const says = one.verdict === 'not-a-fault' ? 'no fault' : `a fault${one.severity ? `, ${one.severity}` : ''}`;
  return html`<tr><th scope="row">${finding && prose(finding.message)}<div class="dim small"><code>${one.finding}</code></div></th><td data-name="The tool says">${tool}</td><td data-name="The reviewer says">${says}</td>
<td data-name="Reason">${one.reason}<div class="dim small">${one.by}, ${one.date}</div></td><td data-name="Does it count?">${pill(one.counts ? 'calm' : 'warn', one.counts ? 'counts' : 'does not count')} <span class="small">${one.why}</span></td></tr>`;
}
