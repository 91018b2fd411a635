import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Jobs survive a kill and run once',
  control: 'reliability/jobs',
  severity: 'low',
  cwe: [404, 662],
  standards: [],
  why: 'Work that is only in the memory of a process ends with it: the mail after the order, the clean-up at night. Nobody is told, and nothing does it again.',
  remedy:
    'Write down what is to be done in the same transaction (a row, a queue such as pg-boss or BullMQ) and let a worker do it, again if need be.',
  needs: ['operation', 'calls'],
  *run({ operation: { value, gaps }, calls }) {
    const after = value.floating.filter(({ routes, form }) => routes.length > 0 && form !== 'callback');
    const queue = value.telemetry.some((one) => one.for.includes('queue'));
    let said = 0;
    for (const [file, works] of Map.groupBy(after, ({ where }) => where.file)) {
      const [first] = works;
      if (first === undefined) continue;
      said++;
      const more = works.length > 1 ? ` (and ${works.length - 1} more in this file)` : '';
      yield fail(
        'read',
        { kind: 'file', name: file },
        `A request starts \`${first.name}\`${more} and answers without waiting for it. What is not done when the process ends is never done.`,
        {
          impact: 'With each deployment or crash some of that work is lost, and nobody knows which.',
          where: first.where,
          effect: 'unwaited',
        },
      );
    }
    const server = new Set(value.server);
    const timers = calls.value.calls.filter(({ symbol, where }) => symbol === 'global:setInterval' && server.has(where.file));
    const [timer] = timers;
    if (timer !== undefined) {
      said++;
      yield unknown(
        'read',
        application,
        `The server does work on a timer in its own process (${timers.length === 1 ? 'one place' : `${timers.length} places`}). Whether that may be missed, or done by each instance, reading cannot tell.`,
        {
          where: timer.where,
        },
      );
    }
    if (queue) {
      said++;
      yield unknown(
        'read',
        application,
        'Jobs go through a queue; that each has its effect once, also after a kill, only an experiment can show.',
      );
    }
    if (said > 0) return;
    yield gaps.length > 0 && value.server.length > 0
      ? unknown('read', application, 'No work beside the requests was found, but not all of the code could be followed.')
      : notApplicable('The server does no work beside its requests.');
  },
});
