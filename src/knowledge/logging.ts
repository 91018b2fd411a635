import { all, library } from './types.ts';
import type { Library } from './types.ts';

const levels = all('log', 'log info warn error debug trace fatal verbose silly http');

/** Loggers and error trackers. */
export default [
  library(
    ['winston', 'pino', 'bunyan', 'log4js', 'loglevel', 'consola', 'signale', 'tslog'],
    {
      createLogger: { means: 'logger', returns: 'Logger' },
      getLogger: { means: 'logger', returns: 'Logger' },
      default: { means: 'logger', returns: 'Logger' },
      pino: { means: 'logger', returns: 'Logger' },
    },
    levels,
  ),
  library(['@sentry/node', '@sentry/browser', '@sentry/react', '@sentry/nextjs', '@sentry/nestjs', '@sentry/bun'], {
    ...all('error-report', 'captureException captureMessage'),
    init: { means: 'error-tracker' },
    ...all(
      'error-report-handler',
      'setupExpressErrorHandler setupFastifyErrorHandler setupKoaErrorHandler Handlers.errorHandler expressErrorHandler',
    ),
  }),
] satisfies Library;
