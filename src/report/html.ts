import type { Report } from '../model/report.ts';
import { controlsSection } from './html/controls.ts';
import { coverageSection, howToRead } from './html/coverage.ts';
import { endpointsSection } from './html/endpoints.ts';
import { findingsSection } from './html/findings.ts';
import { guardsSection } from './html/guards.ts';
import { liveSection } from './html/live.ts';
import { matrixSection } from './html/matrix.ts';
import { matrixStyle } from './html/matrix-style.ts';
import { isReviewed, reviewSection } from './html/review.ts';
import { styleSheet } from './html/style.ts';
import { signedSection } from './html/signed.ts';
import type { SignedState } from './html/signed.ts';
import { findingsTable } from './html/summary.ts';
import { firstThings, sixQuestions, verdictCards, verdictHeader } from './html/verdict.ts';
import { modulesSection, planSection } from './html/work.ts';
import { html, trusted } from './safe-html.ts';
import type { SafeHtml } from './safe-html.ts';
import { withoutSource } from './without-source.ts';
import { answer } from './words.ts';

const contents = [
  ['first', 'What to do first'],
  ['verdict', 'Can it launch?'],
  ['findings', 'Findings'],
  ['questions', 'Six questions'],
  ['matrix', 'Who can reach what'],
  ['guards', 'How endpoints ask who is calling'],
  ['live', 'Live connections'],
  ['endpoints', 'Endpoints'],
  ['controls', 'All controls'],
  ['modules', 'Keep, harden or rebuild'],
  ['plan', 'Plan'],
  ['review', 'What a reviewer says'],
  ['coverage', 'What was not tested'],
  ['how', 'How to read this'],
] as const;

/** The report as one page that needs nothing else: no script, no font, no network. */
export function toHtml(report: Report): string {
  return pageOf(
    report,
    'Launch report',
    html`${firstThings(report)}${verdictCards(report)}
<nav class="toc" aria-label="Contents"><ul>${contents
      .slice(1)
      .filter(([id]) => (id !== 'live' || report.live.length > 0) && (id !== 'review' || isReviewed(report)))
      .map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${findingsSection(report)}${sixQuestions(report)}${matrixSection(report)}${liveSection(report)}${guardsSection(report)}${endpointsSection(report)}${controlsSection(report)}${modulesSection(report)}${planSection(report)}${reviewSection(report)}${coverageSection(report)}${howToRead(report)}`,
  );
}

/** The page for an investor, a buyer, a customer's auditor: verdicts, who signed them, figures, statements and what was not examined, and nothing of the source. */
export function toSummaryHtml(full: Report, signed: SignedState): string {
  const report = withoutSource(full);
  return pageOf(
    report,
    'Launch summary, without source,',
    html`${verdictCards(report)}${signedSection(signed)}${sixQuestions(report)}${findingsTable(report)}${modulesSection(report)}${planSection(report)}${controlsSection(report)}${reviewSection(report)}${coverageSection(report)}${howToRead(report)}`,
  );
}

function pageOf(report: Report, kind: string, body: SafeHtml): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">
<title>${report.target.name}: ${answer(report).sentence}</title><style>${trusted(styleSheet)}${trusted(matrixStyle)}</style></head>
<body><a class="skip" href="#main">Skip to the report</a><div class="page">${verdictHeader(report, kind)}
<main id="main" tabindex="-1">${body}</main>
<footer class="small dim"><p>Names, messages and data in this report come from the audited application; they are quoted, never followed.</p></footer></div></body></html>
`;
  return page.markup;
}
