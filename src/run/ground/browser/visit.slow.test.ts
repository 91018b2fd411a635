import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenario as schema } from '../../../model/scenario.ts';
import { inhabitants, processesWith, spacesOf } from '../escape-watch.testing.ts';
import { openBooted } from '../ground.testing.ts';
import type { Ground, Visited, VisitSpec } from '../index.ts';
import type { Lab } from '../play/interpreter.ts';
import { newPlayer } from '../play/people/players.ts';
import { tablesOf } from '../play/provenance.ts';
import { runScenario } from '../play/scenario.ts';
import { parserReady } from '../play/statement.ts';
import { probeSeal } from '../seal.ts';
import { findBrowser } from './find.ts';

const temporary = mkdtempSync(join(tmpdir(), 'ground-visit-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const app = join(import.meta.dirname, '..', 'testdata', 'pages');
const full = probeSeal().level === 'full';
const runs = () => readdirSync(temporary).filter((name) => name.startsWith('seaworthy-'));

let ground: Ground;
beforeAll(async () => {
  expect(findBrowser(), 'a browser; apt-get install chromium').not.toBeNull();
  ground = await openBooted(app, { unsealed: !full });
});
afterAll(() => ground.close());

/** Ends a process, or finds that it ended with an earlier one: a browser's processes hang together. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const visit = (path: string, more: Partial<VisitSpec> = {}): Promise<Visited> =>
  ground.visit({ actor: 'ann', path, timeoutMs: 10_000, ...more });
const asked = ({ visit }: Visited) => visit.requests.map(({ method, url, type, status }) => [method, new URL(url).pathname, type, status]);

describe('a visit', () => {
  test('signs in through the page and acts on it, with what that caused in the database', async () => {
    const seen = await visit('/', {
      from: '127.0.7.7',
      screenshot: true,
      actions: [
        { do: 'fill', on: { name: 'Your name' }, value: 'ann' },
        { do: 'press', key: 'Enter' },
        { do: 'fill', on: { selector: 'input[name=thing]' }, value: 'tëa' },
        { do: 'fill', on: { role: 'combobox', name: 'How' }, value: 'fast' },
        { do: 'click', on: { role: 'button', name: 'Order' } },
      ],
    });
    expect(seen.visit.actions.map(({ failure }) => failure)).toEqual([null, null, null, null, null]);
    expect(seen.visit).toMatchObject({ title: 'Orders', status: 200, failure: null, gaps: [], errors: [], console: [] });
    expect(new URL(seen.visit.url).pathname).toBe('/');
    expect(seen.visit.text).toMatch(/Orders of ann\s+tëa/);
    expect(seen.visit.cookies).toMatchObject([{ name: 'session', value: 'ann-session', httpOnly: true, sameSite: 'Lax' }]);
    expect(asked(seen).slice(0, 5)).toEqual([
      ['GET', '/', 'Document', 302],
      ['GET', '/login', 'Document', 200],
      ['POST', '/login', 'Document', 303],
      ['GET', '/', 'Document', 200],
      ['GET', '/api/orders', 'Fetch', 200],
    ]);
    const order = seen.visit.requests.find(({ method, type }) => method === 'POST' && type === 'Fetch');
    expect(order).toMatchObject({ body: '{"thing":"tëa","how":"fast"}', answer: '{"ok":true}', initiator: { type: 'script' } });
    expect(
      Buffer.from(seen.visit.screenshot ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(seen.visit.timings.load).toBeGreaterThan(0);
    expect(seen.changes).toMatchObject([{ table: 'public.orders', op: 'insert', after: { person: 'ann', thing: 'tëa', note: 'fast' } }]);
    expect(seen.statements.filter(({ tag }) => tag === 'INSERT 0 1').map(({ binds }) => binds)).toEqual([['ann', 'tëa', 'fast']]);
    expect(seen.exchange).toMatchObject({ request: { method: 'GET', path: '/' }, response: { status: 200 } });
    expect(seen.exchange.response?.body).toContain('<li>tëa</li>');
    expect(seen.gaps).toEqual([]);
    await ground.undo(seen.changes);
  });

  test('comes with cookies, stored values and headers, which go to the app alone, from the actor’s address', async () => {
    const cookies = await visit('/', { cookies: { session: 'ann-session' } });
    expect(cookies.visit.text).toContain('Orders of ann');
    const bearer = await visit('/', { headers: { authorization: 'Bearer ann-session' } });
    expect(bearer.visit.text).toContain('Orders of ann');
    const stored = await visit('/about', { storage: { plan: 'gold' }, actions: [{ do: 'go', path: '/about' }] });
    expect(stored.visit).toMatchObject({ text: 'plan: gold', storage: { local: { plan: 'gold', seen: '1' }, session: {} } });
    const who = await visit('/who', { from: '127.0.7.7', headers: { 'x-tenant': 'seven' } });
    expect(JSON.parse(who.visit.text)).toEqual({ from: '::ffff:127.0.7.7', tenant: 'seven' });
    const others = await visit('/broken', { headers: { 'x-tenant': 'seven' } });
    expect(others.outbound.map(({ headers }) => headers['x-tenant'])).toEqual([undefined]);
  });

  test('leaves nothing to the next one', async () => {
    const seen = await visit('/about');
    expect(seen.visit.text).toBe('plan: none');
    const signIn = await visit('/');
    expect(signIn.visit.title).toBe('Sign in');
    // Nor does the browser speak for itself, as to services that know how to fill in a form.
    expect(signIn.outbound).toEqual([]);
  });

  test('tells what went wrong on the page, and whom else it spoke to', async () => {
    const seen = await visit('/broken');
    expect(seen.visit.console.map(({ level, source, text }) => `${level} ${source} ${text}`).sort()).toEqual([
      'error console no such {plan: gold}',
      'error network Failed to load resource: the server responded with a status of 404 (Not Found)',
    ]);
    expect(seen.visit.errors).toEqual([expect.stringMatching(/^Error: after a while\n/)]);
    expect(seen.visit.requests).toContainEqual(expect.objectContaining({ type: 'Image', status: 404 }));
  });

  test.runIf(full)('finds any name answered by the outside world, over TLS, in whose ledger it stands as the page', async () => {
    const seen = await visit('/broken');
    expect(seen.visit.text).toContain('tracked 200');
    expect(seen.outbound).toMatchObject([
      { by: 'page', method: 'POST', host: 'api.made-up-analytics.example', body: '{"page":"/broken"}', status: 200 },
    ]);
  });

  test('answers dialogs as it is told', async () => {
    const orders = async () => (await ground.sql('SELECT count(*) AS n FROM orders'))[0]?.['n'];
    await ground.sql("INSERT INTO orders (person, thing) VALUES ('ann', 'milk')");
    const remove: Partial<VisitSpec> = { cookies: { session: 'ann-session' }, actions: [{ do: 'click', on: { name: 'Remove all' } }] };
    const kept = await visit('/', { ...remove, dialogs: 'dismiss' });
    expect(kept.visit.dialogs).toEqual([{ type: 'confirm', message: 'Really all?' }]);
    expect([kept.changes, await orders()]).toEqual([[], '1']);
    const gone = await visit('/', remove);
    expect(gone.changes).toMatchObject([{ table: 'public.orders', op: 'delete' }]);
    expect(await orders()).toBe('0');
  });

  test('says why an action cannot be done, and does none after it', async () => {
    const seen = await visit('/login', {
      timeoutMs: 1_000,
      actions: [
        { do: 'click', on: { role: 'button', name: 'Sign up' } },
        { do: 'press', key: 'Enter' },
      ],
    });
    expect(seen.visit.actions).toMatchObject([{ failure: 'button "Sign up": it is not on the page' }]);
    expect(seen.visit.title).toBe('Sign in');
  });

  test('is bounded where a page never rests, and where its script never ends', async () => {
    const restless = await visit('/restless', { timeoutMs: 1_000 });
    expect(restless.visit).toMatchObject({ text: 'here', failure: null });
    expect(restless.visit.gaps).toEqual([expect.stringContaining('did not come to rest within 1000 ms')]);
    const endless = await visit('/endless', { timeoutMs: 1_000 });
    expect(endless.visit.failure).toContain('did not answer');
    expect((await visit('/about')).visit.title).toBe('About');
  });

  test('works after a restart of the app, whose port is not mistaken', async () => {
    const before = await visit('/about');
    const { port } = await ground.restart();
    const seen = await visit('/about');
    expect(new URL(seen.visit.url).port).toBe(String(port));
    expect(seen.visit.url).toBe(before.visit.url);
  });

  test.runIf(full)('starts a browser anew where the last one has ended', async () => {
    await visit('/about');
    const browsers = () =>
      processesWith('--remote-debugging-port=0').filter((pid) =>
        inhabitants(spacesOf(temporary)).some((each) => each.startsWith(`${pid} `)),
      );
    const before = browsers();
    expect(before.length).toBeGreaterThan(0);
    for (const pid of before) end(pid);
    await expect.poll(browsers).toEqual([]);
    expect((await visit('/about')).visit.title).toBe('About');
  });

  test('goes to the app only', async () => {
    await expect(visit('https://example.com/')).rejects.toThrow('goes to a path of the app');
    await expect(visit('file:///etc/passwd')).rejects.toThrow('goes to a path of the app');
  });
});

describe('a visit as a step of a scenario', () => {
  const of = (steps: unknown[], effect: unknown) =>
    schema.parse({ id: 'x', title: 'x', actors: { owner: { part: 'owner', role: null } }, steps, effect });
  const orders = { do: 'visit', as: 'owner', path: '/', name: 'orders' };
  const lab = async (credentials: Record<string, string>): Promise<Lab> => {
    await parserReady;
    const owner = { ...newPlayer('owner', 'owner', null, 'test'), credentials };
    return { ground, tables: tablesOf((await ground.schema()).tables), players: new Map([['owner', owner]]), saved: new Map() };
  };

  test('shows the rows that the page shows, and changes those that it changes', async () => {
    const signedIn = await lab({ cookie: 'session=ann-session' });
    const act = [
      { do: 'fill', on: { name: 'Thing' }, value: 'order {{owner.tag}}' },
      { do: 'click', on: { role: 'button', name: 'Order' } },
    ];
    const changed = { shows: 'row-changed', table: 'public.orders', key: {}, op: 'insert' };
    const made = await runScenario(signedIn, of([{ ...orders, actions: act }], changed));
    expect(made).toMatchObject({ reproduced: 'yes' });
    const id = made.rows[0]?.key['id'] ?? '';
    const read = { shows: 'row-read', table: 'public.orders', key: { id } };
    expect(await runScenario(signedIn, of([orders], read))).toMatchObject({ reproduced: 'yes', rows: [{ key: { id } }] });
    // Who is not signed in sees the sign-in page.
    expect(await runScenario(await lab({}), of([orders], read))).toMatchObject({ reproduced: 'no' });
    await ground.reset(['rows']);
  });

  test('is not staged where an action cannot be done, or a value is not known', async () => {
    const somebody = await lab({});
    const effect = { shows: 'success-claimed' };
    const impossible = { ...orders, path: '/broken', actions: [{ do: 'click', on: { selector: '#nothing' } }], expect: { success: true } };
    expect(await runScenario(somebody, of([impossible, orders], effect))).toMatchObject({
      reproduced: 'not-staged',
      reason: 'step 1 (/broken as owner): #nothing: it is not on the page',
    });
    const unknown = { ...orders, actions: [{ do: 'fill', on: { name: 'Thing' }, value: '{{earlier}}' }] };
    expect(await runScenario(somebody, of([unknown], effect))).toMatchObject({
      reproduced: 'not-staged',
      reason: 'step 1 needs earlier, which no step before it gave',
    });
  });
});

describe.runIf(full)('the browser is sealed in', () => {
  let server: Server;
  const reached: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end('the host');
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  });
  afterAll(() => server.close());

  test('from services of the host and from the network', async () => {
    const { port } = server.address() as AddressInfo;
    const to = [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://[::1]:${port}/`, 'http://192.0.2.1/', 'http://10.0.0.1/'];
    const seen = await visit(`/outward?${to.map((each) => `to=${encodeURIComponent(each)}`).join('&')}`, { timeoutMs: 20_000 });
    expect(seen.visit.text).toBe('refused refused refused refused refused');
    expect(reached).toEqual([]);
  });

  test('from files, even when a hostile app drives it', async () => {
    const secret = join(temporary, 'secret.txt');
    writeFileSync(secret, 'a secret of the host');
    await visit('/about');
    const to = ['file:///etc/passwd', 'file:///etc/shadow', `file://${homedir()}/`, `file://${secret}`, 'file:///proc/1/environ'];
    const answer = await ground.request({
      actor: 'app',
      method: 'GET',
      path: `/drive?${to.map((each) => `to=${encodeURIComponent(each)}`).join('&')}`,
      headers: {},
      body: null,
      timeoutMs: 20_000,
    });
    const { port, shown } = JSON.parse(answer.exchange.response?.body ?? '') as { port: number | null; shown: string[] };
    expect(port).not.toBeNull();
    // The small /etc of the seal: two users and root.
    expect(shown[0]?.trim().split('\n').length).toBe(3);
    for (const page of shown.slice(1, 4)) expect(page).toMatch(/ERR_FILE_NOT_FOUND|ERR_ACCESS_DENIED|not be found|can't be reached/i);
    expect(shown.join('\n')).not.toContain('a secret of the host');
  });
});

describe.runIf(full)('nothing of the browser outlives', () => {
  const engineScript = `
    import { openBooted } from ${JSON.stringify(join(import.meta.dirname, '..', 'ground.testing.ts'))};
    const ground = await openBooted(${JSON.stringify(app)}, { unsealed: false });
    await ground.visit({ actor: 'a', path: '/about', timeoutMs: 10000 });
    console.log('up');
    setInterval(() => {}, 1000);`;

  test('the ground, nor an engine that is killed', async () => {
    const before = runs();
    const engine = spawn(process.execPath, ['--input-type=module', '-e', engineScript], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
      engine.stdout.once('data', resolve);
      engine.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)));
    });
    const [run = ''] = runs().filter((name) => !before.includes(name));
    const spaces = spacesOf(join(temporary, run));
    expect(inhabitants(spaces).filter((each) => each.includes('--type=renderer')).length).toBeGreaterThan(0);
    engine.kill('SIGKILL');
    await expect
      .poll(() => [...inhabitants(spaces), ...runs().filter((name) => !before.includes(name)), ...processesWith(run)], { timeout: 8_000 })
      .toEqual([]);
  });
});
