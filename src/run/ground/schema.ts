import type { SchemaTable } from '../../model/evidence/run.ts';

type Sql = (text: string) => Promise<Record<string, string | null>[]>;

const columnsQuery = `
  SELECT c.oid, n.nspname || '.' || c.relname AS "table", c.relrowsecurity AS secured, a.attname AS name, a.attnum AS number,
         format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS fallback,
         (a.attgenerated <> '' OR a.attidentity = 'a') AS generated,
         (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = a.atttypid) AS labels
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'seaworthy'
     AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
   ORDER BY 2, a.attnum`;

const constraintsQuery = `
  SELECT k.conrelid AS oid, k.conname AS name, k.contype AS kind, pg_get_constraintdef(k.oid) AS definition,
         fn.nspname || '.' || f.relname AS "table",
         CASE k.confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END AS on_delete,
         (SELECT json_agg(a.attname ORDER BY p.at) FROM unnest(k.conkey) WITH ORDINALITY p(num, at) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.num) AS columns,
         (SELECT json_agg(a.attname ORDER BY p.at) FROM unnest(k.confkey) WITH ORDINALITY p(num, at) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = p.num) AS referenced
    FROM pg_constraint k LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
   WHERE k.conrelid <> 0 AND k.contype IN ('p', 'u', 'f', 'c')
   ORDER BY k.conname`;

const indexesQuery = `
  SELECT i.indrelid AS oid, c.relname AS name, i.indisunique AS "unique", i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AS whole,
         (SELECT json_agg(pg_get_indexdef(i.indexrelid, at::int, true) ORDER BY at) FROM generate_series(1, i.indnkeyatts) at) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
   ORDER BY c.relname`;

/** Reads the structure of the app's own tables from the catalogue; those of extensions are left out. */
export async function readSchema(sql: Sql): Promise<SchemaTable[]> {
  const [columns, constraints, indexes] = [await sql(columnsQuery), await sql(constraintsQuery), await sql(indexesQuery)];
  const tables = new Map<string, SchemaTable>();
  for (const row of columns) {
    const oid = text(row, 'oid');
    let table = tables.get(oid);
    if (!table) {
      const about = constraints.filter((each) => each['oid'] === oid);
      table = {
        name: text(row, 'table'),
        oid: Number(oid),
        columns: [],
        ...describe(
          about,
          indexes.filter((each) => each['oid'] === oid),
        ),
        rowSecurity: row['secured'] === 't',
      };
      tables.set(oid, table);
    }
    if (row['name'] == null) continue; // a table without columns
    const name = text(row, 'name');
    table.columns.push({
      name,
      number: Number(text(row, 'number')),
      type: text(row, 'type'),
      nullable: row['nullable'] === 't',
      default: row['fallback'] ?? null,
      generated: row['generated'] === 't',
      values: row['labels'] ? list(row, 'labels') : allowedValues(table.checks, name),
    });
  }
  return [...tables.values()];
}

function describe(constraints: Record<string, string | null>[], indexes: Record<string, string | null>[]) {
  const ofKind = (kind: string) => constraints.filter((each) => each['kind'] === kind);
  const primaryKey = ofKind('p').flatMap((each) => list(each, 'columns'));
  const uniques = indexes
    .map((each) => (each['whole'] === 't' ? list(each, 'columns').map(unquote) : []))
    .filter((each) => each.length > 0 && each.join() !== primaryKey.join());
  return {
    primaryKey,
    uniques,
    foreignKeys: ofKind('f').map((each) => ({
      name: text(each, 'name'),
      columns: list(each, 'columns'),
      table: text(each, 'table'),
      references: list(each, 'referenced'),
      onDelete: text(each, 'on_delete'),
    })),
    checks: ofKind('c').map((each) => ({ name: text(each, 'name'), definition: text(each, 'definition') })),
    indexes: indexes.map((each) => ({
      name: text(each, 'name'),
      columns: list(each, 'columns').map(unquote),
      unique: each['unique'] === 't',
    })),
  };
}

/** The values of `CHECK (column IN (...))`, which Postgres prints as `column = ANY (ARRAY['a'::text, ...])`. */
export function allowedValues(checks: readonly { definition: string }[], column: string): string[] {
  for (const { definition } of checks) {
    const match = /^CHECK \(\(+"?([^"()\s]+)"?\)?(?:::[\w ]+)? = ANY \(\(?ARRAY\[(.*?)\]/.exec(definition);
    if (match?.[1] === column)
      return [...(match[2] ?? '').matchAll(/'((?:[^']|'')*)'/g)].map((each) => (each[1] ?? '').replaceAll("''", "'"));
  }
  return [];
}

function unquote(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function text(row: Record<string, string | null>, name: string): string {
  return row[name] ?? '';
}

function list(row: Record<string, string | null>, name: string): string[] {
  return JSON.parse(row[name] ?? '[]') as string[];
}
