import type { Finding } from '../../model/finding.ts';
import type { Exchange, RowChange, StatementRecord } from '../../model/transcript.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count } from '../words.ts';

const longest = 4000;

/** Requests and answers, statements and row changes: what anyone can replay. */
export function proofOf(finding: Finding): SafeHtml | null {
  const { proof } = finding;
  if (!proof) return null;
  return html`<dt>Proof</dt><dd><p>${proof.observed}</p>
${proof.exchanges.length > 0 && html`<details><summary>${count(proof.exchanges.length, 'request')} and what came back</summary><div class="in">${proof.exchanges.map(exchange)}</div></details>`}
${proof.statements.length > 0 && html`<details><summary>${count(proof.statements.length, 'database statement')} it caused</summary><div class="in">${proof.statements.map(statement)}</div></details>`}
${proof.changes.length > 0 && html`<details><summary>${count(proof.changes.length, 'row')} changed</summary><div class="in">${proof.changes.map(change)}</div></details>`}</dd>`;
}

function exchange(one: Exchange): SafeHtml {
  const { request, response } = one;
  const asked = [`${request.method} ${request.path}`, ...headers(request.headers), ...(request.body === null ? [] : ['', request.body])];
  const answered = response
    ? [`${response.status}`, ...headers(response.headers), ...(response.body === '' ? [] : ['', response.body])]
    : [one.failure ?? 'no answer'];
  return html`<p class="small"><strong>${one.actor}</strong> asks:</p><pre tabindex="0">${cut(asked.join('\n'))}</pre>
<p class="small">The application answers:</p><pre tabindex="0">${cut(answered.join('\n'))}</pre>`;
}

function headers(all: Readonly<Record<string, string>>): string[] {
  return Object.entries(all).map(([name, value]) => `${name}: ${value}`);
}

function statement(one: StatementRecord): SafeHtml {
  const binds = one.binds.map((value, index) => `$${index + 1} = ${value ?? 'NULL'}`);
  const outcome = one.error ? `error: ${one.error}` : `${count(one.rows, 'row')}${one.tag ? ` (${one.tag})` : ''}`;
  return html`<pre tabindex="0">${cut([one.text, ...binds, `-> ${outcome}`].join('\n'))}</pre>`;
}

function change(one: RowChange): SafeHtml {
  const key = Object.entries(one.key)
    .map(([name, value]) => `${name} = ${value ?? 'NULL'}`)
    .join(', ');
  const columns = [...new Set([...Object.keys(one.before ?? {}), ...Object.keys(one.after ?? {})])];
  return html`<div class="wide"><table><caption>${one.op} in <code>${one.table}</code>, row ${key}</caption>
<thead><tr><th scope="col">Column</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>${columns.map((name) => html`<tr><th scope="row"><code>${name}</code></th><td>${value(one.before, name)}</td><td>${value(one.after, name)}</td></tr>`)}</tbody></table></div>`;
}

function value(row: Readonly<Record<string, string | null>> | null, column: string): SafeHtml {
  const held = row?.[column];
  if (held === undefined) return html`<span class="dim">absent</span>`;
  return held === null ? html`<span class="dim">NULL</span>` : html`<code>${cut(held)}</code>`;
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}\n(${text.length - longest} more characters are in report.json)`;
}
