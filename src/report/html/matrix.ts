import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count } from '../words.ts';
import { anchor, pathCode, pill, section } from './page.ts';
import type { Tone } from './page.ts';

interface Outcome {
  readonly tone: Tone;
  readonly word: string;
  readonly says: string;
}

const outcomes: Readonly<Record<string, Outcome>> = {
  leak: { tone: 'bad', word: 'LEAK', says: "reached or changed someone else's data" },
  unknown: { tone: 'warn', word: '?', says: 'not proven either way' },
  allowed: { tone: 'calm', word: 'let in', says: 'let in; whether that is meant is for the owner to say' },
  shared: { tone: 'calm', word: 'shared', says: 'got data that is meant for everyone' },
  own: { tone: 'good', word: 'own', says: 'got its own data' },
  refused: { tone: 'good', word: 'refused', says: 'was turned away' },
};

type Cell = Report['matrix']['cells'][number];

/** Who reached what: endpoints down, actors across. */
export function matrixSection(report: Report): SafeHtml {
  const { actors, cells } = report.matrix;
  if (cells.length === 0) {
    return section('matrix', 'Who can reach what', html`<p>Not measured: the application was not run with several people signed in.</p>`);
  }
  const rows = Map.groupBy(cells, (cell) => cell.endpoint);
  const worst = [...rows].toSorted(([a, one], [b, other]) => weight(other) - weight(one) || (a < b ? -1 : 1));
  const tally = Object.entries(outcomes).flatMap(([id, { word, says }]) => {
    const number = cells.filter((cell) => cell.outcome === id).length;
    return number > 0 ? [html`<li>${pill(outcomes[id]?.tone ?? 'calm', word)} <span><b>${number}</b> ${says}</span></li>`] : [];
  });
  return section(
    'matrix',
    'Who can reach what',
    html`<p>Every request was sent as every person, with the objects of the first one. What counts is not the status code but which rows the database gave out or changed.</p>
<ul class="legend">${tally}</ul>
<div class="wide matrix" tabindex="0" role="region" aria-label="Access matrix, scrolls sideways"><table><caption>${count(rows.size, 'endpoint')} x ${count(actors.length, 'actor')}; rows with a leak come first.</caption>
<thead><tr><th scope="col">Endpoint</th>${actors.map((actor) => html`<th scope="col">${actor}</th>`)}</tr></thead>
<tbody>${worst.map(
      ([endpoint, mine]) =>
        html`<tr><th scope="row">${pathCode(endpoint)}${leaksTo(mine)}</th>${actors.map((actor) =>
          cellOf(
            report,
            mine.find((cell) => cell.actor === actor),
          ),
        )}</tr>`,
    )}</tbody></table></div>`,
  );
}

/** The names beside the endpoint, because on a phone the columns lie outside the screen. */
function leaksTo(cells: readonly Cell[]): SafeHtml | null {
  const actors = cells.filter((cell) => cell.outcome === 'leak').map((cell) => cell.actor);
  if (actors.length === 0) return null;
  const more = actors.length > 3 ? ` and ${actors.length - 3} more` : '';
  return html`<div class="small leaks">leaks to ${actors.slice(0, 3).join(', ')}${more}</div>`;
}

function weight(cells: readonly Cell[]): number {
  return cells.filter((cell) => cell.outcome === 'leak').length * 1000 + cells.filter((cell) => cell.outcome === 'unknown').length;
}

function cellOf(report: Report, cell: Cell | undefined): SafeHtml {
  if (!cell) return html`<td><span class="dim">-<span class="hidden"> not tried</span></span></td>`;
  const { tone, word, says } = outcomes[cell.outcome] ?? { tone: 'calm' as const, word: cell.outcome, says: cell.outcome };
  const target = cell.finding ? anchor(report, cell.finding) : undefined;
  const title = `${says}. ${cell.reason}`;
  if (target) return html`<td><a class="pill ${tone}" href="#${target}" title="${title}">${word}</a></td>`;
  return html`<td><span class="pill ${tone}" title="${title}">${word}<span class="hidden">: ${says}</span></span></td>`;
}

/** The ledger: each endpoint with what is known of it. */
export function endpointsSection(report: Report): SafeHtml {
  if (report.endpoints.length === 0) return section('endpoints', 'Endpoints', html`<p>No endpoint was found.</p>`);
  const intended: Readonly<Record<string, string>> = {
    public: 'anyone',
    'signed-in': 'signed-in people',
    role: 'certain roles',
    unknown: 'not known',
  };
  const works = (value: boolean | null) => (value === null ? 'not tried' : value ? 'yes' : 'no');
  return section(
    'endpoints',
    'Endpoints',
    html`<details><summary>All ${count(report.endpoints.length, 'endpoint')}: where it stands, what guards it, whom it seems meant for</summary><div class="in">
<div class="wide stack"><table><caption>Read from the code; "works" means that it answered its owner in the experiment.</caption>
<thead><tr><th scope="col">Endpoint</th><th scope="col">Code</th><th scope="col">Guards</th><th scope="col">Seems meant for</th><th scope="col">Works</th><th scope="col">Tables</th></tr></thead>
<tbody>${report.endpoints.map((one) => html`<tr><th scope="row">${pathCode(`${one.method} ${one.path}`)}</th><td data-name="Code">${pathCode(`${one.file}:${one.line}`)}</td><td data-name="Guards">${one.guards.join(', ') || 'none'}</td><td data-name="Seems meant for">${intended[one.intended] ?? one.intended}</td><td data-name="Works">${works(one.works)}</td><td data-name="Tables">${one.tables.join(', ')}</td></tr>`)}</tbody></table></div></div></details>`,
  );
}
