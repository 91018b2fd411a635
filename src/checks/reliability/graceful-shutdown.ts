import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { isHosted, servingUnits } from '../../model/serving.ts';

export default defineCheck({
  title: 'A stop signal finishes the work in flight',
  control: 'reliability/crash-and-shutdown',
  severity: 'low',
  cwe: [404],
  standards: [],
  why: 'Each deployment stops the old process with SIGTERM. Without a handler Node ends at once: requests in flight break off, some of them between two writes.',
  remedy:
    'On SIGTERM stop taking requests (`server.close`), wait for those in flight, close the database, then exit; give up after the time that the host grants.',
  needs: ['operation', 'units', 'calls'],
  *run({ operation, units, calls }) {
    let examined = 0;
    for (const { unit, files, subject } of servingUnits(units.value, operation.value)) {
      if (isHosted(unit)) continue;
      const mine = (file: string) => files.includes(file);
      const listens = calls.value.calls.find(({ means, where }) => means === 'listen' && mine(where.file));
      if (listens === undefined) continue;
      examined++;
      const within = (file: string) => unit.dir === '.' || file.startsWith(`${unit.dir}/`);
      const handlers = operation.value.processEvents.filter(({ event, where }) => /^SIG(TERM|INT)$/.test(event) && within(where.file));
      const term = handlers.filter(({ event }) => event === 'SIGTERM');
      const library =
        operation.value.telemetry.some((one) => one.for.includes('shutdown') && one.unit === unit.dir) ||
        calls.value.calls.some(({ means, where }) => means === 'shutdown-hooks' && within(where.file));
      if (library || term.some(({ closes }) => closes === true)) yield pass('read', subject);
      else if (term.some(({ closes }) => closes === null))
        yield unknown('read', subject, 'SIGTERM is handled, but what the handler closes could not be followed.', { where: term[0]?.where });
      else
        yield fail('read', subject, message(term), {
          impact: 'Every deployment cuts off the requests in flight; what they had half done stays half done.',
          where: term[0]?.where ?? listens.where,
          effect: 'no-shutdown',
        });
    }
    if (examined === 0) yield notApplicable('The code starts no server process of its own; its host starts and stops it.');
  },
});

function message(handlers: readonly { readonly exits: boolean | null }[]): string {
  if (handlers.length === 0) return 'Nothing handles SIGTERM, so a stop ends the process at once.';
  return handlers.some(({ exits }) => exits === true)
    ? 'SIGTERM ends the process at once; nothing is closed first.'
    : 'SIGTERM is heard and nothing done upon it, so the host kills the process after its patience ends.';
}
