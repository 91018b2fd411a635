import type { Db } from './db.js';
import { moveMoney } from './wallets.js';

/** Marks an invoice as paid and puts the money into the wallet, once; false when it was paid already. */
export async function settleInvoice(
  db: Db,
  invoice: { id: number; organisationId: number },
  userId: number | null
): Promise<boolean> {
  const settled = await db.query<{ number: string; amount_cents: number }>(
    `UPDATE invoices SET status = 'paid', paid_at = now()
     WHERE id = $1 AND organisation_id = $2 AND status <> 'paid' RETURNING number, amount_cents`,
    [invoice.id, invoice.organisationId]
  );
  const row = settled.rows[0];
  if (!row) return false;
  await moveMoney(db, invoice.organisationId, {
    kind: 'invoice',
    amountCents: row.amount_cents,
    reference: row.number,
    userId,
  });
  return true;
}
