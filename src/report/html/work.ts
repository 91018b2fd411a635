import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count, headline, triggerLabel } from '../words.ts';
import { linkTo, pill, prose, section } from './page.ts';
import type { Tone } from './page.ts';

/** The work in order, with hours. */
export function planSection(report: Report): SafeHtml {
  if (report.plan.length === 0) return section('plan', 'Plan', html`<p>Nothing to do follows from this report.</p>`);
  const low = report.plan.reduce((sum, step) => sum + step.effort.low, 0);
  const high = report.plan.reduce((sum, step) => sum + step.effort.high, 0);
  return section(
    'plan',
    'Plan',
    html`<p>In this order, because each step makes the next one safer. Together about ${range({ low, high })} for someone who knows the code. The ranges are estimates by kind of fault.</p>
<ol class="first">${report.plan.map(
      (step) => html`<li><h3 style="margin-top:0">${step.title}</h3>
<p>${count(step.findings.length, 'finding')}, about ${range(step.effort)}. ${step.unblocks.length > 0 && `Helps to unblock: ${step.unblocks.map((trigger) => triggerLabel[trigger].toLowerCase()).join(', ')}.`}</p>
<p class="dim"><strong>If it waits:</strong> ${step.waiting}</p>
<details><summary>The ${count(step.findings.length, 'finding')}</summary><div class="in"><ul>${step.findings.map((id) => html`<li>${linkTo(report, id, prose(words(report, id)))}</li>`)}</ul></div></details></li>`,
    )}</ol>`,
  );
}

function words(report: Report, id: string): string {
  const finding = report.findings.find((one) => one.id === id);
  if (!finding) return id;
  return finding.status === 'unknown' ? `${finding.title}? (${finding.subject.name})` : headline(finding);
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return hours(low) === hours(high) ? count(Number(hours(high)), 'hour') : `${hours(low)} to ${hours(high)} hours`;
}

function hours(number: number): string {
  return number < 10 ? String(Math.round(number * 2) / 2) : String(Math.round(number));
}

const moduleTones: Readonly<Record<string, Tone>> = { keep: 'good', harden: 'warn', rebuild: 'bad', unproven: 'calm' };

/** Keep, harden or rebuild, part by part. */
export function modulesSection(report: Report): SafeHtml {
  if (report.modules.length === 0) return section('modules', 'Keep, harden or rebuild', html`<p>No product code was found to judge.</p>`);
  const factor = (one: Report['modules'][number], name: string) => one.factors[name] ?? '';
  return section(
    'modules',
    'Keep, harden or rebuild',
    html`<p>Harden is the usual answer: keep the shape, mend what is named. "Unproven" means that nothing of weight was found, and that nothing proves what it does either.</p>
<div class="wide stack"><table><caption>Parts of the code with what speaks for the verdict</caption>
<thead><tr><th scope="col">Part</th><th scope="col">Verdict</th><th scope="col">Why</th><th scope="col">Endpoints through it</th><th scope="col">Data</th><th scope="col">Changed</th><th scope="col">Tests</th><th scope="col">Hardest function</th><th scope="col">To harden</th></tr></thead>
<tbody>${report.modules.map((one) => html`<tr><th scope="row"><code>${one.path}</code> <small>${factor(one, 'lines')} lines, ${factor(one, 'files')} files</small></th><td data-name="Verdict">${pill(moduleTones[one.verdict] ?? 'calm', one.verdict)}</td><td data-name="Why">${one.why}${one.rebuild && html` It replaces ${one.rebuild.replaces}.`}</td><td class="num" data-name="Endpoints through it">${factor(one, 'endpoints through it')}</td><td data-name="Data">${factor(one, 'data')}</td><td class="num" data-name="Changed">${factor(one, 'changed')}</td><td class="num" data-name="Tests">${factor(one, 'tests')}</td><td data-name="Hardest function">${factor(one, 'hardest function')}</td><td class="num" data-name="To harden">${factor(one, 'to harden')}</td></tr>`)}</tbody></table></div>
<details><summary>How each of these was measured</summary><dl>${Object.entries(report.moduleFactors).map(([name, how]) => html`<dt>${name}</dt><dd>${how}</dd>`)}</dl></details>`,
  );
}
