/**
 * What a test in JavaScript says before it begins, by what it needs. What stands in «» is TypeScript's and goes where the test is no
 * TypeScript.
 */
export const parts = {
  person: `
/** Somebody who calls the application. What they write is found nowhere else in it, however often this runs. */
function person() {
  const tag = 'sw' + Array.from({ length: 8 }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('');
  return {
    tag,
    email: \`\${tag}@example.com\`,
    password: 'PASSWORD',
    headers: {}« as Record<string, string>»,
    cookies: new Map«<string, string>»(),
    csrf: null« as string | null»,
  };
}
«
type Person = ReturnType<typeof person>;
interface Sent {
  body?: unknown;
  form?: Record<string, unknown>;
  headers?: Record<string, string>;
}
»`,
  send: `
/** Sends a request with somebody's session and keeps the cookies of the answer, as a browser would. */
async function send(who«: Person», method«: string», path«: string», { body, form, headers = {} }«: Sent» = {}) {CSRF
  const cookie = [...[...who.cookies].map(([name, value]) => \`\${name}=\${value}\`), ...(who.headers['cookie'] ? [who.headers['cookie']] : [])].join('; ');
  const response = await fetch(baseUrl + path, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      'x-forwarded-proto': 'https',
      ...who.headers,
      ...(cookie ? { cookie } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    body:
      form !== undefined
        ? new URLSearchParams(Object.entries(form).map(([name, value])« : [string, string]» => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]))
        : body === undefined
          ? null
          : JSON.stringify(body),
  });
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    who.cookies.set(pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1));
  }
  const text = await response.text();
  let json«: unknown» = null;
  try {
    json = JSON.parse(text);
  } catch {
    // An answer need not be JSON.
  }
  const answer = { what: \`\${method} \${path} answered \${response.status}\`, status: response.status, headers: response.headers, text, json };
  if (answer.status === 429) throw new Error(\`Not staged: \${answer.what}; a rate limit says nothing about who may do what.\`);
  return answer;
}
«
type Answer = Awaited<ReturnType<typeof send>>;
»`,
  must: `
/** The same for what has to work before anything can be said. */
async function must(who«: Person», method«: string», path«: string», sent«: Sent» = {}) {
  const answer = await send(who, method, path, sent);
  if (answer.status >= 400) throw new Error(\`Not staged: \${answer.what}: \${answer.text.slice(0, 300)}\`);
  return answer;
}`,
  works: `
/** Fails where somebody is refused what is theirs. Where the request itself no longer fits, nothing is said about who may send it. */
function works(answer«: Answer», because«: string») {
  if ([400, 409, 410, 413, 415, 422].includes(answer.status))
    throw new Error(\`Not staged: \${answer.what}: the application takes other requests by now, adapt them here: \${answer.text.slice(0, 300)}\`);
  assert.ok(answer.status < 400, \`\${because}: \${answer.what}\`);
}`,
  at: `
/** What stands at a place of an answer, such as \`order.id\`. */
function at(answer«: Answer», place«: string»)«: any» {
  let value«: any» = answer.json;
  for (const name of place === '' ? [] : place.split('.')) value = value?.[name];
  if (value === undefined) throw new Error(\`Not staged: \${answer.what} and has nothing at \${place}: \${answer.text.slice(0, 300)}\`);
  return value;
}`,
  claim: `
/** What a JSON Web Token claims. */
function claim(token«: string», place«: string»)«: any» {
  let value«: any» = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  for (const name of place.split('.')) value = value?.[name];
  if (value === undefined) throw new Error(\`Not staged: the token does not claim \${place}\`);
  return value;
}`,
  tokenOf: `
/** The JSON Web Token of somebody's session, and how it goes along. */
function tokenOf(who«: Person») {
  const everywhere = [...Object.entries(who.headers), ...[...who.cookies].map(([name, value])«: [string, string]» => ['cookie', \`\${name}=\${value}\`])];
  for (const [header, value] of everywhere) {
    const token = /[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]{8,}/.exec(value)?.[0];
    if (token) return { token, headers: (other«: string») => ({ [header]: value.replaceAll(token, other) }) };
  }
  throw new Error('Not staged: the session is no JSON Web Token any more');
}

const encoded = (part«: unknown») => Buffer.from(JSON.stringify(part)).toString('base64url');
const decoded = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

function signed(header«: object», claims«: object», secret«: string») {
  const text = \`\${encoded({ ...header, alg: 'HS256', typ: 'JWT' })}.\${encoded(claims)}\`;
  return \`\${text}.\${crypto.createHmac('sha256', secret).update(text).digest('base64url')}\`;
}`,
  csrf: `
/** A token against forgery by other sites, from where the application hands it out. */
async function csrfToken(who«: Person», path«: string») {
  for (const page of [path.split('?')[0] ?? '/', who.csrf ?? '/']) {
    const answer = await send(who, 'GET', page, { headers: { accept: 'text/html, application/json' } });
    const field = /<(?:input|meta)\\b[^>]*\\bname=["'](?:_?csrf(?:[-_]?token)?|csrfmiddlewaretoken|authenticity_token|_token)["'][^>]*>/i.exec(answer.text)?.[0] ?? '';
    const cookie = [...who.cookies].find(([name]) => /[xc]srf[-_]?token$/i.test(name))?.[1];
    const token =
      /"(?:_?csrf(?:_?token)?|xsrf_?token|csrfToken|token)"\\s*:\\s*"([^"\\\\]{8,})"/i.exec(answer.text)?.[1] ??
      /\\b(?:value|content)=["']([^"']{8,})["']/i.exec(field)?.[1] ??
      answer.headers.get('x-csrf-token') ??
      (cookie === undefined ? null : decodeURIComponent(cookie));
    if (token) return token;
  }
  throw new Error('Not staged: no token against forgery was handed out');
}`,
  query: `
/** Rows of the application's database, through its own driver. */
async function query(text«: string», parameters«: unknown[]»)«: Promise<Record<string, any>[]>» {
BODY
}`,
  shows: `
/** Whether one of these texts stands in an answer. */
function shows(answer«: Answer», texts«: string[]») {
  return texts.some((text) => [text, encodeURIComponent(text), text.replaceAll('@', '&#64;')].some((form) => answer.text.includes(form)));
}`,
  unchanged: `
/** Every value of an answer by its place. */
function leaves(value«: unknown», place = '', found = new Map«<string, unknown>»()) {
  if (value !== null && typeof value === 'object') for (const [name, inner] of Object.entries(value)) leaves(inner, \`\${place}.\${name}\`, found);
  else found.set(place, value);
  return found;
}

/** What two answers before agree on and the one after says otherwise. */
function changes(before«: Answer», again«: Answer», after«: Answer») {
  const [one, two, three] = [leaves(before.json), leaves(again.json), leaves(after.json)];
  return [...one].filter(([place, value]) => two.get(place) === value && three.get(place) !== value).map(([place]) => place);
}`,
  lacks: `
/** Texts under a name, wherever they stand in an answer. */
function under(value«: unknown», name«: string»)«: string[]» {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === name && typeof inner === 'string' && inner.length >= 8 ? [inner] : under(inner, name)));
}`,
  same: `
/** Databases write \`t\` and \`12.00\` where JSON has \`true\` and \`12\`. */
function same(stored«: unknown», sent«: unknown») {
  const [a, b] = [String(stored), String(sent)];
  return a === b || (b === 'true' && /^(t|1)$/.test(a)) || (b === 'false' && /^(f|0)$/.test(a)) || (a.trim() !== '' && b.trim() !== '' && Number(a) === Number(b));
}`,
  moves: `
/** Whether a figure stands still but for what was added, and moves in proportion to it. */
function moves(still«: Answer[]», moved«: { answer: Answer; by: number }[]», place«: string») {
  const figure = (answer«: Answer») => {
    let value«: any» = answer.status < 300 ? answer.json : undefined;
    for (const name of place === '' ? [] : place.split('.')) value = value?.[name];
    return Number(value ?? Number.NaN);
  };
  const base = figure(still[0]« as Answer»);
  const [first = 0, ...others] = moved.map(({ answer, by }) => (figure(answer) - base) / by);
  return still.every((answer) => figure(answer) === base) && first !== 0 && others.every((one) => Math.abs(one - first) <= Math.abs(first) * 1e-3);
}`,
  weak: `
/** Whether what is stored gives a password away: itself, or a hash that is made in no time, with or without a salt beside it. */
function weak(stored«: unknown», password«: string») {
  const digests = (text«: string») =>
    ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].flatMap((name) => [
      crypto.createHash(name).update(text).digest('hex'),
      crypto.createHash(name).update(text).digest('base64'),
    ]);
  const text = String(stored);
  const [a = '', b = ''] = text.split(/[:.$]/).filter((part) => part !== '');
  const salted = [a + password, password + a, b + password, password + b].flatMap(digests);
  return text === password || text === Buffer.from(password).toString('base64') || digests(password).includes(text) || salted.some((digest) => digest === a || digest === b);
}`,
} as const;

export type Part = keyof typeof parts;
