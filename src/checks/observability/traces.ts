import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { isHosted, servingUnits } from '../../model/serving.ts';

export default defineCheck({
  title: 'A failing request leads to the statement that failed',
  control: 'observability/traces',
  severity: 'low',
  cwe: [778],
  standards: [],
  why: 'A log line says that something failed. Where in the chain of calls and statements it failed, and what took the time, only a trace shows.',
  remedy: 'Load OpenTelemetry with its automatic instrumentation before everything else, or the agent of your monitoring.',
  needs: ['operation', 'units'],
  *run({ operation, units }) {
    const serving = servingUnits(units.value, operation.value);
    for (const { unit, subject } of serving) {
      // Agents are loaded by the start command, before the code.
      const preloaded = Object.values(unit.scripts).some((one) =>
        /(-r|--require|--import)[= ]\S*(dd-trace|newrelic|opentelemetry|otel|instrument|elastic-apm|tracing)/.test(one),
      );
      if (operation.value.telemetry.some((one) => one.unit === unit.dir && one.for.includes('traces'))) yield pass('read', subject);
      else if (
        ['logs', 'metrics'].every((what) =>
          operation.value.telemetry.some((one) => one.unit === unit.dir && one.for.some((use) => use === what)),
        )
      )
        yield unknown(
          'read',
          subject,
          'No traces, but logs and figures: whether they lead from a failing request to the statement that failed, only an experiment shows.',
        );
      else if (preloaded)
        yield unknown('read', subject, 'The start command loads something that may do this; what it does could not be read.');
      else
        yield fail('read', subject, 'Nothing traces a request through to the database and the services that it calls.', {
          severity: isHosted(unit) ? 'info' : 'low',
          impact: 'Finding out why one request was slow takes hours instead of minutes.',
          effect: 'no-traces',
        });
    }
    if (serving.length === 0) yield notApplicable('There is no server code that answers requests.');
  },
});
