import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { inputIn } from '../../model/values.ts';

/** What a value that lets somebody in is called; a reference number may be guessed. */
const letsIn =
  /token|otp|passcode|(reset|verif\w*|recovery|confirm\w*|login|invit\w*|auth|magic|activation|secret|two_?factor|mfa)[\s_]?(code|key|link|pin|hash)|^(code|pin|secret|password)\b|password|(generate|make|create)\w*(code|pin|secret)\b/i;
const ending = /expir|until|valid_?to|ttl|max_?age|sent_?at|requested_?at|issued_?at|created_?at|interval|_at\b/i;

export default defineCheck({
  title: 'Reset tokens are random, short-lived and single-use',
  control: 'security/recovery-and-verification',
  severity: 'high',
  cwe: [640, 338, 330],
  standards: ['ASVS v5.0.0-6.6.2', 'ASVS v5.0.0-11.5.1', 'A07:2025'],
  why: 'A reset token is a password that the application gives out. If it can be computed from others, never ends or works twice, it opens the account to whoever guesses it or finds an old mail.',
  remedy:
    'Make tokens with crypto.randomBytes(32), store only their SHA-256 with an expiry of at most an hour, and delete (or mark) the row in the same statement that accepts it. For codes that people type use crypto.randomInt and void them after five attempts.',
  needs: ['account-endpoints', 'constructs'],
  uses: ['queries', 'declared-columns', 'calls'],
  *run({ 'account-endpoints': doors, constructs, queries, 'declared-columns': columns, calls }) {
    const halves = doors.value.endpoints.filter(({ purpose }) => purpose === 'forgot' || purpose === 'reset');
    const forgot = new Set(halves.filter(({ purpose }) => purpose === 'forgot').map(({ id }) => id));
    const seen = new Set<string>();
    for (const one of constructs.value.constructs) {
      if (one.kind !== 'guessable-random' || one.routes.length === 0 || !letsIn.test(one.name)) continue;
      const name = one.within.replace(/:\d+$/, ` ${one.name.split(' ')[0]}`);
      if (seen.has(name)) continue;
      seen.add(name);
      const recovers = one.routes.find((id) => forgot.has(id));
      yield fail(
        'read',
        recovers === undefined ? { kind: 'function', name } : endpointSubject(recovers),
        `"${one.name.split(' ')[0]}" comes from Math.random, which can be computed from a few values that it gave before.`,
        {
          severity: recovers === undefined ? 'medium' : 'high',
          remedy:
            'Take crypto.randomBytes(32).toString("hex") for tokens, and crypto.randomInt(100000, 1000000) for codes that people type.',
          impact:
            recovers === undefined
              ? 'Whoever sees a few such values can compute the next ones, and use what is meant for somebody else.'
              : 'Whoever asks for a few resets of their own can compute the token of somebody else, and set their password.',
          where: one.where,
          effect: 'guessable',
        },
      );
    }
    let open = 0;
    for (const { id, where, purpose } of halves) {
      const mine = (queries?.value.queries ?? []).filter(({ routes }) => routes.includes(id));
      const does = new Set((calls?.value.calls ?? []).filter(({ routes }) => routes.includes(id)).map(({ means }) => means));
      const subject = endpointSubject(id);
      // A signed token carries its end itself.
      if (does.has('token-verify') || does.has('token-sign')) yield pass('read', subject);
      else if (purpose === 'forgot') {
        if (!seen.has(id)) yield pass('read', subject);
      } else {
        const lookup = mine.find(({ filters }) =>
          filters.some(({ column, value }) => /token|code|otp|hash|key/i.test(column) || inputIn(value)?.name.match(/token|code|otp/i)),
        );
        const column = lookup?.filters.find(
          ({ column: one, value }) => /token|code|otp|hash|key/i.test(one) || inputIn(value)?.name.match(/token|code|otp/i),
        )?.column;
        if (lookup === undefined || column === undefined || mine.some(({ text }) => text === null)) {
          open++;
          continue;
        }
        const texts = mine.map(({ text }) => text ?? '');
        const beside = (columns?.value.columns ?? []).filter(({ table }) => lookup.tables.includes(table));
        const ends =
          texts.some((text) => ending.test(text)) ||
          beside.some(({ column: one }) => /expir|until|valid_?to|ttl|sent|requested|issued/i.test(one));
        const set = new RegExp(`\\b${column.replaceAll(/\W/g, '')}\\b"?\\s*=\\s*(null|\\$|'')`, 'i');
        const used = mine.some(
          ({ verb, tables, text }) =>
            (verb === 'delete' && tables.some((table) => lookup.tables.includes(table))) ||
            (verb === 'update' && (set.test((text ?? '').split(/\bwhere\b/i)[0] ?? '') || /used|consumed|redeemed/i.test(text ?? ''))),
        );
        if (ends && used) yield pass('read', subject);
        if (!ends)
          yield fail('read', subject, 'The token never ends: no expiry is stored or compared.', {
            severity: 'medium',
            impact: 'Whoever finds an old reset mail, years later, takes the account over.',
            where,
            effect: 'no-expiry',
          });
        if (!used)
          yield fail('read', subject, 'The token stays valid after it was used.', {
            severity: 'medium',
            impact: 'Whoever sees a used link (a forwarded mail, a history, a log) sets the password again.',
            where,
            effect: 'reusable',
          });
      }
    }
    if (open > 0) yield unknown('read', application, 'Whether a reset token ends and works only once could not be followed.');
    if (halves.length + seen.size > 0) return;
    yield doors.gaps.length > 0
      ? unknown('read', application, 'No password reset was found, but some code could not be read.')
      : notApplicable('No endpoint sends or takes a reset token, and no guessable value lets anybody in.');
  },
});
