import { all, library } from './types.ts';
import type { Entry, Library } from './types.ts';

/** What handlers of h3 work with; in Nuxt and Nitro they need no import. */
export const h3: Readonly<Record<string, Entry>> = {
  ...all(
    'event-handler',
    'defineEventHandler eventHandler defineCachedEventHandler cachedEventHandler defineLazyEventHandler defineHandler defineRequestMiddleware',
  ),
  ...all('event-body', 'readBody readFormData readMultipartFormData readRawBody'),
  ...all('event-query', 'getQuery'),
  ...all('event-params', 'getRouterParam getRouterParams'),
  ...all('event-cookies', 'getCookie parseCookies'),
  ...all('event-headers', 'getHeader getHeaders getRequestHeader getRequestHeaders'),
  ...all('event-address', 'getRequestURL getRequestPath'),
  ...all('event-method', 'getMethod'),
  readValidatedBody: { means: 'event-checked:body' },
  getValidatedQuery: { means: 'event-checked:query' },
  getValidatedRouterParams: { means: 'event-checked:params' },
  createError: { means: 'event-error' },
  sendError: { means: 'event-answer' },
  setResponseStatus: { means: 'event-status' },
  sendRedirect: { means: 'event-redirect' },
  ...all('session-read', 'getUserSession'),
  ...all(
    'sign-in-library',
    'GitHub Google Discord Auth0 Microsoft Keycloak Facebook Apple Twitch Spotify LinkedIn GitLab Cognito WorkOS Zitadel X TikTok Authentik'
      .split(' ')
      .flatMap((name) => [`defineOAuth${name}EventHandler`, `oauth${name}EventHandler`])
      .join(' '),
  ),
  requireUserSession: { means: 'session-require' },
};

/** Nuxt's server and its libraries of sessions. */
export default [
  library(['h3', 'nitropack/runtime', 'nitro', 'nitro/h3', '#imports'], h3),
  library(['#auth', '#supabase/server'], {
    ...all('session-read', 'getServerSession getToken serverSupabaseUser serverSupabaseSession'),
    NuxtAuthHandler: { means: 'sign-in-library' },
  }),
] satisfies Library;
