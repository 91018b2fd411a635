import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { transaction, type Db } from './db.js';
import { HttpError } from './errors.js';
import { signedIn } from './middleware/auth.js';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Does the work in one transaction and answers. A request with an Idempotency-Key that was answered before gets the
 * same answer again and changes nothing; a second one in flight waits for the first.
 */
export async function answerOnce(req: Request, res: Response, work: (db: Db) => Promise<Answer>): Promise<void> {
  const key = req.get('idempotency-key');
  if (key !== undefined && !/^[\x21-\x7e]{8,100}$/.test(key)) throw new HttpError(400, 'Idempotency-Key must have 8 to 100 characters');
  const answer = await transaction((db) => (key === undefined ? work(db) : remembered(db, req, key, work)));
  res.status(answer.status).json(answer.body);
}

async function remembered(db: Db, req: Request, key: string, work: (db: Db) => Promise<Answer>): Promise<Answer> {
  const user = signedIn(req);
  const hash = createHash('sha256')
    .update(`${req.method} ${req.originalUrl} ${JSON.stringify(req.body ?? null)}`)
    .digest('hex');
  const claimed = await db.query(
    'INSERT INTO idempotency_keys (user_id, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [user.id, key, hash]
  );
  if (claimed.rowCount === 1) {
    const answer = await work(db);
    await db.query('UPDATE idempotency_keys SET status = $3, body = $4 WHERE user_id = $1 AND key = $2', [
      user.id,
      key,
      answer.status,
      JSON.stringify(answer.body),
    ]);
    return answer;
  }
  const earlier = await db.query<Answer & { request_hash: string }>(
    'SELECT request_hash, status, body FROM idempotency_keys WHERE user_id = $1 AND key = $2',
    [user.id, key]
  );
  const row = earlier.rows[0];
  if (!row || row.request_hash !== hash) throw new HttpError(422, 'This Idempotency-Key was used for another request');
  return { status: row.status, body: row.body };
}
