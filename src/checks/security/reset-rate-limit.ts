import { claimsOfLimits } from '../../model/attempt-limits.ts';
import { defineCheck } from '../../model/check.ts';

export default defineCheck({
  title: 'Password reset requests and codes are limited',
  control: 'security/brute-force',
  severity: 'medium',
  cwe: [307, 799, 640],
  standards: ['ASVS v5.0.0-6.3.1', 'API4:2023', 'API6:2023'],
  why: 'A reset is a second login. Without a limit a short code is guessed, somebody floods the mailboxes of your users in your name, and the mail service bills or blocks you for it.',
  remedy:
    'Limit both halves of the reset: a few requests an hour for one address and account, and a handful of attempts for one code, after which the code is void. Answer 429 beyond it.',
  needs: ['account-endpoints', 'calls', 'routes'],
  *run(given) {
    yield* claimsOfLimits(given, {
      endpoints: given['account-endpoints'].value.endpoints.filter(({ purpose }) => purpose === 'forgot' || purpose === 'reset'),
      says: ({ purpose }) =>
        purpose === 'forgot'
          ? {
              message: 'Nothing limits how often a reset may be asked for.',
              impact: 'Anyone can make the application send mails to any of its users without end, at your cost and in your name.',
            }
          : {
              message: 'Nothing limits how often a reset code or token may be tried.',
              severity: 'low',
              impact: 'A code that is short enough to type is short enough to guess; a long random token is not.',
            },
      what: 'reset',
      elsewhere: (providers) => `No reset of its own was found; accounts are kept by ${providers}.`,
      nothing: 'No endpoint sends or takes a password reset.',
      unread: 'No password reset was found, but some code could not be read.',
    });
  },
});
