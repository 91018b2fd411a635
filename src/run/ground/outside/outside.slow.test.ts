import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBooted } from '../ground.testing.ts';
import type { Ground, WorldRule } from '../index.ts';
import { probeSeal } from '../seal.ts';

const temporary = mkdtempSync(join(tmpdir(), 'outside-test-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe.runIf(probeSeal().level !== 'none')('the outside world of a sealed app', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openBooted(join(import.meta.dirname, '..', 'testdata', 'outside-app'));
  }, 60_000);
  afterAll(() => ground.close());

  const ask = async (method: string, path: string, body: string | null = null, headers: Record<string, string> = {}) => {
    const seen = await ground.request({ actor: 'tester', method, path, headers, body, timeoutMs: 5_000 });
    return { ...seen, told: JSON.parse(seen.exchange.response?.body ?? 'null') as Record<string, unknown> };
  };
  const under = async <T>(rule: WorldRule, work: () => Promise<T>): Promise<T> => {
    const standing = await ground.world(rule);
    try {
      return await work();
    } finally {
      await standing.remove();
    }
  };

  test('a payment, its webhook signed with the invented secret, and what is recorded', async () => {
    const paid = await ask('POST', '/pay', 'amount=700&currency=eur');
    expect(paid.told).toMatchObject({ status: 'requires_payment_method', amount: 700 });
    expect(paid.outbound).toMatchObject([
      { kind: 'payments', host: 'api.stripe.com', body: 'amount=700&currency=eur', status: 200, end: 'answered' },
    ]);
    expect(JSON.stringify(paid.outbound)).not.toContain((await ground.environment())['STRIPE_SECRET_KEY']);
    const hook = await ground.webhook({ provider: 'stripe', type: 'payment_intent.succeeded', object: { id: paid.told['id'] } });
    expect((await ask('POST', '/hook', hook.body, hook.headers)).told).toEqual({ accepted: true, status: 'succeeded' });
    expect((await ask('POST', '/hook', `${hook.body} `, hook.headers)).told).toEqual({ accepted: false });
  });

  test('names refused and unknown, connections reset, answers broken, lost and late', async () => {
    await ground.restart(); // no connection kept from before
    const match = { host: 'stripe.com' };
    const pay = () => ask('POST', '/pay', 'amount=700&currency=eur');
    const refused = await under({ match, does: { do: 'refuse' } }, pay);
    expect([refused.told, refused.outbound[0]]).toMatchObject([{ failed: 'ECONNREFUSED' }, { protocol: 'dns', end: 'cut' }]);
    expect((await under({ match, does: { do: 'unresolved' } }, pay)).told).toEqual({ failed: 'ENOTFOUND' });
    expect((await under({ match, does: { do: 'malformed' } }, pay)).told).toEqual({ failed: 'SyntaxError' });
    expect((await under({ match, does: { do: 'reset' } }, pay)).outbound).toMatchObject([{ end: 'cut', status: 0 }]);
    expect((await under({ match, does: { do: 'lie' } }, pay)).told).toMatchObject({ status: 200, error: { type: 'api_error' } });
    const hung = await under({ match, does: { do: 'hang' } }, pay);
    expect([hung.told, hung.gaps]).toEqual([{ failed: 'TimeoutError' }, []]);
    expect((await pay()).told).toMatchObject({ amount: 700 });
  });

  test('a call is held and let go while the app waits for it', async () => {
    const hold = await ground.world({ match: { kind: 'model' }, does: { do: 'hang' } });
    const asked = ask('POST', '/ask', 'hello');
    while ((await hold.applied()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await hold.remove();
    const { told, outbound } = await asked;
    expect(told).toEqual({ text: 'This is the answer of the proving ground.' });
    expect(outbound).toMatchObject([
      { kind: 'model', prompt: { model: 'gpt-4o-mini', messages: [{ role: 'user', text: 'hello' }], stream: true } },
    ]);
  });

  test('the model says what it is told to', async () => {
    const rule: WorldRule = { match: { kind: 'model' }, does: { do: 'say', answers: [{ text: '<b>{{prompt}}</b>' }] } };
    expect((await under(rule, () => ask('POST', '/ask', 'hi'))).told).toEqual({ text: '<b>hi</b>' });
  });

  test('a mail sent behind the answer is waited for, with its link and code', async () => {
    const { outbound } = await ask('POST', '/forgot', 'ann@trial.test');
    expect(outbound).toMatchObject([{ protocol: 'smtp', kind: 'mail', status: 250, end: 'answered' }]);
    expect(await ground.mails((outbound[0]?.seq ?? 0) - 1)).toMatchObject([
      {
        from: 'app@trial.test',
        to: ['ann@trial.test'],
        subject: 'Your code',
        links: ['https://trial.test/reset?token=abc'],
        codes: ['482913'],
      },
    ]);
  });

  test('a database that is reached by HTTP is the wire, and no call to the outside', async () => {
    const { told, statements, outbound } = await ask('GET', '/rows');
    expect(told).toMatchObject({ rows: [{ n: '42' }] });
    expect(statements).toMatchObject([{ text: 'SELECT $1::int + 1 AS n', binds: ['41'] }]);
    expect(outbound).toEqual([]);
  });

  test('files are kept until the ground goes back', async () => {
    expect((await ask('POST', '/upload', 'content')).told).toBe('content');
    expect((await ask('GET', '/file')).told).toBe(200);
    await ground.reset();
    expect((await ask('GET', '/file')).told).toBe(404);
  }, 30_000);
});
