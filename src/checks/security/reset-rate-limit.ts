import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';

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
  *run({ 'account-endpoints': doors, calls, routes }) {
    const halves = doors.value.endpoints.filter(({ purpose }) => purpose === 'forgot' || purpose === 'reset');
    const followed = routes.value.routes.some(({ guards }) => guards.some(({ does }) => does.includes('rate-limit')));
    const made = calls.value.calls.find(({ means }) => means === 'guard:rate-limit');
    let open = 0;
    for (const { id, where, limit, purpose } of halves) {
      if (limit !== 'none') yield pass('read', endpointSubject(id));
      else if (made && !followed) open++;
      else if (purpose === 'forgot')
        yield fail('read', endpointSubject(id), 'Nothing limits how often a reset may be asked for.', {
          impact: 'Anyone can make the application send mails to any of its users without end, at your cost and in your name.',
          where,
          effect: 'no-limit',
        });
      else
        yield fail('read', endpointSubject(id), 'Nothing limits how often a reset code or token may be tried.', {
          severity: 'low',
          impact: 'A code that is short enough to type is short enough to guess; a long random token is not.',
          where,
          effect: 'no-limit',
        });
    }
    if (open > 0 && made)
      yield unknown(
        'read',
        application,
        `A limiter is made in ${made.where.file}, but whether it stands in front of the reset could not be followed.`,
        {
          where: made.where,
        },
      );
    if (halves.length > 0) return;
    if (doors.value.providers.length > 0)
      yield notApplicable(`No reset of its own was found; accounts are kept by ${doors.value.providers.join(', ')}.`);
    else
      yield doors.gaps.length > 0
        ? unknown('read', application, 'No password reset was found, but some code could not be read.')
        : notApplicable('No endpoint sends or takes a password reset.');
  },
});
