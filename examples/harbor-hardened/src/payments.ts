import { callService } from './outbound.js';
import { settings } from './settings.js';

/** Charges the customer's saved card. The same key charges once, however often it is sent. */
export async function chargeCard(amountCents: number, description: string, idempotencyKey: string): Promise<void> {
  await callService('payments', `${settings.PAYMENTS_API_URL}/v1/charges`, {
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Bearer ${settings.STRIPE_SECRET_KEY}`,
      'Idempotency-Key': idempotencyKey,
    },
    body: new URLSearchParams({ amount: String(amountCents), currency: 'eur', description }).toString(),
    timeoutMs: 10_000,
  });
}
