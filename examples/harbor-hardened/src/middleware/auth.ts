import type { Request, RequestHandler } from 'express';
import { asyncHandler } from '../async-handler.js';
import { pool } from '../db.js';
import { HttpError } from '../errors.js';
import { settings } from '../settings.js';
import { readSessionToken } from '../tokens.js';

export type Role = 'owner' | 'manager' | 'member';

export interface SignedInUser {
  id: number;
  organisationId: number;
  role: Role;
  name: string;
}

declare module 'express-serve-static-core' {
  interface Request {
    id: string;
    user?: SignedInUser;
  }
}

/** Requires a valid session; role and organisation come from the database, so that a change counts at once. */
export const authenticate: RequestHandler = asyncHandler(async (req, res, next) => {
  const token = /^Bearer (\S{1,2000})$/.exec(req.get('authorization') ?? '')?.[1];
  const session = token ? readSessionToken(token, settings.JWT_SECRET) : undefined;
  if (!session) throw new HttpError(401, 'Please sign in');
  const result = await pool.query<{ id: number; organisation_id: number; role: Role; name: string }>(
    'SELECT id, organisation_id, role, name FROM users WHERE id = $1 AND session_version = $2',
    [session.userId, session.sessionVersion]
  );
  const user = result.rows[0];
  if (!user) throw new HttpError(401, 'Please sign in');
  req.user = { id: user.id, organisationId: user.organisation_id, role: user.role, name: user.name };
  res.setHeader('Cache-Control', 'no-store');
  next();
});

/** The signed-in user of a request behind `authenticate`. */
export function signedIn(req: Request): SignedInUser {
  if (!req.user) throw new HttpError(401, 'Please sign in');
  return req.user;
}

/** Requires one of the roles. */
export function requireRole(...roles: Role[]): RequestHandler {
  return (req, _res, next) => {
    if (!roles.includes(signedIn(req).role)) throw new HttpError(403, 'You are not allowed to do this');
    next();
  };
}
