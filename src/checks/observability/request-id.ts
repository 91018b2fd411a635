import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';
import { isHosted, servingUnits } from '../../model/serving.ts';

export default defineCheck({
  title: 'One id follows a request end to end',
  control: 'observability/structured-logs',
  severity: 'low',
  cwe: [778],
  standards: ['ASVS v5.0.0-16.2.1'],
  why: 'Twenty requests write their lines into one log at the same time. Without an id in each line nobody can tell which of them belong together, and a customer who reports an error has nothing to name.',
  remedy:
    'Give each request an id (take `x-request-id` where a proxy sends one), put it into every line and into the answer; pino-http and Fastify do it for you.',
  needs: ['operation', 'units', 'routes', 'calls'],
  *run({ operation, units, routes, calls }) {
    const serving = servingUnits(units.value, operation.value);
    for (const { unit, files, subject } of serving) {
      const mine = new Set(files);
      const library = operation.value.telemetry.some((one) => one.unit === unit.dir && one.for.includes('request-id'));
      // A header by which proxies and callers name the request is read, or one is sent.
      const read = routes.value.routes.some(
        (route) => route.unit === unit.dir && route.inputs.some((one) => one.in === 'headers' && header.test(one.name)),
      );
      const sent = calls.value.calls.some(
        ({ means, args, where }) =>
          means === 'set-header' && mine.has(where.file) && args[0]?.kind === 'literal' && header.test(String(args[0].value)),
      );
      if (library || read || sent || unit.frameworks.includes('fastify')) yield pass('read', subject);
      else
        yield fail('read', subject, 'Nothing gives a request an id that its lines in the log share.', {
          severity: isHosted(unit) ? 'info' : 'low',
          impact: 'When something fails among many requests, finding its lines is guesswork.',
          effect: 'no-request-id',
        });
    }
    if (serving.length === 0) yield notApplicable('There is no server code that answers requests.');
  },
});

const header = /^(x-)?(request|correlation|trace)-?id$|^traceparent$|^x-amzn-trace-id$/i;
