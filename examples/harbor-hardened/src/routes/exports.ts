import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { toCsv } from '../csv.js';
import { pool } from '../db.js';
import { HttpError } from '../errors.js';
import { id } from '../input.js';
import { requireRole, signedIn } from '../middleware/auth.js';
import { exportLimits } from '../middleware/limits.js';
import { fromCents } from '../money.js';

const router = Router();

router.use(exportLimits);

// At most so many rows at once; the next part starts behind the last id of this one.
const maxRows = 5_000;
const part = z.object({ after: z.union([id, z.literal('0').transform(() => 0)]).default(0) });

router.get('/products.csv', asyncHandler(async (req, res) => {
  const { after } = part.parse(req.query);
  const result = await pool.query<{ id: number; name: string; sku: string | null; price_cents: number; stock: number }>(
    `SELECT id, name, sku, price_cents, stock FROM products
     WHERE organisation_id = $1 AND archived_at IS NULL AND id > $2 ORDER BY id LIMIT $3`,
    [signedIn(req).organisationId, after, maxRows]
  );
  await audit(pool, req, 'export.products', null, { rows: result.rows.length });
  const rows = result.rows.map((row) => ({ ...row, price: fromCents(row.price_cents) }));
  res.type('text/csv').attachment('products.csv').send(toCsv(['id', 'name', 'sku', 'price', 'stock'], rows));
}));

router.get('/orders.csv', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { after } = part.parse(req.query);
  const result = await pool.query<{
    id: number;
    customer_name: string;
    customer_email: string | null;
    status: string;
    total_cents: number;
    created_at: Date;
  }>(
    `SELECT id, customer_name, customer_email, status, total_cents, created_at FROM orders
     WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [signedIn(req).organisationId, after, maxRows]
  );
  await audit(pool, req, 'export.orders', null, { rows: result.rows.length });
  const rows = result.rows.map((row) => ({ ...row, total: fromCents(row.total_cents) }));
  res
    .type('text/csv')
    .attachment('orders.csv')
    .send(toCsv(['id', 'customer_name', 'customer_email', 'status', 'total', 'created_at'], rows));
}));

const membersPart = part.extend({ organisationId: id.optional() });

router.get('/members.csv', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { after, organisationId: asked } = membersPart.parse(req.query);
  const { organisationId } = signedIn(req);
  if (asked !== undefined && asked !== organisationId) throw new HttpError(403, 'You are not allowed to do this');
  const result = await pool.query<{ id: number; name: string; email: string; role: string }>(
    'SELECT id, name, email, role FROM users WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT $3',
    [organisationId, after, maxRows]
  );
  await audit(pool, req, 'export.members', null, { rows: result.rows.length });
  res.type('text/csv').attachment('members.csv').send(toCsv(['id', 'name', 'email', 'role'], result.rows));
}));

export default router;
