import { all, library } from './types.ts';
import type { Library } from './types.ts';

const verbs = 'get post put patch delete del options head all';
const router = {
  default: { means: 'router', returns: 'Router' },
  Router: { means: 'router', returns: 'Router' },
  ...Object.fromEntries(Object.entries(all('route', verbs)).map(([verb, entry]) => [`Router.${verb}`, entry])),
  'Router.use': { means: 'mount' },
  'Router.param': { means: 'param' },
  'Router.prefix': { means: 'router-prefix' },
  'Router.routes': { means: 'router-of' },
  'Router.middleware': { means: 'router-of' },
};
const one = (names: readonly string[], means: string) => library(names, { default: { means } });

/** Koa, its routers and the usual middleware. */
export default [
  library(['koa'], {
    default: { means: 'app', returns: 'Application' },
    'Application.use': { means: 'mount' },
    'Application.listen': { means: 'listen' },
  }),
  library(['@koa/router', 'koa-router'], router),
  library(['koa-mount'], { default: { means: 'mounted' } }),
  library(['koa-compose'], { default: { means: 'composed' } }),
  one(['koa-jwt'], 'guard:authentication'),
  library(['koa-passport'], { authenticate: { means: 'guard:authentication' } }),
  one(['koa-ratelimit', 'koa2-ratelimit'], 'guard:rate-limit'),
  one(['koa-csrf'], 'guard:csrf'),
  one(['koa-session', 'koa-generic-session'], 'session'),
  library(['koa-bodyparser', '@koa/bodyparser', 'koa-body'], {
    default: { means: 'body-parser' },
    ...all('body-parser', 'bodyParser koaBody'),
  }),
  one(['@koa/cors', 'koa2-cors'], 'cors'),
  one(['koa-helmet'], 'security-headers'),
  one(['koa-logger', 'koa-pino-logger'], 'request-log'),
] satisfies Library;
