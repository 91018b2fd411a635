import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count } from '../words.ts';
import { linkTo, pathCode, rowAnchor, section } from './page.ts';

type Styles = NonNullable<Report['guardStyles']>;

/** How endpoints ask who is calling: those that ask alike together, the largest group first; then what competes, and what asks less than its peers. */
export function guardsSection(report: Report): SafeHtml {
  const styles = report.guardStyles;
  const title = 'How endpoints ask who is calling';
  const all = styles?.clusters.reduce((sum, { endpoints }) => sum + endpoints.length, 0) ?? 0;
  if (!styles || all === 0) return section('guards', title, html`<p>Not known: no guards of endpoints were read.</p>`);
  const rows = new Map(report.matrix.rows.map((row, index) => [row.endpoint, rowAnchor(index)]));
  const named = (id: string) => {
    const target = rows.get(id);
    return target ? html`<a href="#${target}">${pathCode(id)}</a>` : pathCode(id);
  };
  return section(
    'guards',
    title,
    html`<p>${leadOf(styles, all)} Read from the code; what came of it stands under <a href="#matrix">who can reach what</a>.</p>
<div class="wide stack"><table><caption>Endpoints that ask the same of their callers stand in one line.</caption>
<thead><tr><th scope="col">What they ask</th><th scope="col">Endpoints</th><th scope="col">Which</th></tr></thead>
<tbody>${styles.clusters.map(
      ({ asks, endpoints }) =>
        html`<tr><th scope="row">${asks.length === 0 ? 'nothing' : asks.map((ask, index) => html`${index > 0 && ', then '}<code>${ask}</code>`)}</th><td data-name="Endpoints">${endpoints.length} of ${all}</td><td data-name="Which">${listed(endpoints, named)}</td></tr>`,
    )}</tbody></table></div>
${outliersOf(report, styles, named)}`,
  );
}

function leadOf({ clusters, rivals, outliers }: Styles, all: number): string {
  const bare = clusters.filter(({ asks }) => asks.length === 0).reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  const ways = clusters.length - Number(bare > 0);
  const odd = outliers.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  return [
    `${all - bare} of ${count(all, 'endpoint')} ask who is calling, in ${count(ways, 'way')}; ${bare} ask nothing.`,
    rivals.length > 0 ? `${count(rivals.length, 'pair')} of ways compete.` : 'No two ways compete.',
    odd > 0
      ? `${count(odd, 'endpoint')} ${odd === 1 ? 'asks' : 'ask'} less than the others around.`
      : 'None asks less than the others around.',
  ].join(' ');
}

function listed(endpoints: readonly string[], named: (id: string) => SafeHtml): SafeHtml {
  const list = html`${endpoints.map((id, index) => html`${index > 0 && ', '}${named(id)}`)}`;
  return endpoints.length <= 4 ? list : html`<details><summary>all ${endpoints.length}</summary>${list}</details>`;
}

const lacking: Readonly<Record<Styles['outliers'][number]['lacks'], string>> = {
  authentication: 'asks nobody who they are',
  role: 'asks for no role',
  ownership: 'does not compare the owner with the caller',
  refusal: 'asks and goes on whatever the answer is',
  guard: 'passes a weaker guard',
};

function outliersOf(report: Report, { rivals, outliers }: Styles, named: (id: string) => SafeHtml): SafeHtml | false {
  if (rivals.length + outliers.length === 0) return false;
  const told = report.findings.filter(({ check }) => check === 'security/guard-consistency');
  const about = (name: string) => told.find(({ subject }) => subject.name === name);
  return html`<h3>What stands out</h3><ul>${outliers.map(({ endpoints, lacks, peers, compared, by, asked, sure }) => {
    const finding = about(by.kind === 'router' ? by.name : (endpoints[0] ?? ''));
    return html`<li>${listed(endpoints, named)} ${lacking[lacks]}${peers.length > 0 && html`; ${peers.length} of ${compared} ${by.kind === 'table' ? 'that use' : 'under'} <code>${by.name}</code> do${asked.length > 0 && html` (<code>${asked.join(', ')}</code>)`}`}${!sure && '; it may be meant'}${finding && html` (${linkTo(report, finding.id, 'more')})`}.</li>`;
  })}${rivals.map(({ asks, path, ways }) => html`<li>Under <code>${path}</code> ${asks === 'role' ? 'what the caller may' : 'who is calling'} is asked in two ways: ${ways.map((way, index) => html`${index > 0 && ', '}<code>${way.name}</code> before ${count(way.endpoints.length, 'endpoint')}`)}.</li>`)}</ul>`;
}
