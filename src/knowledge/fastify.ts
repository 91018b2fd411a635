import { all, library } from './types.ts';
import type { Library } from './types.ts';

const verbs = 'get post put patch delete options head all';

/** Fastify and the plugins that decide about callers. */
export default [
  library(['fastify'], {
    default: { means: 'app', returns: 'Instance' },
    fastify: { means: 'app', returns: 'Instance' },
    ...Object.fromEntries(Object.entries(all('route', verbs)).map(([verb, entry]) => [`Instance.${verb}`, entry])),
    'Instance.route': { means: 'route-described' },
    'Instance.register': { means: 'plugin' },
    'Instance.addHook': { means: 'hook' },
    'Instance.decorate': { means: 'decorate' },
    'Instance.decorateRequest': { means: 'decorate-request' },
    'Instance.withTypeProvider': { means: 'router-of' },
    'Instance.auth': { means: 'any-of' },
    'Instance.csrfProtection': { means: 'guard:csrf' },
    'Instance.listen': { means: 'listen' },
  }),
  library(['fastify-plugin'], { default: { means: 'open-plugin' }, fastifyPlugin: { means: 'open-plugin' } }),
  library(['@fastify/autoload'], { default: { means: 'autoload' }, fastifyAutoload: { means: 'autoload' } }),
  library(['@fastify/rate-limit'], { default: { means: 'guard:rate-limit' } }),
  library(['@fastify/cors'], { default: { means: 'cors' } }),
  library(['@fastify/helmet'], { default: { means: 'security-headers' } }),
  library(['@fastify/session', '@fastify/secure-session'], { default: { means: 'session' } }),
  library(['@fastify/csrf-protection'], { default: { means: 'csrf-protection' } }),
] satisfies Library;
