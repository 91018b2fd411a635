import { all, library, speaking } from './types.ts';
import type { Library } from './types.ts';

const connection = { means: 'database', returns: 'Connection' };
const statements = (of: string, names: string) => all('sql-query', names.replace(/\S+/g, `${of}.$&`));

/** Databases as Python asks them: drivers that take text, and object mappers as far as they take text. */
export default [
  speaking(
    'text',
    library(
      [
        'py:sqlite3',
        'py:psycopg2',
        'py:psycopg',
        'py:pymysql',
        'py:MySQLdb',
        'py:mysql',
        'py:pyodbc',
        'py:cx_Oracle',
        'py:oracledb',
        'py:aiosqlite',
        'py:aiomysql',
        'py:asyncpg',
        'py:psycopg2cffi',
      ],
      {
        connect: connection,
        'connector.connect': connection,
        create_pool: connection,
        'Connection.acquire': { returns: 'Connection' },
        'Connection.cursor': { returns: 'Cursor' },
        'pool.SimpleConnectionPool': connection,
        'pool.ThreadedConnectionPool': connection,
        'Connection.getconn': { means: 'database-connect', returns: 'Connection' },
        ...statements('Connection', 'execute executemany executescript fetch fetchrow fetchval'),
        ...statements('Cursor', 'execute executemany executescript'),
        'sql.SQL': { means: 'sql-fragment' },
      },
    ),
  ),
  library(['py:flask_mysqldb', 'py:flaskext'], {
    MySQL: { returns: 'Extension' },
    'mysql.MySQL': { returns: 'Extension' },
    'Extension.connection.cursor': { returns: 'Cursor' },
    'Extension.connect': { returns: 'Connection' },
    'Extension.get_db': { returns: 'Connection' },
    'Connection.cursor': { returns: 'Cursor' },
    ...statements('Cursor', 'execute executemany'),
  }),
  library(
    ['py:sqlalchemy', 'py:sqlmodel'],
    {
      create_engine: { means: 'database', returns: 'Engine' },
      'ext.asyncio.create_async_engine': { means: 'database', returns: 'Engine' },
      Session: { returns: 'Session' },
      'orm.Session': { returns: 'Session' },
      'ext.asyncio.AsyncSession': { returns: 'Session' },
      'orm.sessionmaker': { returns: 'Maker' },
      'ext.asyncio.async_sessionmaker': { returns: 'Maker' },
      'orm.scoped_session': { returns: 'Session' },
      Maker: { returns: 'Session' },
      'Engine.connect': { returns: 'Session' },
      'Engine.begin': { returns: 'Session' },
      text: { means: 'sql-query' },
      'sql.text': { means: 'sql-query' },
      'sql.expression.text': { means: 'sql-query' },
      ...statements('Session', 'execute scalar scalars'),
      ...statements('Engine', 'execute'),
    },
    all('query', 'query get add add_all delete exec first all one one_or_none'),
  ),
  library(
    ['py:flask_sqlalchemy'],
    {
      SQLAlchemy: { means: 'database', returns: 'Database' },
      'Database.text': { means: 'sql-query' },
      ...statements('Database', 'session.execute engine.execute'),
    },
    all('query', 'query get add add_all delete first all one one_or_none filter_by get_or_404'),
  ),
  library(
    ['py:django'],
    {
      'db.connection.cursor': { returns: 'Cursor' },
      'db.connections.cursor': { returns: 'Cursor' },
      ...statements('Cursor', 'execute executemany'),
      ...statements('Model', 'raw'),
      'db.models.expressions.RawSQL': { means: 'sql-query' },
      ...all('query', 'shortcuts.get_object_or_404 shortcuts.get_list_or_404'),
      'db.transaction.atomic': { means: 'transaction' },
    },
    all('query', 'get filter exclude create get_or_create update_or_create bulk_create first last exists count aggregate'),
  ),
  library(['py:pandas'], { ...all('sql-query', 'read_sql read_sql_query') }),
] satisfies Library;
