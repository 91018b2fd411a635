import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';

const claims: Readonly<Record<string, { readonly what: string; readonly who: string }>> = {
  forged: { what: 'a token whose signature is wrong', who: 'Anyone who writes a token' },
  unsigned: { what: 'a token without a signature', who: 'Anyone who writes a token' },
  expired: { what: 'a session that had run out', who: 'Whoever finds an old session' },
};

export default defineCheck({
  title: 'Server decisions rest on a verified session',
  control: 'security/token-validation',
  severity: 'critical',
  cwe: [347, 613],
  standards: ['ASVS v5.0.0-9.1.1', 'ASVS v5.0.0-9.2.1', 'API2:2023', 'A07:2025'],
  why: 'A token says who is calling, in plain text that anybody can write. Only its signature and its end make it true: code that decodes a token without verifying it lets everybody be anybody.',
  remedy:
    'Verify every token with the secret and a fixed list of algorithms (verify, not decode), let it end after a while, and refuse it when it has.',
  needs: ['sessions'],
  *run({ sessions }) {
    const { trials } = sessions.value;
    for (const endpoint of new Set(trials.map((trial) => trial.endpoint))) {
      const accepted = trials.filter((trial) => trial.endpoint === endpoint && trial.accepted);
      if (accepted.length === 0) {
        yield pass('ran', endpointSubject(endpoint));
        continue;
      }
      const [worst] = accepted.toSorted((a, b) => Number(a.claim === 'expired') - Number(b.claim === 'expired'));
      const { what, who } = claims[worst?.claim ?? ''] ?? { what: 'a token that proves nothing', who: 'Anyone' };
      yield fail('ran', endpointSubject(endpoint), `It answered ${worst?.status} to ${what}, though it refuses callers without a token.`, {
        ...(worst?.claim === 'expired' ? { severity: 'high' } : {}),
        impact: `${who} is let in as ${worst?.claim === 'expired' ? 'the user whose it was' : 'any user that the token names'}.`,
        actor: worst?.claim ?? 'forged',
        effect: accepted
          .map((trial) => trial.claim)
          .toSorted()
          .join(', '),
        ...(worst?.proof ? { proof: worst.proof } : {}),
      });
    }
    if (trials.length > 0) return;
    yield sessions.gaps.length > 0
      ? unknown('ran', application, 'No session was tried: there was no time for it.')
      : notApplicable(
          'No endpoint that refuses callers who are not signed in takes a JSON Web Token for a session, or one that a row gives an end.',
          'ran',
        );
  },
});
