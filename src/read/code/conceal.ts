import { sha256 } from '../../world/hash.ts';
import { byName } from '../secrets/assignments.ts';
import { looksRandom } from '../secrets/plausible.ts';
import { byProvider } from '../secrets/providers.ts';

/** Tokens that begin with their issuer's mark; more generous than the collector of secrets, since nothing is reported here. */
const marked =
  /\b(?:gh[pousr]_|github_pat_|glpat-|glc_|glsa_|npm_|xox[a-z]-|xapp-|gsk_|hf_|lin_api_|ntn_|shp(?:pa|ca|at|ss)_|hv[sbr]\.|dapi|dckr_pat_|figd_|tskey-|AKIA|ASIA)(?=[A-Za-z._-]*\d)[A-Za-z0-9_.-]{12,}/g;

/** Where in a text a secret stands. */
export interface Stretch {
  readonly start: number;
  readonly value: string;
  /** How many characters at its head say what it is and may stay. */
  readonly show: number;
}

/**
 * The source text with the values of its secrets made unrecognisable. Facts hold literals, and facts are kept in the cache
 * and surface in reports (a path, a condition, a statement); a secret's value must not leave the process with them.
 * Letters become other letters and digits other digits, drawn from the value's hash: every offset, line and token stays, and
 * equal values stay equal. A guessable secret stays as it is, because checks have to say that it is one.
 */
export function concealed(text: string): string {
  let out = '';
  let at = 0;
  for (const { start, value, show } of secretStretches(text).sort((a, b) => a.start - b.start || b.value.length - a.value.length)) {
    const from = Math.max(at, start + show);
    const end = start + value.length;
    if (end <= from) continue;
    out += text.slice(at, from) + disguise(text.slice(from, end), value);
    at = end;
  }
  return at === 0 ? text : out + text.slice(at);
}

/** The likely secrets of a text, but for those that anybody can guess. */
export function secretStretches(text: string): Stretch[] {
  const found: Stretch[] = [];
  for (const { type, start, value, show } of [...byProvider(text), ...byName(text, false)])
    if (type !== 'guessable-signing-secret') found.push({ start, value, show: show.length });
  for (const { 0: value, index } of text.matchAll(marked)) found.push({ start: index, value, show: 4 });
  // Where the same value stands beside a name that says nothing, it is the same secret.
  for (const { value, show } of [...found]) {
    if (!looksRandom(value)) continue;
    for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) found.push({ start, value, show });
  }
  return found;
}

/** Another text of the same shape. What follows a backslash stays, so that escapes stay what they are. */
function disguise(text: string, value: string): string {
  const digest = Buffer.from(sha256(value), 'hex');
  return text.replace(/\\.|[a-z]|[A-Z]|[0-9]/gs, (character, offset: number) => {
    const byte = digest[offset % digest.length] ?? 0;
    if (character.startsWith('\\')) return character;
    if (character >= 'a') return String.fromCharCode(97 + (byte % 26));
    return character >= 'A' ? String.fromCharCode(65 + (byte % 26)) : String.fromCharCode(48 + (byte % 10));
  });
}
