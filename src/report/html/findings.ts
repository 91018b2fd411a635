import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import type { Place } from '../../model/words.ts';
import { commandFor, promptFor } from '../prompt.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { binLabel, count, failures, headline, openQuestions } from '../words.ts';
import { anchor, classPill, pathCode, prose, rowAnchor, section, severityPill } from './page.ts';
import { proofOf } from './proof.ts';

const binSays: Readonly<Record<string, string>> = {
  'before-launch': 'These can hurt people or cost money from the first day.',
  'before-scaling': 'These hold with a few users and break with many.',
  'can-wait': 'True, but nothing breaks because of them soon.',
};

/** Findings by bin, worst first; then the open questions; then what is fine, with how much was examined. */
export function findingsSection(report: Report): SafeHtml {
  return section(
    'findings',
    'Findings',
    html`${(['before-launch', 'before-scaling', 'can-wait'] as const).map((bin) => binOf(report, bin))}${openOf(report)}${fineOf(report)}`,
  );
}

/** The rows of the access matrix that a finding tells of: that of its endpoint, and those with a cell that leads here. */
function rowsOf({ matrix }: Report, finding: Finding): SafeHtml | null {
  const own = `${finding.endpoint?.method} ${finding.endpoint?.path}`;
  const leaking = new Set(matrix.cells.flatMap((cell) => (cell.finding === finding.id ? [cell.endpoint] : [])));
  const rows = matrix.rows.flatMap(({ endpoint }, index) => (endpoint === own || leaking.has(endpoint) ? [{ endpoint, index }] : []));
  if (rows.length === 0) return null;
  return html`<dt>Who can reach it</dt><dd>${rows.map(({ endpoint, index }) => html`<div><a href="#${rowAnchor(index)}">${pathCode(endpoint)}</a> in the matrix</div>`)}</dd>`;
}

function binOf(report: Report, bin: Finding['bin']): SafeHtml {
  const mine = failures(report).filter((finding) => finding.bin === bin);
  return html`<h3 id="${bin}">${binLabel[bin]} (${mine.length})</h3>
${mine.length === 0 ? html`<p class="dim">None found.</p>` : html`<p class="dim">${binSays[bin]}</p>${gathered(report, mine, bin === 'before-launch')}`}`;
}

/** So many findings of one check stand by themselves; more of them are one entry that opens. */
const mostAlike = 4;

/** The findings in their order; those of a check that found a lot stand together, where the first of them would. */
function gathered(report: Report, findings: readonly Finding[], openFirst: boolean): SafeHtml[] {
  const alike = Map.groupBy(findings, ({ check }) => check);
  return findings.map((finding, index) => {
    const mine = alike.get(finding.check) ?? [];
    if (mine.length <= mostAlike || finding.bin === 'before-launch') return card(report, finding, openFirst && index === 0);
    if (mine[0] !== finding) return html``;
    return html`<details class="finding"><summary><h4>Not so everywhere: ${finding.title}</h4>
<span class="tags">${severityPill(finding)}<span class="small">${count(mine.length, 'place')}</span></span></summary><div class="in">${mine.map((one) => card(report, one, false))}</div></details>`;
  });
}

function card(report: Report, finding: Finding, open: boolean): SafeHtml {
  const opening = open
    ? html`<details class="finding" id="${anchor(report, finding.id)}" open>`
    : html`<details class="finding" id="${anchor(report, finding.id)}">`;
  return html`${opening}<summary><h4>${prose(headline(finding))}</h4>
<span class="tags">${severityPill(finding)}${classPill(finding)}<code class="small">${finding.subject.name}</code></span></summary>
<div class="in"><dl>
${headline(finding) !== finding.message && html`<dt>What is wrong</dt><dd>${prose(finding.message)}</dd>`}
<dt>What should be true</dt><dd>${finding.title}.</dd>
<dt>What to do</dt><dd>${prose(finding.remedy)}</dd>
${finding.disagreement && html`<dt>Reading and running differ</dt><dd>${prose(finding.disagreement)}</dd>`}
${proofOf(finding)}
${finding.where && html`<dt>Where</dt><dd><code>${finding.where.file}:${finding.where.line}</code>${excerptOf(report, finding.where)}</dd>`}
${rowsOf(report, finding)}
<dt>See it yourself</dt><dd><pre class="copy" tabindex="0">${commandFor(finding)}</pre></dd></dl>
<details><summary>Text for your coding tool</summary><div class="in"><p class="small dim">Select it all with one click, copy, paste.</p><pre class="copy" tabindex="0">${promptFor(finding)}</pre></div></details>
<details><summary>Why it stands here, and references</summary><div class="in">${factors(finding)}${references(finding)}</div></details></div></details>`;
}

/** The code around the place; colour marks its lines, and so does the number of the line. */
function excerptOf({ excerpts }: Report, where: Place): SafeHtml | null {
  const found = excerpts.find(({ file, of }) => file === where.file && of === where.line);
  if (found === undefined) return null;
  return html`<pre class="code" tabindex="0">${found.lines.map((line, index) => {
    const number = found.line + index;
    const text = html`<i>${number}</i>${line === '' ? ' ' : line}`;
    return number >= where.line && number <= where.endLine ? html`<span class="at">${text}</span>` : html`<span>${text}</span>`;
  })}</pre>`;
}

function factors(finding: Finding): SafeHtml {
  const { rank, ...rest } = finding.factors;
  const product = Object.entries(rest)
    .map(([name, value]) => `${name} ${value}`)
    .join(' x ');
  return html`<p class="small">Rank: ${product} = <strong>${rank ?? 0}</strong></p>`;
}

function references(finding: Finding): SafeHtml {
  const all = [...finding.cwe.map((number) => `CWE-${number}`), ...finding.standards];
  return html`<p class="small">Check <code>${finding.check}</code>, control <code>${finding.control}</code>, finding <code>${finding.id}</code>.
${all.length > 0 && `Contributes evidence to: ${all.join(', ')}.`}</p>`;
}

function openOf(report: Report): SafeHtml {
  const open = openQuestions(report);
  const alike = [...Map.groupBy(open, ({ check, message, settle }) => `${check}\n${message}\n${settle}`).values()];
  return html`<h3 id="open">Open questions (${open.length})</h3>
${
  open.length === 0
    ? html`<p class="dim">None.</p>`
    : html`<p class="dim">Examined without a clear answer. They are not faults, and they are not called fine.</p>
<div class="wide stack"><table><caption>${count(open.length, 'statement')} that could not be judged${alike.length < open.length && `, for ${count(alike.length, 'reason')}`}</caption><thead><tr><th scope="col">Statement</th><th scope="col">About</th><th scope="col">Why it is open</th><th scope="col">What would settle it</th></tr></thead>
<tbody>${alike.map((same) => openRow(report, same))}</tbody></table></div>`
}`;
}

/** Questions that are open for the same reason, in one row. */
function openRow(report: Report, same: readonly Finding[]): SafeHtml {
  const [first] = same;
  if (first === undefined) return html``;
  const names = same.map(({ id, subject }) => html`<div id="${anchor(report, id)}"><code>${subject.name}</code></div>`);
  return html`<tr><th scope="row">${first.title}</th><td data-name="About">${
    names.length <= 3 ? names : html`<details><summary>${names.length} of them</summary><div class="in">${names}</div></details>`
  }</td><td data-name="Why it is open">${prose(first.message)}</td><td data-name="What would settle it">${first.settle && html`<code>${first.settle}</code>`}</td></tr>`;
}

function fineOf(report: Report): SafeHtml {
  const examined = report.passes.filter((entry) => entry.subjects.length > 0);
  return html`<h3 id="fine">${binLabel.fine} (${examined.reduce((sum, entry) => sum + entry.subjects.length, 0)})</h3>
${
  examined.length === 0
    ? html`<p class="dim">Nothing was shown to be fine.</p>`
    : html`<p class="dim">Examined, and true for every subject named. Leave these alone.</p>${examined.map(
        (entry) =>
          html`<details><summary>${entry.title} <span class="dim small">(${count(entry.subjects.length, 'subject')}, ${entry.class === 'ran' ? 'seen in an experiment' : 'read in the code'})</span></summary><div class="in"><ul>${entry.subjects.map((name) => html`<li><code>${name}</code></li>`)}</ul>${entry.disagreements.map((sentence) => html`<p class="small">${prose(sentence)}</p>`)}</div></details>`,
      )}`
}`;
}
