import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';

const asksAgain = /^(old|current|existing|previous)_?pass|otp|totp|mfa|two_?factor|2fa|^code$|reauth/i;

export default defineCheck({
  title: 'High-risk actions ask again',
  control: 'security/step-up-authentication',
  severity: 'medium',
  cwe: [306, 620],
  standards: ['ASVS v5.0.0-6.2.3', 'ASVS v5.0.0-7.5.1'],
  why: 'A session gets lost: an open laptop, a stolen cookie, a script in the page. Where the password can be changed with the session alone, whoever holds it for a minute keeps the account for good.',
  remedy:
    'Ask for the current password (or a second factor) in the same request that changes the password, and verify it before anything is written.',
  needs: ['account-endpoints', 'routes', 'calls'],
  *run({ 'account-endpoints': doors, routes, calls }) {
    let examined = 0;
    for (const { id, unit, where, purpose } of doors.value.endpoints) {
      const route = routes.value.routes.find((one) => one.id === id && one.unit === unit);
      // Who sets the password of somebody else has no old one to tell.
      if (purpose !== 'change-password' || route === undefined || /:\w*id\b/i.test(route.path)) continue;
      examined++;
      const asked = route.inputs.some((field) => asksAgain.test(field.name) || field.fields.some((name) => asksAgain.test(name)));
      const verified = calls.value.calls.some((call) => call.means === 'password-verify' && call.routes.includes(id));
      if (asked || verified) yield pass('read', endpointSubject(id));
      else
        yield fail('read', endpointSubject(id), 'The password is changed without asking for the current one.', {
          impact: 'Whoever holds a session for a moment takes the account over and shuts its owner out.',
          where,
          effect: 'password',
        });
    }
    if (examined > 0) return;
    if (doors.value.endpoints.length > 0) {
      yield unknown(
        'read',
        application,
        'No endpoint lets people change their own password; whether other risky actions (moving money, closing an account) ask again, a named person must say.',
      );
      return;
    }
    yield doors.gaps.length > 0
      ? unknown('read', application, 'No endpoint that changes a password was found, but some code could not be read.')
      : notApplicable('No endpoint lets somebody who is signed in change their password.');
  },
});
