import { defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';

const slow = new Set(['bcrypt', 'scrypt', 'argon2', 'pbkdf2']);
const fast = /^(md5|sha-?1|sha-?224|sha-?256|sha-?384|sha-?512)$/i;

export default defineCheck({
  title: 'Passwords are stored with a slow salted hash',
  control: 'security/password-storage',
  severity: 'critical',
  cwe: [916, 759, 256],
  standards: ['ASVS v5.0.0-11.4.2', 'A04:2025'],
  why: 'Databases leak. With a fast or missing hash every password is known the same day, and people use the same one for their mail and their bank.',
  remedy: 'Hash passwords with argon2id, scrypt or bcrypt (cost 10 or more), and rehash the old ones at the next login.',
  anyOf: ['stored-passwords', 'calls'],
  *run({ 'stored-passwords': stored, calls }) {
    for (const password of stored?.value.passwords ?? []) {
      const subject = endpointSubject(password.endpoint);
      if (password.scheme === 'plain' || password.scheme === 'fast-hash') {
        yield fail('ran', subject, `A fresh sign-up stored ${password.detail} in ${password.table}.${password.column}.`, {
          impact: 'Whoever gets hold of a copy of the database knows the passwords of all users within hours.',
          effect: `${password.table}.${password.column} ${password.scheme}`,
          ...(password.proof ? { proof: password.proof } : {}),
        });
      } else if (!slow.has(password.scheme)) {
        yield unknown('ran', subject, `${password.table}.${password.column} holds ${password.detail}; the form is not known.`);
      } else if (password.scheme === 'bcrypt' && (password.cost ?? 0) < 10) {
        yield fail('ran', subject, `${password.table}.${password.column} holds ${password.detail}; below 10 guessing is cheap.`, {
          severity: 'medium',
          effect: 'cost',
          impact: 'A stolen copy of the database gives up weak passwords quickly.',
        });
      } else {
        yield pass('ran', subject);
      }
    }
    const hashes = (calls?.value.calls ?? []).filter((call) => call.means === 'password-hash' || call.means === 'hash');
    for (const call of hashes) {
      const subjects =
        call.routes.length > 0 ? call.routes.map(endpointSubject) : [{ kind: 'function' as const, name: call.within.replace(/:\d+$/, '') }];
      const algorithm = call.args[0]?.kind === 'literal' ? String(call.args[0].value) : '';
      const ofPassword = call.args.some(isPassword);
      for (const subject of subjects) {
        if (call.means === 'password-hash') yield pass('read', subject);
        else if (fast.test(algorithm) && ofPassword) {
          yield fail('read', subject, `A password is hashed with ${algorithm}, which is made to be fast.`, {
            severity: 'high',
            impact: 'Whoever gets hold of a copy of the database knows most passwords within hours.',
            where: call.where,
            effect: algorithm,
          });
        }
      }
    }
    if (!stored && !hashes.some((call) => call.means === 'password-hash')) yield notApplicable('The code hashes no passwords.');
  },
});

function isPassword(value: { kind: string; name?: string }): boolean {
  return value.kind === 'input' && /pass|pwd/i.test(value.name ?? '');
}
