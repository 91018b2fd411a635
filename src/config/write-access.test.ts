import { describe, expect, it } from 'vitest';
import { parseConfig } from './read.ts';
import { withConfirmation, withRules } from './write-access.ts';

const ann = { by: 'Ann Lee', on: '2026-03-01' };
const rule = (endpoint: string, ...allow: string[]) => ({ endpoint, allow });
const access = (text: string) => {
  const { config, problems } = parseConfig(text);
  expect(problems).toEqual([]);
  return config?.access;
};

describe('withRules', () => {
  it('begins a file with its schema, a rule a line', () => {
    const text = withRules(null, undefined, [rule('GET /a', 'tenant'), { ...rule('* /b/*', 'admin'), why: 'its guard says so' }]);
    expect(text).toBe(
      [
        '{',
        '  "$schema": "https://unpkg.com/seaworthy/schema/seaworthy.schema.json",',
        '  "access": {',
        '    "rules": [',
        '      { "endpoint": "GET /a", "allow": ["tenant"] },',
        '      { "endpoint": "* /b/*", "allow": ["admin"], "why": "its guard says so" }',
        '    ]',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
    expect(access(text)?.rules).toHaveLength(2);
  });

  it('leaves every other line as it is, comments too', () => {
    const before = [
      '// ours',
      '{',
      '\t"port":   3000, // as in production',
      '\t"access": {',
      '\t\t"rules": [',
      '\t\t\t{ "endpoint": "GET /a", "allow": ["tenant"], "confirmed": { "by": "Ann Lee", "on": "2026-01-01" } }, // asked Bob',
      '\t\t\t{ "endpoint": "GET /b",',
      '\t\t\t  "allow": ["owner"] } // not sure',
      '\t\t]',
      '\t},',
      '\t"env": { "LOG": "debug" }, // last',
      '}',
    ];
    const after = withRules(before.join('\n'), access(before.join('\n')), [rule('GET /c', 'anyone')]).split('\n');
    expect(after.filter((line) => !before.includes(line))).toEqual([
      '\t\t\t  "allow": ["owner"] }, // not sure',
      '\t\t\t{ "endpoint": "GET /c", "allow": ["anyone"] }',
    ]);
    expect(access(after.join('\n'))?.rules.map(({ endpoint }) => endpoint)).toEqual(['GET /a', 'GET /b', 'GET /c']);
  });

  it('minds commas that are there, and commas in comments', () => {
    for (const list of [
      '[]',
      '[\n]',
      '[{ "endpoint": "GET /a", "allow": ["owner"] },]',
      '[{ "endpoint": "GET /a", "allow": ["owner"] } /* a, b */]',
    ]) {
      const text = `{ "access": { "rules": ${list} } }`;
      expect(access(withRules(text, access(text), [rule('GET /z', 'owner')]))?.rules.at(-1)?.endpoint).toBe('GET /z');
    }
  });

  it('gives large sets of roles that several rules share a name', () => {
    const staff = ['a', 'b', 'c', 'd', 'e'];
    const text = withRules(null, undefined, [rule('GET /a', ...staff), rule('GET /b', 'owner', ...staff), rule('GET /c', 'a', 'b')]);
    expect(access(text)).toEqual({
      groups: { 'roles-1': staff },
      rules: [rule('GET /a', 'roles-1'), rule('GET /b', 'owner', 'roles-1'), rule('GET /c', 'a', 'b')],
    });
    const again = withRules(text, access(text), [rule('GET /d', ...staff.toReversed()), rule('GET /e', ...staff)]);
    expect(access(again)?.rules.at(-1)).toEqual(rule('GET /e', 'roles-1'));
    expect(Object.keys(access(again)?.groups ?? {})).toEqual(['roles-1']);
  });
});

describe('withConfirmation', () => {
  const text =
    '{ "access": { "rules": [\n  { "endpoint": "GET /a", "allow": ["tenant"], "why": "seen" }, // here\n  { "endpoint": "GET /b", "allow": ["owner"] }\n] } }';

  it('says who and when, on the same line', () => {
    expect(withConfirmation(text, 0, ann, null)).toContain(
      '\n  { "endpoint": "GET /a", "allow": ["tenant"], "why": "seen", "confirmed": { "by": "Ann Lee", "on": "2026-03-01" } }, // here\n',
    );
  });

  it('takes who else may, and replaces an older word', () => {
    const once = withConfirmation(text, 1, ann, ['admin', 'owner']);
    const twice = withConfirmation(once, 1, { by: 'Bob Ray', on: '2026-04-01' }, null);
    expect(access(twice)?.rules[1]).toEqual({
      endpoint: 'GET /b',
      allow: ['admin', 'owner'],
      confirmed: { by: 'Bob Ray', on: '2026-04-01' },
    });
    expect(access(twice)?.rules[0]).not.toHaveProperty('confirmed');
  });
});
