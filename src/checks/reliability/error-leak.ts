import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

const shown = { stack: 'the stack', whole: 'the error as a whole', message: 'the message' } as const;

export default defineCheck({
  title: 'Errors tell the caller nothing about the inside',
  control: 'reliability/error-leak',
  severity: 'medium',
  cwe: [209],
  standards: ['ASVS v5.0.0-16.5.1', 'API8:2023'],
  why: 'The errors of a driver or a library name tables, columns, files and hosts. An attacker reads them as a map, and a user learns nothing from them.',
  remedy:
    'Answer errors that were not expected with one fixed sentence and an id; log the rest. Give a message on only for errors of your own class.',
  needs: ['operation'],
  uses: ['routes'],
  *run({ operation, routes }) {
    const { errorAnswers, server } = operation.value;
    const byFile = Map.groupBy(errorAnswers, ({ where }) => where.file);
    for (const [file, answers] of byFile) {
      const open = answers.filter(({ when }) => when === 'always');
      const worst = open.find(({ part }) => part === 'stack') ?? open.find(({ part }) => part === 'whole') ?? open[0];
      const subject = { kind: 'file', name: file } as const;
      if (worst === undefined) {
        yield pass('read', subject);
        continue;
      }
      const places = open.length === 1 ? '' : ` (${open.length} answers of this file)`;
      yield fail(
        'read',
        subject,
        `An answer carries ${shown[worst.part]} of whatever error was caught${places}, also of one that nobody expected.`,
        {
          severity: worst.part === 'message' ? 'low' : 'medium',
          impact: 'Callers read names of tables, columns, files or hosts out of a failure that they provoke.',
          where: worst.where,
          effect: worst.part,
        },
      );
    }
    if (byFile.size > 0) return;
    if (server.length === 0) yield notApplicable('There is no server code that answers requests.');
    else if (operation.gaps.length > 0 || (routes?.value.routes ?? []).every(({ handler }) => handler === null))
      yield unknown('read', application, 'No answer with an error in it was found, but not all of the code could be followed.');
    else yield pass('read', application);
  },
});
