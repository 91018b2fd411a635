import type { RequestHandler } from 'express';
import { asyncHandler } from './async-handler.js';
import { pool } from './db.js';
import { log } from './log.js';

let stopping = false;

/** From now on the instance asks for no new requests. */
export function markStopping(): void {
  stopping = true;
}

/** The process runs. */
export const alive: RequestHandler = (_req, res) => {
  res.json({ status: 'ok' });
};

/** The instance can serve: it is not stopping, and the migrated database answers. */
export const ready: RequestHandler = asyncHandler(async (req, res) => {
  res.setHeader('Cache-Control', 'no-store');
  if (stopping) {
    res.status(503).json({ status: 'stopping' });
    return;
  }
  try {
    await pool.query('SELECT 1 FROM schema_migrations LIMIT 1');
    res.json({ status: 'ok' });
  } catch (err) {
    log.warn({ err, requestId: req.id }, 'not ready');
    res.status(503).json({ status: 'unavailable' });
  }
});
