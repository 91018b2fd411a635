import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { inputNamed } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'Input cannot forge log lines',
  control: 'observability/log-content',
  severity: 'low',
  cwe: [117],
  standards: ['ASVS v5.0.0-16.4.1', 'A09:2025'],
  why: 'A line break in a value that is logged as plain text begins a line that the application never wrote. Whoever reads the log after an incident reads what the intruder wanted them to read.',
  remedy:
    'Log fields with a structured logger (pino, winston in JSON): `logger.info({ name }, "created")`, or put values through JSON.stringify.',
  needs: ['flows'],
  *run({ flows }) {
    // What no endpoint reaches, such as a script in a page, writes into nobody's log.
    const rows = flows.value.flows.filter(({ sink, routes }) => sink === 'log' && routes.length > 0);
    const forged = rows.filter(({ verdict, from }) => verdict === 'input' && from.includes('caller'));
    const open = rows.filter(({ verdict }) => verdict === 'unknown');
    const [first] = forged;
    if (first !== undefined) {
      const more = forged.length > 1 ? `, and so do ${forged.length - 1} other places` : '';
      yield fail(
        'read',
        application,
        `${first.where.file}:${first.where.line} writes ${inputNamed(first.value)} into the log as plain text${more}.`,
        {
          impact: 'A caller could write log lines of their own, and hide what they did.',
          where: first.where,
          effect: 'lines',
        },
      );
    } else if (open.length > 0)
      yield unknown(
        'read',
        application,
        `Whose words ${open.length === 1 ? 'one place' : `${open.length} places`} write into the log could not be followed.`,
      );
    else if (rows.length > 0) yield pass('read', application);
    else yield notApplicable('No value from a request is logged as plain text.');
  },
});
