import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { servingUnits } from '../../model/serving.ts';

export default defineCheck({
  title: 'Logs are structured',
  control: 'observability/structured-logs',
  severity: 'low',
  cwe: [778],
  standards: ['ASVS v5.0.0-16.2.4'],
  why: 'Sentences on the console can be read, but not counted, filtered or alarmed upon: they have no level, no time of their own and no fields.',
  remedy: 'Log through pino or winston as JSON, with fields for what varies: `log.info({ orderId }, "order paid")`.',
  needs: ['calls', 'operation', 'units'],
  *run({ calls, operation, units }) {
    const serving = servingUnits(units.value, operation.value);
    for (const { unit, files, subject } of serving) {
      const mine = new Set(files);
      const logs = calls.value.calls.filter(({ means, where }) => means === 'log' && mine.has(where.file));
      const plain = logs.filter(({ symbol }) => symbol.startsWith('global:console.'));
      const logger =
        operation.value.telemetry.some((one) => one.unit === unit.dir && one.for.includes('logs')) || unit.frameworks.includes('fastify');
      const [first] = plain;
      if (plain.length < 3 && plain.length === logs.length && !logger) {
        yield unknown('read', subject, 'The server was hardly seen to log anything.');
      } else if (logger && plain.length <= logs.length - plain.length) yield pass('read', subject);
      else if (first === undefined) yield pass('read', subject);
      else if (plain.length < 5 && logger) yield pass('read', subject);
      else
        yield fail(
          'read',
          subject,
          logger
            ? `There is a logger, but ${plain.length} places of the server write to the console past it.`
            : `The server logs by ${plain.length} plain ${plain.length === 1 ? 'line' : 'lines'} to the console.`,
          {
            impact: 'In an incident nobody can search the log by user, request or error; they can only read it.',
            where: first.where,
            effect: 'console',
          },
        );
    }
    if (serving.length === 0) yield notApplicable('There is no server code that answers requests.');
  },
});
