import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';

const tests = /(^|\/)(tests?|__tests__|specs?|e2e|cypress|playwright|fixtures|__mocks__|examples?)\/|\.(test|spec|e2e)\.[^/]+$/;
const seeds = /(^|\/)(seeds?|seeders?|scripts?|fixtures|tools?|prisma|migrations?)(\/|$)|seed[\w.-]*\.[cm]?[jt]s$/i;
/** Values that are hashed only so that a login takes as long for unknown names. */
const decoy = /dummy|fake|decoy|timing|invalid|placeholder|never|non-?exist/i;

export default defineCheck({
  title: 'No account with a known password is created',
  control: 'security/recovery-and-verification',
  severity: 'high',
  cwe: [1392, 798, 1393],
  standards: ['ASVS v5.0.0-6.3.2', 'A07:2025'],
  why: 'An account whose password stands in the code is open to everyone who has read the code, and to every program that tries admin/admin. Nobody changes the password of an account that nobody remembers.',
  remedy:
    'Take the first password from the environment and refuse without one, or create the account without a password and send a link to set it.',
  needs: ['calls', 'queries'],
  *run({ calls, queries }) {
    const hashes = calls.value.calls.filter(({ means, where }) => means === 'password-hash' && !tests.test(where.file));
    let found = 0;
    const seen = new Set<string>();
    for (const call of hashes) {
      const known = knownPassword(call.args[0]);
      if (known === null) continue;
      const stores =
        queries.value.queries.some(({ within, verb }) => within === call.within && (verb === 'insert' || verb === 'update')) ||
        calls.value.calls.some(
          ({ within, symbol }) =>
            within === call.within && /\.(create|createMany|insert|upsert|save|insertMany|findOrCreate)$/.test(symbol),
        );
      const place = `${call.where.file}:${call.within}`;
      if (!stores || seen.has(place)) continue;
      seen.add(place);
      found++;
      const aside = seeds.test(call.where.file);
      const fallback = known === 'fallback';
      yield fail(
        'read',
        { kind: 'function', name: call.within.replace(/:\d+$/, '') },
        `An account is created whose password ${fallback ? 'is a fixed one wherever the setting for it is missing' : 'stands in the code'}.${aside ? ' It is a script for filling the database; where it has run, the account is there.' : ''}`,
        {
          severity: aside ? 'medium' : 'high',
          where: call.where,
          impact:
            'Everyone who has seen the code, or tries the usual passwords, signs in with it, as an administrator where the account is one.',
          effect: fallback ? 'fallback-password' : 'fixed-password',
        },
      );
    }
    const gap = calls.gaps[0];
    if (found > 0) return;
    if (gap !== undefined)
      yield unknown(
        'read',
        application,
        `No account with a fixed password was seen, but not all code was read: ${gap.file ?? 'the tree'} (${gap.reason}).`,
      );
    else if (hashes.length === 0) yield notApplicable('The code hashes no password, so it creates no account with one.');
    else yield pass('read', application, `${hashes.length} places hash a password; none of them a fixed one that is stored.`);
  },
});

/** Whether a value certainly is a text of the code, or is one where a setting is missing. */
function knownPassword(value: AbstractValue | undefined): 'fixed' | 'fallback' | null {
  if (value?.kind === 'literal') return typeof value.value === 'string' && value.value !== '' && !decoy.test(value.value) ? 'fixed' : null;
  if (value?.kind === 'environment') return value.fallback !== null && knownPassword(value.fallback) !== null ? 'fallback' : null;
  if (value?.kind === 'either' && value.of.some(({ kind }) => kind === 'environment'))
    return value.of.some((one) => knownPassword(one) !== null) ? 'fallback' : null;
  return null;
}
