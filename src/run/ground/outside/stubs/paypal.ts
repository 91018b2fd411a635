import { bounded, fields, jsonOf, list, text, type Fields } from './bodies.ts';
import type { Answer, Call, Stub } from './types.ts';

/** PayPal: tokens, orders, captures, refunds (https://developer.paypal.com/docs/api/orders/v2/). Webhooks are verified by asking PayPal. */
export function openPaypal(): Stub {
  const orders = bounded<Fields>(2_000);
  const repeats = bounded<Answer>(2_000);
  const answer = (call: Call): Answer => {
    const { path, id } = call;
    if (path.endsWith('/oauth2/token')) {
      return {
        status: 200,
        body: { access_token: `A21AA${id}`, token_type: 'Bearer', expires_in: 32_400, scope: 'openid', app_id: 'APP-80W284485P519543T' },
      };
    }
    if (path.endsWith('/verify-webhook-signature')) return { status: 200, body: { verification_status: 'SUCCESS' } };
    const [, number, action] = /^\/v2\/checkout\/orders(?:\/(\w+))?(?:\/(\w+))?/.exec(path) ?? [];
    if (path.startsWith('/v2/checkout/orders')) {
      const order: Fields = orders.get(number ?? '') ?? {
        id: number ?? id.slice(0, 17).toUpperCase(),
        intent: text(jsonOf(call)['intent']) || 'CAPTURE',
        status: 'CREATED',
        purchase_units: list(jsonOf(call)['purchase_units']),
        create_time: new Date().toISOString(),
      };
      orders.set(text(order['id']), order);
      if (action === 'capture' && order['status'] === 'COMPLETED') {
        return {
          status: 422,
          body: {
            name: 'UNPROCESSABLE_ENTITY',
            message: 'The requested action could not be performed.',
            details: [{ issue: 'ORDER_ALREADY_CAPTURED' }],
          },
        };
      }
      if (action === 'capture' || action === 'authorize') {
        order['status'] = 'COMPLETED';
        order['purchase_units'] = list(order['purchase_units']).map((unit) => ({
          ...fields(unit),
          payments: {
            captures: [{ id: id.slice(0, 17).toUpperCase(), status: 'COMPLETED', amount: fields(unit)['amount'], final_capture: true }],
          },
        }));
      }
      const here = `https://${call.host}/v2/checkout/orders/${text(order['id'])}`;
      const links = [
        { rel: 'self', href: here, method: 'GET' },
        { rel: 'approve', href: `https://www.paypal.com/checkoutnow?token=${text(order['id'])}`, method: 'GET' },
        { rel: 'capture', href: `${here}/capture`, method: 'POST' },
      ];
      return { status: call.method === 'POST' ? 201 : 200, body: { ...order, links } };
    }
    if (path.endsWith('/refund'))
      return { status: 201, body: { id: id.slice(0, 17).toUpperCase(), status: 'COMPLETED', amount: jsonOf(call)['amount'] } };
    return { status: 200, body: { id: id.slice(0, 17).toUpperCase(), status: 'ACTIVE', links: [] } };
  };
  return {
    provider: 'paypal',
    kind: 'payments',
    hosts: /paypal/,
    speaks: ({ path }) => /^\/v2\/(checkout\/orders|payments\/captures)\b/.test(path),
    /** The same PayPal-Request-Id gives the same answer. */
    answer(call) {
      const key = call.method === 'POST' ? call.headers['paypal-request-id'] : undefined;
      if (key === undefined) return answer(call);
      const first = repeats.get(key + call.path) ?? answer(call);
      repeats.set(key + call.path, structuredClone(first));
      return first;
    },
    failure: (status, message) => ({
      name: status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'INVALID_REQUEST',
      message,
      debug_id: 'ground',
      details: [],
    }),
    event: (type, object, id) => ({
      id: `WH-${id.toUpperCase()}`,
      event_version: '1.0',
      create_time: new Date().toISOString(),
      resource_type: type.toLowerCase().split('.')[0],
      event_type: type,
      summary: type,
      resource: { ...orders.get(text(object['id'])), ...object },
      links: [],
    }),
  };
}
