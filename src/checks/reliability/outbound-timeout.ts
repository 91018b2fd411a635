import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Every outbound call has a timeout',
  control: 'reliability/timeouts-and-retries',
  severity: 'medium',
  cwe: [400, 1088],
  standards: ['ASVS v5.0.0-13.1.3'],
  why: 'A service that hangs is worse than one that is down: each request that waits for it keeps its connection and memory, until the application takes no more requests at all.',
  remedy:
    'Set a limit of a few seconds on every call: `signal: AbortSignal.timeout(5000)` for fetch, the `timeout` option of other clients.',
  needs: ['operation'],
  *run({ operation: { value, gaps } }) {
    const open = value.outbound.filter(({ timeout }) => timeout === 'unknown');
    for (const [key, calls] of Map.groupBy(value.outbound, ({ where, library }) => `${where.file} ${library}`)) {
      const without = calls.filter(({ timeout }) => timeout === 'none');
      const first = without.find(({ routes }) => routes.length > 0) ?? without[0];
      const subject = { kind: 'function', name: key } as const;
      if (first === undefined) {
        if (calls.every(({ timeout }) => timeout !== 'unknown')) yield pass('read', subject);
        continue;
      }
      const waits =
        first.seconds === null ? 'It waits for ever' : `It waits up to ${Math.round(first.seconds / 60)} minutes for the first byte`;
      const many = without.length === 1 ? 'A call' : `${without.length} calls`;
      yield fail('read', subject, `${many} of the outside through ${first.library} set no limit. ${waits} (${first.source}).`, {
        severity: first.routes.length > 0 && first.seconds === null ? 'medium' : 'low',
        impact: 'When that service hangs, every request that needs it hangs too, and in the end all others.',
        where: first.where,
        effect: 'no-timeout',
      });
    }
    const [first] = open;
    if (first !== undefined)
      yield unknown('read', application, `Of ${open.length} calls of the outside the options could not be followed.`, {
        where: first.where,
      });
    if (value.outbound.length > 0) return;
    yield gaps.length > 0
      ? unknown('read', application, 'No call of the outside was found, but not all of the code could be followed.')
      : notApplicable('The server calls nothing outside that is known here.');
  },
});
