import { describe, expect, it } from 'vitest';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { read } from '../code/program.testing.ts';

type Files = Readonly<Record<string, string>>;

/** A value as a person would write it; `?` is not known. */
function shown(value: AbstractValue | null): unknown {
  if (value?.kind === 'literal') return value.value;
  if (value?.kind === 'object') return Object.fromEntries(Object.entries(value.keys).map(([name, one]) => [name, shown(one)]));
  if (value?.kind === 'array') return value.items.map(shown);
  return value === null ? null : value.kind === 'call' ? value.symbol : '?';
}

/** What each request of a program is: method, path, and what it sends. */
async function requests(files: Files): Promise<unknown[][]> {
  const { clientCalls } = await read(files);
  return clientCalls.map(({ method, path, query, body, encoding }) => [
    method,
    path,
    ...(Object.keys(query).length > 0 ? [Object.fromEntries(Object.entries(query).map(([name, one]) => [name, shown(one)]))] : []),
    ...(body === null ? [] : [shown(body)]),
    ...(encoding === 'json' ? [] : [encoding]),
  ]);
}

const one = (text: string): Promise<unknown[][]> => requests({ 'src/page.tsx': text });

describe('the shapes of requests', () => {
  it.each([
    ['fetch', `fetch('/api/notes')`, ['GET', '/api/notes']],
    [
      'fetch with a body',
      `fetch('/api/notes', { method: 'POST', body: JSON.stringify({ title: 'x', stars: 5 }) })`,
      ['POST', '/api/notes', { title: 'x', stars: 5 }],
    ],
    ['a template', 'fetch(`/api/notes/${id}/tags?sort=name&page=${page}`)', ['GET', '/api/notes/{}/tags', { sort: 'name', page: '?' }]],
    ['a base that is not known', 'fetch(`${import.meta.env.VITE_API}/notes`)', ['GET', '/notes']],
    ['a host of the developer', `fetch('http://localhost:3000/notes')`, ['GET', '/notes']],
    ['axios', `axios.post('/api/notes', { title })`, ['POST', '/api/notes', { title: '?' }]],
    ['axios with parameters', `axios.get('/api/notes', { params: { kind: 'open' } })`, ['GET', '/api/notes', { kind: 'open' }]],
    ['axios with a configuration', `axios({ url: '/api/notes', method: 'put', data: { a: 1 } })`, ['PUT', '/api/notes', { a: 1 }]],
    ['ky', `ky.post('/api/notes', { json: { a: 1 } })`, ['POST', '/api/notes', { a: 1 }]],
    ['playwright', `request.post('/api/notes', { data: { a: 1 } })`, ['POST', '/api/notes', { a: 1 }]],
    ['fastify', `app.inject({ method: 'POST', url: '/notes', payload: { a: 1 } })`, ['POST', '/notes', { a: 1 }]],
    ['supertest', `request(app).post('/notes').set('x', 'y').send({ a: 1 }).expect(201)`, ['POST', '/notes', { a: 1 }]],
    ['supertest with a query', `request(app).get('/notes').query({ a: 1 })`, ['GET', '/notes', { a: 1 }]],
    [
      'supertest with a file',
      `request(app).post('/up').field('kind', 'a').attach('file', 'x.png')`,
      ['POST', '/up', { kind: 'a', file: '?' }, 'multipart'],
    ],
    ['a wrapper that is not here', `apiRequest('POST', '/api/notes', { a: 1 })`, ['POST', '/api/notes', { a: 1 }]],
    ['a query by its key', `useQuery({ queryKey: ['/api/notes', id] })`, ['GET', '/api/notes/{}']],
  ])('%s', async (_name, text, expected) => {
    expect(await one(text)).toEqual([expected]);
  });

  it.each([
    ['somebody else', `fetch('https://api.example.com/notes')`],
    ['a handler', `app.get('/notes', (req, res) => res.end())`],
    ['a handler elsewhere', `router.post('/notes', controller.create)`],
    ['a route that is declared', `fastify.route({ method: 'GET', url: '/notes', handler: list })`],
    ['a map', `cache.get('notes')`],
    ['a file', `readFile('/etc/hosts')`],
  ])('%s is none', async (_name, text) => {
    expect(await one(text)).toEqual([]);
  });
});

describe('what is sent', () => {
  it('comes from the state of a form, whose empty fields are names only', async () => {
    const text = `export function Page() {
      const [form, setForm] = useState({ title: '', currency: 'USD', count: 0 });
      const save = () => fetch('/api/notes', { method: 'POST', body: JSON.stringify({ ...form, price: Number(form.price) }) });
    }`;
    expect(await one(text)).toEqual([['POST', '/api/notes', { title: '?', currency: 'USD', count: '?', price: 'global:Number' }]]);
  });

  it('comes from whoever calls the wrapper, the mutation and the handler of the form', async () => {
    const files = {
      'src/client.ts': `export async function send(method, url, data) { return fetch(url, { method, body: data ? JSON.stringify(data) : undefined }); }`,
      'src/page.tsx': `import { send } from './client';
        export function NewNote() {
          const form = useForm({ defaultValues: { title: '', kind: 'memo' } });
          const create = useMutation({ mutationFn: (note) => send('POST', '/api/notes', note) });
          const onSubmit = (values) => create.mutate(values);
          return <form onSubmit={form.handleSubmit(onSubmit)} />;
        }`,
    };
    expect(await requests(files)).toEqual([['POST', '/api/notes', { title: '?', kind: 'memo' }]]);
    const { clientCalls } = await read(files);
    expect(clientCalls[0]?.where).toEqual({ file: 'src/page.tsx', line: 4, endLine: 4 });
    expect(clientCalls[0]?.within.map(({ name }) => name)).toEqual(['NewNote', 'mutationFn']);
    expect(clientCalls[0]?.callers.map(({ where }) => where.line)).toEqual([5, 6]);
  });

  it('is an item of a list that the screen offers', async () => {
    const text = `const coins = [{ code: 'BTC', name: 'Bitcoin' }, { code: 'ETH', name: 'Ether' }];
      export function Shop() {
        const [prices] = useState(coins.map((coin) => ({ ...coin, price: 3 })));
        const buy = () => { const coin = prices.find((one) => one.code === chosen); fetch('/buy', { method: 'POST', body: JSON.stringify({ code: coin.code, price: coin.price }) }); };
        const watch = (code) => fetch('/watch', { method: 'POST', body: JSON.stringify({ code }) });
        return coins.map((coin) => <button onClick={() => watch(coin.code)} />);
      }`;
    expect(await one(text)).toEqual([
      ['POST', '/buy', { code: 'BTC', price: 3 }],
      ['POST', '/watch', { code: 'BTC' }],
    ]);
  });

  it('is told for each user of a hook', async () => {
    const files = {
      'src/hook.ts': `export function useCreate() { return useMutation({ mutationFn: async (data) => fetch('/api/notes', { method: 'POST', body: JSON.stringify(data) }) }); }`,
      'src/a.tsx': `import { useCreate } from './hook'; export function A() { const create = useCreate(); return () => create.mutate({ kind: 'a' }); }`,
      'src/b.tsx': `import { useCreate } from './hook'; export function B() { const { mutate } = useCreate(); return () => mutate({ kind: 'b' }); }`,
    };
    expect(await requests(files)).toEqual([
      ['POST', '/api/notes', { kind: 'a' }],
      ['POST', '/api/notes', { kind: 'b' }],
    ]);
  });

  it('goes to the address that a table of routes and a client with a base give', async () => {
    const files = {
      'src/routes.ts': `export const api = { notes: { create: { method: 'POST', path: '/api/notes/:id' } } };`,
      'src/http.ts': `import axios from 'axios'; export const http = axios.create({ baseURL: '/v1' });`,
      'src/page.ts': `import { api } from './routes'; import { http } from './http';
        fetch(api.notes.create.path, { method: api.notes.create.method });
        http.patch('/notes', { a: 1 });`,
    };
    expect(await requests(files)).toEqual([
      ['POST', '/api/notes/:id'],
      ['PATCH', '/v1/notes', { a: 1 }],
    ]);
  });

  it('is what was appended to a form', async () => {
    const text = `const form = new FormData(); form.append('kind', 'x'); form.append('file', file); fetch('/up', { method: 'POST', body: form });`;
    expect(await one(text)).toEqual([['POST', '/up', { kind: 'x', file: '?' }, 'multipart']]);
  });

  it('never goes round in circles', async () => {
    const text = `const a = (x) => b(x); const b = (x) => a({ x }); const c = { ...c }; let d = d + '/x';
      function send(url, body) { return send(url, { body }) || fetch(url, { method: 'POST', body: a(body) }); }
      send('/notes', c); fetch(d);`;
    expect((await one(text)).map(([, path]) => path)).toContain('/notes');
  });
});
