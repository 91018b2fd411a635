import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';

export default defineCheck({
  title: 'Only known origins may read with credentials',
  control: 'security/cors',
  severity: 'medium',
  cwe: [942],
  standards: ['ASVS v5.0.0-3.4.2', 'A02:2025'],
  why: "When every origin is reflected and credentials are allowed, any page that a signed-in user visits can read the application's answers in their name.",
  remedy: 'Name the allowed origins, read them from the environment, and allow credentials only for these.',
  needs: ['calls'],
  *run({ calls }) {
    const uses = calls.value.calls.filter((call) => call.means === 'cors');
    for (const call of uses) {
      const subject = { kind: 'function' as const, name: `${call.where.file} cors` };
      const options = call.args[0];
      const keys = options?.kind === 'object' ? options.keys : {};
      const credentials = isTrue(keys['credentials']);
      const origin = keys['origin'];
      const reflects = origin !== undefined && mayBe(origin, true);
      const anywhere = !options || (options.kind === 'object' && !options.open && !origin) || (origin !== undefined && mayBe(origin, '*'));
      if (reflects || anywhere) {
        const when = origin?.kind === 'environment' ? `When ${origin.name} is not set, every` : 'Every';
        const stolen = credentials && reflects;
        yield fail('read', subject, stolen ? `${when} origin is allowed, with credentials.` : `${when} origin may read the answers.`, {
          severity: stolen ? 'high' : 'low',
          impact: stolen
            ? 'Any website that a signed-in user visits can read and act with their session.'
            : 'Any website can call this application from a visitor’s browser, though not with their cookies: browsers refuse "*" with credentials.',
          where: call.where,
          effect: stolen ? 'any-origin-credentials' : 'any-origin',
        });
      } else if (origin && origin.kind !== 'unknown' && origin.kind !== 'function') yield pass('read', subject);
      else yield unknown('read', subject, 'Which origins are allowed could not be followed.', { where: call.where });
    }
    if (uses.length === 0 && calls.gaps.length === 0) yield notApplicable('The code allows no other origin: no CORS middleware was found.');
    else if (uses.length === 0) yield unknown('read', application, 'No CORS middleware was found, but some files could not be read.');
  },
});

function isTrue(value: AbstractValue | undefined): boolean {
  return value?.kind === 'literal' && value.value === true;
}

/** The value, a default of it, or one of several, is this literal. */
function mayBe(value: AbstractValue, literal: string | boolean): boolean {
  if (value.kind === 'literal') return value.value === literal;
  if (value.kind === 'environment') return value.fallback !== null && mayBe(value.fallback, literal);
  return value.kind === 'either' && value.of.some((one) => mayBe(one, literal));
}
