/** What a package that watches over a running application is for. */
export type Watching = 'logs' | 'metrics' | 'traces' | 'errors' | 'request-id' | 'shutdown' | 'queue' | 'evaluation' | 'graphql-limits';

const rows: readonly (readonly [packages: string, uses: readonly Watching[]])[] = [
  ['winston pino bunyan log4js tslog nestjs-pino nest-winston @logtail/node @axiomhq/pino roarr', ['logs']],
  ['pino-http express-pino-logger koa-pino-logger hono-pino', ['logs', 'request-id']],
  ['express-winston', ['logs']],
  [
    'express-request-id cls-rtracer express-correlation-id correlation-id nestjs-cls @fastify/request-context fastify-request-id express-http-context hono/request-id',
    ['request-id'],
  ],
  [
    'prom-client express-prom-bundle fastify-metrics @willsoto/nestjs-prometheus hot-shots node-statsd statsd-client express-status-monitor swagger-stats',
    ['metrics'],
  ],
  [
    '@opentelemetry/sdk-node @opentelemetry/auto-instrumentations-node @vercel/otel @microlabs/otel-cf-workers',
    ['traces', 'metrics', 'request-id'],
  ],
  ['@opentelemetry/sdk-metrics @opentelemetry/exporter-prometheus', ['metrics']],
  ['@opentelemetry/sdk-trace-node @opentelemetry/sdk-trace-base', ['traces', 'request-id']],
  [
    'dd-trace newrelic elastic-apm-node applicationinsights @google-cloud/trace-agent @highlight-run/node @highlight-run/next @appsignal/nodejs @instana/collector',
    ['traces', 'metrics', 'errors', 'request-id'],
  ],
  [
    '@sentry/node @sentry/nextjs @sentry/nestjs @sentry/bun @sentry/remix @sentry/sveltekit @sentry/nuxt @sentry/serverless @sentry/aws-serverless @sentry/cloudflare @sentry/node-core @sentry/astro @sentry/react-router',
    ['errors', 'traces'],
  ],
  [
    'rollbar @bugsnag/js @bugsnag/node @honeybadger-io/js airbrake @airbrake/node raygun posthog-node @google-cloud/error-reporting @baselime/node @hyperdx/node-opentelemetry',
    ['errors'],
  ],
  [
    'http-terminator @godaddy/terminus stoppable close-with-grace fastify-graceful-shutdown lightship http-graceful-shutdown @gquittet/graceful-server express-graceful-shutdown',
    ['shutdown'],
  ],
  [
    'bullmq bull bee-queue agenda pg-boss graphile-worker inngest @trigger.dev/sdk amqplib kafkajs @temporalio/client @aws-sdk/client-sqs @google-cloud/tasks @upstash/qstash @nestjs/bull @nestjs/bullmq',
    ['queue'],
  ],
  [
    'promptfoo braintrust langsmith autoevals evalite @langfuse/client langfuse vitest-evals deepeval @arizeai/phoenix-evals',
    ['evaluation'],
  ],
  [
    'graphql-depth-limit graphql-query-complexity graphql-cost-analysis @escape.tech/graphql-armor graphql-validation-complexity @envelop/depth-limit @graphql-yoga/plugin-persisted-operations',
    ['graphql-limits'],
  ],
];

/** By package name. */
export const watching: ReadonlyMap<string, readonly Watching[]> = new Map(
  rows.flatMap(([packages, uses]) => packages.split(' ').map((name) => [name, uses] as const)),
);
