import { describe, expect, it } from 'vitest';
import { ids, read } from '../program.testing.ts';
import { guarded, inputs } from './told.testing.ts';

describe('handlers that no router stands before', () => {
  it('splits a plain server by the paths and methods that it asks for', async () => {
    const program = await read({
      'server.js': `import { createServer } from 'node:http';
        createServer(async (req, res) => {
          const { pathname } = new URL(req.url, 'http://x');
          if (pathname === '/health') { res.end('ok'); return; }
          if (!req.headers.authorization) { res.writeHead(401); return res.end(); }
          if (req.method === 'GET' && pathname === '/users') return res.end('[]');
          const one = /^\\/users\\/(\\d+)$/.exec(pathname);
          if (one && req.method === 'DELETE') { if (req.headers['x-api-key'] !== process.env.KEY) { res.writeHead(403); return res.end(); } res.end(); return; }
          if (pathname.match(/^\\/users\\/(\\d+)$/) && req.method === 'GET') return res.end('{}');
          res.writeHead(404); res.end();
        }).listen(3000);`,
    });
    expect(guarded(program)).toEqual(['ALL /health: -', 'GET /users: -', 'DELETE /users/:id: authentication', 'GET /users/:id: -']);
  });

  it('follows a table by switch and a handler elsewhere', async () => {
    const program = await read({
      'server.js': `const http = require('http'); const { login, list } = require('./handlers');
        http.createServer((req, res) => {
          const url = req.url.split('?')[0];
          switch (url) {
            case '/login': return login(req, res);
            case '/list': if (req.method !== 'POST') { res.statusCode = 405; return res.end(); } return list(req, res);
            default: res.statusCode = 404; res.end();
          }
        });`,
      'handlers.js': `exports.login = (req, res) => { res.end(); }; exports.list = (req, res) => { if (!req.user) { res.statusCode = 401; return res.end(); } res.end(); };`,
    });
    expect(guarded(program)).toEqual(['POST /list: authentication', 'ALL /login: -']);
  });

  it("leaves out servers that hand on to a framework's, and those of connections that stay open", async () => {
    const program = await read({
      'server.js': `import http from 'node:http'; import next from 'next';
        const handle = next({}).getRequestHandler(); http.createServer((req, res) => { handle(req, res); }).listen(3000);
        http.createServer((req, res) => { res.writeHead(426); res.end(); }).listen(3001);`,
    });
    expect(ids(program)).toEqual([]);
  });

  it("reads Supabase's functions with what their configuration asks for", async () => {
    const program = await read({
      'supabase/config.toml': `[functions.hook]\nverify_jwt = false\n\n[functions.mine]\nverify_jwt = true\n`,
      'supabase/functions/_shared/cors.ts': `export const headers = {};`,
      'supabase/functions/hook/index.ts': `import { serve } from 'https://deno.land/std@0.190.0/http/server.ts'; import Stripe from 'https://esm.sh/stripe@14?target=deno';
        const stripe = new Stripe(Deno.env.get('KEY') ?? '');
        serve(async (req) => {
          try { const event = await stripe.webhooks.constructEventAsync(await req.text(), req.headers.get('stripe-signature'), 'x'); return new Response('ok'); }
          catch (e) { return new Response('bad', { status: 400 }); }
        });`,
      'supabase/functions/mine/index.ts': `import { createClient } from 'npm:@supabase/supabase-js@2'; import { headers } from '../_shared/cors.ts';
        Deno.serve(async (req) => {
          if (req.method === 'OPTIONS') return new Response(null, { headers });
          const db = createClient('u', 'k', { global: { headers: { Authorization: req.headers.get('Authorization') } } });
          const { data: { user } } = await db.auth.getUser();
          if (!user) return new Response('no', { status: 401, headers });
          const { title } = await req.json();
          return Response.json({ title });
        });`,
    });
    expect(guarded(program)).toEqual(['ALL /functions/v1/hook: signature', 'ALL /functions/v1/mine: other, authentication']);
    expect(inputs(program)).toContain('body.title:unknown');
  });

  it('reads routes of Bun, functions of workers, Vercel and Netlify, and lambdas', async () => {
    const bun = await read({
      'index.ts': `Bun.serve({ routes: { '/a/:id': { GET: (req) => new Response(req.params.id), DELETE: () => Response.json({}, { status: 401 }) }, '/b': () => new Response('x') } });`,
    });
    expect(ids(bun)).toEqual(['DELETE /a/:id', 'GET /a/:id', 'ALL /b']);
    const worker = await read({
      'src/index.ts': `export default { async fetch(request, env) { const url = new URL(request.url);
        if (url.pathname.startsWith('/admin/')) { if (request.headers.get('x-token') !== env.TOKEN) return new Response('no', { status: 403 }); return new Response('in'); }
        return new Response('not found', { status: 404 }); } };`,
    });
    expect(guarded(worker)).toEqual(['ALL /admin/*: authentication']);
    const vercel = await read({
      'vercel.json': '{}',
      'api/users/[id].ts': `export default function handler(req, res) { if (req.method !== 'POST') return res.status(405).end(); res.json(req.query.id); }`,
      'api/_lib/db.ts': `export default function connect() {}`,
      'api/now.ts': `export function GET(request: Request) { return Response.json({}); }`,
    });
    expect(ids(vercel)).toEqual(['GET /api/now', 'POST /api/users/:id']);
    const netlify = await read({
      'netlify/functions/send.ts': `export const handler = async (event) => { if (event.httpMethod !== 'POST') return { statusCode: 405 }; const { to } = JSON.parse(event.body); return { statusCode: 200, body: to }; };`,
    });
    expect(ids(netlify)).toEqual(['POST /.netlify/functions/send']);
    expect(inputs(netlify)).toContain('body.to:unknown');
    const lambda = await read({
      'serverless.yml': `functions:\n  list:\n    handler: src/users.list\n    events:\n      - httpApi: 'GET /users/{id}'\n  add:\n    handler: src/users.add\n    events:\n      - http:\n          method: post\n          path: users\n          authorizer: aws_iam\n`,
      'src/users.ts': `export const list = async (event) => { if (!event.headers.authorization) return { statusCode: 401 }; return { statusCode: 200 }; }; export const add = async () => ({ statusCode: 201 });`,
    });
    expect(guarded(lambda)).toEqual(['POST /users: authentication', 'GET /users/:id: -']);
  });
});
