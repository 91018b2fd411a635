import { Router } from 'express';
import { query } from '../db.js';
import { asyncHandler } from '../lib/async-handler.js';
import { requireRole } from '../middleware/auth.js';

const router = Router();

async function findWallet(organisationId: number) {
  const result = await query('SELECT id, balance FROM wallets WHERE organisation_id = $1', [organisationId]);
  return result.rows[0];
}

async function record(walletId: number, kind: string, amount: number, reference: string) {
  await query('INSERT INTO wallet_transactions (wallet_id, kind, amount, reference) VALUES ($1, $2, $3, $4)', [
    walletId,
    kind,
    amount,
    reference,
  ]);
}

// Balance
router.get('/', asyncHandler(async (req, res) => {
  const wallet = await findWallet(req.user.organisationId);
  res.json({ balance: wallet.balance });
}));

// Latest transactions
router.get('/transactions', async (req, res) => {
  const wallet = await findWallet(req.user.organisationId);
  const result = await query(
    'SELECT id, kind, amount, reference, created_at FROM wallet_transactions WHERE wallet_id = $1 ORDER BY id DESC LIMIT $2',
    [wallet.id, req.query.limit || 50]
  );
  res.json(result.rows);
});

// Record a bank transfer into the wallet
router.post('/deposit', requireRole('owner', 'manager'), asyncHandler(async (req, res) => {
  const { amount, reference } = req.body;
  const wallet = await findWallet(req.user.organisationId);
  const balance = wallet.balance + Number(amount);
  await query('UPDATE wallets SET balance = $1 WHERE id = $2', [balance, wallet.id]);
  await record(wallet.id, 'deposit', amount, reference);
  res.json({ balance });
}));

// Pay out to the bank account of the organisation
router.post('/withdraw', asyncHandler(async (req, res) => {
  const { amount, reference } = req.body;
  const wallet = await findWallet(req.user.organisationId);
  if (wallet.balance < amount) {
    return res.status(409).json({ error: 'Not enough money in the wallet' });
  }
  const balance = wallet.balance - amount;
  await query('UPDATE wallets SET balance = $1 WHERE id = $2', [balance, wallet.id]);
  await record(wallet.id, 'withdraw', -amount, reference);
  res.json({ balance });
}));

// Transfer to another organisation on Harbor
router.post('/transfer', requireRole('owner'), asyncHandler(async (req, res) => {
  const { to, amount, reference } = req.body;
  const target = await query(
    'SELECT w.id FROM wallets w JOIN organisations o ON o.id = w.organisation_id WHERE o.slug = $1',
    [to]
  );
  if (!target.rows[0]) {
    return res.status(404).json({ error: 'Recipient not found' });
  }
  const wallet = await findWallet(req.user.organisationId);
  if (wallet.balance < amount) {
    return res.status(409).json({ error: 'Not enough money in the wallet' });
  }
  await query('UPDATE wallets SET balance = balance - $1 WHERE id = $2', [amount, wallet.id]);
  await record(wallet.id, 'transfer', -amount, reference);
  await query('UPDATE wallets SET balance = balance + $1 WHERE id = $2', [amount, target.rows[0].id]);
  await record(target.rows[0].id, 'transfer', amount, reference);
  res.json({ balance: wallet.balance - amount });
}));

export default router;
