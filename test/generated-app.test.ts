import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { generateApp } from '../bench/generated-app.ts';

const wish = { seed: 'test', endpoints: 60, roles: 5, mutant: null };

describe('a generated app', () => {
  it('is the same, byte by byte, for the same seed, and another one for another', () => {
    expect(generateApp(wish)).toEqual(generateApp(wish));
    expect(generateApp({ ...wish, seed: 'other' }).files).not.toEqual(generateApp(wish).files);
  });

  it.each([12, 60, 221])('has the %i endpoints that were asked for, each once', (endpoints) => {
    const app = generateApp({ ...wish, endpoints });
    expect(app.endpoints).toHaveLength(endpoints);
    expect(new Set(app.endpoints).size).toBe(endpoints);
  });

  it('is code that can be parsed', () => {
    for (const [path, text] of Object.entries(generateApp(wish).files).filter(([path]) => path.endsWith('.js')))
      expect(`${path} ${spawnSync(process.execPath, ['--check', '--input-type=module', '-'], { input: text }).stderr.toString()}`).toBe(
        `${path} `,
      );
  });

  it('lacks exactly one guard as a mutant, in one place of one file', () => {
    const clean = generateApp(wish).files;
    for (let index = 0; index < 40; index++) {
      const mutant = generateApp({ ...wish, mutant: String(index) });
      const changed = Object.keys(mutant.files).filter((path) => clean[path] !== mutant.files[path]);
      expect(changed).toHaveLength(1);
      const blocks = (text: string | undefined) => (text ?? '').split(/\n(?=router\.)/);
      const path = changed[0] ?? '';
      expect(blocks(mutant.files[path]).filter((block, at) => block !== blocks(clean[path])[at])).toHaveLength(1);
      expect(mutant.guards).toContainEqual(mutant.removed);
    }
  });

  it('has guards of every kind, and every kind is chosen', () => {
    const kinds = ['authentication', 'ownership', 'role', 'tenant'];
    expect([...new Set(generateApp(wish).guards.map((guard) => guard.kind))].toSorted()).toEqual(kinds);
    const chosen = Array.from({ length: 40 }, (_, index) => generateApp({ ...wish, mutant: String(index) }).removed?.kind ?? '');
    expect([...new Set(chosen)].toSorted()).toEqual(kinds);
    expect(generateApp({ ...wish, mutant: 'any', kind: 'role' }).removed?.kind).toBe('role');
  });
});
