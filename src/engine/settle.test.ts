import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../model/check.ts';
import type { Claim } from '../model/finding.ts';
import { settle } from './settle.ts';

const check = defineCheck({ title: 't', control: 'security/xss', severity: 'high', why: 'w', remedy: 'mend it', *run() {} });
const at = endpointSubject('GET /a');
const place = { file: 'a.ts', line: 3, endLine: 3 };
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const met = (...claims: Claim[]) => settle('security/x', check, claims, hash);

describe('settle', () => {
  it('lets an experiment that exercised the claim override reading, and says so', () => {
    const { findings, passes } = met(fail('read', at, 'Looks bad.', { where: place }), pass('ran', at));
    expect(findings).toEqual([]);
    expect(passes).toEqual([
      {
        check: 'security/x',
        title: 't',
        class: 'ran',
        subjects: ['GET /a'],
        disagreements: ['GET /a: Reading the code says otherwise (Looks bad), but the experiment exercised it and it held.'],
      },
    ]);
    const [finding] = met(pass('read', at), fail('ran', at, 'It happened.')).findings;
    expect(finding).toMatchObject({ class: 'ran', message: 'It happened.' });
    expect(finding?.disagreement).toContain('nothing wrong');
  });

  it('never lets an experiment that did not exercise it override anything', () => {
    expect(met(fail('read', at, 'Looks bad.'), unknown('ran', at, '429')).findings).toMatchObject([{ status: 'fail', class: 'read' }]);
    expect(met(unknown('ran', at, '429')).findings).toMatchObject([{ status: 'unknown', severity: 'info' }]);
  });

  it('makes one finding of both, with the place that reading knows', () => {
    const { findings } = met(fail('read', at, 'a', { where: place }), fail('ran', at, 'b', { actor: 'stranger', effect: 'read' }));
    expect(findings).toMatchObject([{ class: 'ran', where: place, endpoint: { method: 'GET', path: '/a' }, remedy: 'mend it' }]);
  });

  it('keeps the worst of several and counts the others', () => {
    const { findings } = met(fail('read', at, 'small', { severity: 'low' }), fail('read', at, 'big', { severity: 'high' }));
    expect(findings).toMatchObject([{ severity: 'high', message: 'big Also: small.' }]);
  });

  it('passes on what does not apply', () => {
    expect(met(notApplicable('no tables')).notApplicable).toEqual([{ check: 'security/x', reason: 'no tables' }]);
  });

  it('has fingerprints that no line number and no wording changes', () => {
    const id = (message: string, line: number) =>
      met(fail('ran', at, message, { actor: 'a', effect: 'e', where: { ...place, line } })).findings[0]?.id;
    expect(id('one', 1)).toBe(id('two', 9));
    expect(met(fail('ran', at, 'x', { actor: 'b', effect: 'e' })).findings[0]?.id).not.toBe(id('one', 1));
  });

  it('settles the same whatever the order of the claims', () => {
    const pool = [
      fail('read', at, 'a', { severity: 'low' }),
      fail('read', at, 'b', { severity: 'high' }),
      pass('ran', at),
      unknown('ran', at, 'c'),
      pass('read', endpointSubject('GET /b')),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(pool, { minLength: pool.length }), (claims) => {
        expect(met(...claims)).toEqual(met(...pool));
      }),
    );
  });
});
