import { beforeAll, describe, expect, it } from 'vitest';
import { parserReady, shapeOf, standsAs } from './statement.ts';

beforeAll(() => parserReady);

describe('shapeOf', () => {
  it('joins binds to the columns they are compared with, through aliases, lists and casts', () => {
    const shape = shapeOf(
      'SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = $1 AND lower(u.email) IN ($2, $3::text)',
    );
    expect(shape?.uses.map(({ table, column, bind }) => `${table}.${column}=${bind}`)).toEqual([
      'orders.id=1',
      'users.email=2',
      'users.email=3',
    ]);
  });

  it('joins binds and literals to the columns they are stored in', () => {
    expect(shapeOf("INSERT INTO a (x, y) VALUES ($1, 'z')")?.uses).toEqual([
      { table: 'a', column: 'x', how: 'stored', bind: 1, literal: null },
      { table: 'a', column: 'y', how: 'stored', bind: null, literal: 'z' },
    ]);
    expect(shapeOf('UPDATE a SET x = x + $1 WHERE id = 7')?.uses).toContainEqual({
      table: 'a',
      column: 'x',
      how: 'stored',
      bind: 1,
      literal: null,
    });
  });

  it('is null for what Postgres would refuse', () => {
    expect(shapeOf("SELECT 'open")).toBeNull();
  });
});

describe('standsAs', () => {
  const marker = `swq1'"`;
  it('knows data from syntax', () => {
    expect(standsAs(`SELECT * FROM a WHERE b = '${marker.replaceAll("'", "''")}'`, marker)).toBe('data');
    expect(standsAs(`SELECT * FROM a ORDER BY "${marker.replaceAll('"', '""')}"`, marker)).toBe('data');
    expect(standsAs(`SELECT * FROM a WHERE b = '${marker}'`, marker)).toBe('syntax');
    expect(standsAs(`SELECT * FROM a ORDER BY ${marker}`, marker)).toBe('syntax');
    expect(standsAs(`SELECT * FROM a WHERE b ILIKE '%${marker}%'`, marker)).toBe('syntax');
  });
});
