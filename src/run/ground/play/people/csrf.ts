import type { Played } from '../interpreter.ts';

/** Whether an answer says that the request lacked a token against forgery by other sites. */
export function wantsCsrfToken({ exchange }: Pick<Played, 'exchange'>): boolean {
  const { status = 0, body = '' } = exchange.response ?? {};
  return [400, 401, 403, 419, 422].includes(status) && /csrf|xsrf|forgery|authenticity.token|double.submit/i.test(body.slice(0, 4_000));
}

/** Where applications hand such tokens out: the page of the form itself, then the usual endpoints. */
export function csrfPages(path: string): string[] {
  return [path.split('?')[0] ?? '/', '/api/csrf-token', '/csrf-token', '/api/csrf', '/csrf', '/api/auth/csrf', '/'];
}

/** The token in an answer: in JSON, in a hidden field or a meta element of a page, or in a cookie meant to be read by scripts. */
export function csrfTokenIn({ exchange }: Pick<Played, 'exchange'>): string | null {
  const { body = '', headers = {} } = exchange.response ?? {};
  const inJson = /"(?:_?csrf(?:_?token)?|xsrf_?token|csrfToken|token)"\s*:\s*"([^"\\]{8,})"/i.exec(body)?.[1];
  const field = /<(?:input|meta)\b[^>]*\bname=["'](?:_?csrf(?:[-_]?token)?|csrfmiddlewaretoken|authenticity_token|_token)["'][^>]*>/i.exec(
    body,
  )?.[0];
  const inPage = field && /\b(?:value|content)=["']([^"']{8,})["']/i.exec(field)?.[1];
  const cookie = /(?:^|\n|,\s*)(?:__Host-)?(?:x-)?[xc]srf[-_]?token=([^;\n]{8,})/i.exec(headers['set-cookie'] ?? '')?.[1];
  const given = headers['x-csrf-token'];
  return inJson ?? inPage ?? given ?? (cookie === undefined ? null : unescapedCookie(cookie));
}

function unescapedCookie(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Not every percent sign is an escape.
  }
}

const attributes = /;\s*(?:path|domain|expires|max-age|samesite|secure|httponly|partitioned)\b/i;

/** The cookies of a `cookie` header with those of another one, or of `set-cookie` headers (a line each), over them. */
export function mergedCookies(header: string | undefined, over: string | undefined): string {
  const jar = new Map<string, string>();
  const put = (pair: string): void => {
    const at = pair.indexOf('=');
    if (at > 0) jar.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  };
  for (const pair of (header ?? '').split(';')) put(pair);
  for (const line of (over ?? '').split('\n'))
    for (const pair of attributes.test(line) ? [line.split(';')[0] ?? ''] : line.split(';')) put(pair);
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}
