import { library, speaking } from './types.ts';

/** Other drivers whose statements are text. */
const drivers = library(
  ['mysql', 'mysql2', 'mysql2/promise', 'better-sqlite3', 'sqlite3', 'sqlite', 'pg-promise', 'node:sqlite', 'mssql'],
  {
    createPool: { means: 'database', returns: 'Connection' },
    createConnection: { means: 'database', returns: 'Connection' },
    default: { means: 'database', returns: 'Connection' },
    Database: { means: 'database', returns: 'Connection' },
    DatabaseSync: { means: 'database', returns: 'Connection' },
    open: { means: 'database', returns: 'Connection' },
    'Connection.getConnection': { means: 'database-connect', returns: 'Connection' },
    'Connection.unsafe': { means: 'sql-query' },
    'Connection.beginTransaction': { means: 'transaction-begin' },
    'Connection.commit': { means: 'transaction-end' },
    'Connection.rollback': { means: 'transaction-end' },
    'Connection.release': { means: 'database-release' },
    ...Object.fromEntries(
      'query execute prepare exec run all get each one oneOrNone none many manyOrNone any'
        .split(' ')
        .map((name) => [`Connection.${name}`, { means: 'sql-query' }]),
    ),
    'Connection.transaction': { means: 'transaction' },
    'Connection.tx': { means: 'transaction' },
    'Connection.begin': { means: 'transaction' },
  },
);

/** postgres.js: the statement is a template, its holes are parameters. */
const postgres = library(['postgres'], {
  default: { means: 'database', returns: 'Tag' },
  Tag: { means: 'sql-template' },
  'Tag.unsafe': { means: 'sql-query' },
  'Tag.begin': { means: 'transaction' },
  'Tag.savepoint': { means: 'transaction' },
});

export default [speaking('text', drivers), speaking('text', postgres)];
