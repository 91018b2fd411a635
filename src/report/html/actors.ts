import type { Report } from '../../model/report.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count } from '../words.ts';

/** Everybody who was to act: how they came in, and how that was proven before they were used. */
export function actorsBlock({ actors }: Report): SafeHtml | null {
  if (actors.length === 0) return null;
  const lost = actors.filter(({ healthy }) => !healthy).length;
  return html`<details><summary>${count(actors.length - lost, 'person', 'people')} acted${lost > 0 && `, ${lost} could not be used`}</summary><div class="in"><ul>${actors.map(
    ({ name, healthy, obtained, reason }) =>
      html`<li><b>${name}</b>${!healthy && ' (not used)'}: ${[obtained, reason].filter(Boolean).join(healthy ? '; shown by: ' : '; ') || 'no way in was found'}</li>`,
  )}</ul></div></details>`;
}
