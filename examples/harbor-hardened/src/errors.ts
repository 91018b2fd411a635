import type { NextFunction, Request, Response } from 'express';
import { ZodError } from 'zod';
import type { Logger } from 'pino';

/** An error whose message the caller may read. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options);
  }
}

interface Answer {
  status: number;
  error: string;
  details?: { field: string; problem: string }[];
}

const byPostgresCode: Record<string, Answer> = {
  '23505': { status: 409, error: 'This already exists' },
  '23503': { status: 409, error: 'Something this refers to does not exist or is still in use' },
  '23514': { status: 400, error: 'A value is outside what is allowed' },
  '22P02': { status: 400, error: 'A value has the wrong form' },
  '22003': { status: 400, error: 'A number is too large' },
  '22021': { status: 400, error: 'A text holds characters that are not allowed' },
};

const unavailable = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|08...|57P..|53300)$/;
const unavailableMessage = /timeout exceeded when trying to connect|Connection terminated/;

/** What the caller learns about an error: nothing about the inside. */
export function toAnswer(error: unknown): Answer {
  if (error instanceof HttpError) return { status: error.status, error: error.message };
  if (error instanceof ZodError) {
    const details = error.issues.map((issue) => ({ field: issue.path.join('.'), problem: issue.message }));
    return { status: 400, error: 'The request is not valid', details };
  }
  if (error instanceof Error) {
    const { code, status, type } = error as Error & { code?: string; status?: number; type?: string };
    if (type?.startsWith('entity.') || type === 'encoding.unsupported' || type === 'charset.unsupported' || type === 'request.size.invalid') {
      return { status: status ?? 400, error: status === 413 ? 'The request is too large' : 'The request body cannot be read' };
    }
    if (error instanceof URIError) return { status: 400, error: 'The address cannot be read' };
    if (code && byPostgresCode[code]) return byPostgresCode[code];
    if ((code && unavailable.test(code)) || unavailableMessage.test(error.message)) {
      return { status: 503, error: 'Harbor is not available at the moment, please try again' };
    }
  }
  return { status: 500, error: 'Something went wrong on our side' };
}

/** Answers errors and logs those that are ours. */
export function errorHandler(log: Logger) {
  return (err: unknown, req: Request, res: Response, next: NextFunction) => {
    const answer = toAnswer(err);
    if (answer.status >= 500) log.error({ err, requestId: req.id }, 'request failed');
    if (res.headersSent) return next(err);
    if (answer.status === 503) res.setHeader('Retry-After', '5');
    const { status, ...body } = answer;
    res.status(status).json({ ...body, requestId: req.id });
  };
}

/** The row, or a 404 that names what was looked for. */
export function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new HttpError(404, `${what} not found`);
  return row;
}
