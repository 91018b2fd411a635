import { createHash, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

const issuer = 'harbor';
const payload = z.object({ sub: z.string().regex(/^[0-9]+$/), version: z.number().int() });

/** A session token for eight hours. It names the user and the session version; the role is read from the database. */
export function createSessionToken(user: { id: number; sessionVersion: number }, secret: string): string {
  return jwt.sign({ version: user.sessionVersion }, secret, {
    algorithm: 'HS256',
    subject: String(user.id),
    issuer,
    audience: issuer,
    expiresIn: '8h',
  });
}

/** The user and session version of a token, or undefined when it is forged, expired or not ours. */
export function readSessionToken(token: string, secret: string): { userId: number; sessionVersion: number } | undefined {
  try {
    const claims = payload.parse(jwt.verify(token, secret, { algorithms: ['HS256'], issuer, audience: issuer }));
    return { userId: Number(claims.sub), sessionVersion: claims.version };
  } catch {
    return undefined;
  }
}

/** An unguessable token for a link; only its hash is stored. */
export function createLinkToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashLinkToken(token) };
}

export function hashLinkToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
