import type { MatrixActor, MatrixCell } from '../../model/matrix.ts';
import type { Report } from '../../model/report.ts';
import { answers, groupsOf, looks, shortName, shown, shownAs, tallied, tallyOf, turnedAway, worstOf } from '../matrix.ts';
import type { MatrixGroup, MatrixLine, Shown, Tally } from '../matrix.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count, openQuestions } from '../words.ts';
import { linkTo, pathCode, rowAnchor, section } from './page.ts';

/** Where so many actors stand in one line of a phone, a cell is as wide as a finger can still hit. */
const phoneLine = 16;
/** More columns than this do not fit beside the endpoints on a desk. */
const deskLine = 18;
/** With so few endpoints nothing needs to be folded away. */
const fewLines = 24;

/** Who reached what: a heat map of endpoints down, by resource, and actors across. It folds without any script. */
export function matrixSection(report: Report): SafeHtml {
  const { actors, cells, rows } = report.matrix;
  if (cells.length === 0) {
    return section('matrix', 'Who can reach what', html`<p>Not measured: the application was not run with several people signed in.</p>`);
  }
  const groups = groupsOf(report.matrix);
  const across = actors.length > phoneLine ? Math.ceil(actors.length / 2) : actors.length;
  const leaking = cells.some((cell) => cell.outcome === 'leak');
  const opening = `heat wide${actors.length > deskLine ? ' many' : ''}`;
  return section(
    'matrix',
    'Who can reach what',
    html`<p>${count(rows.length, 'endpoint')}, each called as each of ${count(actors.length, 'actor')}, with the objects of the owner. What counts is not the status code but which rows the database gave out or changed. ${untriedEndpoints(report)}</p>
${leadOf(report)}
${legend(tallyOf(cells), confirmedBy(report))}
${cast(report)}
${meantToWork(report)}${questionsOf(report)}
<p class="small dim">Open a line to see its endpoints, an endpoint to see the reasons${leaking && html`; every <b>L</b> leads to its proof`}. <a href="#endpoints">Go past the matrix</a>. As a table for programs and spreadsheets it is in <code>matrix.csv</code>, written beside this page.</p>
<div class="${opening}" tabindex="0" role="region" aria-label="Access matrix" style="--n:${across}"><table><caption>Rows with leaks come first. A line of a resource shows the worst that happened to each actor there, and how often.</caption>
<thead><tr><th scope="col">Endpoint</th>${actors.map((actor, index) => html`<th scope="col" title="${actor.name}"><span>${shortName(actor, actors)}</span> <b>${index + 1}</b></th>`)}</tr></thead>
${groups.map((group) => bodyOf(report, group, rows.length <= fewLines))}</table></div>`,
  );
}

/** Endpoints that the code has and the matrix has not. */
function untriedEndpoints({ endpoints, matrix }: Report): string {
  const missing = endpoints.length - matrix.rows.length;
  return missing > 0 ? `${count(missing, 'further endpoint')} of the code ${missing === 1 ? 'was' : 'were'} not part of it.` : '';
}

/** The answer in one sentence. */
function leadOf({ matrix }: Report): SafeHtml {
  const tally = tallyOf(matrix.cells);
  const places = new Set(matrix.cells.flatMap((cell) => (cell.outcome === 'leak' ? [cell.endpoint] : []))).size;
  const said = tally.leak ? `${tallied(tally, ['leak'])} at ${count(places, 'endpoint')}` : 'No leak was seen';
  const open = tallied(tally, ['unknown', 'untried']);
  return html`<p class="${tally.leak ? 'lead leaks' : 'lead'}">${said}${open === '' ? '' : `; ${open}`}; ${count(matrix.cells.length, 'cell')} in all.</p>`;
}

/** The four answers with the cells of each, and below them what they are made of. */
function legend(tally: Tally, named: readonly string[]): SafeHtml {
  return html`<dl class="legend">${answers.flatMap(({ title, kinds, about }) => {
    const there = kinds.filter((one) => tally[one]);
    const sum = there.reduce((total, one) => total + (tally[one] ?? 0), 0);
    return sum > 0
      ? [html`<div><dt>${title}: ${sum}<span class="dim"> ${about}</span></dt>${there.map((one) => legendLine(one, tally, named))}</div>`]
      : [];
  })}</dl>`;
}

function legendLine(one: Shown, tally: Tally, named: readonly string[]): SafeHtml {
  const { word, words, meaning } = looks[one];
  const whom = one === 'intended' && named.length > 0 && ` (${named.join(', ')})`;
  return html`<dd><span class="key ${classOf[one]}"></span> <span><b>${tally[one]} ${tally[one] === 1 ? word : words}</b>: ${meaning}${whom}</span></dd>`;
}

/** Who confirmed what is shown as intended: a few names, without days. */
function confirmedBy({ matrix }: Report): string[] {
  const names = [...new Set(matrix.cells.flatMap((cell) => (cell.outcome === 'intended' && cell.rule ? [cell.rule.by] : [])))].toSorted();
  return names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
}

const parts: Readonly<Record<string, string>> = {
  anonymous: 'nobody signed in',
  owner: 'the one whose objects are asked for',
  stranger: 'signed in, but another customer',
};

/** Who acted, by the numbers above the columns. */
function cast({ matrix }: Report): SafeHtml {
  return html`<ol class="cast">${matrix.actors.map((actor, index) => {
    const leaks = matrix.cells.filter((cell) => cell.actor === actor.name && cell.outcome === 'leak').length;
    return html`<li><b>${index + 1}</b> <b>${shortName(actor, matrix.actors)}</b> <span class="dim">${whoIs(actor)}</span>${leaks > 0 && html` <span class="leaks">${count(leaks, 'leak')}</span>`}</li>`;
  })}</ol>`;
}

function whoIs({ part, role }: MatrixActor): string {
  return parts[part ?? ''] ?? (role === null ? (part ?? '') : 'role');
}

/** Whom a confirmed rule lets in and the application refuses: no fault of security, but something that does not work. */
function meantToWork({ matrix }: Report): SafeHtml | false {
  const cells = turnedAway(matrix);
  if (cells.length === 0) return false;
  const some = cells.slice(0, 8).map((cell) => html`<li>${cell.actor} at ${pathCode(cell.endpoint)}: ${cell.reason}</li>`);
  return html`<details><summary>${count(cells.length, 'cell')} refused, though somebody confirmed that it is meant to work</summary><div class="in"><ul>${some}</ul>${cells.length > 8 && html`<p>and ${cells.length - 8} more</p>`}</div></details>`;
}

/** What only the owner of the application can say. */
function questionsOf({ intended }: Report): SafeHtml | false {
  const questions = intended?.questions ?? [];
  if (questions.length === 0) return false;
  const some = questions
    .slice(0, 20)
    .map(
      ({ ask, today, endpoints }) =>
        html`<li>${ask} Today: ${today}. <span class="dim">${endpoints.slice(0, 3).map((id, index) => html`${index > 0 && ', '}${pathCode(id)}`)}${endpoints.length > 3 && ` and ${endpoints.length - 3} more`}</span></li>`,
    );
  return html`<details><summary>${count(questions.length, 'question')} that only the owner of the application can answer</summary><div class="in"><ol>${some}</ol>${questions.length > 20 && html`<p>and ${questions.length - 20} more</p>`}<p><code>seaworthy access</code> shows them with a draft of the answers.</p></div></details>`;
}

/** Short, because they stand in thousands of cells. */
const classOf: Readonly<Record<Shown, string>> = {
  leak: 'l',
  unknown: 'u',
  untried: 'n',
  allowed: 'a',
  intended: 'i',
  shared: 's',
  own: 'o',
  refused: 'r',
};

function bodyOf(report: Report, group: MatrixGroup, few: boolean): SafeHtml {
  const grave = (group.tally.leak ?? 0) > 0;
  const said = tallied(group.tally, ['leak', 'unknown', 'untried']) || 'no leak seen';
  const summary = html`<summary><b>${group.name}</b> <span class="small ${grave ? 'leaks' : 'dim'}">${count(group.lines.length, 'endpoint')}: ${said}</span></summary>`;
  const fold = grave || few ? html`<details class="fold" open>${summary}</details>` : html`<details class="fold">${summary}</details>`;
  return html`<tbody><tr class="g"><th scope="row">${fold}</th>${report.matrix.actors.map(({ name }) => groupCell(group.byActor.get(name) ?? {}, name))}</tr>
${group.lines.map((line) => lineOf(report, line))}</tbody>
`;
}

function groupCell(tally: Tally, actor: string): SafeHtml {
  const worst = worstOf(tally);
  if (!worst) return html`<td class="m"><i>not part of it</i></td>`;
  const words = tallied(tally);
  const number = worst === 'leak' || worst === 'unknown' ? html` data-k="${tally[worst]}"` : null;
  return html`<td class="${classOf[worst]}"${number} title="${actor}: ${words}"><i>${words}</i></td>`;
}

function lineOf(report: Report, line: MatrixLine): SafeHtml {
  return html`<tr class="e" id="${rowAnchor(line.index)}"><th scope="row"><details class="why"><summary>${pathCode(line.endpoint)}</summary>${reasonsOf(report, line)}</details>${summaryOf(report, line)}</th>${report.matrix.actors.map(({ name }) => cellOf(report, line.cells.get(name), name))}</tr>
`;
}

function cellOf(report: Report, cell: MatrixCell | undefined, actor: string): SafeHtml {
  if (!cell) return html`<td class="m"><i>not part of it</i></td>`;
  const look = shown(cell);
  const { word } = looks[look];
  if (look === 'leak' && cell.finding !== null)
    return html`<td class="l">${linkTo(report, cell.finding, html`<i>leak to ${actor}: the proof</i>`, `${actor}: ${cell.reason}`)}</td>`;
  return html`<td class="${classOf[look]}" title="${actor}: ${word}"><i>${word}</i></td>`;
}

/** Who leaks, on every screen; the rest only where the columns have no room for names. */
function summaryOf(report: Report, line: MatrixLine): SafeHtml {
  const leaks = [...line.cells.values()].filter((cell) => cell.outcome === 'leak');
  const rest = tallied(line.tally, ['unknown', 'untried', 'allowed', 'intended', 'shared', 'own', 'refused']);
  if (leaks.length === 0) return html`<div class="sum rest">${rest}</div>`;
  const names = leaks.slice(0, 4).map((cell, index) => html`${index > 0 && ', '}${proofLink(report, cell)}`);
  const more = leaks.length > 4 && ` and ${leaks.length - 4} more`;
  return html`<div class="sum leaks">leaks to ${names}${more}${rest !== '' && html`<span class="rest">; ${rest}</span>`}</div>`;
}

function proofLink(report: Report, { actor, finding }: MatrixCell): SafeHtml {
  const { actors } = report.matrix;
  const who = actors.find((one) => one.name === actor);
  const name = who ? shortName(who, actors) : actor;
  return finding === null ? html`${name}` : linkTo(report, finding, name);
}

/** Every reason once, with those whom it concerns; the place in the code; and what is open about the endpoint. */
function reasonsOf(report: Report, line: MatrixLine): SafeHtml {
  const roles = new Map(report.matrix.actors.map(({ name, role }) => [name, role]));
  const cells = [...line.cells.values()].map((cell) => ({ cell, why: whyOf(cell, roles.get(cell.actor) ?? null) }));
  const same = [...Map.groupBy(cells, ({ cell, why }) => `${shownAs.indexOf(shown(cell))} ${why}`)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, some]) => some);
  const most = same.length > 1 ? same.toSorted((a, b) => b.length - a.length)[0] : undefined;
  const open = openQuestions(report).filter(({ endpoint }) => `${endpoint?.method} ${endpoint?.path}` === line.endpoint);
  return html`<ul>${same.map((some) => {
    const [first] = some;
    const concerned = some.map(({ cell }) => cell);
    return first && reasonOf(report, concerned, some.length === 1 ? first.cell.reason : first.why, some === most);
  })}
${open.map((finding) => html`<li>Open: ${linkTo(report, finding.id, finding.title)}</li>`)}${line.place !== null && html`<li>${pathCode(line.place)}</li>`}</ul>`;
}

/** The reason without the name of the role, so that the same said of ten roles is said once. */
function whyOf({ reason }: MatrixCell, role: string | null): string {
  return role === null || role === '' ? reason : reason.replace(` ${role} `, ' person in this role ');
}

function reasonOf(report: Report, cells: readonly MatrixCell[], why: string, most: boolean): SafeHtml | null {
  const [first] = cells;
  if (!first) return null;
  const look = shown(first);
  // The longest list is easier to read as what it is: everybody whom the other reasons do not name.
  const whom =
    most && cells.length > 4 && look !== 'leak'
      ? html`${cells.length} others`
      : html`${cells.map((cell, index) => html`${index > 0 && ', '}${proofLink(report, cell)}`)}`;
  const settle = first.settle !== null && html`; <code>${first.settle}</code> would try`;
  return html`<li><b class="t-${classOf[look]}">${looks[look].word}${look === 'leak' && ' to'}</b> ${whom}: ${why}${settle}</li>`;
}
