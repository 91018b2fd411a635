import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Subject } from '../../model/finding.ts';
import { shownTable } from '../../model/words.ts';

const slow = new Set(['bcrypt', 'scrypt', 'argon2', 'pbkdf2']);
const fast = /^(md5|sha-?1|sha-?224|sha-?256|sha-?384|sha-?512)$/i;
const people = /user|account|member|customer|person|people|profile|admin|login|credential/i;

export default defineCheck({
  title: 'Passwords are stored with a slow salted hash',
  control: 'security/password-storage',
  severity: 'critical',
  cwe: [916, 759, 256],
  standards: ['ASVS v5.0.0-11.4.2', 'A04:2025'],
  why: 'Databases leak. With a fast or missing hash every password is known the same day, and people use the same one for their mail and their bank.',
  remedy: 'Hash passwords with argon2id, scrypt or bcrypt (cost 10 or more), and rehash the old ones at the next login.',
  anyOf: ['stored-passwords', 'calls'],
  uses: ['queries'],
  *run({ 'stored-passwords': stored, calls, queries }) {
    let examined = stored?.value.passwords.length ?? 0;
    for (const password of stored?.value.passwords ?? []) {
      const subject = endpointSubject(password.endpoint);
      const at = `${shownTable(password.table)}.${password.column}`;
      if (password.scheme === 'plain' || password.scheme === 'fast-hash') {
        const known = password.scheme === 'plain' ? 'all passwords at once' : 'most passwords within hours';
        yield fail('ran', subject, `A password sent to ${password.endpoint} was stored as ${password.detail} in ${at}.`, {
          impact: `Whoever gets hold of a copy of the database knows ${known}.`,
          effect: `${password.table}.${password.column} ${password.scheme}`,
          proof: password.proof ?? undefined,
        });
      } else if (!slow.has(password.scheme)) {
        yield unknown('ran', subject, `${at} holds ${password.detail}; the form is not known.`);
      } else if (password.scheme === 'bcrypt' && (password.cost ?? 0) < 10) {
        yield fail('ran', subject, `${at} holds ${password.detail}; below 10 guessing is cheap.`, {
          severity: 'medium',
          impact: 'A stolen copy of the database gives up weak passwords quickly.',
          effect: 'cost',
        });
      } else yield pass('ran', subject);
    }
    const all = calls?.value.calls ?? [];
    const slowly = all.filter((call) => call.means === 'password-hash');
    for (const subject of slowly.flatMap(subjectsOf)) {
      examined++;
      yield pass('read', subject);
    }
    for (const call of all.filter((one) => one.means === 'hash')) {
      const algorithm = call.args[0]?.kind === 'literal' ? String(call.args[0].value) : '';
      const fed = all.filter((one) => one.means === 'hash-update' && one.within === call.within && one.where.line === call.where.line);
      if (!fast.test(algorithm) || ![call, ...fed].some((one) => one.args.some(holdsPassword))) continue;
      // A function that several endpoints share hashes other things too: it is the function that is wrong, not each endpoint.
      for (const subject of subjectsOf(call.routes.length > 1 ? { ...call, routes: [] } : call)) {
        // Beside a slow hash a fast one is a look-up of leaked passwords or a first step, not how the password is kept.
        if (slowly.some((one) => one.within === call.within || one.routes.includes(subject.name))) continue;
        examined++;
        yield fail('read', subject, `A password is hashed with ${algorithm}, which is made to be fast.`, {
          severity: 'high',
          impact: 'Whoever gets hold of a copy of the database knows most passwords within hours.',
          where: call.where,
          effect: algorithm,
        });
      }
    }
    for (const query of queries?.value.queries ?? []) {
      const stores = (query.verb === 'insert' || query.verb === 'update') && query.tables.some((table) => people.test(table));
      if (!stores || !query.parameters.some(isPassword)) continue;
      const inside = /\b(crypt|digest|hmac|md5|sha\d+)\s*\(/i.exec(query.text ?? '')?.[1];
      for (const subject of subjectsOf(query)) {
        examined++;
        yield inside
          ? unknown('read', subject, `The database hashes the password (${inside}); how slowly, only a run shows.`, { where: query.where })
          : fail('read', subject, `The password goes into ${query.tables.join(', ')} as it was typed.`, {
              severity: 'high',
              impact: 'Whoever sees the table, or a copy of it, knows the passwords of all users.',
              where: query.where,
              effect: 'plain',
            });
      }
    }
    const gaps = [...(calls?.gaps ?? []), ...(queries?.gaps ?? [])];
    if (examined > 0) return;
    yield gaps.length > 0
      ? unknown('read', application, 'No hashing of a password was found, but some files could not be read.')
      : notApplicable('No code was found that hashes a password or puts one into a table of users.');
  },
});

function subjectsOf({ routes, within }: { routes: readonly string[]; within: string }): Subject[] {
  return routes.length > 0 ? routes.map(endpointSubject) : [{ kind: 'function', name: within.replace(/:\d+$/, '') }];
}

function isPassword(value: AbstractValue): boolean {
  return value.kind === 'input' && /^(new_?)?(pass(word|wd)?|pwd)$/i.test(value.name);
}

function holdsPassword(value: AbstractValue): boolean {
  if (value.kind === 'template') return value.holes.some(holdsPassword);
  if (value.kind === 'either') return value.of.some(holdsPassword);
  return value.kind === 'input' && /pass(?!port)|pwd/i.test(value.name);
}
