import { all, library } from './types.ts';

/** Query builders and object mappers; their statements are known by the call, not by text. */
export default library(
  [
    'drizzle-orm',
    'drizzle-orm/node-postgres',
    'drizzle-orm/postgres-js',
    'drizzle-orm/neon-http',
    'drizzle-orm/neon-serverless',
    '@prisma/client',
    'knex',
    'kysely',
    'typeorm',
    'sequelize',
    'mongoose',
    '@supabase/supabase-js',
  ],
  {
    drizzle: { means: 'database', returns: 'Database' },
    PrismaClient: { means: 'database', returns: 'Database' },
    default: { means: 'database', returns: 'Database' },
    Kysely: { means: 'database', returns: 'Database' },
    createClient: { means: 'database', returns: 'Database' },
    'Database.transaction': { means: 'transaction' },
    'Database.$transaction': { means: 'transaction' },
    'Database.raw': { means: 'sql-query' },
    'Database.$queryRawUnsafe': { means: 'sql-query' },
    'Database.$executeRawUnsafe': { means: 'sql-query' },
    'Database.$queryRaw': { means: 'sql-template' },
    'Database.$executeRaw': { means: 'sql-template' },
    'Database.execute': { means: 'sql-execute' },
    sql: { means: 'sql-template', result: 'guarded' },
    'sql.raw': { means: 'sql-raw' },
  },
  all(
    'query',
    'select insert update delete findFirst findMany findUnique findUniqueOrThrow create createMany upsert updateMany deleteMany count aggregate groupBy from',
  ),
);
