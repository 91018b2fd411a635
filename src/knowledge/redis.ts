import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** Clients of Redis. */
export default [
  library(['redis', '@redis/client'], {
    createClient: { means: 'cache-client', returns: 'Client' },
    ...all('event-handler', 'Client.on Client.once'),
  }),
  library(['ioredis'], {
    default: { means: 'cache-client', returns: 'Client' },
    Redis: { means: 'cache-client', returns: 'Client' },
    ...all('event-handler', 'Client.on Client.once'),
  }),
] satisfies Library;
