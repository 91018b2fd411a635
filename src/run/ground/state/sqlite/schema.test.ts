import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { schema as schemaShape } from '../../../../model/evidence/run.ts';
import { checksIn, listedValues, typeName } from './declarations.ts';
import { readSqliteSchema } from './schema.ts';

function schemaOf(sql: string) {
  const db = new DatabaseSync(':memory:');
  db.exec(sql);
  return schemaShape.shape.tables.parse(readSqliteSchema(db, ['main']));
}

test('tables, keys, references and indexes', () => {
  const [notes, users] = schemaOf(`
    CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(255) NOT NULL UNIQUE, active BOOLEAN DEFAULT 1, lower_email TEXT GENERATED ALWAYS AS (lower(email)) VIRTUAL);
    CREATE TABLE notes (id TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, kind TEXT CHECK (kind IN ('a', 'it''s')), at DATETIME DEFAULT CURRENT_TIMESTAMP) WITHOUT ROWID;
    CREATE INDEX notes_user ON notes (user_id, lower(kind));
    CREATE UNIQUE INDEX one_open ON notes (user_id) WHERE kind = 'a';
    CREATE VIRTUAL TABLE words USING fts5(note);`);
  expect(users).toMatchObject({
    name: 'main.users',
    primaryKey: ['id'],
    uniques: [['email']],
    columns: [
      { name: 'id', type: 'integer', nullable: false, default: 'rowid', generated: false },
      { name: 'email', type: 'character varying(255)', nullable: false },
      { name: 'active', type: 'boolean', default: '1' },
      { name: 'lower_email', generated: true },
    ],
  });
  expect(notes).toMatchObject({
    name: 'main.notes',
    primaryKey: ['id'],
    uniques: [],
    foreignKeys: [{ columns: ['user_id'], table: 'main.users', references: ['id'], onDelete: 'cascade' }],
    columns: [
      { name: 'id', type: 'text', nullable: false, default: null },
      { name: 'user_id', type: 'integer' },
      { name: 'kind', values: ['a', "it's"] },
      { name: 'at', type: 'timestamp', default: 'CURRENT_TIMESTAMP' },
    ],
    checks: [{ definition: "CHECK (kind IN ('a', 'it''s'))" }],
  });
  expect(notes?.indexes).toEqual(
    expect.arrayContaining([
      { name: 'notes_user', columns: ['user_id', '(expression)'], unique: false },
      { name: 'one_open', columns: ['user_id'], unique: true },
    ]),
  );
});

test.each([
  ['INTEGER', 'integer'],
  ['int unsigned', 'integer'],
  ['BIGINT', 'bigint'],
  ['nvarchar(20)', 'character varying(20)'],
  ['CHAR(36)', 'character(36)'],
  ['TEXT', 'text'],
  ['DECIMAL(10, 2)', 'numeric(10,2)'],
  ['FLOAT', 'double precision'],
  ['DATETIME', 'timestamp'],
  ['TINYINT(1)', 'boolean'],
  ['UUID', 'uuid'],
  ['BLOB', 'bytea'],
  ['JSON', 'json'],
  ['', 'any'],
])('a column declared %s is read as %s', (declared, type) => {
  expect(typeName(declared)).toBe(type);
});

test('checks are found outside of texts, names and comments', () => {
  const sql = `CREATE TABLE t (a TEXT DEFAULT 'check (x)', "check (y)" TEXT, -- check (z)
    b INT CHECK (b > (1 + 2)), CONSTRAINT c check(\`role\` in ('admin', 'user')))`;
  expect(checksIn(sql)).toEqual(['b > (1 + 2)', "`role` in ('admin', 'user')"]);
});

test.each([
  ["`role` in ('admin', 'user')", 'role', ['admin', 'user']],
  ['("role" IN (\'a\'))', 'ROLE', ['a']],
  ["role in ('a') or 1", 'role', []],
  ['role in (1, 2)', 'role', []],
  ["other in ('a')", 'role', []],
])('%s lists the values of %s: %j', (expression, column, values) => {
  expect(listedValues(expression, column)).toEqual(values);
});
