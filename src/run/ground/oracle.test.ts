import { expect, test } from 'vitest';
import { chooseOracle, type Signs, withBlind } from './oracle.ts';

const nothing: Signs = { connected: false, tables: 0, files: [], elsewhere: [], drivers: [], dir: '/app' };
const file = { path: '/app/db/data', tables: 3, open: false, fresh: false };

test.each<[string, Partial<Signs>, string, string]>([
  ['a connection', { connected: true, files: [{ ...file, open: true }] }, 'rows', 'connected to the ground'],
  [
    'a file in use, though migrations made tables',
    { tables: 2, files: [{ ...file, open: true }] },
    'sqlite',
    'db/data (SQLite): it has it open',
  ],
  ['a file that was written', { files: [{ ...file, fresh: true }] }, 'sqlite', 'has written it'],
  ['tables alone', { tables: 2, files: [file], drivers: ['sqlite3'] }, 'rows', 'migrations made tables'],
  ['a file that came along, with a driver', { files: [file], drivers: ['sqlite3'] }, 'sqlite', 'not seen to open'],
  ['a file that came along, without one', { files: [file] }, 'responses', 'no SQLite file'],
  ['a file elsewhere', { elsewhere: ['/tmp/x.db'], drivers: ['sqlite3'] }, 'responses', '/tmp/x.db'],
  ['a driver and no file', { drivers: ['better-sqlite3'] }, 'responses', 'in memory'],
  ['nothing', {}, 'responses', 'made no table'],
])('%s', (_what, signs, kind, detail) => {
  const { oracle, watch } = chooseOracle({ ...nothing, ...signs });
  expect(oracle).toEqual({ kind, detail: expect.stringContaining(detail) as string });
  expect(watch.map((one) => one.path)).toEqual(kind === 'sqlite' ? ['/app/db/data'] : []);
});

test('what the oracle does not see is told with it', () => {
  const oracle = { kind: 'sqlite', detail: 'it has data.db open' } as const;
  expect(withBlind(oracle, [])).toBe(oracle);
  expect(withBlind(oracle, [{ table: 'main.words', reason: 'a virtual table' }]).detail).toBe(
    'it has data.db open; not seen: words (a virtual table)',
  );
});
