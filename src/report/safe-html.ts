import { visible } from './visible.ts';

/** Markup that was written by us, or escaped. Only this module makes it. */
export interface SafeHtml {
  readonly markup: string;
}

const made = new WeakSet<SafeHtml>();

type Part = SafeHtml | string | number | false | null | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Text as it may stand between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => entities[character] ?? '');
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeHtml(part);
  if ('markup' in part) return made.has(part) ? part.markup : escapeHtml(part.markup);
  return part.map(render).join('');
}

/** The template tag: everything between `${}` is escaped unless it came out of this tag. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): SafeHtml {
  let markup = strings[0] ?? '';
  for (const [index, part] of parts.entries()) markup += render(part) + (strings[index + 1] ?? '');
  return sealed(markup);
}

/** Our own constant markup, such as the style sheet. Never hand it anything that the audited application said. */
export function trusted(markup: string): SafeHtml {
  return sealed(markup);
}

function sealed(markup: string): SafeHtml {
  const safe = Object.freeze({ markup });
  made.add(safe);
  return safe;
}
