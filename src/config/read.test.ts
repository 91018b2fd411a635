import { describe, expect, it } from 'vitest';
import { SeaworthyError } from '../model/errors.ts';
import { describeProblem, parseConfig, readConfig } from './read.ts';

const problems = (text: string) => parseConfig(text).problems.map(describeProblem);
const attestation = {
  control: 'security/step-up-authentication',
  statement: 'The identity provider asks again',
  by: 'Ann Lee',
  date: '2026-03-01',
  until: '2026-06-30',
};

describe('parseConfig', () => {
  it('reads JSON with comments and trailing commas', () => {
    expect(parseConfig('// ours\n{ "profile": "internal", "for": ["payments"], }').config).toEqual({
      profile: 'internal',
      for: ['payments'],
    });
  });

  it('names the place and what was expected there', () => {
    expect(problems('{\n  "profile": "private",\n  "port": "3000"\n}')).toEqual([
      'seaworthy.json:2: profile: expected one of prototype, internal, public',
      'seaworthy.json:3: port: expected a number',
    ]);
    expect(problems('{\n  "colour": 1\n}')[0]).toMatch(/^seaworthy\.json:2: colour: expected one of the known keys \(\$schema, profile/);
    expect(problems('{ "access": [{ "endpoint": "orders", "allow": ["public"] }] }')[0]).toContain(
      'access[0].endpoint: expected a method and a path',
    );
    expect(problems('{ "profile": ')[0]).toContain('expected valid JSON');
  });

  it('wants every field of an attestation', () => {
    const { until: _, ...open } = attestation;
    expect(problems(JSON.stringify({ attest: [open] }))).toEqual(['seaworthy.json:1: attest[0].until: expected a value; it is required']);
    expect(problems(JSON.stringify({ attest: [{ ...attestation, until: '2026-02-31' }] }))[0]).toContain('expected a day, as YYYY-MM-DD');
  });

  it('refuses live secrets in env, and does not repeat them', () => {
    const value = `sk_live_4eC39HqLyjWDarjtT1`;
    const [problem] = problems(`{ "env": { "STRIPE_KEY": "${value}" }, "port": 0 }`).filter((line) => line.includes('env'));
    expect(problem).toContain('env.STRIPE_KEY: expected a made-up value: it has the format of a live credential');
    expect(problem).not.toContain(value);
    expect(problems('{ "env": { "DATABASE_URL": "postgres://app:hunter2hunter2@db.acme.io/app" } }')).toHaveLength(1);
    expect(
      problems(
        '{ "env": { "DATABASE_URL": "postgres://app:app@localhost/app", "JWT_SECRET": "made-up-for-the-audit-1", "LOG": "debug" } }',
      ),
    ).toEqual([]);
  });

  it('stays standing on hostile input', () => {
    expect(problems('['.repeat(1_000_000))).toHaveLength(1);
    expect(problems(`{"a":${'{"a":'.repeat(5000)}`)).toHaveLength(1);
    expect(problems('{ "__proto__": { "profile": "public" } }')[0]).toContain('__proto__: expected one of the known keys');
    expect(problems('{ "profile": "public", "profile": "internal" }')).toEqual(['seaworthy.json:1: profile: expected each key only once']);
    expect(problems('{ "\\u001b[31m": 1 }')[0]).not.toContain('\u001b');
  });
});

describe('readConfig', () => {
  const source = (text: string | null) => ({
    files: text === null ? [] : [{ path: 'seaworthy.json' }],
    read: async () => new TextEncoder().encode(text ?? ''),
  });

  it('leaves everything to detection without a file, and throws one error with every problem', async () => {
    expect(await readConfig(source(null))).toEqual({});
    const failure = await readConfig(source('{ "port": 0, "profile": 1 }')).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(SeaworthyError);
    expect((failure as SeaworthyError).code).toBe('config-invalid');
    expect((failure as SeaworthyError).message.split('\n')).toHaveLength(2);
  });
});
