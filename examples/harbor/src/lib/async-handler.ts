import type { NextFunction, Request, Response } from 'express';

/** Passes errors of async route handlers to the error handler. */
export const asyncHandler =
  (handler: (req: Request, res: Response, next: NextFunction) => Promise<any>) =>
  (req: Request, res: Response, next: NextFunction) =>
    Promise.resolve(handler(req, res, next)).catch(next);
