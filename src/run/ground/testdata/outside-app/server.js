import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';

// The trial's clients are Node's own: fetch, sockets, TLS with the default trust. Nothing is told where the world is.
const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, OPENAI_API_KEY, SMTP_HOST, SMTP_PORT, PORT } = process.env;

const read = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};
const failed = (error) => ({ failed: [error.cause?.code, error.code, error.name].find((each) => typeof each === 'string') });
const stripe = (path, body, headers = {}) =>
  fetch(`https://api.stripe.com/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${STRIPE_SECRET_KEY}`, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
    signal: AbortSignal.timeout(2_000),
  });

/** A minimal SMTP client with STARTTLS. */
async function sendMail(to, subject, text) {
  let socket = connect(Number(SMTP_PORT), SMTP_HOST);
  let rest = '';
  const answer = async () => {
    while (!/(^|\n)\d{3} [^\n]*\n$/.test(rest)) rest += (await once(socket, 'data'))[0];
    const code = Number(/(?:^|\n)(\d{3}) [^\n]*\n$/.exec(rest)[1]);
    rest = '';
    if (code >= 400) throw Object.assign(new Error('mail'), { code: `SMTP${code}` });
  };
  const say = async (line) => {
    socket.write(`${line}\r\n`);
    await answer();
  };
  await once(socket, 'connect');
  await answer();
  await say('EHLO trial');
  await say('STARTTLS');
  socket = connectTls({ socket, servername: SMTP_HOST });
  await once(socket, 'secureConnect');
  for (const line of ['EHLO trial', 'AUTH PLAIN AHUAcA==', 'MAIL FROM:<app@trial.test>', `RCPT TO:<${to}>`, 'DATA']) await say(line);
  await say(`From: app@trial.test\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n${text}\r\n.`);
  await say('QUIT');
  socket.destroy();
}

const routes = {
  'GET /': async () => 'ready',
  'POST /pay': async (body) => {
    const response = await stripe('payment_intents', body, { 'idempotency-key': 'order-1' });
    return { status: response.status, ...(await response.json()) };
  },
  'POST /hook': async (body, request) => {
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request.headers['stripe-signature'] ?? '') ?? [];
    const mine = createHmac('sha256', STRIPE_WEBHOOK_SECRET).update(`${time}.${body}`).digest();
    if (!signature || !timingSafeEqual(mine, Buffer.from(signature, 'hex'))) return { accepted: false };
    const { id } = JSON.parse(body).data.object;
    return { accepted: true, status: (await (await stripe(`payment_intents/${id}`)).json()).status };
  },
  'POST /ask': async (body) => {
    const response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${OPENAI_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [{ role: 'user', content: body }] }),
    });
    let text = '';
    for (const line of (await response.text()).split('\n')) {
      if (line.startsWith('data: {')) text += JSON.parse(line.slice(6)).choices[0].delta.content ?? '';
    }
    return { text };
  },
  // Answers first: the mail goes out behind the answer.
  'POST /forgot': async (body) => {
    sendMail(body, 'Your code', 'Your code is 482913, or go to https://trial.test/reset?token=abc.').catch((error) => console.error(error.code));
    return { ok: true };
  },
  'POST /upload': async (body) => {
    const url = 'https://files.s3.eu-central-1.amazonaws.com/a.txt';
    await fetch(url, { method: 'PUT', body });
    return (await fetch(url)).text();
  },
  'GET /file': async () => (await fetch('https://files.s3.eu-central-1.amazonaws.com/a.txt')).status,
  // As the serverless driver of Neon does.
  'GET /rows': async () => {
    const headers = { 'neon-connection-string': process.env.DATABASE_URL, 'content-type': 'application/json' };
    const body = JSON.stringify({ query: 'SELECT $1::int + 1 AS n', params: [41] });
    return (await fetch('https://ep-cool-1.eu-central-1.aws.neon.tech/sql', { method: 'POST', headers, body })).json();
  },
  'GET /many': async () => {
    const started = performance.now();
    for (let n = 0; n < 200; n += 1) await (await stripe('customers', 'email=a')).text();
    return (performance.now() - started) / 200;
  },
};

createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url}`];
  const body = await read(request);
  const told = route ? await route(body, request).catch(failed) : null;
  response.writeHead(route ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(told));
}).listen(PORT);
