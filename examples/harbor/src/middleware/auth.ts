import type { NextFunction, Request, Response } from 'express';
import { verifyToken } from '../lib/tokens.js';

declare global {
  namespace Express {
    interface Request {
      user?: { id: number; organisationId: number; role: string; name: string };
    }
  }
}

/** Requires a valid bearer token and puts the user on the request. */
export function authenticate(req: Request, res: Response, next: NextFunction) {
  const header = req.headers.authorization;
  if (!header || !header.startsWith('Bearer ')) {
    return res.status(401).json({ error: 'Please sign in' });
  }
  try {
    req.user = verifyToken(header.slice(7));
    next();
  } catch {
    res.status(401).json({ error: 'Your session is invalid, please sign in again' });
  }
}

/** Requires one of the given roles. */
export function requireRole(...roles: string[]) {
  return (req: Request, res: Response, next: NextFunction) => {
    if (!req.user || !roles.includes(req.user.role)) {
      return res.status(403).json({ error: 'You are not allowed to do this' });
    }
    next();
  };
}
