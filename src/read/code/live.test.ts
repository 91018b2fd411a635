import { expect, it } from 'vitest';
import { read } from './program.testing.ts';

/* Servers of live connections, as people write them. */

const head = `import express from 'express';\nimport jwt from 'jsonwebtoken';\nimport { createServer } from 'node:http';\nimport WebSocket, { WebSocketServer } from 'ws';\nimport { Server } from 'socket.io';\nimport expressWs from 'express-ws';\nconst app = express();\nconst server = createServer(app);\n`;

async function live(body: string) {
  const { live: found } = await read({ 'src/app.ts': head + body });
  return found.map(({ id, guards, tokens, messages, port }) => ({
    id,
    guards: guards.map(({ name, does, refuses }) => `${name}: ${does.join('+')}${refuses ? '' : ' (never refuses)'}`),
    tokens: [...tokens.query.map((name) => `?${name}`), ...tokens.auth],
    messages: messages.map(
      ({ event, kind, parts }) => `${event ?? kind?.value ?? ''}(${parts.map(({ name, fields }) => fields.join(' ') || name).join(', ')})`,
    ),
    ...(port ? { port } : {}),
  }));
}

it('finds a WebSocket server, what its clients may say, and that nothing asks who they are', async () => {
  const found = await live(`
    const wss = new WebSocketServer({ server, path: '/ws' });
    wss.on('connection', (ws) => {
      ws.on('message', (raw) => {
        const msg = JSON.parse(raw.toString());
        switch (msg.type) {
          case 'subscribe': return subscribe(ws, msg.payload.room);
          case 'ping': return ws.send('pong');
        }
      });
    });`);
  expect(found).toEqual([{ id: 'WS /ws', guards: [], tokens: [], messages: ['subscribe(payload.room type)', 'ping(payload.room type)'] }]);
});

it('sees a token that is verified when the connection is made', async () => {
  const closing = `try { ws.user = jwt.verify(token, process.env.JWT_SECRET); } catch { ws.close(4401); return; }`;
  const [found] = await live(`
    const wss = new WebSocket.Server({ server });
    wss.on('connection', (ws, req) => {
      const token = new URL(req.url, 'http://localhost').searchParams.get('access_token');
      ${closing}
    });`);
  expect(found).toMatchObject({ id: 'WS /', guards: ['connection: authentication'], tokens: ['?access_token'] });
});

it('tells servers behind one upgrade by their paths, and one that listens by itself by its port', async () => {
  const found = await live(`
    const a = new WebSocketServer({ noServer: true });
    const b = new WebSocketServer({ noServer: true });
    const own = new WebSocketServer({ port: Number(process.env.WS_PORT) || 8080 });
    server.on('upgrade', (req, socket, head) => {
      const { pathname } = new URL(req.url, 'http://localhost');
      if (pathname === '/a') a.handleUpgrade(req, socket, head, (ws) => a.emit('connection', ws, req));
      else if (pathname === '/b') b.handleUpgrade(req, socket, head, (ws) => b.emit('connection', ws, req));
      else socket.destroy();
    });`);
  expect(found.map(({ id, port }) => [id, port])).toEqual([
    ['WS /', { variable: 'WS_PORT', number: 8080 }],
    ['WS /a', undefined],
    ['WS /b', undefined],
  ]);
});

it('finds namespaces and events of socket.io, and who guards them', async () => {
  const found = await live(`
    const io = new Server(server, { path: '/live' });
    const chat = io.of('/chat');
    chat.use((socket, next) => {
      try { socket.user = jwt.verify(socket.handshake.auth.token, process.env.JWT_SECRET); next(); } catch { next(new Error('no')); }
    });
    chat.on('connection', (socket) => {
      socket.on('join', (roomId, ack) => socket.join(roomId));
      socket.on('message', ({ roomId, text }) => chat.to(roomId).emit('message', text));
      socket.on('disconnect', () => {});
    });`);
  expect(found).toEqual([
    { id: 'IO /chat', guards: ['use: authentication'], tokens: ['token'], messages: ['join(roomId)', 'message(roomId text)'] },
  ]);
});

it('finds routes of express-ws behind their middleware, and no HTTP endpoint in them', async () => {
  const body = `
    expressWs(app);
    const auth = (req, res, next) => { try { req.user = jwt.verify(req.query.token, process.env.JWT_SECRET); next(); } catch { res.status(401).end(); } };
    const router = express.Router();
    app.get('/health', (req, res) => res.json({}));
    router.ws('/feed', auth, (ws, req) => ws.on('message', (data) => ws.send(data)));
    app.use('/api', router);`;
  expect(await live(body)).toMatchObject([{ id: 'WS /api/feed', guards: ['auth: authentication'], messages: ['(data)'] }]);
  const { routes } = await read({ 'src/app.ts': head + body });
  expect(routes.map(({ id }) => id)).toEqual(['GET /health']);
});

it('takes a GET that answers with a stream of events for live, and stays an endpoint', async () => {
  const body = `
    app.get('/events', (req, res) => { res.writeHead(200, { 'Content-Type': 'text/event-stream' }); res.write('data: 1\\n\\n'); });
    app.get('/plain', (req, res) => res.json({}));
    app.post('/chat', (req, res) => { res.setHeader('Content-Type', 'text/event-stream'); res.end(); });`;
  expect((await live(body)).map(({ id }) => id)).toEqual(['SSE /events']);
  const { routes } = await read({ 'src/app.ts': head + body });
  expect(routes).toHaveLength(3);
});
