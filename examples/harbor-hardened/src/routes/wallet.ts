import { Router } from 'express';
import { z } from 'zod';
import { asyncHandler } from '../async-handler.js';
import { audit } from '../audit.js';
import { pool } from '../db.js';
import { found, HttpError } from '../errors.js';
import { amountCents, paging, text } from '../input.js';
import { requireRole, signedIn } from '../middleware/auth.js';
import { fromCents } from '../money.js';
import { answerOnce } from '../once.js';
import { moveMoney } from '../wallets.js';

const router = Router();

router.get('/', asyncHandler(async (req, res) => {
  const result = await pool.query<{ balance_cents: number }>('SELECT balance_cents FROM wallets WHERE organisation_id = $1', [
    signedIn(req).organisationId,
  ]);
  res.json({ balance: fromCents(found(result.rows[0], 'Wallet').balance_cents) });
}));

router.get('/transactions', asyncHandler(async (req, res) => {
  const { limit, page } = paging.parse(req.query);
  const result = await pool.query<{
    id: number;
    kind: string;
    amount_cents: number;
    reference: string | null;
    created_at: Date;
  }>(
    `SELECT t.id, t.kind, t.amount_cents, t.reference, t.created_at
     FROM wallet_transactions t JOIN wallets w ON w.id = t.wallet_id
     WHERE w.organisation_id = $1 ORDER BY t.id DESC LIMIT $2 OFFSET $3`,
    [signedIn(req).organisationId, limit, (page - 1) * limit]
  );
  res.json(result.rows.map(({ amount_cents, ...row }) => ({ ...row, amount: fromCents(amount_cents) })));
}));

const movement = z.object({ amount: amountCents, reference: text(200).nullish() });

// Records a bank transfer that came in.
router.post('/deposit', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const input = movement.parse(req.body);
  const user = signedIn(req);
  await answerOnce(req, res, async (db) => {
    const balance = await moveMoney(db, user.organisationId, {
      kind: 'deposit',
      amountCents: input.amount,
      reference: input.reference ?? null,
      userId: user.id,
    });
    await audit(db, req, 'wallet.deposit', null, { amountCents: input.amount });
    return { status: 200, body: { balance: fromCents(balance) } };
  });
}));

// Pays out to the bank account of the organisation.
router.post('/withdraw', requireRole('owner'), asyncHandler(async (req, res) => {
  const input = movement.parse(req.body);
  const user = signedIn(req);
  await answerOnce(req, res, async (db) => {
    const balance = await moveMoney(db, user.organisationId, {
      kind: 'withdraw',
      amountCents: -input.amount,
      reference: input.reference ?? null,
      userId: user.id,
    });
    await audit(db, req, 'wallet.withdraw', null, { amountCents: input.amount });
    return { status: 200, body: { balance: fromCents(balance) } };
  });
}));

const transfer = movement.extend({ to: z.string().regex(/^[a-z0-9-]{1,100}$/) });

// Pays another organisation on Harbor.
router.post('/transfer', requireRole('owner'), asyncHandler(async (req, res) => {
  const input = transfer.parse(req.body);
  const user = signedIn(req);
  await answerOnce(req, res, async (db) => {
    const target = await db.query<{ id: number }>('SELECT id FROM organisations WHERE slug = $1', [input.to]);
    const targetId = found(target.rows[0], 'Recipient').id;
    if (targetId === user.organisationId) throw new HttpError(400, 'The recipient is your own organisation');
    // Both wallets in one order, so that two transfers against each other do not wait for one another.
    await db.query('SELECT id FROM wallets WHERE organisation_id = ANY($1) ORDER BY id FOR UPDATE', [
      [user.organisationId, targetId],
    ]);
    const reference = input.reference ?? null;
    const balance = await moveMoney(db, user.organisationId, {
      kind: 'transfer',
      amountCents: -input.amount,
      reference,
      userId: user.id,
    });
    await moveMoney(db, targetId, { kind: 'transfer', amountCents: input.amount, reference, userId: null });
    await audit(db, req, 'wallet.transfer', `organisation:${targetId}`, { amountCents: input.amount });
    return { status: 200, body: { balance: fromCents(balance) } };
  });
}));

export default router;
