import { timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Histogram, Registry } from 'prom-client';
import { asyncHandler } from './async-handler.js';
import { HttpError } from './errors.js';
import { settings } from './settings.js';

const registry = new Registry();

export const requestDuration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of requests by endpoint and status',
  labelNames: ['method', 'route', 'status'] as const,
  registers: [registry],
});

function isOurs(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The measurements in the Prometheus format, for the monitoring only. */
export const metrics: RequestHandler = asyncHandler(async (req, res) => {
  if (!settings.METRICS_TOKEN) throw new HttpError(404, 'Not found');
  if (!isOurs(req.get('authorization') ?? '', `Bearer ${settings.METRICS_TOKEN}`)) throw new HttpError(401, 'Not allowed');
  res.type(registry.contentType).send(await registry.metrics());
});
