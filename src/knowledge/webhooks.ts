import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** Libraries that verify who sent an event. */
export default [
  library(['svix', 'standardwebhooks'], {
    Webhook: { means: 'webhook-verifier', returns: 'Webhook' },
    'Webhook.verify': { means: 'webhook-verify', throws: true },
  }),
  library(['@octokit/webhooks-methods', '@octokit/webhooks'], all('webhook-verify', 'verify verifyWithFallback')),
  library(
    ['@clerk/backend/webhooks', '@clerk/nextjs/webhooks', '@clerk/express/webhooks', '@polar-sh/sdk/webhooks', '@polar-sh/sdk/webhooks.js'],
    { verifyWebhook: { means: 'webhook-verify', throws: true }, validateEvent: { means: 'webhook-verify', throws: true } },
  ),
  library(
    ['@paddle/paddle-node-sdk', '@whop/sdk', 'square', '@lemonsqueezy/lemonsqueezy.js'],
    {},
    all('webhook-verify', 'unmarshal unwrap isValidWebhookEventSignature verifySignature'),
  ),
] satisfies Library;
