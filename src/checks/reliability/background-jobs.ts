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
  needs: ['operation'],
  uses: ['jobs'],
  *run({ operation: { value, gaps }, jobs }) {
    const after = value.floating.filter(({ routes, form, continued }) => routes.length > 0 && form !== 'callback' && !continued);
    const queue = value.telemetry.some((one) => one.for.includes('queue'));
    let said = 0;
    for (const [name, works] of Map.groupBy(after, (one) => one.name)) {
      const [first] = works;
      if (first === undefined) continue;
      said++;
      const more = works.length > 1 ? ` (${works.length} places)` : '';
      yield fail(
        'read',
        { kind: 'function', name },
        `A request starts \`${first.name}\`${more} and answers without waiting for it. What is not done when the process ends is never done.`,
        {
          impact: 'With each deployment or crash some of that work is lost, and nobody knows which.',
          where: first.where,
          effect: 'unwaited',
        },
      );
    }
    const work = jobs?.value.jobs ?? [];
    const once = work.find(
      ({ kind, library, attempts }) => kind === 'queue-consumer' && /^bull(mq)?$|^@nestjs\/bull/.test(library) && (attempts ?? 1) <= 1,
    );
    if (once !== undefined) {
      said++;
      yield fail(
        'read',
        { kind: 'function', name: `${once.where.file} ${once.name}` },
        `A job of \`${once.name}\` that fails is not tried again: nothing says \`attempts\`, and ${once.library} tries once.`,
        {
          impact: 'A short failure of anything that the job needs means that its work is never done.',
          where: once.where,
          effect: 'tried-once',
        },
      );
    }
    const timed = work.find(({ kind, endpoint }) => kind !== 'queue-consumer' && endpoint === null);
    const rest = timed ?? work.find((one) => one !== once);
    if (rest !== undefined || queue) {
      said++;
      const message =
        timed === undefined
          ? 'Jobs go through a queue; that each has its effect once, also after a kill, only an experiment can show.'
          : 'The application does work at certain times in its own process. Whether a time may be missed while it is stopped, reading cannot tell.';
      yield unknown('read', application, message, { where: rest?.where });
    }
    if (said > 0) return;
    yield gaps.length > 0 && value.server.length > 0
      ? unknown('read', application, 'No work beside the requests was found, but not all of the code could be followed.')
      : notApplicable('The server does no work beside its requests.');
  },
});
