import { createHmac } from 'node:crypto';

/** The parts of a JSON Web Token (RFC 7519) with what it claims. */
export interface Jwt {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly signature: string;
}

const form = /[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/;

/** The first JSON Web Token in a text, as it stands there. */
export function jwtIn(text: string): string | null {
  for (const [found] of text.matchAll(new RegExp(form, 'g'))) if (readJwt(found)) return found;
  return null;
}

/** Reads a token without verifying it; null when it is none. */
export function readJwt(token: string): Jwt | null {
  const [head = '', body = '', signature = ''] = token.split('.');
  const part = (text: string): Record<string, unknown> | null => {
    try {
      const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
    } catch {
      return null; // Not JSON: no such token.
    }
  };
  const [header, claims] = [part(head), part(body)];
  return header && claims && typeof header['alg'] === 'string' ? { header, claims, signature } : null;
}

/** A token with these claims, signed with HMAC SHA-256 (RFC 7518, HS256). */
export function mintJwt(claims: Readonly<Record<string, unknown>>, secret: string, header: Readonly<Record<string, unknown>> = {}): string {
  const encoded = [{ ...header, alg: 'HS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...encoded, createHmac('sha256', secret).update(encoded.join('.')).digest('base64url')].join('.');
}

/** The same claims under a signature that nobody gave. */
export function forgedJwt(token: string): string {
  const [head = '', body = ''] = token.split('.');
  return [head, body, createHmac('sha256', 'seaworthy does not know the secret').update(`${head}.${body}`).digest('base64url')].join('.');
}

/** The same claims, unsigned (RFC 7519, section 6). */
export function unsignedJwt(token: string): string {
  const claims = token.split('.')[1] ?? '';
  return `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')}.${claims}.`;
}
