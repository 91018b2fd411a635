const PAYMENTS_API_URL = process.env.PAYMENTS_API_URL || 'https://api.stripe.com';
const STRIPE_SECRET_KEY =
  process.env.STRIPE_SECRET_KEY ||
  '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';

/** Charges the customer's saved card and returns the charge. */
export async function chargeCard(amount: number, description: string) {
  const response = await fetch(`${PAYMENTS_API_URL}/v1/charges`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Bearer ${STRIPE_SECRET_KEY}`,
    },
    body: new URLSearchParams({
      amount: String(Math.round(amount * 100)),
      currency: 'eur',
      description,
    }),
  });
  const charge: any = await response.json();
  if (!response.ok) {
    throw new Error(`Payment failed: ${JSON.stringify(charge)}`);
  }
  return charge;
}
