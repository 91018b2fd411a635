import { createServer } from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', (error) => console.error(error.message));

const read = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};

const routes = {
  'GET /': async () => 'hello',
  'GET /notes': async () => (await pool.query('SELECT id, body FROM notes ORDER BY id')).rows,
  'POST /notes': async (request) => (await pool.query('INSERT INTO notes (body) VALUES ($1) RETURNING id', [await read(request)])).rows[0],
  // Claims success before it knows.
  'POST /careless': async (request) => {
    pool.query('INSERT INTO notes (body) VALUES ($1)', [await read(request)]).catch(() => {});
    return { ok: true };
  },
  'POST /pay': async () => (await fetch('https://api.stripe.com/v1/charges', { method: 'POST', body: 'amount=500&currency=eur' })).json(),
  'POST /cards': async () => (await fetch(`${process.env.CARDS_URL}/new`, { method: 'POST', body: '{}' })).json(),
  'GET /outward': async () => fetch('http://192.0.2.1/').then(() => 'reached', (error) => error.cause?.code),
  'GET /environment': async () => ({ ...process.env }),
};

createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url}`];
  try {
    const answer = route ? await route(request) : null;
    response.writeHead(route ? 200 : 404, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
    response.end(JSON.stringify(answer));
  } catch (error) {
    console.error(error);
    response.writeHead(500).end(JSON.stringify({ error: error.message }));
  }
}).listen(process.env.PORT, () => console.log(`ready on ${process.env.PORT}`));
