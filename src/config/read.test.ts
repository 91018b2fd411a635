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
    expect(problems('{ "profile": ')[0]).toContain('expected valid JSON');
  });

  it('says what is wrong with who may call what', () => {
    const access = (rules: string, groups = '{}') => problems(`{ "access": {\n"groups": ${groups},\n"rules": [\n${rules}\n] } }`);
    expect(access('{ "endpoint": "orders", "allow": ["anyone"] }')[0]).toContain('access.rules[0].endpoint: expected a method and a path');
    expect(access('{ "endpoint": "GET /a*b", "allow": ["anyone"] }')).toHaveLength(1);
    expect(access('{ "endpoint": "GET /a", "allow": [] }')).toEqual(['seaworthy.json:4: access.rules[0].allow: expected at least 1 item']);
    const rule = '{ "endpoint": "* /a/*", "allow": ["admin", "owner"] }';
    expect(access(rule)).toEqual([]);
    expect(access(`${rule},\n${rule}`)).toEqual(['seaworthy.json:5: access.rules[1].endpoint: expected each endpoint only once']);
    expect(access('{ "endpoint": "GET /a", "allow": ["nobody", "admin"] }')[0]).toContain('expected "nobody" alone, or those who may');
    expect(access('{ "endpoint": "GET /a", "allow": ["staff"], "confirmed": { "by": "Ann Lee" } }')).toEqual([
      'seaworthy.json:4: access.rules[0].confirmed.on: expected a value; it is required',
    ]);
    expect(access('{ "endpoint": "GET /a", "allow": ["staff"], "confirmed": { "by": "Ann Lee", "on": "2026-03-01", "at": 1 } }')).toEqual([
      'seaworthy.json:4: access.rules[0].confirmed.at: expected one of the known keys (by, on)',
    ]);
    expect(access(rule, '{ "owner": ["admin"] }')).toEqual([
      'seaworthy.json:2: access.groups.owner: expected another name; this word has a meaning already',
    ]);
    expect(problems('{ "access": [] }')).toEqual(['seaworthy.json:1: access: expected an object']);
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
