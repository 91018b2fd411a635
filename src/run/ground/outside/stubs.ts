import { createHash } from 'node:crypto';

/** What a stub is asked. */
export interface Call {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly body: string;
}

/** What it answers, as JSON. */
export interface StubAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One provider: which calls are its, and a plausible answer. Add a provider = add a row. */
interface Stub {
  readonly name: string;
  matches(call: Call): boolean;
  answer(call: Call, id: string): StubAnswer;
}

const stubs: readonly Stub[] = [
  {
    name: 'chat completions (OpenAI and those that speak like it)',
    matches: ({ path }) => /\/chat\/completions\b/.test(path),
    answer: ({ body }, id) => ({
      status: 200,
      body: {
        id: `chatcmpl-${id}`,
        object: 'chat.completion',
        created: 0,
        model: text(parse(body)['model'], 'gpt-4o-mini'),
        choices: [
          { index: 0, message: { role: 'assistant', content: 'This is the answer of the proving ground.' }, finish_reason: 'stop' },
        ],
        usage: { prompt_tokens: Math.ceil(body.length / 4), completion_tokens: 9, total_tokens: Math.ceil(body.length / 4) + 9 },
      },
    }),
  },
  {
    name: 'responses (OpenAI)',
    matches: ({ path, host }) => host.includes('openai') && /\/responses\b/.test(path),
    answer: (_call, id) => ({
      status: 200,
      body: {
        id: `resp_${id}`,
        object: 'response',
        status: 'completed',
        output: [
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'This is the answer of the proving ground.' }] },
        ],
        usage: { input_tokens: 1, output_tokens: 9 },
      },
    }),
  },
  {
    name: 'embeddings',
    matches: ({ path }) => /\/embeddings\b/.test(path),
    answer: () => ({
      status: 200,
      body: {
        object: 'list',
        data: [{ object: 'embedding', index: 0, embedding: Array.from({ length: 1536 }, (_, at) => (at === 0 ? 1 : 0)) }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      },
    }),
  },
  {
    name: 'messages (Anthropic)',
    matches: ({ path, host }) => host.includes('anthropic') || /^\/v1\/messages\b/.test(path),
    answer: ({ body }, id) => ({
      status: 200,
      body: {
        id: `msg_${id}`,
        type: 'message',
        role: 'assistant',
        model: text(parse(body)['model'], 'claude'),
        content: [{ type: 'text', text: 'This is the answer of the proving ground.' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 9 },
      },
    }),
  },
  {
    name: 'payments (Stripe)',
    matches: ({ host, path }) =>
      host.includes('stripe') ||
      /^\/v1\/(charges|payment_intents|customers|checkout\/sessions|refunds|subscriptions|prices|products|invoices)\b/.test(path),
    answer: ({ path, body }, id) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      const kind = /^\/v1\/([a-z_]+(?:\/sessions)?)/.exec(path)?.[1] ?? 'objects';
      const [prefix, object] = stripeKinds[kind] ?? ['obj', kind.replace(/s$/, '')];
      const amount = Number(form['amount'] ?? 0);
      return {
        status: 200,
        body: {
          ...form,
          id: /^\/v1\/[a-z_]+(?:\/sessions)?\/([A-Za-z]+_\w+)/.exec(path)?.[1] ?? `${prefix}_${id}`,
          object,
          amount,
          amount_received: amount,
          currency: form['currency'] ?? 'usd',
          livemode: false,
          created: 0,
          paid: true,
          status: object === 'checkout.session' ? 'open' : object === 'subscription' ? 'active' : 'succeeded',
          client_secret: `${prefix}_${id}_secret_${id}`,
          url: `https://checkout.stripe.com/c/pay/${prefix}_${id}`,
          payment_status: 'unpaid',
          metadata: {},
        },
      };
    },
  },
  {
    name: 'mail (SendGrid, Resend, Postmark, Mailgun, Brevo)',
    matches: ({ host, path }) =>
      /sendgrid|resend|postmark|mailgun|brevo|mailersend|mail/.test(host) || /\/mail\/send\b|^\/emails?\b/.test(path),
    answer: ({ path }, id) => ({
      status: path.includes('/mail/send') ? 202 : 200,
      body: { id, message: 'Queued. Thank you.', MessageID: id, ErrorCode: 0, messageId: id },
    }),
  },
  {
    name: 'messages (Twilio)',
    matches: ({ host }) => host.includes('twilio'),
    answer: (_call, id) => ({ status: 201, body: { sid: `SM${id.padEnd(32, '0')}`, status: 'queued' } }),
  },
];

const stripeKinds: Readonly<Record<string, readonly [string, string]>> = {
  charges: ['ch', 'charge'],
  payment_intents: ['pi', 'payment_intent'],
  customers: ['cus', 'customer'],
  'checkout/sessions': ['cs_test', 'checkout.session'],
  refunds: ['re', 'refund'],
  subscriptions: ['sub', 'subscription'],
  prices: ['price', 'price'],
  products: ['prod', 'product'],
  invoices: ['in', 'invoice'],
  setup_intents: ['seti', 'setup_intent'],
};

/** A plausible answer to anything; the same call in the same place gets the same id. */
export function answerCall(call: Call, seq: number): StubAnswer {
  const id = createHash('sha256').update(`${seq} ${call.method} ${call.host}${call.path}`).digest('hex').slice(0, 24);
  const stub = stubs.find((each) => each.matches(call));
  return stub ? stub.answer(call, id) : { status: 200, body: {} };
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
