import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { log } from '../log.js';
import { requestDuration } from '../metrics.js';

/** Gives every request an id (an orderly one of the caller is kept), and logs and measures its end. */
export const requestLog: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id');
  req.id = given && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
  res.setHeader('X-Request-Id', req.id);
  const started = performance.now();
  res.on('close', () => {
    const durationMs = Math.round(performance.now() - started);
    const route = req.route ? `${req.baseUrl}${String(req.route.path)}` : 'none';
    requestDuration.observe({ method: req.method, route, status: res.statusCode }, durationMs / 1000);
    log.info(
      {
        requestId: req.id,
        method: req.method,
        route,
        status: res.statusCode,
        durationMs,
        userId: req.user?.id,
        organisationId: req.user?.organisationId,
      },
      res.writableFinished ? 'request' : 'request aborted'
    );
  });
  next();
};
