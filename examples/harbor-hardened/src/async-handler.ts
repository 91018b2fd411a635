import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Passes the errors of an async handler to the error handler, which Express 4 does not do itself. */
export function asyncHandler(handler: (req: Request, res: Response, next: NextFunction) => Promise<void>): RequestHandler {
  return (req, res, next) => {
    handler(req, res, next).catch(next);
  };
}
