import { secretStretches } from '../code/conceal.ts';
import { languageOf } from '../language.ts';
import { sha256 } from '../../world/hash.ts';
import { byName, inEnvironmentFile } from './assignments.ts';
import { byPublishedRules } from './published.ts';

/** Languages in which a bare word after a name is a value and not an expression. */
const plainValues = new Set(['yaml', 'toml', 'ini', 'dockerfile', 'shell', 'terraform', 'xml', 'text']);

/**
 * A file's text for people to read: of every likely secret only the part that says what it is and the beginning of its hash, as
 * reports name it. More generous than the collector, since nothing is reported here. The number of lines stays.
 */
export async function maskedText(path: string, text: string): Promise<string> {
  const language = languageOf(path);
  const named = [
    ...byName(text, plainValues.has(language)),
    ...(language === 'dotenv' ? inEnvironmentFile(text) : []),
    ...(await byPublishedRules(path, text)),
  ].map(({ start, value, show }) => ({ start, value, show: show.length }));
  let out = '';
  let at = 0;
  for (const { start, value, show } of [...secretStretches(text), ...named].toSorted(
    (a, b) => a.start - b.start || b.value.length - a.value.length,
  )) {
    const from = Math.max(at, start + show);
    const end = start + value.length;
    if (end <= from) continue;
    out += `${text.slice(at, from)}…[${sha256(value).slice(0, 12)}]${text.slice(from, end).replace(/[^\n]/g, '')}`;
    at = end;
  }
  return out + text.slice(at);
}
