import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';
import { WebSocket } from 'ws';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', (error) => console.error(error.message));

const read = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};
const personOf = async (request) => {
  const token = /\bsession=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? request.headers.authorization?.replace('Bearer ', '');
  return token ? (await pool.query('SELECT name FROM people WHERE session = $1', [token])).rows[0]?.name : undefined;
};
const page = (title, body) => `<!doctype html><title>${title}</title><link rel="icon" href="data:,"><body>${body}`;

/** What speaks the debugging protocol of a browser on our loopback, if anything. */
const debuggers = async () => {
  const ports = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[3] === '0A')
    .map((words) => parseInt(words[1].split(':')[1], 16));
  const found = [];
  for (const port of ports) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/version`, { signal: AbortSignal.timeout(500) }).catch(() => null);
    const version = await answer?.json().catch(() => null);
    if (version?.webSocketDebuggerUrl) found.push(port);
  }
  return found;
};
/** Has the ground's browser open an address, and reads what it shows. */
const shows = async (port, address) => {
  const target = await (await fetch(`http://127.0.0.1:${port}/json/new?${address}`, { method: 'PUT' })).json();
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.once('open', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'document.documentElement.innerText' } }));
  const [data] = await new Promise((resolve) => socket.once('message', (...all) => resolve(all)));
  socket.close();
  return JSON.parse(data).result.result.value;
};

const routes = {
  'GET /': async (request) => {
    const person = await personOf(request);
    if (!person) return { status: 302, headers: { location: '/login' } };
    return {
      html: page(
        'Orders',
        `<h1>Orders of ${person}</h1><ul></ul>
        <form><label>Thing <input name="thing"></label> <label>How <select name="how"><option>slow</option><option>fast</option></select></label>
        <button>Order</button></form> <button id="all" onclick="if (confirm('Really all?')) remove()">Remove all</button>
        <a href="/about">About</a>
        <script>
          const list = async () => {
            const orders = await (await fetch('/api/orders')).json();
            document.querySelector('ul').innerHTML = '';
            for (const { thing } of orders) document.querySelector('ul').append(Object.assign(document.createElement('li'), { textContent: thing }));
          };
          const remove = () => fetch('/api/orders', { method: 'DELETE' }).then(list);
          document.forms[0].addEventListener('submit', async (event) => {
            event.preventDefault();
            await fetch('/api/orders', { method: 'POST', body: JSON.stringify(Object.fromEntries(new FormData(event.target))) });
            await list();
          });
          list();
        </script>`,
      ),
    };
  },
  'GET /login': async () => ({
    html: page('Sign in', `<form method="post"><label for="name">Your name</label><input id="name" name="name"><button>Sign in</button></form>`),
  }),
  'POST /login': async (request) => {
    const { rows } = await pool.query('SELECT session FROM people WHERE name = $1', [new URLSearchParams(await read(request)).get('name')]);
    if (!rows[0]) return { status: 401, html: page('No', 'Nobody of that name') };
    return { status: 303, headers: { location: '/', 'set-cookie': `session=${rows[0].session}; HttpOnly; SameSite=Lax` } };
  },
  'GET /api/orders': async (request) => ({
    json: (await pool.query('SELECT id, thing, note FROM orders WHERE person = $1 ORDER BY id', [await personOf(request)])).rows,
  }),
  'POST /api/orders': async (request) => {
    const { thing, how } = JSON.parse(await read(request));
    await pool.query('INSERT INTO orders (person, thing, note) VALUES ($1, $2, $3)', [await personOf(request), thing, how]);
    return { json: { ok: true } };
  },
  'DELETE /api/orders': async (request) => {
    await pool.query('DELETE FROM orders WHERE person = $1', [await personOf(request)]);
    return { json: { ok: true } };
  },
  'GET /who': async (request) => ({ json: { from: request.socket.remoteAddress, tenant: request.headers['x-tenant'] ?? null } }),
  'GET /about': async () => ({ html: page('About', '<script>document.body.append("plan: " + (localStorage.plan ?? "none")); localStorage.seen = 1</script>') }),
  'GET /broken': async () => ({
    html: page(
      'Broken',
      `<img src="/missing.png"><script>
        console.error('no such', { plan: 'gold' });
        setTimeout(() => { throw new Error('after a while') }, 5);
        fetch('https://api.made-up-analytics.example/v1/track', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"page":"/broken"}' })
          .then((answer) => document.body.append('tracked ' + answer.status));
      </script>`,
    ),
  }),
  'GET /endless': async () => ({ html: page('Endless', '<script>for (;;);</script>') }),
  'GET /restless': async () => ({ html: page('Restless', '<p>here</p><script>setInterval(() => fetch("/who"), 30)</script>') }),
  'GET /outward': async (request, { searchParams }) => ({
    html: page(
      'Outward',
      `<pre></pre><script>
        const wanted = ${JSON.stringify(searchParams.getAll('to'))};
        const tried = wanted.map((url) => fetch(url, { mode: 'no-cors' }).then(() => 'reached', () => 'refused'));
        Promise.all(tried).then((all) => (document.querySelector('pre').textContent = all.join(' ')));
      </script>`,
    ),
  }),
  // A hostile app that finds the browser's debugging port.
  'GET /drive': async (_, { searchParams }) => {
    const [port] = await debuggers();
    if (port === undefined) return { json: { port: null, shown: [] } };
    const shown = [];
    for (const address of searchParams.getAll('to')) shown.push(await shows(port, address));
    return { json: { port, shown } };
  },
};

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://here');
  const route = routes[`${request.method} ${url.pathname}`];
  try {
    const { status = 200, headers = {}, html, json } = route ? await route(request, url) : { status: 404 };
    response.writeHead(status, { 'content-type': json ? 'application/json' : 'text/html; charset=utf-8', ...headers });
    response.end(html ?? (json ? JSON.stringify(json) : ''));
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}).listen(process.env.PORT);
