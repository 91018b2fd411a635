import { createHmac } from 'node:crypto';
import { SeaworthyError } from '../../../model/errors.ts';
import type { Stub } from './stubs/types.ts';
import type { Webhook, WebhookWish } from './types.ts';

/** How a provider signs what it sends. */
interface Scheme {
  /** Variables that hold the secret, the likeliest first. */
  readonly secrets: readonly RegExp[];
  /** The headers beside the content type. `seconds` is the time of signing. */
  sign(body: string, secret: string, about: { id: string; seconds: number; type: string }): Record<string, string>;
}

const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text);

const schemes: Readonly<Record<WebhookWish['provider'], Scheme>> = {
  // https://docs.stripe.com/webhooks#verify-manually
  stripe: {
    secrets: [/STRIPE.*(WEBHOOK|SIGNING|ENDPOINT)|WEBHOOK.*STRIPE/, /WEBHOOK.*(SECRET|KEY)|^WHSEC/],
    sign: (body, secret, { seconds }) => ({ 'stripe-signature': `t=${seconds},v1=${hmac(secret, `${seconds}.${body}`).digest('hex')}` }),
  },
  // Apps verify it by asking PayPal, which says yes: https://developer.paypal.com/api/rest/webhooks/rest/
  paypal: {
    secrets: [],
    sign: (_body, _secret, { id, seconds }) => ({
      'paypal-transmission-id': id,
      'paypal-transmission-time': new Date(seconds * 1000).toISOString(),
      'paypal-transmission-sig': 'ground',
      'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/ground',
      'paypal-auth-algo': 'SHA256withRSA',
    }),
  },
  // Clerk, Resend, Supabase and others: https://docs.svix.com/receiving/verifying-payloads/how-manual
  svix: {
    secrets: [/(CLERK|RESEND|SVIX|SUPABASE|AUTH).*(WEBHOOK|SIGNING|HOOK)/, /WEBHOOK.*(SECRET|KEY)|WHSEC/],
    sign(body, secret, { id, seconds }) {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
      const signature = `v1,${hmac(key, `${id}.${seconds}.${body}`).digest('base64')}`;
      const pair = { id, timestamp: String(seconds), signature };
      return Object.fromEntries(
        ['svix', 'webhook'].flatMap((prefix) => Object.entries(pair).map(([name, value]) => [`${prefix}-${name}`, value])),
      );
    },
  },
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  github: {
    secrets: [/GITHUB.*(WEBHOOK|SECRET)/, /WEBHOOK.*(SECRET|KEY)/],
    sign: (body, secret, { id, type }) => ({
      'x-hub-signature-256': `sha256=${hmac(secret, body).digest('hex')}`,
      'x-github-event': type.split('.')[0] ?? type,
      'x-github-delivery': id,
    }),
  },
  // https://docs.lemonsqueezy.com/help/webhooks/signing-requests
  lemonsqueezy: {
    secrets: [/LEMON.*(WEBHOOK|SIGNING|SECRET)/, /WEBHOOK.*(SECRET|KEY)/],
    sign: (body, secret, { type }) => ({ 'x-signature': hmac(secret, body).digest('hex'), 'x-event-name': type }),
  },
  // https://developer.paddle.com/webhooks/signature-verification
  paddle: {
    secrets: [/PADDLE.*(WEBHOOK|SECRET|NOTIFICATION)/, /WEBHOOK.*(SECRET|KEY)/],
    sign: (body, secret, { seconds }) => ({ 'paddle-signature': `ts=${seconds};h1=${hmac(secret, `${seconds}:${body}`).digest('hex')}` }),
  },
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shopify: {
    secrets: [/SHOPIFY.*(WEBHOOK|SECRET)/, /WEBHOOK.*(SECRET|KEY)/],
    sign: (body, secret, { id, type }) => ({
      'x-shopify-hmac-sha256': hmac(secret, body).digest('base64'),
      'x-shopify-topic': type,
      'x-shopify-webhook-id': id,
    }),
  },
  // https://api.slack.com/authentication/verifying-requests-from-slack
  slack: {
    secrets: [/SLACK.*SIGNING/, /SLACK.*SECRET/],
    sign: (body, secret, { seconds }) => ({
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': `v0=${hmac(secret, `v0:${seconds}:${body}`).digest('hex')}`,
    }),
  },
};

/**
 * An event signed as its provider does, with the secret that the app was given. Throws `ground-failed` when the app has no variable
 * for that secret and none is given.
 */
export function composeWebhook(
  wish: WebhookWish,
  stub: Stub | undefined,
  environment: Readonly<Record<string, string>>,
  fresh: string,
): Webhook {
  const scheme = schemes[wish.provider];
  const names = Object.keys(environment).sort();
  const signedWith =
    wish.secret === undefined ? (scheme.secrets.flatMap((pattern) => names.filter((name) => pattern.test(name)))[0] ?? null) : null;
  const secret = wish.secret ?? (signedWith === null ? undefined : environment[signedWith]);
  if (secret === undefined && scheme.secrets.length > 0) {
    throw new SeaworthyError(
      'ground-failed',
      `the app has no variable that looks like the webhook secret of ${wish.provider}: give one, or name it in "env" of seaworthy.json`,
    );
  }
  const event = stub?.event?.(wish.type, wish.object ?? {}, fresh) ?? { id: `evt_${fresh}`, type: wish.type, data: wish.object ?? {} };
  const id = wish.id ?? (event as { id: string }).id;
  const body = JSON.stringify({ ...event, id });
  const seconds = Math.floor(Date.now() / 1000) + (wish.skewSeconds ?? 0);
  const headers = { 'content-type': 'application/json', ...scheme.sign(body, secret ?? '', { id, seconds, type: wish.type }) };
  return { id, headers, body, signedWith };
}
