import type { Candidate } from './candidate.ts';
import { entropy, isPlaceholder, looksLikePassword, looksRandom } from './plausible.ts';

/** The part of a name that says a secret follows. */
const keyword =
  /secret|passw|passphrase|api_?key|access_?key|private_?key|encryption_?key|signing_?key|jwt_?key|master_?key|service_?(?:role_?)?key|auth_?key|token|credential|\bpwd\b|_pwd\b/gi;
/** Names about secrets that hold none. */
const harmless =
  /public|publishable|format|anon(ymous)?_?key|site_?key|name|field|label|placeholder|type|expir|ttl|_?exp$|lifetime|max_?age|duration|length|min|max|regex|pattern|url|uri|path|route|header|cookie(?!.*secret)|prefix|suffix|_?ids?$|hash|salt_?rounds|error|message|msg|title|text|hint|reset|forgot|confirm|verif|valid|rule|schema|policy|input|icon|event|action|scope|algorithm|issuer|audience|endpoint|kind|status|count|limit|token(s|izer|ize)|csrf|contract|symbol|mint|address|color|design|theme|storage|selector|testid|key_?names?/i;
const signing =
  /(?:^|(?:jwt|session|cookie|token|auth|signing|access|refresh|app|nextauth|webhook|encryption)[\w-]*)secret(?:_?or)?(?:_?key)?$|(?:jwt|encryption|signing)_?key$/i;

// After the name: its closing quote or bracket, a type, an operator (an assignment, a default, a comparison), a string.
const quoted =
  /["'`]?\]?\)?\s{0,8}(?::\s{0,4}string\s{0,4}=|:|=>|!?={1,3}|\|\||\?\?)\s{0,20}(?:(?:process\.env(?:\.\w{1,60}|\[["']\w{1,60}["']\])|import\.meta\.env\.\w{1,60})\s{0,8}(?:\|\||\?\?)\s{0,20})?(["'`])((?:(?!\1)[^\\\n\r]|\\.){4,400})\1/y;
const bare = /["']?[ \t]{0,8}[:=][ \t]{0,8}(["']?)([^\s"'#;,]{4,400})\1/y;

/** Secrets that stand as a string beside a name that says so. `plain` also reads values without quotes, as in .env and YAML. */
export function* byName(text: string, plain: boolean): Iterable<Candidate> {
  let until = 0;
  for (const { index } of text.matchAll(keyword)) {
    if (index < until) continue;
    const { name, end } = nameAround(text, index);
    until = end;
    const pattern = plain ? bare : quoted;
    pattern.lastIndex = end;
    const match = pattern.exec(text);
    const value = match?.[2];
    if (match === null || value === undefined) continue;
    until = pattern.lastIndex;
    const type = judged(name, value, text.slice(Math.max(0, end - name.length - 160), end - name.length), match[0]);
    const start = pattern.lastIndex - value.length - (match[1] ?? '').length;
    if (type !== null) yield { type, start, value, certain: false, show: '' };
  }
  yield* signatures(text);
}

function judged(name: string, value: string, before: string, between: string): string | null {
  if (harmless.test(name) && !signing.test(name)) return null;
  // A token of three parts is signed with more than a word.
  if (/^eyJ[\w-]*\.[\w-]*\.[\w-]{0,19}$/.test(value)) return null;
  if (value.includes('${') || /^(process\.env|env|config|import\.meta|secrets?)[.[(]/.test(value)) return null;
  if (/pass(w|phrase)|pwd/i.test(name)) return looksLikePassword(value) ? 'password' : null;
  if (looksRandom(value)) return signing.test(name) ? 'signing-secret' : 'secret-value';
  return signing.test(name) && isGuessable(name, value, before, between) ? 'guessable-signing-secret' : null;
}

/**
 * A signing secret that can be guessed is as bad as a published one, so its looks do not matter; but names, labels, keys of
 * messages and comparisons do: `secret: "Secret"`, `JWT_SECRET: 'JWT_SECRET'`, `kind === 'secret' ? 'jwt-secret' : 'none'`.
 */
function isGuessable(name: string, value: string, before: string, between: string): boolean {
  if (between.includes('==') || /(\?\s*["'`]|^[^\n]*(\/\/|^\s*\*|\/\*)[^\n]*)$/.test(before.slice(before.lastIndexOf('\n') + 1)))
    return false;
  // Tables of environment variables and their preparation are not the place where a secret is used.
  if ((/^[A-Z][A-Z0-9_]+$/.test(name) && /^["'\]]*\s*:/.test(between)) || (before.endsWith('process.env.') && !/\|\||\?\?/.test(between)))
    return false;
  if (/^[A-Z][A-Z0-9_]*$|^[\w-]+\.[\w.-]+$|^<|[.!?:]$|: |\w \w+ \w|^[A-Z][a-z]+( [a-z]+)*$/.test(value) || letters(value) === letters(name))
    return false;
  return !/^secret/i.test(name) || /session|jwt|sign|cookie|token|auth|strategy|passport/i.test(before);
}

function letters(text: string): string {
  return text.replace(/[\W_]/g, '').toLowerCase();
}

/** `jwt.sign(payload, "literal")`, `cookieParser("literal")`. */
function* signatures(text: string): Iterable<Candidate> {
  if (!/\.(sign|verify)\(|cookieParser\(/.test(text)) return;
  for (const match of text.matchAll(
    /(?:\b(?:jwt|jsonwebtoken|JWT)\.(?:sign|verify)\(\s{0,20}(?:\{[^{}]{0,300}\}|[^,(){}]{1,120})\s{0,5},\s{0,20}|\bcookieParser\(\s{0,5})(["'`])([^"'`\n$]{4,200})\1/g,
  )) {
    const value = match[2] ?? '';
    if (/^\s*(\/\/|\/?\*)/.test(text.slice(text.lastIndexOf('\n', match.index) + 1, match.index + 1))) continue;
    yield {
      type: looksRandom(value) ? 'signing-secret' : 'guessable-signing-secret',
      start: match.index + match[0].length - value.length - 1,
      value,
      certain: false,
      show: '',
    };
  }
}

/** The whole identifier around a keyword; bounded, because a minified file is one line. */
function nameAround(text: string, at: number): { name: string; end: number } {
  let start = at;
  let end = at;
  while (start > 0 && at - start < 60 && isNameCharacter(text.charCodeAt(start - 1))) start--;
  while (end < text.length && end - at < 80 && isNameCharacter(text.charCodeAt(end))) end++;
  return { name: text.slice(start, end), end };
}

function isNameCharacter(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code === 36 || code === 45
  );
}

/** Real-looking values of secret-named variables in an environment file, one `NAME=value` a line. */
export function* inEnvironmentFile(text: string): Iterable<Candidate> {
  for (const match of text.matchAll(
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w{0,80})[ \t]*=[ \t]*(?:"([^"\n]{1,4000})"|'([^'\n]{1,4000})'|([^\s#"'][^\n#]{0,4000}))/gm,
  )) {
    const name = match[1] ?? '';
    const value = (match[2] ?? match[3] ?? match[4] ?? '').trim();
    if (!new RegExp(keyword, 'i').test(name) && !/_key$/i.test(name)) continue;
    if (harmless.test(name) && !signing.test(name)) continue;
    if (/^(NEXT_PUBLIC|VITE|EXPO_PUBLIC|REACT_APP|PUBLIC|NUXT_PUBLIC)_.*(ANON|PUBLISHABLE|PUBLIC|SITE)/.test(name)) continue;
    const password = /pass(w|phrase)|pwd/i.test(name);
    const real = password
      ? looksLikePassword(value)
      : looksRandom(value) ||
        (value.length >= 12 && /\d/.test(value) && /[a-z]/i.test(value) && !isPlaceholder(value) && entropy(value) > 3);
    const type = password ? 'password' : signing.test(name) ? 'signing-secret' : 'secret-value';
    if (real) yield { type, start: match.index + match[0].lastIndexOf(value), value, certain: false, show: '' };
    else if (type === 'signing-secret' && value.length >= 4 && !isPlaceholder(value))
      yield { type: 'guessable-signing-secret', start: match.index + match[0].lastIndexOf(value), value, certain: false, show: '' };
  }
}
