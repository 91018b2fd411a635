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
