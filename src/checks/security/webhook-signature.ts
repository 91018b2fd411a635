import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Call = EvidenceValue<'calls'>['calls'][number];

const named =
  /web-?hooks?\b|\/hooks?(\/|$)|\/ipn\b|\/(stripe|paypal|paddle|lemon-?squeezy|razorpay|paystack|flutterwave|svix|clerk|resend|twilio|sendgrid|github|slack|shopify)\/(events?|callback|notif\w*|webhook)/i;
const signature = /signature|x-hub|svix|hmac|webhook-(id|secret|token)|x-(line|slack|shopify|paystack|razorpay|twilio)/i;

export default defineCheck({
  title: 'Webhooks are verified before they change anything',
  control: 'security/webhook-authenticity',
  severity: 'high',
  cwe: [345, 347],
  standards: ['ASVS v5.0.0-4.1.1', 'API8:2023', 'A08:2025'],
  why: 'The address of a webhook is no secret, and its body says what happened: paid, refunded, signed up. Where nobody checks who sent it, anybody reports their own payment.',
  remedy:
    "Verify the provider's signature over the raw body before anything else (Stripe: stripe.webhooks.constructEvent(rawBody, signature, secret); others: an HMAC of the raw body compared with crypto.timingSafeEqual), answer 400 when it does not fit, and register the route before express.json() or with express.raw().",
  needs: ['routes', 'calls'],
  uses: ['queries', 'environment'],
  *run({ routes, calls, queries, environment }) {
    let examined = 0;
    let open: Route | null = null;
    for (const route of routes.value.routes) {
      if (!isWebhook(route)) continue;
      examined++;
      const subject = endpointSubject(route.id);
      const mine = calls.value.calls.filter((call) => call.routes.includes(route.id));
      const verified = mine.find(({ means }) => means === 'webhook-verify');
      const guards = [...route.guards, ...route.inline].filter(({ does }) =>
        does.some((one) => one === 'signature' || one === 'authentication'),
      );
      const effects = (queries?.value.queries ?? []).filter(
        ({ routes: ids, verb }) => ids.includes(route.id) && /insert|update|delete/.test(verb),
      );
      const effect =
        effects[0] ??
        mine.find(
          ({ means, symbol }) =>
            (means === 'query' &&
              /\.(insert|update|delete|create|save|upsert|updateMany|updateOne|findOneAndUpdate|findByIdAndUpdate|destroy)$/.test(
                symbol,
              )) ||
            means === 'mail',
        );
      if (verified) {
        if (losesRawBody(route, verified, mine, calls.value.calls))
          yield fail(
            'read',
            subject,
            'The signature is compared with a body that was parsed already: it never fits, and every real event is refused.',
            {
              severity: 'medium',
              impact: 'Payments come in and the application does not hear of them.',
              remedy:
                'Give this route the raw body: app.post(path, express.raw({ type: "application/json" }), handler), registered before express.json().',
              where: verified.where,
              effect: 'parsed-body',
            },
          );
        else if (effect && effect.within === verified.within && effect.where.line < verified.where.line)
          yield fail('read', subject, 'Something is changed before the signature is verified.', {
            impact: 'Whoever knows the address causes the change; that the event is refused afterwards does not undo it.',
            where: effect.where,
            effect: 'late',
          });
        else yield pass('read', subject);
      } else if (guards.some(({ refuses }) => refuses)) yield pass('read', subject);
      else if (mine.some(({ means, symbol }) => means === 'outbound-payment' && symbol.endsWith('retrieve'))) yield pass('read', subject);
      else if (
        guards.length > 0 ||
        looksAt(route, environment?.value.reads ?? []) ||
        mine.some(({ means }) => means === 'hmac' || means === 'constant-time-compare')
      ) {
        // Something is computed, but whether it decides anything could not be followed.
        open ??= route;
      } else if (effect)
        yield fail(
          'read',
          subject,
          'The event is believed as it comes: nothing verifies who sent it, and it changes what the application keeps.',
          {
            impact: 'Anyone who knows the address can report payments, refunds or sign-ups that never happened.',
            where: route.handler?.where ?? route.where,
            effect: 'unverified',
          },
        );
      else open ??= route;
    }
    if (open !== null)
      yield unknown('read', application, `Whether ${open.id} verifies who sent the event before it acts on it could not be followed.`, {
        where: open.where,
      });
    if (examined > 0) return;
    yield routes.gaps.length > 0
      ? unknown('read', application, 'No webhook was found, but some code could not be read.')
      : notApplicable('No endpoint takes events from other services.');
  },
});

/** An endpoint without a session that is named like one, reads a signature, or takes what events consist of. */
function isWebhook(route: Route): boolean {
  if (
    !/^(POST|ALL)$/.test(route.method) ||
    route.guards.some(
      ({ does, refuses }) => refuses && (does.includes('authentication') || does.includes('role')) && !does.includes('signature'),
    )
  )
    return false;
  const signed = route.inputs.some(({ in: at, name }) => at === 'headers' && signature.test(name));
  const body = route.inputs.filter(({ in: at }) => at === 'body').flatMap(({ name, fields }) => [name, ...fields]);
  const event =
    body.some((name) => /^(type|event|event_?type|event_?name)$/i.test(name)) &&
    body.some((name) => /^(data|object|payload|resource)$/i.test(name));
  const asksSession = route.inline.some(({ does, refuses }) => refuses && does.includes('role'));
  return !asksSession && (named.test(route.path) || signed || (event && body.length <= 8));
}

/** It reads a signature or the secret to compute one; what it does with them is another question. */
function looksAt(route: Route, reads: EvidenceValue<'environment'>['reads']): boolean {
  const at = route.handler?.where;
  return (
    route.inputs.some(({ in: from, name }) => from === 'headers' && signature.test(name)) ||
    reads.some(
      ({ name, where }) =>
        /secret|signing|webhook/i.test(name) && where.file === at?.file && where.line >= at.line && where.line <= at.endLine,
    )
  );
}

/** express.json() without `verify` has eaten the body, and nothing gives it back. */
function losesRawBody(route: Route, verified: Call, mine: readonly Call[], all: readonly Call[]): boolean {
  const [body] = verified.args;
  if (
    route.framework !== 'express' ||
    body?.kind !== 'input' ||
    body.from !== 'body' ||
    body.name !== '' ||
    mine.some(({ means }) => means === 'body-parser')
  )
    return false;
  const parsers = all.filter(({ means }) => means === 'body-parser');
  const json = parsers.filter(({ symbol }) => symbol.endsWith('json'));
  const keeps = json.some(({ args }) => args[0]?.kind === 'object' && ('verify' in args[0].keys || args[0].open));
  const raw = parsers.some(({ symbol }) => /(raw|text)$/.test(symbol));
  return json.length > 0 && !keeps && !raw;
}
