import { createHmac, timingSafeEqual } from 'node:crypto';

const toleranceSeconds = 300;

/**
 * True when the header `t=<unix seconds>,v1=<hex>` signs this body: v1 is the HMAC-SHA256 of `<t>.<body>`,
 * and t lies within five minutes of now.
 */
export function isSignedBy(secret: string, body: Buffer, header: string | undefined, nowSeconds: number): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '');
  if (!match?.[1] || !match[2]) return false;
  if (Math.abs(nowSeconds - Number(match[1])) > toleranceSeconds) return false;
  const expected = createHmac('sha256', secret).update(`${match[1]}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(match[2], 'hex'));
}
