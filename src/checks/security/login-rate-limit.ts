import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';

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
  *run({ 'account-endpoints': doors, calls, routes }) {
    const logins = doors.value.endpoints.filter(({ purpose }) => purpose === 'login');
    // A limiter that was made but seen in front of nothing may stand where it could not be followed.
    const made = calls.value.calls.find(({ means }) => means === 'guard:rate-limit');
    const followed = routes.value.routes.some(({ guards }) => guards.some(({ does }) => does.includes('rate-limit')));
    let open = 0;
    for (const { id, where, limit } of logins) {
      if (limit !== 'none') yield pass('read', endpointSubject(id));
      else if (made && !followed) open++;
      else
        yield fail(
          'read',
          endpointSubject(id),
          'Nothing limits how often a password may be tried here: no limiter stands in front, and the code counts no attempts.',
          {
            impact: 'Anyone can try passwords against every account at full speed, until one fits.',
            where,
            effect: 'no-limit',
          },
        );
    }
    if (open > 0 && made)
      yield unknown(
        'read',
        application,
        `A limiter is made in ${made.where.file}, but whether it stands in front of the login could not be followed.`,
        {
          where: made.where,
        },
      );
    if (logins.length > 0) return;
    if (doors.value.providers.length > 0)
      yield notApplicable(
        `No login of its own was found; accounts are kept by ${doors.value.providers.join(', ')}, where attempts are limited.`,
      );
    else
      yield doors.gaps.length > 0
        ? unknown('read', application, 'No login was found, but some code could not be read.')
        : notApplicable('No endpoint takes a password to let somebody in.');
  },
});
