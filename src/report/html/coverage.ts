import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count, judgedBy, settling, unexamined } from '../words.ts';
import { actorsBlock } from './actors.ts';
import { prose, section } from './page.ts';

/** What was examined, what was not, and why. */
export function coverageSection(report: Report): SafeHtml {
  const { files, endpoints, notExamined } = report.coverage;
  const leftOut = report.coverage.gaps.filter((gap) => gap.settle !== undefined);
  const gaps = report.coverage.gaps.filter((gap) => gap.settle === undefined);
  const absent = Object.entries(report.evidence).flatMap(([kind, status]) => ('absent' in status ? [{ kind, ...status.absent }] : []));
  const commands = settling(report);
  // Those without any check stand in the list of controls; here are the ones that were tried.
  const checked = new Set(report.controls.filter((control) => control.checks.length > 0).map((control) => control.id));
  const tried = notExamined.filter((one) => checked.has(one.control));
  return section(
    'coverage',
    'What was not tested, and why',
    html`<p>A report without findings says nothing unless it also says where nobody looked. ${notExamined.length > 0 && `${count(notExamined.length, 'control')} of ${report.controls.length} are not proven. ${unexamined(report)}`} They stand among <a href="#controls">all controls</a>.</p>
<ul><li>${files.read} of ${count(files.of, 'file')} read, ${files.lines} lines.</li>
<li>${count(endpoints.read, 'endpoint')} found, ${endpoints.answered} answered their owner${report.ran.done ? '' : ' (the application was not run)'}.</li>
<li>${count(endpoints.cells, 'pair')} of person and endpoint tried, ${endpoints.unknown} without a clear answer${endpoints.leftOut > 0 && `; ${endpoints.leftOut} more left out for want of time`}.</li>
${leftOut.map((gap) => html`<li>${gap.reason}; <code>${gap.settle}</code> would try them.</li>`)}
${report.ran.resumed && html`<li>This audit went on with one that was begun at ${report.ran.resumed.startedAt} and interrupted after ${report.ran.resumed.keptAt}; it had finished ${report.ran.resumed.finished.join(', ')}.</li>`}
${report.ran.seal && html`<li>The application ran under the seal "${report.ran.seal}".</li>`}
${report.ran.oracle && html`<li>${judgedBy(report)}</li>`}
${report.ran.reason && html`<li>About running: ${report.ran.reason}</li>`}</ul>
${actorsBlock(report)}
${commands.length > 0 && html`<h3>What would settle more</h3><ul>${commands.map(({ command, settles }) => html`<li><code>${command}</code> (${count(settles, 'control')})</li>`)}</ul>`}
${absent.length > 0 && html`<details><summary>${count(absent.length, 'kind')} of evidence missing</summary><div class="in"><ul>${absent.map((one) => html`<li><code>${one.kind}</code>: ${one.reason} ${one.settle && html`<code>${one.settle}</code>`}</li>`)}</ul></div></details>`}
${gaps.length > 0 && html`<details><summary>${count(gaps.length, 'place')} that the evidence could not see</summary><div class="in"><ul>${gaps.map((gap) => html`<li>${gap.file && html`<code>${gap.file}</code>: `}${gap.reason}</li>`)}</ul></div></details>`}
${tried.length > 0 && html`<details><summary>${count(tried.length, 'control')} examined and still not proven</summary><div class="in"><ul>${tried.map((one) => html`<li><code>${one.control}</code>: ${prose(one.reason)}</li>`)}</ul></div></details>`}
${report.notApplicable.length > 0 && html`<details><summary>${count(report.notApplicable.length, 'check')} with nothing to examine</summary><div class="in"><ul>${report.notApplicable.map((one) => html`<li><code>${one.check}</code>: ${one.reason}</li>`)}</ul></div></details>`}`,
  );
}

/** How to read the report. */
export function howToRead(report: Report): SafeHtml {
  return section(
    'how',
    'How to read this',
    html`<ul><li><strong>Seen in an experiment</strong> means that it happened while the application ran in a sealed place with invented people and data; <code>seaworthy replay</code> makes it happen again. <strong>Read in the code</strong> means that the code says so and nobody tried. <strong>Stated</strong> means that a named person vouches for it until a date.</li>
<li><strong>No-go</strong>: something required was shown to be false. <strong>Not proven</strong>: nothing required was shown to be false, but something could not be shown to be true; that is not a pass. <strong>Conditional</strong>: only points are left that a person must confirm. <strong>Go</strong>: everything required holds, as far as it was examined.</li>
<li>A finding's rank is the product of its factors: how bad, who can get there, which data, whether money is involved, how many kinds of people can do it.</li>
<li>References to standards say which requirement a finding contributes evidence to. They do not say that a standard is met.</li>
<li>This report is about one state of the code on one day. It replaces neither a penetration test nor legal advice.</li></ul>
<p class="small dim">${report.tool.name} ${report.tool.version}, profile ${report.profile}${report.coverage.unlisted > 0 && ` (${report.coverage.unlisted} milder findings that it does not ask for are not listed)`}, seed <code>${report.seed}</code>, ${Math.max(1, Math.round(report.durationMs / 1000))} s.</p>`,
  );
}
