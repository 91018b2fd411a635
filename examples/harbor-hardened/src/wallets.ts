import type { Db } from './db.js';
import { HttpError } from './errors.js';

export interface Movement {
  kind: 'deposit' | 'withdraw' | 'transfer' | 'invoice';
  /** Positive into the wallet, negative out of it. */
  amountCents: number;
  reference: string | null;
  userId: number | null;
}

/** Changes the balance and records it; refuses (409) what would leave less than nothing. Returns the new balance in cents. */
export async function moveMoney(db: Db, organisationId: number, movement: Movement): Promise<number> {
  const changed = await db.query<{ id: number; balance_cents: number }>(
    `UPDATE wallets SET balance_cents = balance_cents + $2
     WHERE organisation_id = $1 AND balance_cents + $2 >= 0 RETURNING id, balance_cents`,
    [organisationId, movement.amountCents]
  );
  const wallet = changed.rows[0];
  if (!wallet) throw new HttpError(409, 'Not enough money in the wallet');
  if (movement.amountCents !== 0) {
    await db.query(
      `INSERT INTO wallet_transactions (wallet_id, created_by, kind, amount_cents, balance_after_cents, reference)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [wallet.id, movement.userId, movement.kind, movement.amountCents, wallet.balance_cents, movement.reference]
    );
  }
  return wallet.balance_cents;
}
