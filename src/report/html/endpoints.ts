import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count } from '../words.ts';
import { pathCode, rowAnchor, section } from './page.ts';

/** The ledger: each endpoint with what is known of it. */
export function endpointsSection(report: Report): SafeHtml {
  if (report.endpoints.length === 0) return section('endpoints', 'Endpoints', html`<p>No endpoint was found.</p>`);
  const rows = new Map(report.matrix.rows.map((row, index) => [row.endpoint, rowAnchor(index)]));
  const intended: Readonly<Record<string, string>> = {
    public: 'anyone',
    'signed-in': 'signed-in people',
    role: 'certain roles',
    unknown: 'not known',
  };
  const works = (value: boolean | null) => (value === null ? 'not tried' : value ? 'yes' : 'no');
  const named = (id: string) => {
    const target = rows.get(id);
    return target ? html`<a href="#${target}">${pathCode(id)}</a>` : pathCode(id);
  };
  return section(
    'endpoints',
    'Endpoints',
    html`<details><summary>All ${count(report.endpoints.length, 'endpoint')}: where it stands, what guards it, whom it seems meant for</summary><div class="in">
<div class="wide stack"><table><caption>Read from the code; "works" means that it answered its owner in the experiment. Each leads to who can reach it.</caption>
<thead><tr><th scope="col">Endpoint</th><th scope="col">Code</th><th scope="col">Guards</th><th scope="col">Seems meant for</th><th scope="col">Works</th><th scope="col">Tables</th></tr></thead>
<tbody>${report.endpoints.map((one) => html`<tr><th scope="row">${named(`${one.method} ${one.path}`)}</th><td data-name="Code">${pathCode(`${one.file}:${one.line}`)}</td><td data-name="Guards">${one.guards.join(', ') || 'none'}</td><td data-name="Seems meant for">${intended[one.intended] ?? one.intended}</td><td data-name="Works">${works(one.works)}</td><td data-name="Tables">${one.tables.join(', ')}</td></tr>`)}</tbody></table></div></div></details>`,
  );
}
