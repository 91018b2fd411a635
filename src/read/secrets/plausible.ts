/** Words and signs of values that stand for a secret to be filled in. */
const placeholder = new RegExp(
  [
    'your|change.?(me|it|this|in)|replace|example|placeholder|dummy|sample|insert|todo|fixme|redacted|fake|mock|lorem|not.?(a.?)?(real|secret)',
    'x{3,}|\\*{3}|\\.{3}|…|^<.*>$|\\$\\{|\\$\\(|\\{\\{|%\\w+%|^\\$\\w|^!\\w|process\\.env|import\\.meta|[-_ ]here$|^(here|test|foo|bar|none|null|undefined|true|false|string)$',
    '0123456|1234567|abcdef|qwerty|(?<same>.)\\k<same>{5}|^env[.(]|^\\W+$|some[-_ ]?(secret|key|token|password|value)|^my[-_]?(super[-_]?)?(secret|pass(word)?)\\d*$|^(\\w+[-_ ])?(secret|password)[-_ ]?(key|value)?$',
  ].join('|'),
  'i',
);

/** True for a value that stands for one to be filled in, or for a reference to one. */
export function isPlaceholder(value: string): boolean {
  return placeholder.test(value);
}

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** True for text that looks drawn at random: what a generator made, and no name, sentence, path or identifier. */
export function looksRandom(value: string): boolean {
  if (value.length < 16 || /\s/.test(value) || isPlaceholder(value) || /^(https?:|\/|\.\/|[\w-]+@[\w-]+\.)/.test(value)) return false;
  // Words joined by a separator or by case, with at most a trailing number: identifiers, keys of messages, file names.
  if (/^[a-z]+([-_.:/ ][a-z]+)*[-_.]?\d{0,4}$/i.test(value)) {
    const longest = Math.max(...value.split(/[-_.:/ ]/).map(({ length }) => length));
    if (longest < 24 || entropy(value) < 4) return false;
  }
  // Sentences in scripts without spaces.
  if ((value.match(/[^\x20-\x7e]/g)?.length ?? 0) > 3) return false;
  if (/^[0-9a-f-]+$/i.test(value)) return value.length >= 32 && /[a-f]/i.test(value) && /\d/.test(value) && entropy(value) > 3;
  return entropy(value) > 3.3 && (/\d/.test(value) || value.length >= 32);
}

/** True for what a person would type as a password: no word of the interface, no path, no reference. */
export function looksLikePassword(value: string): boolean {
  if (value.length < 6 || value.length > 100 || /\s/.test(value) || isPlaceholder(value)) return false;
  if (/^\$2[aby]\$|^\$argon2|^\$scrypt|^pbkdf2/.test(value)) return false; // a hash, not the password
  if (/^[#./@[{(<]|[=<>(){}[\]]|^\w+(\.\w+)+$/.test(value)) return false;
  return /[a-z]/i.test(value) && /\d/.test(value);
}
