import { describe, expect, it } from 'vitest';
import { withoutTokens } from './proof.ts';

const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.s5Yx0bqF1kz';

describe('withoutTokens', () => {
  it('takes session tokens out of bodies, statements and rows, wherever they stand', () => {
    const body = JSON.stringify({ user: { id: 1 }, token, refresh_token: 'a-random-value-of-some-length' });
    const shown = withoutTokens({ body, binds: [null, `Bearer ${token}`], after: { session: token }, rows: 1 });
    expect(JSON.stringify(shown)).not.toMatch(/eyJzdWIi|s5Yx0bqF1kz|of-some-length/);
    expect(JSON.parse(shown.body)).toEqual({ user: { id: 1 }, token: 'eyJhbGc…', refresh_token: 'a-rando…' });
    expect(shown).toMatchObject({ binds: [null, 'Bearer eyJhbGc…'], rows: 1 });
  });

  it('leaves what is no session', () => {
    const kept = { body: '{"token_count":123456789012345,"title":"token: a word"}', path: '/shared/3f9c0d9b1e5a4c7d' };
    expect(withoutTokens(kept)).toEqual(kept);
  });
});
