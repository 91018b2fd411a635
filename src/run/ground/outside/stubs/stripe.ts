import { bounded, fields, jsonOf, list, nestedForm, text, type Fields } from './bodies.ts';
import type { Answer, Call, Stub } from './types.ts';

/** Resources (https://docs.stripe.com/api): prefix of ids, and what an object has beside what it was made with. */
const resources: Readonly<Record<string, readonly [prefix: string, object: string, defaults: Fields]>> = {
  customers: ['cus', 'customer', { email: null, name: null, balance: 0, delinquent: false, invoice_settings: {}, default_source: null }],
  payment_intents: [
    'pi',
    'payment_intent',
    { status: 'requires_payment_method', amount_received: 0, capture_method: 'automatic', latest_charge: null },
  ],
  setup_intents: ['seti', 'setup_intent', { status: 'requires_payment_method', usage: 'off_session' }],
  charges: ['ch', 'charge', { status: 'succeeded', paid: true, captured: true, refunded: false, amount_refunded: 0 }],
  refunds: ['re', 'refund', { status: 'succeeded' }],
  'checkout/sessions': ['cs_test', 'checkout.session', { status: 'open', payment_status: 'unpaid', mode: 'payment', amount_total: 0 }],
  'billing_portal/sessions': ['bps', 'billing_portal.session', { url: 'https://billing.stripe.com/p/session/test' }],
  subscriptions: ['sub', 'subscription', { status: 'active', cancel_at_period_end: false, items: { object: 'list', data: [] } }],
  products: ['prod', 'product', { active: true }],
  prices: ['price', 'price', { active: true, currency: 'usd', unit_amount: 1_000, type: 'one_time' }],
  invoices: ['in', 'invoice', { status: 'draft', paid: false, amount_due: 0, amount_paid: 0 }],
  invoiceitems: ['ii', 'invoiceitem', {}],
  payment_methods: ['pm', 'payment_method', { type: 'card', card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2049 } }],
  payment_links: ['plink', 'payment_link', { active: true, url: 'https://buy.stripe.com/test' }],
  coupons: ['co', 'coupon', { valid: true }],
  promotion_codes: ['promo', 'promotion_code', { active: true }],
  transfers: ['tr', 'transfer', {}],
  payouts: ['po', 'payout', { status: 'paid' }],
  accounts: ['acct', 'account', { charges_enabled: true, payouts_enabled: true, details_submitted: true }],
  account_links: ['al', 'account_link', { url: 'https://connect.stripe.com/setup/test' }],
  events: ['evt', 'event', {}],
};

/** Actions on an object (`POST /v1/:resource/:id/:action`): what it is afterwards. */
const actions: Readonly<Record<string, (object: Fields) => Fields>> = {
  confirm: (object) => (object['capture_method'] === 'manual' ? { status: 'requires_capture' } : paid(object)),
  capture: (object) => ({ ...paid(object), captured: true }),
  cancel: () => ({ status: 'canceled' }),
  expire: () => ({ status: 'expired' }),
  finalize: () => ({ status: 'open' }),
  pay: (object) => ({ status: 'paid', paid: true, amount_paid: object['amount_due'] ?? 0 }),
  void: () => ({ status: 'void' }),
};

/** What an event says of its object: then reading it says the same. */
const told: Readonly<Record<string, (object: Fields) => Fields>> = {
  'payment_intent.succeeded': paid,
  'payment_intent.payment_failed': () => ({ status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } }),
  'payment_intent.canceled': () => ({ status: 'canceled' }),
  'checkout.session.completed': () => ({ status: 'complete', payment_status: 'paid' }),
  'checkout.session.async_payment_failed': () => ({ status: 'complete', payment_status: 'unpaid' }),
  'checkout.session.expired': () => ({ status: 'expired' }),
  'charge.refunded': (object) => ({ refunded: true, amount_refunded: object['amount'] ?? 0 }),
  'customer.subscription.deleted': () => ({ status: 'canceled' }),
  'invoice.paid': (object) => ({ status: 'paid', paid: true, amount_paid: object['amount_due'] ?? 0 }),
  'invoice.payment_succeeded': (object) => ({ status: 'paid', paid: true, amount_paid: object['amount_due'] ?? 0 }),
  'invoice.payment_failed': () => ({ status: 'open', paid: false }),
};

function paid(object: Fields): Fields {
  return { status: 'succeeded', amount_received: object['amount'] ?? 0 };
}

/** Test cards that are refused (https://docs.stripe.com/testing#declined-payments). */
const declined = /^(tok|pm)_(card_)?(visa_)?chargeDeclined|4000000000000002/;

/** Stripe: objects are kept, keys of idempotency are honoured, amounts and refunds are checked as the provider does. */
export function openStripe(): Stub {
  const objects = bounded<Fields>(5_000);
  const repeats = bounded<{ path: string; body: string; answer: Answer }>(2_000);

  const put = (object: Fields): Fields => {
    objects.set(text(object['id']), object);
    return object;
  };
  const create = (resource: string, form: Fields, id: string): Fields => {
    const [prefix, object, defaults] = resources[resource] ?? ['obj', resource.replace(/s$/, ''), {}];
    const made: Fields = {
      created: Math.floor(Date.now() / 1000),
      livemode: false,
      metadata: {},
      currency: 'usd',
      ...defaults,
      ...typed(form),
      id: text(form['id']) || `${prefix}_${id}`,
      object,
    };
    if (object.endsWith('intent')) made['client_secret'] = `${String(made['id'])}_secret_${id}`;
    if (object === 'checkout.session')
      Object.assign(made, { url: `https://checkout.stripe.com/c/pay/${String(made['id'])}`, amount_total: total(form) });
    if (object === 'payment_intent' && form['confirm'] === 'true') Object.assign(made, actions['confirm']?.(made));
    if (object === 'subscription') made['items'] = { object: 'list', data: list(typed(form)['items']) };
    return put(made);
  };
  /** Objects that the app knows from before (seeds, fixtures) are taken for real. */
  const find = (resource: string, id: string): Fields => objects.get(id) ?? create(resource, { id }, id);

  const refund = (form: Fields, id: string): Answer => {
    const source = objects.get(text(form['charge']) || text(form['payment_intent']));
    const whole = Number(source?.['amount'] ?? form['amount'] ?? 0);
    const before = Number(source?.['amount_refunded'] ?? 0);
    const amount = Number(form['amount'] ?? whole - before);
    if (source && (amount > whole - before || whole === before)) {
      const code = whole === before ? 'charge_already_refunded' : 'amount_too_large';
      return refuse(400, `Refund amount (${amount}) is greater than unrefunded amount on charge (${whole - before})`, { code });
    }
    if (source) put({ ...source, amount_refunded: before + amount, refunded: before + amount === whole });
    return { status: 200, body: create('refunds', { ...form, amount: String(amount) }, id) };
  };

  const post = (resource: string, id: string | undefined, action: string | undefined, form: Fields, call: Call): Answer => {
    if (id === undefined) {
      const wrong = refusal(resource, form);
      if (wrong) return wrong;
      return resource === 'refunds' ? refund(form, call.id) : { status: 200, body: create(resource, form, call.id) };
    }
    const object = find(resource, id);
    if (action === 'refund' || action === 'refunds') return refund({ ...form, charge: id }, call.id);
    if (declined.test(text(form['payment_method']))) return refuse(402, 'Your card was declined.', { code: 'card_declined' });
    return { status: 200, body: put({ ...object, ...typed(form), ...(action === undefined ? {} : actions[action]?.(object)) }) };
  };

  const answer = (call: Call): Answer => {
    const [, resource = '', id, action] =
      /^\/v[12]\/((?:checkout|billing_portal|test_helpers|core|billing)\/\w+|\w+)(?:\/([\w-]+))?(?:\/(\w+))?/.exec(call.path) ?? [];
    const form = call.headers['content-type']?.includes('json') ? jsonOf(call) : nestedForm(call.body.toString('utf8'));
    if (call.method === 'DELETE') {
      objects.delete(id ?? '');
      return { status: 200, body: { id, object: resources[resource]?.[1] ?? resource, deleted: true } };
    }
    if (call.method === 'POST') return post(resource, id, action, form, call);
    const ofKind = resources[action ?? resource]?.[1];
    const filter = call.query.get('customer') ?? (resource === 'customers' && action !== undefined ? id : null);
    if (resource === 'balance') return { status: 200, body: { object: 'balance', available: [], pending: [], livemode: false } };
    if (resource === 'account') return { status: 200, body: find('accounts', 'acct_ground') };
    if (id !== undefined && id !== 'search' && action === undefined) return { status: 200, body: find(resource, id) };
    const data = [...objects.values()].filter((each) => each['object'] === ofKind && (filter === null || each['customer'] === filter));
    return {
      status: 200,
      body: { object: id === 'search' ? 'search_result' : 'list', url: call.path, has_more: false, data: data.reverse().slice(0, 100) },
    };
  };

  return {
    provider: 'stripe',
    kind: 'payments',
    hosts: /(^|\.)stripe\.com$|stripe/,
    speaks: ({ path, host }) =>
      !host.includes('paypal') &&
      /^\/v1\/(charges|payment_intents|setup_intents|customers|checkout\/sessions|billing_portal|refunds|subscriptions|prices|products|invoices)\b/.test(
        path,
      ),
    /** The same key gives the same answer (https://docs.stripe.com/api/idempotent_requests). */
    answer(call) {
      const key = call.method === 'POST' ? call.headers['idempotency-key'] : undefined;
      if (key === undefined) return answer(call);
      const body = call.body.toString('utf8');
      const earlier = repeats.get(key);
      if (earlier && (earlier.path !== call.path || earlier.body !== body)) {
        return refuse(400, 'Keys for idempotent requests can only be used with the same parameters they were first used with.', {
          type: 'idempotency_error',
        });
      }
      if (earlier) return { ...earlier.answer, headers: { 'idempotent-replayed': 'true' } };
      const first = answer(call);
      // What is remembered is the answer as it was, not the object as it becomes.
      repeats.set(key, { path: call.path, body, answer: { ...first, body: structuredClone(first.body) } });
      return first;
    },
    failure,
    event(type, object, id) {
      const resource = Object.entries(resources).find(([, [, name]]) => type === name || type.startsWith(`${name}.`))?.[0];
      const known = objects.get(text(object['id'])) ?? create(resource ?? type.split('.')[0] ?? 'objects', {}, id);
      const after = put({ ...known, ...told[type]?.({ ...known, ...object }), ...object });
      return {
        id: `evt_${id}`,
        object: 'event',
        api_version: '2025-03-31.basil',
        created: Math.floor(Date.now() / 1000),
        data: { object: after },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type,
      };
    },
  };
}

/** What the provider refuses to make: amounts that are missing, broken or negative, cards that are declined. */
function refusal(resource: string, form: Fields): Answer | null {
  if (['charges', 'payment_intents'].includes(resource)) {
    const amount = form['amount'];
    if (amount === undefined) return refuse(400, 'Missing required param: amount.', { code: 'parameter_missing', param: 'amount' });
    if (!/^-?\d+$/.test(String(amount)))
      return refuse(400, `Invalid integer: ${String(amount)}`, { code: 'parameter_invalid_integer', param: 'amount' });
    if (Number(amount) < 1)
      return refuse(400, 'This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param: 'amount' });
  }
  if (resource === 'checkout/sessions') {
    for (const item of list(form['line_items']).map(fields)) {
      const amount = fields(item['price_data'])['unit_amount'];
      if (amount !== undefined && !/^\d+$/.test(String(amount)))
        return refuse(400, `Invalid non-negative integer: ${String(amount)}`, { param: 'line_items[0][price_data][unit_amount]' });
      if (item['quantity'] !== undefined && !/^[1-9]\d*$/.test(String(item['quantity'])))
        return refuse(400, 'This value must be greater than or equal to 1.', { param: 'line_items[0][quantity]' });
    }
  }
  if (declined.test(text(form['source']) || text(form['payment_method'])))
    return refuse(402, 'Your card was declined.', { code: 'card_declined' });
  return null;
}

function refuse(status: number, message: string, more: Fields): Answer {
  return { status, body: failure(status, message, more) };
}

/** https://docs.stripe.com/api/errors */
function failure(status: number, message: string, more: Fields = {}): unknown {
  const type = status === 402 ? 'card_error' : status >= 500 ? 'api_error' : 'invalid_request_error';
  const code = status === 402 ? 'card_declined' : status === 429 ? 'rate_limit' : undefined;
  return { error: { type, ...(code === undefined ? {} : { code }), message, ...more } };
}

/** Sum of a checkout's line items; a price that is named counts 1000. */
function total(form: Fields): number {
  return list(form['line_items'])
    .map(fields)
    .reduce((sum, item) => sum + Number(fields(item['price_data'])['unit_amount'] ?? 1_000) * Number(item['quantity'] ?? 1), 0);
}

/** Numbers and truth values, which a form can only spell; metadata stays text. */
function typed(form: Fields): Fields {
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => {
      if (name === 'metadata') return [name, value];
      if (Array.isArray(value)) return [name, value.map((each: unknown) => (typeof each === 'object' ? typed(fields(each)) : each))];
      if (typeof value === 'object' && value !== null) return [name, typed(fields(value))];
      if (value === 'true' || value === 'false') return [name, value === 'true'];
      return [
        name,
        typeof value === 'string' && /amount|quantity|_at$|percent|_days$/.test(name) && /^-?\d+$/.test(value) ? Number(value) : value,
      ];
    }),
  );
}
