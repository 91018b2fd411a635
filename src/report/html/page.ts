import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { classLabel } from '../words.ts';

/** The fragment that leads to a finding; its number is its place in the report, so nothing of the application is in it. */
export function anchor(report: Report, id: string): string | undefined {
  const index = report.findings.findIndex((finding) => finding.id === id);
  return index < 0 ? undefined : `finding-${index + 1}`;
}

/** A link to a finding, with the given words; the title is what shows while the mouse rests on it. */
export function linkTo(report: Report, id: string, words: string | SafeHtml, title?: string): SafeHtml {
  const target = anchor(report, id);
  if (!target) return html`${words}`;
  return html`<a href="#${target}"${title !== undefined && html` title="${title}"`}>${words}</a>`;
}

/** The fragment that leads to a row of the access matrix, by its place in the report. */
export function rowAnchor(index: number): string {
  return `row-${index + 1}`;
}

export type Tone = 'bad' | 'warn' | 'good' | 'calm';

/** A short word on a tinted ground; the colour never says anything that the word does not. */
export function pill(tone: Tone, words: string): SafeHtml {
  return html`<span class="pill ${tone}">${words}</span>`;
}

export function severityPill(finding: Finding): SafeHtml {
  if (finding.status === 'unknown') return pill('calm', 'open question');
  const tone = { critical: 'bad', high: 'bad', medium: 'warn', low: 'calm', info: 'calm' } as const;
  return pill(tone[finding.severity], finding.severity);
}

export function classPill(finding: Finding): SafeHtml {
  return pill('calm', classLabel[finding.class]);
}

/** Backticks in our own sentences become code; everything is escaped. */
export function prose(text: string): SafeHtml {
  const parts = text.split('`');
  // An odd number of backticks is no markup of ours.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
}

/** A path, endpoint or dotted name as code that may break after its slashes, so that narrow columns stay legible. */
export function pathCode(text: string): SafeHtml {
  const parts = text.split('/');
  return html`<code>${parts.map((part, index) => (index < parts.length - 1 ? html`${part}/<wbr>` : html`${part}`))}</code>`;
}

/** A section that can be reached by name. */
export function section(id: string, title: string, body: SafeHtml): SafeHtml {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}
