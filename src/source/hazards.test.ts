import { beforeAll, describe, expect, it } from 'vitest';
import { emptySchema, readMigration } from './hazards.ts';
import type { Running } from './hazards.ts';
import { statementsIn } from './script.ts';
import { loadSqlParser } from './sql.ts';

beforeAll(loadSqlParser);

const found = (sql: string, running: Running = 'one-by-one') =>
  readMigration(sql, running, emptySchema()).hazards.map(({ hazard }) => hazard);

describe('statements of a script', () => {
  it('are split outside of strings, dollar quotes and comments', () => {
    const script = `-- one; two\nSELECT 'a;b', E'\\';', "c;d";\n/* x; /* y; */ z; */\nDO $do$ BEGIN PERFORM 1; END $do$;\n\\connect other\n  SELECT 2`;
    expect(statementsIn(script)).toEqual([
      { text: `SELECT 'a;b', E'\\';', "c;d"`, line: 2 },
      { text: 'DO $do$ BEGIN PERFORM 1; END $do$', line: 4 },
      { text: 'SELECT 2', line: 6 },
    ]);
  });
});

describe('hazards', () => {
  it.each([
    ['ALTER TABLE a ADD b int NOT NULL', ['not-null-without-default']],
    ['ALTER TABLE a ADD b int NOT NULL DEFAULT 1', []],
    ['ALTER TABLE a ADD b uuid DEFAULT gen_random_uuid()', ['rewrites-table']],
    ['ALTER TABLE a ADD b timestamptz DEFAULT now()', []],
    ['ALTER TABLE a ADD b serial', ['rewrites-table']],
    ['ALTER TABLE a ADD b int REFERENCES c(id)', ['validates-constraint']],
    ['ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c(id) NOT VALID', []],
    ['ALTER TABLE a ADD CONSTRAINT u UNIQUE (b)', ['locks-for-index']],
    ['ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i', []],
    ['ALTER TABLE a ALTER b SET NOT NULL', ['set-not-null']],
    ['ALTER TABLE a RENAME TO b; ALTER TABLE c RENAME d TO e', ['renames', 'renames']],
    ['DROP INDEX i; DROP INDEX CONCURRENTLY j', ['locks-for-removal']],
    ['CREATE TABLE a (b int); CREATE INDEX i ON a (b); ALTER TABLE a DROP COLUMN b; DROP TABLE a', []],
    ['BEGIN; DROP TABLE a', ['drops-table', 'unsettled-transaction']],
    ['COMMIT', ['unsettled-transaction']],
  ])('of %s', (sql, expected) => {
    expect(found(sql)).toEqual(expected);
  });

  it('depend on how the tool runs a script', () => {
    const sql = 'CREATE INDEX CONCURRENTLY i ON a (b)';
    expect([found(sql), found(sql, 'at-once'), found(`${sql}; SELECT 1`, 'at-once'), found(sql, 'wrapped')]).toEqual([
      [],
      [],
      ['index-in-transaction'],
      ['index-in-transaction'],
    ]);
  });

  it('know the types that earlier migrations gave', () => {
    const schema = emptySchema();
    readMigration('CREATE TABLE a (b varchar(20), c int)', 'one-by-one', schema);
    const change = (type: string, column = 'b') =>
      readMigration(`ALTER TABLE a ALTER ${column} TYPE ${type}`, 'one-by-one', schema).hazards.length;
    expect([change('varchar(80)'), change('text'), change('varchar(10)'), change('bigint', 'c')]).toEqual([0, 0, 1, 1]);
  });

  it('take a validated check for SET NOT NULL', () => {
    const sql = `ALTER TABLE a ADD CONSTRAINT n CHECK (b IS NOT NULL) NOT VALID; ALTER TABLE a VALIDATE CONSTRAINT n; ALTER TABLE a ALTER b SET NOT NULL`;
    expect([found(sql), found(`BEGIN; ${sql}; COMMIT`)]).toEqual([[], ['validates-constraint']]);
  });

  it('are left out where the grammar is not PostgreSQL’s', () => {
    expect(readMigration('ALTER TABLE a ADD b int AFTER c; SELECT 1', 'one-by-one', emptySchema())).toMatchObject({
      understood: 1,
      unread: 1,
      hazards: [],
    });
  });
});
