import { describe, expect, it } from 'vitest';
import { figuresIn, movesAlone } from './figures.ts';

describe('figuresIn', () => {
  it('names figures by their place, whether drivers send them as numbers or as text', () => {
    expect([...figuresIn('{"orders":3,"totals":{"revenue":"12.50"},"days":[4,"x"],"name":"a1"}')]).toEqual([
      ['orders', 3],
      ['totals.revenue', 12.5],
      ['days.0', 4],
    ]);
  });

  it('counts the numbers of other texts', () => {
    expect([...figuresIn('orders,17\nrevenue,2.5')]).toEqual([
      ['#1', 17],
      ['#2', 2.5],
    ]);
  });
});

describe('movesAlone', () => {
  const moved = [
    { figure: 7_919_441, by: 7_919_431 },
    { figure: 4_611_389, by: 4_611_379 },
  ];

  it('knows a sum, a share of it and a count by their steps', () => {
    expect(movesAlone([10, 10, 10], moved)).toBe(true);
    expect(
      movesAlone(
        [10, 10],
        [
          { figure: 20, by: 1000 },
          { figure: 25, by: 1500 },
        ],
      ),
    ).toBe(true);
    expect(
      movesAlone(
        [4, 4],
        [
          { figure: 5, by: 1 },
          { figure: 5, by: 1 },
        ],
      ),
    ).toBe(true);
  });

  it('takes nothing for it that moves by itself, with every request, or not at all', () => {
    expect(movesAlone([10, 11, 10], moved)).toBe(false);
    expect(
      movesAlone(
        [10, 10],
        [
          { figure: 11, by: 7_919_431 },
          { figure: 12, by: 4_611_379 },
        ],
      ),
    ).toBe(false);
    expect(
      movesAlone(
        [10, 10],
        [
          { figure: 10, by: 1 },
          { figure: 10, by: 1 },
        ],
      ),
    ).toBe(false);
    expect(movesAlone([undefined, undefined], moved)).toBe(false);
  });
});
