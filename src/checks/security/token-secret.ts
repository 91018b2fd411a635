import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';

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
    const signing = calls.value.calls.filter((call) => ['token-sign', 'token-verify', 'session'].includes(call.means));
    let examined = 0;
    for (const call of signing) {
      const secret = call.means === 'session' ? sessionSecret(call.args[0]) : call.args[1];
      if (!secret) continue;
      examined++;
      const subject = { kind: 'function' as const, name: `${call.within.replace(/:\d+$/, '')} ${call.symbol}` };
      const missing = secret.kind === 'environment' ? secret.name : null;
      if (hasLiteral(secret)) {
        const message = missing
          ? `When ${missing} is not set, a secret that stands in the code is used, without a word.`
          : 'The signing secret stands in the code.';
        yield fail('read', subject, message, {
          impact: 'Anyone who has seen the code can sign in as any user, administrators included.',
          where: call.where,
          effect: 'literal-secret',
        });
      } else if (secret.kind === 'environment') yield pass('read', subject);
      else yield unknown('read', subject, 'Where the signing secret comes from could not be followed.', { where: call.where });
    }
    if (signing.length > 0 && examined === 0) yield unknown('read', application, 'Tokens are signed, but with what could not be followed.');
    if (signing.length > 0) return;
    yield calls.gaps.length > 0
      ? unknown('read', application, 'No signing of tokens or sessions was found, but some files could not be read.')
      : notApplicable('The code signs and verifies no tokens or sessions.');
  },
});

/** `session({ secret })`, `cookieSession({ keys: [first, ...older] })`: the first signs. */
function sessionSecret(options: AbstractValue | undefined): AbstractValue | undefined {
  if (options?.kind !== 'object') return options && { kind: 'unknown' };
  const secret = options.keys['secret'] ?? options.keys['keys'];
  return secret?.kind === 'array' ? secret.items[0] : secret;
}

function hasLiteral(value: AbstractValue): boolean {
  if (value.kind === 'literal') return typeof value.value === 'string' && value.value !== '';
  if (value.kind === 'environment') return value.fallback !== null && hasLiteral(value.fallback);
  return value.kind === 'either' && value.of.some(hasLiteral);
}
