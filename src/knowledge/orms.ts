import { all, library, speaking } from './types.ts';

const raw = {
  'Database.execute': { means: 'sql-execute' },
  sql: { means: 'sql-fragment', result: 'guarded' as const },
  'sql.raw': { means: 'sql-raw' },
};
const open = { means: 'database', returns: 'Database' };
const transaction = { means: 'transaction' };

/** Query builders and object mappers; their statements are known by the call, not by text. */
export default [
  speaking(
    'drizzle',
    library(
      [
        'drizzle-orm',
        'drizzle-orm/node-postgres',
        'drizzle-orm/postgres-js',
        'drizzle-orm/neon-http',
        'drizzle-orm/neon-serverless',
        'drizzle-orm/vercel-postgres',
        'drizzle-orm/pglite',
        'drizzle-orm/mysql2',
        'drizzle-orm/planetscale-serverless',
        'drizzle-orm/better-sqlite3',
        'drizzle-orm/libsql',
        'drizzle-orm/d1',
        'drizzle-orm/bun-sqlite',
        'drizzle-orm/pg-core',
        'drizzle-orm/mysql-core',
        'drizzle-orm/sqlite-core',
      ],
      { drizzle: open, 'Database.transaction': transaction, 'Database.batch': transaction, ...raw },
      all('query', 'select selectDistinct insert update delete findFirst findMany'),
    ),
  ),
  speaking(
    'prisma',
    library(
      ['@prisma/client', '@prisma/client/edge'],
      {
        PrismaClient: open,
        'Database.$extends': { returns: 'Database' },
        'Database.$transaction': transaction,
        'Database.$queryRawUnsafe': { means: 'sql-query' },
        'Database.$executeRawUnsafe': { means: 'sql-query' },
        'Database.$queryRaw': { means: 'sql-template' },
        'Database.$executeRaw': { means: 'sql-template' },
        'Database.$disconnect': { means: 'database-close' },
        'Prisma.sql': { means: 'sql-fragment', result: 'guarded' },
        'Prisma.raw': { means: 'sql-raw' },
      },
      all(
        'query',
        `findFirst findFirstOrThrow findMany findUnique findUniqueOrThrow create createMany createManyAndReturn upsert update updateMany
         delete deleteMany count aggregate groupBy`,
      ),
    ),
  ),
  speaking(
    'knex',
    library(
      ['knex', 'objection'],
      {
        default: open,
        knex: open,
        Database: { means: 'query' },
        'Database.transaction': { means: 'transaction', returns: 'Database' },
        'Database.raw': { means: 'sql-query' },
      },
      all('query', 'select insert update delete del first count from into increment decrement'),
    ),
  ),
  speaking(
    'kysely',
    library(
      ['kysely'],
      {
        Kysely: open,
        'Database.transaction': { returns: 'Transaction' },
        'Transaction.setIsolationLevel': { returns: 'Transaction' },
        'Transaction.execute': transaction,
        ...raw,
      },
      { ...all('query', 'selectFrom insertInto updateTable deleteFrom replaceInto') },
    ),
  ),
  speaking(
    'typeorm',
    library(
      ['typeorm', '@nestjs/typeorm'],
      {
        DataSource: open,
        createConnection: open,
        getConnection: open,
        getManager: open,
        getRepository: { returns: 'Repository' },
        'Database.getRepository': { returns: 'Repository' },
        'Database.createQueryRunner': { returns: 'QueryRunner' },
        'QueryRunner.startTransaction': { means: 'transaction-begin' },
        'QueryRunner.commitTransaction': { means: 'transaction-end' },
        'QueryRunner.rollbackTransaction': { means: 'transaction-end' },
        'QueryRunner.release': { means: 'database-release' },
        'QueryRunner.query': { means: 'sql-query' },
        'Database.query': { means: 'sql-query' },
        'Repository.query': { means: 'sql-query' },
        'Database.transaction': transaction,
        'Database.manager.transaction': transaction,
        'Repository.manager.transaction': transaction,
      },
      all(
        'query',
        `find findOne findOneBy findBy findAndCount findAndCountBy findOneOrFail findOneByOrFail save insert update upsert delete remove
         softDelete softRemove increment decrement count countBy exists existsBy createQueryBuilder`,
      ),
    ),
  ),
  speaking(
    'sequelize',
    library(
      ['sequelize', 'sequelize-typescript', '@sequelize/core'],
      {
        Sequelize: open,
        default: open,
        'Database.define': { returns: 'Model' },
        'Database.transaction': { means: 'transaction' },
        'Database.query': { means: 'sql-query' },
        'default.literal': { means: 'sql-raw' },
        literal: { means: 'sql-raw' },
        'Sequelize.literal': { means: 'sql-raw' },
        'Database.literal': { means: 'sql-raw' },
      },
      all(
        'query',
        `findAll findOne findByPk findOrCreate findAndCountAll create bulkCreate upsert update destroy save increment decrement count sum
         max min`,
      ),
    ),
  ),
  speaking(
    'mongoose',
    library(
      ['mongoose', '@nestjs/mongoose'],
      {
        model: { returns: 'Model' },
        'default.model': { returns: 'Model' },
        'models.model': { returns: 'Model' },
        'Session.withTransaction': transaction,
        'default.startSession': { returns: 'Session' },
        startSession: { returns: 'Session' },
        'Session.startTransaction': { means: 'transaction-begin' },
        'Session.commitTransaction': { means: 'transaction-end' },
        'Session.abortTransaction': { means: 'transaction-end' },
      },
      all(
        'query',
        `find findOne findById findOneAndUpdate findByIdAndUpdate findOneAndDelete findByIdAndDelete create insertMany updateOne updateMany
         deleteOne deleteMany replaceOne countDocuments exists aggregate distinct save bulkWrite`,
      ),
    ),
  ),
  speaking(
    'supabase',
    library(
      ['@supabase/supabase-js', '@supabase/ssr', '@supabase/auth-helpers-nextjs'],
      {
        createClient: open,
        createServerClient: open,
        createBrowserClient: open,
        createServerComponentClient: open,
        createRouteHandlerClient: open,
      },
      all('query', 'select insert update delete upsert rpc'),
    ),
  ),
];
