import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { textsIn } from '../../model/values.ts';

/** What makes a token or session end before its time: a counter that is compared, a list, a table of sessions. */
const revocable =
  /session|version|revok|blacklist|blocklist|denylist|changed_?at|logged_?out|logout|jti|nonce|refresh_?token|token_?valid|security_?stamp/i;

export default defineCheck({
  title: 'Changing a password or role ends the old sessions',
  control: 'security/revocation',
  severity: 'medium',
  cwe: [613],
  standards: ['ASVS v5.0.0-7.4.3', 'ASVS v5.0.0-7.4.1', 'A07:2025'],
  why: 'People change their password because somebody else knows it. If the sessions of that somebody go on, nothing was won: a signed token says who it is for until it ends, whatever became of the account.',
  remedy:
    'Keep a number with the account (session_version), write it into every token, compare it in the guard that verifies the token, and add one to it when the password or the role changes. With sessions in a store, delete the other sessions of the account there.',
  needs: ['account-endpoints', 'calls', 'routes'],
  uses: ['queries', 'declared-columns'],
  *run({ 'account-endpoints': doors, calls, routes, queries, 'declared-columns': columns }) {
    const changing = doors.value.endpoints.filter(({ purpose }) => purpose === 'change-password' || purpose === 'reset');
    const all = calls.value.calls;
    const signed = all.filter(({ means }) => means === 'token-sign');
    const kept = all.some(({ means }) => means === 'session' || means === 'session-middleware');
    const guarded = routes.value.routes.filter(({ guards }) => guards.some(({ does }) => does.includes('authentication')));
    // A number in the token, or anything like it that the guards ask the database for.
    const claims = signed.flatMap(({ args }) => textsIn(args[0]));
    const asked = (queries?.value.queries ?? []).filter(({ routes: ids }) => guarded.some(({ id }) => ids.includes(id)));
    const told = [
      ...claims,
      ...asked.flatMap(({ filters, tables }) => [...filters.map(({ column }) => column), ...tables]),
      ...(columns?.value.columns ?? []).flatMap(({ table, column }) => [table, column]),
    ];
    const hasMeans = told.some((text) => revocable.test(text));
    let open: (typeof changing)[number]['where'] | null = null;
    for (const { id, where, purpose } of changing) {
      const subject = endpointSubject(id);
      const mine = (queries?.value.queries ?? []).filter(({ routes: ids, verb }) => ids.includes(id) && verb !== 'select');
      const ends = mine.some(({ text, tables }) => revocable.test(`${text ?? ''} ${tables.join(' ')}`));
      if (ends) yield pass('read', subject);
      else if (signed.length > 0 && !kept && !hasMeans)
        yield fail(
          'read',
          subject,
          `${purpose === 'reset' ? 'A reset' : 'A change'} of the password leaves every token valid: nothing in the tokens, the guards or the tables could tell an old one from a new one.`,
          {
            impact: 'Whoever stole a session keeps it after the owner has changed the password.',
            where,
            effect: 'tokens-outlive',
          },
        );
      else open ??= where;
    }
    if (open !== null)
      yield unknown('read', application, 'Whether the other sessions of an account end when its password changes could not be followed.', {
        where: open,
      });
    if (changing.length > 0) return;
    yield doors.gaps.length > 0
      ? unknown('read', application, 'No endpoint that changes a password was found, but some code could not be read.')
      : notApplicable('No endpoint changes a password.');
  },
});
