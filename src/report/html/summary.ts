import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { binLabel, classLabel, count, failures, headline, openQuestions } from '../words.ts';
import { anchor, prose, section, severityPill } from './page.ts';

/** The findings as a table of statements: what, how bad, how sure; no places and no proofs. */
export function findingsTable(report: Report): SafeHtml {
  const all = failures(report);
  const open = openQuestions(report).length;
  return section(
    'findings',
    'Findings',
    html`${
      all.length === 0
        ? html`<p>No fault was found.</p>`
        : html`<div class="wide stack"><table><caption>${count(all.length, 'finding')}, worst first</caption>
<thead><tr><th scope="col">What can happen</th><th scope="col">How bad</th><th scope="col">How it is known</th><th scope="col">When to mend it</th></tr></thead>
<tbody>${all.map((finding) => row(report, finding))}</tbody></table></div>`
    }${open > 0 && html`<p>${count(open, 'statement')} could not be judged either way. They are not called fine.</p>`}`,
  );
}

function row(report: Report, finding: Finding): SafeHtml {
  return html`<tr id="${anchor(report, finding.id)}"><th scope="row">${prose(headline(finding))}<div class="dim small">${finding.title}. ${finding.endpoint && html`<code>${finding.endpoint.method} ${finding.endpoint.path}</code>`}</div></th>
<td data-name="How bad">${severityPill(finding)}</td><td data-name="How it is known">${classLabel[finding.class]}</td><td data-name="When to mend it">${binLabel[finding.bin]}</td></tr>`;
}
