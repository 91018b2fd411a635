import { describe, expect, it } from 'vitest';
import type { Kind } from '../model/evidence/index.ts';
import { inOrder, leadingTo } from './order.ts';

const producer = (name: string, yields: Kind, needs: Kind[] = [], uses: Kind[] = []) => ({ name, yields, needs, uses });

describe('inOrder', () => {
  it('puts producers after what they need and what they use', () => {
    const order = inOrder([
      producer('c', 'access', ['routes'], ['queries']),
      producer('a', 'queries', ['routes']),
      producer('b', 'routes'),
    ]);
    expect(order.map(({ yields }) => yields)).toEqual(['routes', 'queries', 'access']);
  });

  it('refuses a cycle, also through uses', () => {
    expect(() => inOrder([producer('a', 'routes', ['access']), producer('b', 'access', [], ['routes'])])).toThrow(/need each other/);
  });

  it('refuses two producers of one kind', () => {
    expect(() => inOrder([producer('a', 'routes'), producer('b', 'routes')])).toThrow(/both yield routes/);
  });
});

describe('leadingTo', () => {
  it('leaves out what nothing that is wanted needs or uses, near or far', () => {
    const all = [
      producer('a', 'access', ['schema'], ['queries']),
      producer('b', 'queries', ['routes']),
      producer('c', 'routes'),
      producer('d', 'history'),
      producer('e', 'schema'),
    ];
    expect(leadingTo(['access'], all).map(({ yields }) => yields)).toEqual(['access', 'queries', 'routes', 'schema']);
    expect(leadingTo(['routes'], all).map(({ yields }) => yields)).toEqual(['routes']);
  });
});
