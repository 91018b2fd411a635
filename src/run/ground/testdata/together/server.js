import { writeFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';
import postgres from 'postgres';

// A small pool: requests must wait for a client, and are woken by others.
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
pool.on('error', () => {});
const sql = postgres(process.env.DATABASE_URL, { max: 2 });
let visits = 0;

const callback = (text, values) =>
  new Promise((resolve, reject) => pool.query(text, values, (error, result) => (error ? reject(error) : resolve(result))));

/** One statement inside the callback of the other, as old code has it. */
const nested = (tag) =>
  new Promise((resolve, reject) =>
    pool.connect((error, client, done) => {
      if (error) return reject(error);
      client.query('SELECT $1::text AS outer', [tag], (failed) => {
        if (failed) return done(), reject(failed);
        client.query('SELECT $1::text AS inner', [tag], (worse) => {
          done();
          if (worse) reject(worse);
          else resolve();
        });
      });
    }),
  );

const routes = {
  async 'GET /tagged'(url) {
    const tag = url.searchParams.get('tag');
    await pool.query('SELECT $1::text AS awaited', [tag]);
    await callback('SELECT $1::text AS called_back', [tag]);
    await nested(tag);
    const client = await pool.connect();
    await client.query('BEGIN');
    // Two at once on one client wait in its queue.
    await Promise.all([client.query('SELECT $1::text AS first', [tag]), client.query('SELECT $1::text AS second', [tag])]);
    await client.query('COMMIT');
    client.release();
    return { tag };
  },
  async 'GET /tagged-by-another-driver'(url) {
    const tag = url.searchParams.get('tag');
    await sql`SELECT ${tag}::text AS awaited`;
    await sql.begin(async (transaction) => {
      await transaction`SELECT ${tag}::text AS inside`;
      await transaction`SELECT ${tag}::text AS inside_too`;
    });
    return { tag };
  },
  async 'POST /withdraw'(url) {
    const id = url.searchParams.get('id');
    const { rows } = await pool.query('SELECT balance FROM accounts WHERE id = $1', [id]);
    if (rows[0].balance < 60) return { refused: true };
    await pool.query('UPDATE accounts SET balance = balance - 60 WHERE id = $1', [id]);
    return { refused: false };
  },
  async 'POST /withdraw-safely'(url) {
    const { rowCount } = await pool.query('UPDATE accounts SET balance = balance - 60 WHERE id = $1 AND balance >= 60', [url.searchParams.get('id')]);
    return { refused: rowCount === 0 };
  },
  'GET /address': async (_url, request) => ({ address: request.socket.remoteAddress }),
  async 'GET /rate'() {
    const answer = await fetch('https://rates.example/today').catch((error) => ({ status: String(error.cause?.code) }));
    return { status: answer.status };
  },
  async 'GET /time'() {
    const { rows } = await pool.query('SELECT now() AS now');
    return { app: new Date().toISOString(), called: new Date(Date.now()).toISOString(), database: rows[0].now, isDate: new Date() instanceof Date };
  },
  'GET /visits': async () => ({ visits: ++visits, pid: process.pid }),
  async 'POST /file'() {
    writeFileSync('note.txt', 'written');
    return {};
  },
  'GET /file': async () => ({ there: existsSync('note.txt') }),
};

// The port is fixed, as in many such applications.
createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const route = routes[`${request.method} ${url.pathname}`];
  try {
    const answer = route ? await route(url, request) : { error: 'not found' };
    response.writeHead(route ? (answer.refused ? 409 : 200) : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}).listen(3000);

process.on('SIGTERM', () => {
  console.log('asked to end');
  process.exit(0);
});
