import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { isHosted, servingUnits } from '../../model/serving.ts';

export default defineCheck({
  title: 'Rate, errors and duration are measured per endpoint',
  control: 'observability/metrics',
  severity: 'low',
  cwe: [778],
  standards: [],
  why: 'Without figures the first to notice that the application has become slow or fails more often are its users.',
  remedy:
    'Measure requests, errors and durations by route (prom-client, OpenTelemetry, or the agent of your host) and look at them on one page.',
  needs: ['operation', 'units'],
  *run({ operation, units }) {
    const serving = servingUnits(units.value, operation.value);
    for (const { unit, subject } of serving) {
      // Agents are loaded by the start command, before the code.
      const preloaded = Object.values(unit.scripts).some((one) =>
        /(-r|--require|--import)[= ]\S*(dd-trace|newrelic|opentelemetry|otel|instrument|elastic-apm|tracing)/.test(one),
      );
      if (operation.value.telemetry.some((one) => one.unit === unit.dir && one.for.includes('metrics'))) yield pass('read', subject);
      else if (preloaded)
        yield unknown('read', subject, 'The start command loads something that may do this; what it does could not be read.');
      else
        yield fail('read', subject, 'Nothing measures how many requests come, how many fail and how long they take.', {
          severity: isHosted(unit) ? 'info' : 'low',
          impact: 'That it has become slow, or fails for one in ten, is learned from complaints.',
          effect: 'no-metrics',
        });
    }
    if (serving.length === 0) yield notApplicable('There is no server code that answers requests.');
  },
});
