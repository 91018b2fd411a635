import { describe, expect, it } from 'vitest';
import { application, defineCheck, fail, notApplicable, pass } from '../model/check.ts';
import type { Evidence, Kind } from '../model/evidence/index.ts';
import { claimsOf } from './claims.ts';
import { produce } from './produce.ts';
import type { EvidenceStore } from './produce.ts';

const words = { title: 't', control: 'security/xss', severity: 'high', why: 'w', remedy: 'r' } as const;
const store = (...evidence: Evidence[]): EvidenceStore => new Map(evidence.map((one) => [one.kind, one]));
const units: Evidence<'units'> = { kind: 'units', class: 'read', value: { units: [] }, gaps: [] };
const absent: Evidence<'routes'> = { kind: 'routes', reason: 'the parser broke', settle: 'do this' };

describe('claimsOf', () => {
  it('answers unknown, with the way to settle it, when needed evidence is missing', () => {
    const check = defineCheck({
      ...words,
      needs: ['routes'],
      *run() {
        yield pass('read', application);
      },
    });
    expect(claimsOf(check, store(absent))).toMatchObject([
      { status: 'unknown', settle: 'do this', message: 'Not examined: the parser broke.' },
    ]);
  });

  it('answers unknown when none of anyOf is there, and runs when one is', () => {
    const check = defineCheck({
      ...words,
      anyOf: ['routes', 'units'],
      *run(given) {
        yield given.units ? pass('read', application) : fail('read', application, 'x');
      },
    });
    expect(claimsOf(check, store(absent))).toMatchObject([{ status: 'unknown' }]);
    expect(claimsOf(check, store(absent, units))).toMatchObject([{ status: 'pass' }]);
  });

  it('lets no pass, and no "nothing to examine", of the whole stand on evidence that was cut short', () => {
    const settle = 'seaworthy audit --budget full';
    const cut = (kind: 'units' | 'routes') =>
      ({ ...units, kind, gaps: [{ file: null, reason: 'half of it was left out', settle }] }) as Evidence;
    const check = (claim: ReturnType<typeof pass>) =>
      defineCheck({
        ...words,
        uses: ['units'],
        *run() {
          yield claim;
        },
      });
    const question = {
      status: 'unknown',
      class: 'ran',
      subject: application,
      settle,
      message: 'Not examined to the end: half of it was left out.',
    };
    const one = { kind: 'endpoint', name: 'GET /a' } as const;
    expect(claimsOf(check(pass('read', application)), store(cut('units')))).toMatchObject([question]);
    expect(claimsOf(check(notApplicable('Nothing.')), store(cut('units')))).toMatchObject([question]);
    expect(claimsOf(check(pass('ran', one)), store(cut('units')))).toMatchObject([{ status: 'pass' }, question]);
    expect(claimsOf(check(fail('ran', application, 'x')), store(cut('units')))).toMatchObject([{ status: 'fail' }, question]);
    expect(claimsOf(check(pass('read', application)), store(units, cut('routes')))).toMatchObject([{ status: 'pass' }]);
  });

  it('hands over nothing that was not declared', () => {
    let seen: string[] = [];
    const check = defineCheck({
      ...words,
      uses: ['routes'],
      *run(given) {
        seen = Object.keys(given);
        yield pass('read', application);
      },
    });
    claimsOf(check, store(absent, units));
    expect(seen).toEqual([]);
  });

  it('turns a throw and a silence into unknown', () => {
    const throwing = defineCheck({
      ...words,
      *run() {
        yield pass('read', application);
        throw new Error('oops');
      },
    });
    const silent = defineCheck({ ...words, *run() {} });
    expect(claimsOf(throwing, store())).toMatchObject([{ status: 'unknown', message: 'The check itself failed: oops.' }]);
    expect(claimsOf(silent, store())).toMatchObject([{ status: 'unknown' }]);
  });

  it('caps a critical that only a pattern supports', () => {
    const check = defineCheck({
      ...words,
      *run() {
        yield fail('read', application, 'a', { severity: 'critical' });
        yield fail('read', application, 'b', { severity: 'critical', certain: true });
        yield fail('ran', application, 'c', { severity: 'critical' });
      },
    });
    expect(claimsOf(check, store()).map(({ severity }) => severity)).toEqual(['high', 'critical', 'critical']);
  });
});

describe('produce', () => {
  const run = (fails: boolean, needs: Kind[] = []) =>
    produce(
      {
        name: 'p',
        class: 'read',
        needs,
        uses: [],
        yields: 'units',
        run: () => {
          if (fails) throw new Error('no disk');
          return { value: { units: [] } };
        },
      },
      store(absent),
      undefined as never,
    );

  it('makes a failure a value', async () => {
    await expect(run(true)).resolves.toEqual({ kind: 'units', reason: 'no disk' });
  });

  it('says which need is missing, and why', async () => {
    await expect(run(false, ['routes'])).resolves.toEqual({ kind: 'units', reason: 'needs routes: the parser broke', settle: 'do this' });
  });
});
