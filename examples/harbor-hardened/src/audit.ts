import type { Request } from 'express';
import type { Db } from './db.js';

/** Records who did what; takes part in the transaction of the action itself. */
export async function audit(
  db: Db,
  req: Request,
  action: string,
  subject: string | null,
  detail: Record<string, string | number | boolean | null> = {},
  actor: { id: number | null; organisationId: number } | undefined = req.user
): Promise<void> {
  await db.query(
    `INSERT INTO audit_log (organisation_id, actor_id, action, subject, request_id, detail)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [actor?.organisationId ?? null, actor?.id ?? null, action, subject, req.id, JSON.stringify(detail)]
  );
}
