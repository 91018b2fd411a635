import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Subject } from '../../model/finding.ts';

type Answer = EvidenceValue<'operation'>['errorAnswers'][number];

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
    const open = errorAnswers.filter(({ when }) => when === 'always');
    for (const file of byFile.keys()) if (!open.some(({ where }) => where.file === file)) yield pass('read', { kind: 'file', name: file });
    const files = Map.groupBy(open, ({ where }) => where.file);
    // The same habit in many files is one thing to mend.
    const groups: readonly (readonly [Subject, readonly Answer[]])[] =
      files.size > 5 ? [[application, open]] : [...files].map(([name, mine]) => [{ kind: 'file', name }, mine]);
    for (const [subject, answers] of groups) {
      const worst = answers.find(({ part }) => part === 'stack') ?? answers.find(({ part }) => part === 'whole') ?? answers[0];
      if (worst === undefined) continue;
      const places =
        answers.length === 1
          ? ''
          : subject === application
            ? ` (${answers.length} answers in ${files.size} files)`
            : ` (${answers.length} answers of this file)`;
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
