import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { Claim } from '../../model/finding.ts';
import type { Query } from '../../model/statements.ts';
import { isGiven, isMysql, ofDatabase, ofSources, refers, sameColumn, sameName, unserved } from '../../model/table-keys.ts';
import type { SearchedTable } from '../../model/table-keys.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: 'Queries that run at scale have their index, measured',
  control: 'schema/query-plans-and-indexes',
  severity: 'medium',
  cwe: [],
  standards: ['ISO/IEC 25010 time behaviour'],
  why: 'Without an index the database looks at every row of a table to find a few. With a hundred rows nobody notices; with a hundred thousand each of these requests takes as long as all of them together once did, and they queue behind each other.',
  remedy: 'Add an index that begins with the columns that are compared, in a migration (CREATE INDEX CONCURRENTLY on a large table).',
  needs: ['queries'],
  anyOf: ['schema', 'declared-keys'],
  uses: ['dependencies'],
  // Which queries search for what is read from the code, and nothing is measured here: even with the database's own indexes these are claims by reading.
  *run({ queries, schema, 'declared-keys': declared, dependencies }) {
    const asked = queries.value.queries.filter(({ through, tables }) => through !== 'mongoose' && tables.length > 0);
    if (asked.length === 0)
      return yield queries.value.queries.length > 0
        ? unknown('read', application, 'The indexes of this database are not read.')
        : notApplicable('The code asks no tables of a database.');
    const seen = schema !== undefined && schema.value.database !== 'none' && schema.value.tables.length > 0;
    const own = isMysql(dependencies?.value);
    const tables = seen
      ? schema.value.tables.map(ofDatabase)
      : (declared?.value.tables ?? []).filter(({ where }) => where !== null).map((one) => ofSources(one, own));
    const gaps = seen ? schema.gaps : (declared?.gaps ?? []);
    const unread = seen ? undefined : gaps.find(({ file }) => file !== null && holdsSchema.test(file));
    const absent = `no index ${seen ? 'of the database' : 'that is declared'} begins with`;
    const led = asked.filter(({ routes }) => routes.length > 0);
    const { searched, examined, strange } = searches(led, tables);
    const claims = [...ofSearches(tables, searched, examined, absent), ...ofDeletions(led, tables, searched, absent), ...ofSpares(tables)];
    // An index may stand in what could not be read.
    yield* unread === undefined ? claims : claims.filter(({ status }) => status === 'pass');
    if (strange.length > 0)
      yield unknown(
        'read',
        application,
        `Which indexes ${strange.length === 1 ? 'this table has' : 'these tables have'} is declared nowhere in the repository: ${several(strange, 8)}.`,
      );
    else if (gaps.length > 0)
      yield unknown(
        'read',
        application,
        `Not all that declares indexes was read: ${(unread ?? gaps[0])?.file ?? 'the tree'} (${(unread ?? gaps[0])?.reason}).`,
      );
    else if (claims.length === 0) yield notApplicable('No query searches a column for a value that a request brings.');
  },
});

/** Files in which tables are declared. */
const holdsSchema = /migrat|schema|(^|\/)(models?|entit(y|ies)|db|database)\/|drizzle|\.(sql|prisma)$/i;

/** For each table, the columns that are searched though no index begins with them, and the queries that do so. */
type Searched = ReadonlyMap<SearchedTable, ReadonlyMap<string, readonly Query[]>>;

/** What the queries of endpoints search, in tables that are known; the others are strange. */
function searches(
  led: readonly Query[],
  tables: readonly SearchedTable[],
): { searched: Searched; examined: ReadonlySet<SearchedTable>; strange: string[] } {
  const byName = new Map(tables.map((table) => [sameName(table.name), table]));
  const searched = new Map<SearchedTable, Map<string, Query[]>>();
  const examined = new Set<SearchedTable>();
  const strange = new Set<string>();
  for (const query of led) {
    if (query.verb === 'insert' || query.verb === 'ddl') continue;
    for (const name of query.tables) {
      const table = byName.get(sameName(name));
      if (table === undefined) {
        if (query.filters.some(({ value }) => isGiven(value))) strange.add(shownTable(name));
        continue;
      }
      for (const column of unserved(query, name, table, examined)) {
        const found = searched.get(table) ?? new Map<string, Query[]>();
        searched.set(table, found.set(column, [...(found.get(column) ?? []), query]));
      }
    }
  }
  return { searched, examined, strange: [...strange].sort() };
}

function* ofSearches(
  tables: readonly SearchedTable[],
  searched: Searched,
  examined: ReadonlySet<SearchedTable>,
  absent: string,
): Iterable<Claim> {
  for (const table of tables) {
    const subject = { kind: 'table', name: shownTable(table.name) } as const;
    const columns = [...(searched.get(table) ?? [])].sort(([a], [b]) => Number(refers(table, b)) - Number(refers(table, a)));
    const [first] = columns;
    const places = columns.reduce((sum, [, list]) => sum + list.length, 0);
    const one = columns.length === 1;
    if (first !== undefined)
      yield fail(
        'read',
        subject,
        `${columns.map(([column]) => `${subject.name}.${column}`).join(', ')}: queries of the application search ${one ? 'it' : 'these'} for values${places > 1 ? ` in ${places} places` : ''}, and ${absent} ${one ? 'it' : 'any of them'}.`,
        {
          severity: refers(table, first[0]) ? 'medium' : 'low',
          impact: `Each of these requests looks at every row of ${subject.name}, and takes longer with every row that customers add.`,
          where: first[1][0]?.where ?? null,
          effect: 'no-index',
        },
      );
    else if (examined.has(table)) yield pass('read', subject);
  }
}

/** For each row that is deleted the database looks for rows that refer to it. */
function* ofDeletions(led: readonly Query[], tables: readonly SearchedTable[], searched: Searched, absent: string): Iterable<Claim> {
  const deletions = new Map(
    led.flatMap((query) => (query.verb === 'delete' ? query.tables.map((name) => [sameName(name), query] as const) : [])),
  );
  for (const [parent, query] of deletions) {
    const pointing = tables.flatMap((table) =>
      table.references.flatMap(({ columns: [column = ''], table: target }) =>
        sameName(target) === parent && !table.leading.has(sameColumn(column)) && !searched.get(table)?.has(column)
          ? [`${shownTable(table.name)}.${column}`]
          : [],
      ),
    );
    if (pointing.length === 0) continue;
    const name = shownTable(tables.find((table) => sameName(table.name) === parent)?.name ?? parent);
    const one = pointing.length === 1;
    yield fail(
      'read',
      { kind: 'table', name: `${name}: deletion` },
      `Rows of ${name} are deleted, for which the database looks for what refers to them: ${several(pointing, 6)}; ${absent} ${one ? 'it' : 'these'}.`,
      {
        severity: 'low',
        impact: `Each row of ${name} that is deleted costs a look at every row of ${one ? 'another table' : `${pointing.length} other tables`}.`,
        where: query.where,
        effect: 'no-index-for-deletion',
      },
    );
  }
}

function* ofSpares(tables: readonly SearchedTable[]): Iterable<Claim> {
  // What a model and the migration that was made of it tell is one index.
  const [first, ...more] = new Map(tables.flatMap(({ spare }) => spare).map((one) => [one.name, one])).values();
  if (first === undefined) return;
  const others = several(
    more.map(({ name }) => name),
    5,
  );
  yield fail(
    'read',
    { kind: 'table', name: 'spare indexes' },
    `${first.what}${more.length > 0 ? `, and ${more.length} more like it: ${others}` : ''}.`,
    {
      severity: 'low',
      impact: 'Every change of the table writes an index that no query needs.',
      remedy: 'Drop the index that the other one makes needless.',
      where: first.where,
      effect: 'spare-index',
    },
  );
}

function several(names: readonly string[], most: number): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ' …' : ''}`;
}
