import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** Next.js: what handlers answer with, and how they ask for cookies, headers and another page. */
export default [
  library(['next/server', 'next/dist/server/web/exports'], {
    NextResponse: { means: 'respond' },
    'NextResponse.json': { means: 'respond' },
    'NextResponse.redirect': { means: 'respond-redirect' },
    ...all('respond-pass', 'NextResponse.next NextResponse.rewrite'),
  }),
  library(['next/headers'], {
    cookies: { means: 'request-cookies' },
    headers: { means: 'request-headers' },
  }),
  library(['next/navigation'], {
    ...all('leave-redirect', 'redirect permanentRedirect'),
    notFound: { means: 'leave:404' },
    unauthorized: { means: 'leave:401' },
    forbidden: { means: 'leave:403' },
  }),
  library(['next/cache'], { unstable_cache: { means: 'cached', result: 'argument' } }),
  library(['react'], { cache: { means: 'cached', result: 'argument' } }),
  library(['next-connect'], {
    ...Object.fromEntries(
      ['default', 'createRouter', 'createEdgeRouter', 'nc'].map((name) => [name, { means: 'router', returns: 'Router' }]),
    ),
    ...all('route', 'Router.get Router.post Router.put Router.patch Router.delete Router.head Router.options Router.all'),
    'Router.use': { means: 'mount' },
    'Router.handler': { means: 'router-of' },
  }),
  library(['micromatch', 'picomatch', 'minimatch', 'wildcard-match'], {
    ...all('path-glob', 'default isMatch minimatch any'),
  }),
  library(['path-to-regexp'], { ...all('path-pattern', 'match pathToRegexp default') }),
  library(['next-safe-action', 'zsa', 'next-safe-action/hooks'], {
    ...all('action-client', 'createSafeActionClient createServerAction createServerActionProcedure'),
    next: { means: 'answer-pass' },
  }),
] satisfies Library;
