import { describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { thoseAbove } from './ladder.ts';

type Cell = EvidenceValue<'access'>['cells'][number];

/** `actor endpoint status` of cells that were tried. */
function cells(...lines: string[]): Cell[] {
  return lines.map((line) => {
    const [actor = '', method = '', path = '', status = ''] = line.split(' ');
    const outcome = Number(status) < 300 ? 'allowed' : 'refused';
    const nothing = { reason: '', read: [], changed: [], byId: false, columns: [], proof: null };
    return { actor, endpoint: `${method} ${path}`, status: Number(status), outcome, ...nothing };
  });
}

describe('thoseAbove', () => {
  const company = cells(
    'owner DELETE /people/:id 200',
    'clerk DELETE /people/:id 403',
    'temp DELETE /people/:id 403',
    'owner GET /books 200',
    'clerk GET /books 200',
    'temp GET /books 403',
  );

  it('ranks by what is refused to one and works for the other, the mightiest first', () => {
    expect(thoseAbove(company, 'temp', ['clerk', 'owner', 'temp'])).toEqual([
      { name: 'owner', witnesses: ['GET /books', 'DELETE /people/:id'] },
      { name: 'clerk', witnesses: ['GET /books'] },
    ]);
    expect(thoseAbove(company, 'owner', ['clerk', 'owner', 'temp'])).toEqual([]);
  });

  it('puts nobody above whom something is refused that works for the other', () => {
    const market = cells('buyer POST /orders 201', 'seller POST /orders 403', 'buyer POST /goods 403', 'seller POST /goods 201');
    expect(thoseAbove(market, 'buyer', ['seller'])).toEqual([]);
    expect(thoseAbove(market, 'seller', ['buyer'])).toEqual([]);
  });

  it('does not take what was not found, or broke, for a refusal', () => {
    expect(thoseAbove(cells('owner GET /books 200', 'temp GET /books 404'), 'temp', ['owner'])).toEqual([]);
  });
});
