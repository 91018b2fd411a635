import { describe, expect, it } from 'vitest';
import { read } from './program.testing.ts';

describe('environment', () => {
  it('tells fallbacks, requirements and validation', async () => {
    const { environment } = await read({
      'env.ts': `import { z } from 'zod';
        const a = process.env.A || 'x'; const { B, C = 'c' } = process.env; if (process.env.D) f(process.env.E); const port = Number(process.env.PORT) || 3000;
        export const env = z.object({ F: z.string(), G: z.string() }).parse(process.env);
        if (!process.env.H) throw new Error('H'); for (const name of ['I', 'J']) { if (!process.env[name]) { console.error(name); process.exit(1); } }
        const missing = ['K'].filter((name) => !process.env[name]);`,
    });
    expect(environment.reads.map(({ name, required }) => [name, required])).toEqual([
      ['A', false],
      ['B', true],
      ['C', false],
      ['D', false],
      ['E', true],
      ['PORT', false],
      ['H', false],
    ]);
    expect(environment.validated).toEqual(['F', 'G', 'H', 'I', 'J', 'K']);
  });

  it('requires nothing whose absence the same file asks about', async () => {
    const { environment } = await read({
      'mail.ts': `if (process.env.MAIL_KEY) mail.use(process.env.MAIL_KEY); if (typeof process.env.ADMINS === 'string') process.env.ADMINS.split(','); connect(process.env.MAIL_HOST);`,
      'other.ts': `connect(process.env.MAIL_KEY);`,
    });
    expect(environment.reads.filter(({ required }) => required).map(({ name, where }) => `${name} ${where.file}`)).toEqual([
      'MAIL_HOST mail.ts',
      'MAIL_KEY other.ts',
    ]);
  });

  it('follows a fallback with a condition in it', async () => {
    const { environment } = await read({
      'env.ts': `export const level = process.env.L ?? (process.env.M === 'test' ? 'silent' : 'info');`,
    });
    expect(environment.reads.find(({ name }) => name === 'L')?.fallback).toEqual({
      kind: 'either',
      of: [
        { kind: 'literal', value: 'silent' },
        { kind: 'literal', value: 'info' },
      ],
    });
  });
});
