import type { Finding } from '../../model/finding.ts';
import type { Report, Verdict } from '../../model/report.ts';
import { triggers } from '../../model/words.ts';
import type { Decision, Trigger } from '../../model/words.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import {
  answer,
  binLabel,
  classLabel,
  concerned,
  count,
  decisionLabel,
  failures,
  headline,
  openQuestions,
  profileLabel,
  questionsOf,
  triggerLabel,
  verdictSentence,
} from '../words.ts';
import { linkTo, pathCode, pill, prose, section, severityPill } from './page.ts';
import type { Tone } from './page.ts';

const tones: Readonly<Record<Decision, Tone>> = { 'no-go': 'bad', unproven: 'warn', conditional: 'warn', go: 'good' };

/** The very top: ready or not, for what, and why. */
export function verdictHeader(report: Report, kind: string): SafeHtml {
  const commit = report.target.commit ? html`, commit <code>${report.target.commit.slice(0, 10)}</code>` : null;
  return html`<header>
<p class="about">${kind} for <strong>${report.target.name}</strong>${commit}, ${report.startedAt.slice(0, 16).replace('T', ' ')} UTC</p>
<h1>${answer(report).sentence}</h1>
<p class="lead">${summary(report)}</p>
</header>`;
}

function summary(report: Report): string {
  const urgent = failures(report).filter((finding) => finding.bin === 'before-launch');
  const ran = urgent.filter((finding) => finding.class === 'ran').length;
  const all = ran === urgent.length;
  const seen = ` ${all ? 'each' : ran} of them ${ran === 1 || all ? 'was' : 'were'} seen happening while the application ran, not guessed from its code.`;
  const faults =
    urgent.length === 0
      ? 'Nothing was found that must be mended before launch.'
      : `${count(urgent.length, 'fault')} must be mended before launch${ran > 0 ? `;${seen}` : '.'}`;
  if (report.ran.done) return faults;
  // Whoever asked for reading alone knows why; for anybody else it is a riddle.
  const why = report.ran.asked && report.ran.reason ? ` (${report.ran.reason.replace(/\.$/, '')})` : '';
  return `${faults} ${urgent.length === 0 ? 'The' : 'They stand in the code; the'} application was not run${why}, so none of it was tried out.`;
}

/** One card per trigger that applies. */
export function verdictCards(report: Report): SafeHtml {
  const all = concerned(report);
  const unproven = report.controls.filter((control) => control.status === 'unproven').length;
  const others = triggers.filter((trigger) => !all.some((one) => one.trigger === trigger));
  return html`<section id="verdict" aria-labelledby="verdict-title"><h2 id="verdict-title">Can it launch?</h2>
${unproven > 0 && html`<p>${unproven} of ${report.controls.length} points could not be proven either way yet; what is not proven never counts as holding.</p>`}
<ul class="verdicts">${all.map(({ trigger, verdict }) => card(report, trigger, verdict))}</ul>
${others.length > 0 && html`<details><summary>${count(others.length, 'other moment')} that this verdict does not cover</summary><div class="in"><ul>${others.map((trigger) => other(report, trigger))}</ul></div></details>`}
</section>`;
}

function card(report: Report, trigger: Trigger, verdict: Verdict): SafeHtml {
  const findings = verdict.blockers.filter((id) => report.findings.some((finding) => finding.id === id));
  return html`<li class="verdict v-${verdict.decision}">${pill(tones[verdict.decision], decisionLabel[verdict.decision])}
<h3>${verdictSentence(trigger, verdict.decision)}</h3>
<p>${reasons(verdict, findings.length).join(' ')}</p>
<p class="dim small">${prose(verdict.why)}</p></li>`;
}

function reasons(verdict: Verdict, findings: number): string[] {
  return [
    ...(findings > 0 ? [`${count(findings, 'finding stands', 'findings stand')} in the way.`] : []),
    ...(verdict.unproven.length > 0 ? [`${count(verdict.unproven.length, 'required point is', 'required points are')} not proven.`] : []),
    ...(verdict.open.length > 0 ? [`${count(verdict.open.length, 'point')} a named person must confirm.`] : []),
    ...(verdict.decision === 'go' ? ['Everything that this moment requires holds.'] : []),
  ];
}

function other(report: Report, trigger: Trigger): SafeHtml {
  const verdict = report.verdicts[trigger];
  return html`<li><strong>${triggerLabel[trigger]}</strong>${verdict && html`: ${decisionLabel[verdict.decision].toLowerCase()} if it applied. ${prose(verdict.why)}`}</li>`;
}

const mostFirst = 5;

/** What to do first: the worst faults, one for each place, so that five mendings are five different ones. */
export function firstThings(report: Report): SafeHtml {
  const places = [
    ...Map.groupBy(failures(report), (finding) => (finding.endpoint ? `${finding.endpoint.method} ${finding.endpoint.path}` : finding.id)),
  ];
  const body =
    places.length === 0
      ? html`<p>No fault was found. See <a href="#coverage">what was not tested</a> before you rely on that.</p>`
      : html`<p>Open the first, hand its text to your coding tool, and go on with the next.</p>
<ol class="first">${places.slice(0, mostFirst).map(([, [first, ...more]]) => first && firstOf(report, first, more))}</ol>`;
  return html`<section id="first" class="start" aria-labelledby="first-title"><h2 id="first-title">What to do first</h2>${body}${bins(report)}</section>`;
}

function firstOf(report: Report, finding: Finding, more: readonly Finding[]): SafeHtml {
  return html`<li>${linkTo(report, finding.id, prose(headline(finding)))}
${finding.remedy !== '' && html`<div class="small">${prose(firstSentence(finding.remedy))}</div>`}
<div class="small dim">${severityPill(finding)} ${classLabel[finding.class]}: ${pathCode(finding.subject.name)}${more.length > 0 && `, and ${more.length} more there`}</div></li>`;
}

/** A remedy can go on for long; what to begin with stands first. */
function firstSentence(text: string): string {
  return /^.*?[.;](?=\s|$)/s.exec(text)?.[0].replace(/;$/, '.') ?? text;
}

function bins(report: Report): SafeHtml {
  const all = failures(report);
  const inBin = (bin: string) => all.filter((finding) => finding.bin === bin).length;
  const fine = report.passes.reduce((sum, entry) => sum + entry.subjects.length, 0);
  return html`<ul class="tiles">
<li><b>${inBin('before-launch')}</b><a href="#before-launch">${binLabel['before-launch']}</a></li>
<li><b>${inBin('before-scaling')}</b><a href="#before-scaling">${binLabel['before-scaling']}</a></li>
<li><b>${inBin('can-wait')}</b><a href="#can-wait">${binLabel['can-wait']}</a></li>
<li><b>${openQuestions(report).length}</b><a href="#open">Open questions</a></li>
<li><b>${fine}</b><a href="#fine">Examined and fine</a></li></ul>`;
}

/** The six questions of an operator; what works and what is safe to operate stay two figures. */
export function sixQuestions(report: Report): SafeHtml {
  const rows = questionsOf(report).map(({ label, score }) => {
    const share = score.of === 0 ? 0 : Math.round((100 * score.passed) / score.of);
    return html`<tr><th scope="row">${score.question}<div class="dim small">${label}</div></th>
<td class="num" data-name="Required points that hold">${score.of === 0 ? 'nothing required' : `${score.passed} of ${score.of}`}<div class="bar" aria-hidden="true"><span style="width:${share}%"></span></div></td></tr>`;
  });
  const works = report.works
    ? html`<p><strong>It works:</strong> ${report.works.operations} of ${count(report.works.of, 'operation')} answered the person that they are for. That is a different figure from being safe to operate, which the table shows.</p>`
    : html`<p><strong>Whether it works</strong> was not measured: the application was not run.</p>`;
  return section(
    'questions',
    'Six questions an operator asks',
    html`${works}<div class="wide stack"><table><caption>Judged as ${profileLabel[report.profile]}. Points that hold, of all that some launch requires. Points not proven do not count as holding, and nothing is averaged.</caption>
<thead><tr><th scope="col">Question</th><th scope="col">Required points that hold</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}
