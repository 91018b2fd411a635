import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { mergeItems, priceItems, totalCents } from '../cart.js';
import { pool, transaction } from '../db.js';
import { found, HttpError } from '../errors.js';
import { email, id as idSchema, idParams, orderStatus, paging, text } from '../input.js';
import { requireRole, signedIn } from '../middleware/auth.js';
import { fromCents } from '../money.js';
import { answerOnce } from '../once.js';
import { createLinkToken } from '../tokens.js';
import notesRouter from './notes.js';

const router = Router();

interface OrderRow {
  id: number;
  customer_name: string;
  customer_email: string | null;
  status: string;
  total_cents: number;
  created_by: number | null;
  created_at: Date;
}

interface ItemRow {
  id: number;
  order_id: number;
  product_id: number;
  name: string;
  quantity: number;
  price_cents: number;
}

function shownOrder({ total_cents, ...order }: OrderRow, items: ItemRow[]) {
  return {
    ...order,
    total: fromCents(total_cents),
    items: items.map((item) => ({
      id: item.id,
      product_id: item.product_id,
      name: item.name,
      quantity: item.quantity,
      price: fromCents(item.price_cents),
    })),
  };
}

router.get('/', asyncHandler(async (req, res) => {
  const { limit, page } = paging.parse(req.query);
  const { organisationId } = signedIn(req);
  const orders = await pool.query<OrderRow>(
    `SELECT id, customer_name, customer_email, status, total_cents, created_by, created_at
     FROM orders WHERE organisation_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`,
    [organisationId, limit, (page - 1) * limit]
  );
  const items = await pool.query<ItemRow>(
    `SELECT i.id, i.order_id, i.product_id, p.name, i.quantity, i.price_cents
     FROM order_items i JOIN products p ON p.id = i.product_id
     WHERE i.order_id = ANY($1) AND i.organisation_id = $2 ORDER BY i.id`,
    [orders.rows.map((order) => order.id), organisationId]
  );
  const byOrder = new Map<number, ItemRow[]>();
  for (const item of items.rows) byOrder.set(item.order_id, [...(byOrder.get(item.order_id) ?? []), item]);
  res.json(orders.rows.map((order) => shownOrder(order, byOrder.get(order.id) ?? [])));
}));

const newOrder = z.object({
  customerName: text(200),
  customerEmail: email.nullish(),
  items: z.array(z.object({ productId: idSchema, quantity: z.number().int().min(1).max(100_000) })).min(1).max(50),
});

router.post('/', asyncHandler(async (req, res) => {
  const input = newOrder.parse(req.body);
  const wanted = mergeItems(input.items);
  const user = signedIn(req);
  await answerOnce(req, res, async (db) => {
    const products = await db.query<{ id: number; price_cents: number; stock: number }>(
      `SELECT id, price_cents, stock FROM products
       WHERE id = ANY($1) AND organisation_id = $2 AND archived_at IS NULL ORDER BY id FOR UPDATE`,
      [wanted.map((item) => item.productId), user.organisationId]
    );
    const items = priceItems(wanted, products.rows);
    const productIds = items.map((item) => item.productId);
    const quantities = items.map((item) => item.quantity);

    const taken = await db.query(
      `UPDATE products p SET stock = p.stock - wanted.quantity
       FROM unnest($1::bigint[], $2::int[]) AS wanted (product_id, quantity)
       WHERE p.id = wanted.product_id AND p.organisation_id = $3 AND p.stock >= wanted.quantity`,
      [productIds, quantities, user.organisationId]
    );
    if (taken.rowCount !== items.length) throw new HttpError(409, 'Not enough stock');

    const created = await db.query<OrderRow>(
      `INSERT INTO orders (organisation_id, created_by, customer_name, customer_email, total_cents)
       VALUES ($1, $2, $3, $4, $5)
       RETURNING id, customer_name, customer_email, status, total_cents, created_by, created_at`,
      [user.organisationId, user.id, input.customerName, input.customerEmail ?? null, totalCents(items)]
    );
    const { total_cents, ...order } = found(created.rows[0], 'Order');
    await db.query(
      `INSERT INTO order_items (organisation_id, order_id, product_id, quantity, price_cents)
       SELECT $1, $2, * FROM unnest($3::bigint[], $4::int[], $5::bigint[])`,
      [user.organisationId, order.id, productIds, quantities, items.map((item) => item.priceCents)]
    );
    await audit(db, req, 'order.placed', `order:${order.id}`, { totalCents: total_cents });
    return {
      status: 201,
      body: {
        ...order,
        total: fromCents(total_cents),
        items: items.map(({ productId, quantity, priceCents }) => ({ productId, quantity, price: fromCents(priceCents) })),
      },
    };
  });
}));

router.get('/:id', asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const { organisationId } = signedIn(req);
  const orders = await pool.query<OrderRow>(
    `SELECT id, customer_name, customer_email, status, total_cents, created_by, created_at
     FROM orders WHERE id = $1 AND organisation_id = $2`,
    [id, organisationId]
  );
  const order = found(orders.rows[0], 'Order');
  const items = await pool.query<ItemRow>(
    `SELECT i.id, i.order_id, i.product_id, p.name, i.quantity, i.price_cents
     FROM order_items i JOIN products p ON p.id = i.product_id
     WHERE i.order_id = $1 AND i.organisation_id = $2 ORDER BY i.id LIMIT 50`,
    [id, organisationId]
  );
  res.json(shownOrder(order, items.rows));
}));

const statusChange = z.object({ status: orderStatus });

router.patch('/:id/status', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const input = statusChange.parse(req.body);
  const { organisationId } = signedIn(req);
  const order = await transaction(async (db) => {
    const result = await db.query(
      `UPDATE orders SET status = $3 WHERE id = $1 AND organisation_id = $2 AND status <> 'cancelled' RETURNING id, status`,
      [id, organisationId, input.status]
    );
    if (!result.rows[0]) {
      const exists = await db.query('SELECT 1 FROM orders WHERE id = $1 AND organisation_id = $2', [id, organisationId]);
      found(exists.rows[0], 'Order');
      throw new HttpError(409, 'This order is cancelled');
    }
    await audit(db, req, 'order.status-changed', `order:${id}`, { to: input.status });
    return result.rows[0];
  });
  res.json(order);
}));

router.post('/:id/cancel', asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const { organisationId } = signedIn(req);
  await transaction(async (db) => {
    const cancelled = await db.query(
      `UPDATE orders SET status = 'cancelled'
       WHERE id = $1 AND organisation_id = $2 AND status IN ('pending', 'confirmed') RETURNING id`,
      [id, organisationId]
    );
    if (!cancelled.rows[0]) {
      const exists = await db.query<{ status: string }>('SELECT status FROM orders WHERE id = $1 AND organisation_id = $2', [
        id,
        organisationId,
      ]);
      throw new HttpError(409, `This order is already ${found(exists.rows[0], 'Order').status}`);
    }
    // In the order of the ids, as when an order is placed.
    await db.query(
      `SELECT p.id FROM products p JOIN order_items i ON i.product_id = p.id
       WHERE i.order_id = $1 AND i.organisation_id = $2 ORDER BY p.id FOR UPDATE OF p`,
      [id, organisationId]
    );
    await db.query(
      `UPDATE products p SET stock = p.stock + i.quantity FROM order_items i
       WHERE i.order_id = $1 AND i.organisation_id = $2 AND p.id = i.product_id AND p.organisation_id = i.organisation_id`,
      [id, organisationId]
    );
    await audit(db, req, 'order.cancelled', `order:${id}`);
  });
  res.json({ id, status: 'cancelled' });
}));

router.post('/:id/share', asyncHandler(async (req, res) => {
  const { id } = idParams.parse(req.params);
  const { token, hash } = createLinkToken();
  await transaction(async (db) => {
    const created = await db.query(
      `INSERT INTO order_shares (organisation_id, order_id, token_hash, expires_at)
       SELECT organisation_id, id, $3, now() + interval '30 days' FROM orders WHERE id = $1 AND organisation_id = $2
       RETURNING id`,
      [id, signedIn(req).organisationId, hash]
    );
    found(created.rows[0], 'Order');
    await audit(db, req, 'order.shared', `order:${id}`);
  });
  res.status(201).json({ token, path: `/api/public/orders/${token}` });
}));

router.use('/:orderId/notes', notesRouter);

export default router;
