import type pg from 'pg';

/** What must be known of a table to put its rows back. */
export interface Table {
  schema: string;
  name: string;
  /** All columns in order. */
  columns: string[];
  /** Primary key columns in key order; empty when there is none. */
  key: string[];
  /** Columns Postgres computes: they cannot be written. */
  computed: Set<string>;
  /** The computed ones that are not even stored. */
  virtual: Set<string>;
}

const user = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'seaworthy') AND n.nspname NOT LIKE 'pg\\_t%'";

/** Ordinary tables and partitions by `schema.table`. */
export async function readTables(client: pg.Client): Promise<Map<string, Table>> {
  const { rows } = await client.query<{
    schema: string;
    name: string;
    columns: string[] | null;
    key: string[] | null;
    computed: string[] | null;
    virtual: string[] | null;
  }>(`
    SELECT n.nspname AS schema, c.relname AS name,
      (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
      (SELECT array_agg(a.attname::text ORDER BY k.at) FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(num, at)
        JOIN pg_attribute a ON a.attnum = k.num WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND k.at <= i.indnkeyatts) AS key,
      (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attgenerated <> '' AND NOT a.attisdropped) AS computed,
      (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attgenerated = 'v' AND NOT a.attisdropped) AS virtual
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND ${user}`);
  return new Map(
    rows.map((row) => [
      `${row.schema}.${row.name}`,
      {
        schema: row.schema,
        name: row.name,
        columns: row.columns ?? [],
        key: row.key ?? [],
        computed: new Set(row.computed),
        virtual: new Set(row.virtual),
      },
    ]),
  );
}

/**
 * Makes the database tell whole rows: every table logs its old rows in full and is written to the log, and so will tables
 * that the app creates later; data definition leaves a message in the log. Can be run again.
 */
export async function prepare(client: pg.Client): Promise<void> {
  await client.query(`
    BEGIN;
    SET LOCAL lock_timeout = '5s';
    SET LOCAL client_min_messages = warning;
    CREATE SCHEMA IF NOT EXISTS seaworthy;
    DROP EVENT TRIGGER IF EXISTS seaworthy_changed;
    DROP EVENT TRIGGER IF EXISTS seaworthy_dropped;
    CREATE OR REPLACE FUNCTION seaworthy.note_change() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $note$
    DECLARE item record;
    BEGIN
      FOR item IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
        CONTINUE WHEN item.schema_name = 'pg_temp';
        IF item.object_type = 'table' AND tg_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') THEN
          IF (SELECT relpersistence FROM pg_class WHERE oid = item.objid) = 'u' THEN
            EXECUTE format('ALTER TABLE %s SET LOGGED', item.object_identity);
          END IF;
          EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', item.object_identity);
        END IF;
        PERFORM pg_logical_emit_message(true, 'seaworthy-schema', item.command_tag || chr(10) || coalesce(item.object_identity, ''));
      END LOOP;
    END $note$;
    CREATE OR REPLACE FUNCTION seaworthy.note_drop() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $note$
    DECLARE item record;
    BEGIN
      FOR item IN SELECT * FROM pg_event_trigger_dropped_objects() WHERE original AND NOT is_temporary LOOP
        PERFORM pg_logical_emit_message(true, 'seaworthy-schema', tg_tag || chr(10) || coalesce(item.object_identity, ''));
      END LOOP;
    END $note$;
    DO $all$
    DECLARE item record;
    BEGIN
      FOR item IN SELECT c.oid::regclass AS name, c.relpersistence, c.relreplident FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND ${user} LOOP
        IF item.relpersistence = 'u' THEN
          BEGIN
            EXECUTE format('ALTER TABLE %s SET LOGGED', item.name);
          EXCEPTION WHEN OTHERS THEN NULL; -- it refers to an unlogged table: readBlind tells
          END;
        END IF;
        IF item.relreplident <> 'f' THEN
          EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', item.name);
        END IF;
      END LOOP;
    END $all$;
    CREATE EVENT TRIGGER seaworthy_changed ON ddl_command_end EXECUTE FUNCTION seaworthy.note_change();
    CREATE EVENT TRIGGER seaworthy_dropped ON sql_drop EXECUTE FUNCTION seaworthy.note_drop();
    COMMIT`);
}

/** Takes away what {@link prepare} added but for the replica identity, which nobody sees. */
export async function unprepare(client: pg.Client): Promise<void> {
  await client.query('SET client_min_messages = warning; DROP SCHEMA IF EXISTS seaworthy CASCADE');
}

/** Tables whose changes do not reach the log. */
export async function readBlind(client: pg.Client): Promise<{ table: string; reason: string }[]> {
  const { rows } = await client.query<{ table: string; reason: string }>(`
    SELECT n.nspname || '.' || c.relname AS "table", CASE WHEN c.relkind = 'f' THEN 'foreign table' ELSE 'unlogged table' END AS reason
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (c.relkind = 'f' OR c.relkind = 'r' AND c.relpersistence = 'u') AND ${user} ORDER BY 1`);
  return rows;
}
