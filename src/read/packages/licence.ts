import { families } from './licence-families.ts';
import type { Terms } from './licence-families.ts';

/** From what asks least to what asks most. */
const order: readonly Terms[] = ['permissive', 'weak-copyleft', 'copyleft', 'network-copyleft', 'restricted', 'unknown'];

/** What an SPDX licence expression asks: of alternatives the mildest, of what holds together the strictest. */
export function termsOf(licence: string | null): Terms {
  if (licence === null || licence.length > 500) return 'unknown';
  const tokens = licence.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const one = (): Terms => {
    if (tokens[at] === '(') {
      at++;
      const inner = alternatives();
      at++;
      return inner;
    }
    const words: string[] = [];
    for (let token = tokens[at]; token !== undefined && !/^(OR|AND|\)|\()$/i.test(token); token = tokens[++at]) words.push(token);
    return identified(words.join(' '));
  };
  const together = (): Terms => {
    let terms = one();
    for (; /^AND$/i.test(tokens[at] ?? '');) {
      at++;
      terms = worse(terms, one());
    }
    return terms;
  };
  const alternatives = (): Terms => {
    let terms = together();
    for (; /^OR$/i.test(tokens[at] ?? '');) {
      at++;
      const other = together();
      terms = worse(terms, other) === terms ? other : terms;
    }
    return terms;
  };
  const terms = alternatives();
  return at < tokens.length ? 'unknown' : terms;
}

function identified(text: string): Terms {
  const found = families.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown';
  // `GPL-2.0 WITH Classpath-exception-2.0`: those who only use it are left alone.
  return found === 'copyleft' && /\bWITH\b.*exception/i.test(text) ? 'weak-copyleft' : found;
}

function worse(a: Terms, b: Terms): Terms {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** The licence as a package.json states it, through three generations of writing it; null where it states none. */
export function statedLicence(manifest: Readonly<Record<string, unknown>>): string | null {
  const { license, licenses } = manifest;
  const all = [license, ...(Array.isArray(licenses) ? (licenses as unknown[]) : [licenses])].flatMap((one) =>
    typeof one === 'string'
      ? [one]
      : typeof one === 'object' && one !== null && 'type' in one && typeof one.type === 'string'
        ? [one.type]
        : [],
  );
  const text = all.map((one) => one.trim().slice(0, 200)).filter((one) => one !== '');
  return text.length === 0 ? null : text.join(' OR ');
}
