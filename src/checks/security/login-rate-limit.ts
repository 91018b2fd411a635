import { claimsOfLimits } from '../../model/attempt-limits.ts';
import { defineCheck } from '../../model/check.ts';

export default defineCheck({
  title: 'Login attempts are limited by account and by address',
  control: 'security/brute-force',
  severity: 'medium',
  cwe: [307, 799],
  standards: ['ASVS v5.0.0-6.3.1', 'API4:2023', 'A07:2025'],
  why: 'Lists of leaked passwords hold billions of pairs, and machines try them all day. Where nothing counts the attempts, everybody whose password was ever leaked elsewhere is taken over here.',
  remedy:
    'Put a limiter in front of the login: at most about 10 attempts in 15 minutes for one account and a few times that for one address, counted in the database or Redis when more than one instance runs, and answer 429 beyond it. Count the attempt before the password is compared.',
  needs: ['account-endpoints', 'calls', 'routes'],
  *run(given) {
    yield* claimsOfLimits(given, {
      endpoints: given['account-endpoints'].value.endpoints.filter(({ purpose }) => purpose === 'login'),
      says: () => ({
        message: 'Nothing limits how often a password may be tried here: no limiter stands in front, and the code counts no attempts.',
        impact: 'Anyone can try passwords against every account at full speed, until one fits.',
      }),
      what: 'login',
      elsewhere: (providers) => `No login of its own was found; accounts are kept by ${providers}, where attempts are limited.`,
      nothing: 'No endpoint takes a password to let somebody in.',
      unread: 'No login was found, but some code could not be read.',
    });
  },
});
