import { all, library } from './types.ts';
import type { Library } from './types.ts';

const one = (name: string, means: string, more: readonly string[] = []) => library([name, ...more], { default: { means } });

/** Middleware that is known by its package. */
export default [
  one('express-session', 'session', ['cookie-session']),
  one('cors', 'cors'),
  one('helmet', 'security-headers'),
  library(['express-rate-limit', 'rate-limiter-flexible', 'express-slow-down', 'express-brute'], {
    default: { means: 'guard:rate-limit' },
    ...all('guard:rate-limit', 'rateLimit slowDown RateLimiterMemory RateLimiterRedis RateLimiterPostgres'),
  }),
  library(['csurf', 'csrf-csrf', 'lusca', 'csrf-sync', 'tiny-csrf'], {
    default: { means: 'guard:csrf' },
    ...all('guard:csrf', 'doubleCsrf csrf csrfSync'),
  }),
  library(['passport'], {
    authenticate: { means: 'guard:authentication' },
    initialize: { means: 'session-middleware' },
    session: { means: 'session-middleware' },
    use: { means: 'passport-strategy' },
  }),
  one('cookie-parser', 'cookie-parser'),
  library(['body-parser'], { default: { means: 'body-parser' }, ...all('body-parser', 'json urlencoded raw text') }),
  library(['multer'], {
    default: { means: 'upload-parser', returns: 'Multer' },
    diskStorage: { means: 'upload-storage' },
    ...all('upload', 'Multer.single Multer.array Multer.fields Multer.none Multer.any'),
  }),
  one('morgan', 'request-log', ['pino-http', 'express-winston']),
  one('compression', 'compression'),
  library(['dotenv'], { config: { means: 'load-environment' } }),
  library(['http-proxy-middleware'], { createProxyMiddleware: { means: 'proxy' } }),
  library(['express-fileupload', 'busboy', 'formidable', 'connect-busboy', 'multiparty'], {
    default: { means: 'upload-parser' },
    formidable: { means: 'upload-parser' },
    IncomingForm: { means: 'upload-parser' },
  }),
  library(['express-mongo-sanitize', 'mongo-sanitize'], { default: { means: 'filter-sanitiser' } }),
] satisfies Library;
