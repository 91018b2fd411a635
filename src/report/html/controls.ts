import type { ControlResult, ControlStatus } from '../../model/control.ts';
import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { areaLabel, classLabel, statusLabel } from '../words.ts';
import { pill, prose, section } from './page.ts';
import type { Tone } from './page.ts';

const tones: Readonly<Record<ControlStatus, Tone>> = {
  fail: 'bad',
  unproven: 'warn',
  stated: 'calm',
  pass: 'good',
  'not-applicable': 'calm',
};
const tallied: Readonly<Record<ControlStatus, string>> = {
  fail: 'failing',
  unproven: 'not proven',
  stated: 'stated',
  pass: 'holding',
  'not-applicable': 'not applicable',
};
const order = Object.keys(tones) as ControlStatus[];

/** Every control with its state, by area, folded. None is left out. */
export function controlsSection(report: Report): SafeHtml {
  const groups = Map.groupBy(report.controls, (control) => control.id.split('/')[0] ?? '');
  return section(
    'controls',
    'All controls',
    html`<p>What an application in production must have: ${report.controls.length} points, none left out. ${tally(report.controls)}</p>
${[...groups].map(
  ([
    area,
    controls,
  ]) => html`<details><summary>${areaLabel[area] ?? area} <span class="small">${tally(controls)}</span></summary><div class="in"><div class="wide stack"><table><caption>${areaLabel[area] ?? area}: ${controls.length} controls</caption>
<thead><tr><th scope="col">Control</th><th scope="col">State</th><th scope="col">Why</th></tr></thead><tbody>${controls.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status)).map(row)}</tbody></table></div></div></details>`,
)}`,
  );
}

function row(control: ControlResult): SafeHtml {
  return html`<tr><th scope="row">${control.name}<div class="dim small"><code>${control.id}</code></div></th>
<td data-name="State">${pill(tones[control.status], statusLabel[control.status])}${control.class && html`<div class="dim small">${classLabel[control.class]}</div>`}</td>
<td data-name="Why">${prose(control.reason)}${control.settle && html`<div class="small">To settle it: <code>${control.settle}</code></div>`}</td></tr>`;
}

function tally(controls: readonly ControlResult[]): SafeHtml {
  return html`${order.map((status) => {
    const number = controls.filter((control) => control.status === status).length;
    return number > 0 && html`${pill(tones[status], `${number} ${tallied[status]}`)} `;
  })}`;
}
