import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Retries are bounded, spaced and safe to repeat',
  control: 'reliability/timeouts-and-retries',
  severity: 'medium',
  cwe: [799, 400],
  standards: ['ASVS v5.0.0-13.1.3'],
  why: 'A loop that tries again at once, or for ever, turns the short failure of a service into an attack on it, and one on yourself. What takes money or sends mail must not happen twice because its answer was lost.',
  remedy:
    'Give up after a few attempts, wait longer before each, with some chance in it, and send an idempotency key with what must happen once.',
  needs: ['operation'],
  *run({ operation: { value, gaps } }) {
    // A loop that touches nothing outside is no retry of the kind that hurts others.
    const retries = value.retries.filter(({ calls }) => calls.some((one) => !one.startsWith('global:') || one === 'global:fetch'));
    for (const one of retries) {
      const subject = { kind: 'function', name: one.within.replace(/:\d+$/, '') } as const;
      const twice = value.outbound.find(
        ({ what, where }) =>
          (what === 'payment' || what === 'mail') &&
          where.file === one.where.file &&
          where.line >= one.where.line &&
          where.line <= one.where.endLine,
      );
      const detail = { where: one.where };
      if (!one.bounded)
        yield fail('read', subject, 'What failed is tried again without an end.', {
          ...detail,
          impact: 'While the other side is down the application does nothing but call it.',
          effect: 'unbounded',
        });
      else if (!one.spaced)
        yield fail('read', subject, 'What failed is tried again at once, without a pause.', {
          ...detail,
          severity: 'low',
          impact: 'All attempts are spent within the same failure, and add to the load that may have caused it.',
          effect: 'unspaced',
        });
      else if (twice !== undefined)
        yield unknown(
          'read',
          subject,
          `A ${twice.what === 'payment' ? 'payment' : 'mail'} is tried again; whether it can then happen twice, reading cannot tell.`,
          detail,
        );
      else yield pass('read', subject);
    }
    if (retries.length > 0) return;
    yield gaps.length > 0 && value.server.length > 0
      ? unknown('read', application, 'No loop that tries again was found, but not all of the code could be followed.')
      : notApplicable('The code tries nothing again by a loop of its own.');
  },
});
