import type { LiveRow } from '../../model/matrix.ts';
import type { Report } from '../../model/report.ts';
import { looks } from '../matrix.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count } from '../words.ts';
import { linkTo, pathCode, section } from './page.ts';

const pages = { heard: 'let in', withheld: 'kept out by the cookie', refused: 'turned away', unknown: 'not known' } as const;

/** Live connections beside the matrix: who hears and changes what; null where the application has none. */
export function liveSection(report: Report): SafeHtml | null {
  if (report.live.length === 0) return null;
  return section(
    'live',
    'Live connections',
    html`<p>${count(report.live.length, 'endpoint')} whose connections stay open (WebSocket, socket.io, server-sent events). Everybody connects and asks for the owner's objects; then the owner goes about their business. What counts is whose rows come over whose connection.</p>
${report.live.map((row) => tableOf(report, row))}`,
  );
}

function tableOf(report: Report, { endpoint, file, line, guards, cells, foreign }: LiveRow): SafeHtml {
  const place = html`${pathCode(`${file}:${line}`)}, guarded by ${guards.join(', ') || 'nothing that was found'}`;
  if (cells.length === 0) return html`<p>${pathCode(endpoint)}: ${place}. Not tried.</p>`;
  return html`<div class="wide stack"><table><caption>${pathCode(endpoint)}: ${place}</caption>
<thead><tr><th scope="col">Who</th><th scope="col">Outcome</th><th scope="col">Why</th></tr></thead>
<tbody>${cells.map(({ actor, outcome, reason, finding, settle }) => {
    const { word } = looks[settle === null ? outcome : 'untried'];
    return html`<tr><th scope="row">${actor}</th><td data-name="Outcome">${finding === null ? word : linkTo(report, finding, word)}</td><td data-name="Why">${reason}</td></tr>`;
  })}${foreign && html`<tr><th scope="row">a page of another site, with the owner's cookies</th><td data-name="Outcome">${pages[foreign.outcome]}</td><td data-name="Why">${foreign.reason}</td></tr>`}</tbody></table></div>`;
}
