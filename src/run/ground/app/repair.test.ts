import { describe, expect, it } from 'vitest';
import type { Surroundings } from './plan.ts';
import { repaired } from './repair.ts';

const app: Surroundings = {
  cwd: '/',
  port: 3000,
  health: '/',
  env: { LIMIT_A: 'sw-1', LIMIT_AB: 'sw-2' },
  invented: [
    { name: 'LIMIT_A', shape: 'word' },
    { name: 'LIMIT_AB', shape: 'word' },
  ],
  sample: { FILE_DRIVER: 'local' },
  notes: [],
};

describe('repaired', () => {
  it('tries one value after another for the variable that the app names, and no other', () => {
    const tried = new Map<string, number>();
    const words = 'LIMIT_AB: expected number';
    const first = repaired(app, words, tried);
    expect(first?.env).toEqual({ LIMIT_A: 'sw-1' });
    const second = first && repaired(first, words, tried);
    expect(second?.env).toEqual({ LIMIT_A: 'sw-1', LIMIT_AB: '1000' });
    expect(second?.invented).toContainEqual({ name: 'LIMIT_AB', shape: 'number' });
  });

  it('gives up when the words name no invented variable', () => {
    expect(repaired(app, 'SOMETHING_ELSE is wrong', new Map())).toBeNull();
    expect(repaired(app, 'code: ERR_MODULE_NOT_FOUND, not found', new Map())).toBeNull();
  });

  it('gives a variable that the app misses and that reading has not found', () => {
    const found = repaired(app, ' - property MAIL_TOKEN has failed the following constraints: isString', new Map());
    expect(found?.env['MAIL_TOKEN']).toMatch(/^[0-9a-f]{64}$/);
    expect(found?.invented).toContainEqual({ name: 'MAIL_TOKEN', shape: '64 hex' });
  });

  it.each(['Missing required environment variable: MAIL_TOKEN', 'Please set the MAIL_TOKEN variable', 'MAIL_TOKEN is not set'])(
    'hears "%s"',
    (words) => {
      expect(repaired(app, `Error: ${words}`, new Map())?.env['MAIL_TOKEN']).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it('gives it what the sample says, where there is one', () => {
    const found = repaired(app, ' - property FILE_DRIVER has failed the following constraints: isEnum', new Map());
    expect(found?.env['FILE_DRIVER']).toBe('local');
  });

  it.each([
    ['LIMIT_A must be one of the following values: local, s3', 'local'],
    ['✖ Invalid option: expected one of "small"|"large"\n  → at LIMIT_A', undefined],
    ['LIMIT_A: Invalid option: expected one of "small"|"large"', 'small'],
    ['"LIMIT_A" must be one of [near, far]', 'near'],
    ['LIMIT_A: Value "sw-1" not in choices [red,blue]', 'red'],
    ['LIMIT_A is required', undefined],
  ])('takes a value that the words offer: %s', (words, value) => {
    expect(repaired(app, words, new Map())?.env['LIMIT_A']).toBe(value);
  });

  it('tries another kind of database where there is no driver for Postgres', () => {
    const tried = new Map<string, number>();
    const sqlite = { ...app, env: { DATABASE_DIALECT: 'postgres', PGHOST: 'localhost' } };
    const words = 'Error: Please install pg package manually';
    const first = repaired(sqlite, words, tried);
    expect(first?.env).toEqual({ PGHOST: 'localhost' });
    expect(repaired(sqlite, words, tried)?.env['DATABASE_DIALECT']).toBe('sqlite');
  });
});
