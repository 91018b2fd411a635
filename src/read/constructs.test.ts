import { describe, expect, it } from 'vitest';
import { contextOf } from './code/program.testing.ts';
import constructs from './constructs.ts';

async function told(files: Record<string, string>): Promise<string[]> {
  const routes = { kind: 'routes', class: 'read', value: { routes: [] }, gaps: [] } as const;
  const { value } = await constructs.run({ routes } as never, contextOf(files));
  return value.constructs.map(({ kind, name, detail, where }) => `${kind} ${name} ${detail} ${where.line}`.replaceAll(/ +/g, ' '));
}

describe('constructs', () => {
  it.each([
    [`import pg from 'pg';\nnew pg.Pool({ ssl: { rejectUnauthorized: false } });`, ['unverified-tls pg.Pool database 2']],
    [`import https from 'node:https';\nnew https.Agent({ rejectUnauthorized: false });`, ['unverified-tls https.Agent connection 2']],
    [`new Agent({ rejectUnauthorized: process.env.NODE_ENV === 'production' });`, []],
    [`process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';`, ['unverified-tls NODE_TLS_REJECT_UNAUTHORIZED process 1']],
    [`const total = parseFloat(order.price) * 3;`, ['decimal-arithmetic price parsed * 1']],
    [`const amount = parseFloat(body.amount);\nconst left = balance - amount;`, ['decimal-arithmetic amount parsed - 2']],
    [`let sum = 0;\nsum += parseFloat(row.total);`, ['decimal-arithmetic total parsed += 2']],
    [`const line = item.price * item.quantity;`, ['decimal-arithmetic price plain * 1']],
    [`const cents = Math.round(parseFloat(body.amount) * 100);`, []],
    [`const share = parseFloat(order.tax_rate) * 2;`, []],
    [`const day = new Date(2024, 1, 1);`, []],
    [`const day = new Date(now.getFullYear(), 0, 1);`, ['local-time Date of parts 1', 'local-time getFullYear 1']],
    [`at.setHours(at.getHours() + 24);`, ['local-time setHours 1']],
    [`day.setHours(0, 0, 0, 0);`, ['local-time setHours 0 1']],
    [`day.toLocaleDateString('en', { timeZone: 'UTC' });`, []],
    [`const resetToken = Math.random().toString(36);`, ['guessable-random resetToken 1']],
    [`function makeCode() {\n  return Math.random();\n}`, ['guessable-random makeCode 2']],
    [`res.setHeader('X-Frame-Options', 'DENY');`, ['protective-header x-frame-options 1']],
  ])('are seen in %s', async (code, expected) => {
    expect(await told({ 'src/a.ts': code })).toEqual(expected);
  });

  it('are seen in pages and settings', async () => {
    const page =
      '<head>\n<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>\n</head>\n<input name="cvv" autocomplete="cc-csc">';
    expect(await told({ 'index.html': page, '.env.example': 'NODE_TLS_REJECT_UNAUTHORIZED=0\n' })).toEqual([
      'unverified-tls NODE_TLS_REJECT_UNAUTHORIZED process 1',
      'script https://www.googletagmanager.com/gtag/js?id=G-1 2',
      'field cvv cc-csc 4',
    ]);
  });
});
