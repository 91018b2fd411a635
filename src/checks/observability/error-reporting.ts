import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { isHosted, servingUnits } from '../../model/serving.ts';

export default defineCheck({
  title: 'Failures reach a person',
  control: 'observability/alerts',
  severity: 'low',
  cwe: [778],
  standards: ['ASVS v5.0.0-16.3.4'],
  why: 'A line in a log that nobody reads is no report. The application can fail for days for some of its users while its makers believe that all is well.',
  remedy:
    'Load an error reporter (Sentry, Rollbar, Bugsnag or the like) on the server, register its handler after the routes, and let it write to where somebody looks.',
  needs: ['operation', 'units', 'calls'],
  uses: ['files'],
  *run({ operation, units, calls, files }) {
    const serving = servingUnits(units.value, operation.value);
    for (const { unit, subject, files: own } of serving) {
      const mine = new Set(own);
      const reporters = operation.value.telemetry.filter((one) => one.unit === unit.dir && one.for.includes('errors'));
      const [reporter] = reporters;
      if (reporter === undefined && operation.value.telemetry.some((one) => one.unit === unit.dir && one.for.includes('metrics'))) {
        const rules = files?.value.files.some(({ path }) => alerting.test(path)) ?? false;
        yield rules
          ? pass('read', subject)
          : unknown('read', subject, 'Errors are counted; whether anybody is alarmed when they become many, the repository does not say.');
        continue;
      }
      if (reporter === undefined) {
        yield fail('read', subject, 'Nothing tells a person that the server fails: no error reporter is loaded.', {
          severity: isHosted(unit) ? 'info' : 'low',
          impact: 'Users meet errors for days before anybody who could mend them knows.',
          effect: 'no-reporter',
        });
        continue;
      }
      if (!reporters.every(({ package: name }) => name.startsWith('@sentry/')) || !unit.frameworks.includes('express')) {
        yield pass('read', subject);
        continue;
      }
      const handlers = calls.value.calls.filter(({ means }) => means === 'error-report-handler');
      const [handler] = handlers;
      const reports = calls.value.calls.some(({ means, where }) => means === 'error-report' && mine.has(where.file));
      const before = handler === undefined ? undefined : lastMount(calls.value.calls, handler.where.file);
      if (handler !== undefined && before !== undefined && handler.where.line < before)
        yield fail('read', subject, 'The handler of Sentry is registered before the routes, so it sees none of their errors.', {
          severity: 'medium',
          impact: 'The reporter stays silent while requests fail, and that is taken for good news.',
          where: handler.where,
          effect: 'registered-early',
        });
      else if (handler !== undefined || reports) yield pass('read', subject);
      else
        yield unknown('read', subject, 'Sentry is loaded, but neither its handler for Express nor a report by hand was seen.', {
          where: reporter.where,
        });
    }
    if (serving.length === 0) yield notApplicable('There is no server code that answers requests.');
  },
});

/** Rules that alarm a person, as code. */
const alerting =
  /(^|\/)(alerts?|alerting|alert-?rules?)(\.[\w-]+)*\.(ya?ml|json|tf)$|\.rules\.ya?ml$|(^|\/)(alerts?|alerting|alertmanager)\//i;

/** The last line of a file at which endpoints are added to the application. */
function lastMount(
  calls: readonly { readonly means: string; readonly where: { readonly file: string; readonly line: number } }[],
  file: string,
): number | undefined {
  return calls
    .filter(({ means, where }) => means === 'route' && where.file === file)
    .map(({ where }) => where.line)
    .at(-1);
}
