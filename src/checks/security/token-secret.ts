import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Signing secrets are strong, secret and required',
  control: 'security/token-validation',
  severity: 'high',
  cwe: [798, 321],
  standards: ['ASVS v5.0.0-13.3.1', 'API2:2023'],
  why: 'Whoever knows the secret signs themselves in as anybody. A default in the code is known to everyone who has seen the code, and it is used silently on the day the variable is missing.',
  remedy: 'Read the secret from the environment without a default, and stop the start when it is missing or short.',
  needs: ['calls'],
  *run({ calls }) {
    const signing = calls.value.calls.filter((call) => ['token-sign', 'token-verify', 'session-secret'].includes(call.means));
    for (const call of signing) {
      const secret = call.args[1];
      const subject = { kind: 'function' as const, name: `${call.within.replace(/:\d+$/, '')} ${call.symbol}` };
      if (!secret) continue;
      const literals = literalsIn(secret);
      if (literals.length > 0) {
        yield fail('read', subject, 'The signing secret stands in the code, or is used when the variable is missing.', {
          impact: 'Anyone who has seen the code can sign in as any user, administrators included.',
          where: call.where,
          effect: 'literal-secret',
        });
      } else if (secret.kind === 'environment') yield pass('read', subject);
      else yield unknown('read', subject, 'Where the signing secret comes from could not be followed.', { where: call.where });
    }
    if (signing.length === 0) yield notApplicable('The code signs and verifies no tokens.');
  },
});

type Value = { kind: string; value?: unknown; fallback?: Value | null; of?: Value[] };

function literalsIn(value: Value): string[] {
  if (value.kind === 'literal') return typeof value.value === 'string' && value.value !== '' ? [value.value] : [];
  if (value.kind === 'environment') return value.fallback ? literalsIn(value.fallback) : [];
  if (value.kind === 'either') return (value.of ?? []).flatMap(literalsIn);
  return [];
}
