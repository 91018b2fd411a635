import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** Remix and React Router as a framework: what loaders and actions answer with, their sessions, and routes that are written down. */
export default [
  library(
    [
      'react-router',
      'react-router-dom',
      '@react-router/node',
      '@react-router/cloudflare',
      '@remix-run/node',
      '@remix-run/cloudflare',
      '@remix-run/deno',
      '@remix-run/server-runtime',
    ],
    {
      ...all('respond-data', 'json data'),
      ...all('respond-redirect', 'redirect redirectDocument replace'),
      ...Object.fromEntries(
        [
          'createCookieSessionStorage',
          'createSessionStorage',
          'createMemorySessionStorage',
          'createFileSessionStorage',
          'createWorkersKVSessionStorage',
        ].map((name) => [name, { means: 'session-client', returns: 'Storage' }]),
      ),
      'Storage.getSession': { means: 'session-read', result: 'session' },
    },
  ),
  library(['@react-router/dev/routes', '@remix-run/route-config'], {
    ...all('route-entry', 'route index layout'),
    prefix: { means: 'route-prefix' },
  }),
] satisfies Library;
