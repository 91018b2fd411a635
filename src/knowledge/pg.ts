import { library, speaking } from './types.ts';

export default speaking(
  'text',
  library(['pg', '@neondatabase/serverless', 'pg-pool', '@vercel/postgres'], {
    Pool: { means: 'database', returns: 'Pool' },
    Client: { means: 'database', returns: 'Client' },
    default: { means: 'database', returns: 'Pool' },
    neon: { means: 'database', returns: 'Tag' },
    'Pool.query': { means: 'sql-query' },
    'Client.query': { means: 'sql-query' },
    'PoolClient.query': { means: 'sql-query' },
    'Pool.connect': { means: 'database-connect', returns: 'PoolClient' },
    'PoolClient.release': { means: 'database-release' },
    'Pool.end': { means: 'database-close' },
    'Client.end': { means: 'database-close' },
    'Pool.on': { means: 'event-handler' },
    'Pool.once': { means: 'event-handler' },
    'Client.on': { means: 'event-handler' },
    sql: { means: 'sql-template' },
    'sql.query': { means: 'sql-query' },
    Tag: { means: 'sql-template' },
    'Tag.query': { means: 'sql-query' },
  }),
);
