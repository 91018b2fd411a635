import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
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
    const byName = new Map(tables.map((table) => [sameName(table.name), table]));
    const strange = new Set<string>();
    const searched = new Map<SearchedTable, Map<string, Query[]>>();
    const examined = new Set<SearchedTable>();
    const led = asked.filter(({ routes }) => routes.length > 0);
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
    const absent = `no index ${seen ? 'of the database' : 'that is declared'} begins with`;
    for (const table of tables) {
      const subject = { kind: 'table', name: shownTable(table.name) } as const;
      const columns = [...(searched.get(table) ?? [])].sort(([a], [b]) => Number(refers(table, b)) - Number(refers(table, a)));
      const [first] = columns;
      const places = columns.reduce((sum, [, list]) => sum + list.length, 0);
      if (first !== undefined)
        yield fail(
          'read',
          subject,
          `${columns.map(([column]) => `${subject.name}.${column}`).join(', ')}: queries of the application search ${columns.length === 1 ? 'it' : 'these'} for values${places > 1 ? ` in ${places} places` : ''}, and ${absent} ${columns.length === 1 ? 'it' : 'any of them'}.`,
          {
            severity: refers(table, first[0]) ? 'medium' : 'low',
            impact: `Each of these requests looks at every row of ${subject.name}, and takes longer with every row that customers add.`,
            where: first[1][0]?.where ?? null,
            effect: 'no-index',
          },
        );
      else if (examined.has(table)) yield pass('read', subject);
    }
    const deletions = new Map(
      led.flatMap((query) => (query.verb === 'delete' ? query.tables.map((name) => [sameName(name), query] as const) : [])),
    );
    for (const [parent, query] of deletions) {
      const pointing = tables.flatMap((table) =>
        table.references.flatMap(({ columns: [column = ''], table: target, where }) =>
          sameName(target) === parent && !table.leading.has(sameColumn(column)) && !searched.get(table)?.has(column)
            ? [{ name: `${shownTable(table.name)}.${column}`, where }]
            : [],
        ),
      );
      const name = shownTable(byName.get(parent)?.name ?? parent);
      if (pointing.length > 0)
        yield fail(
          'read',
          { kind: 'table', name: `${name}: deletion` },
          `Rows of ${name} are deleted, for which the database looks for what refers to them: ${pointing
            .map((one) => one.name)
            .slice(0, 6)
            .join(', ')}${pointing.length > 6 ? ' …' : ''}; ${absent} ${pointing.length === 1 ? 'it' : 'these'}.`,
          {
            severity: 'low',
            impact: `Each row of ${name} that is deleted costs a look at every row of ${pointing.length === 1 ? 'another table' : `${pointing.length} other tables`}.`,
            where: query.where,
            effect: 'no-index-for-deletion',
          },
        );
    }
    // What a model and the migration that was made of it tell is one index.
    const spare = [...new Map(tables.flatMap((one) => one.spare).map((one) => [one.name, one])).values()];
    if (spare[0] !== undefined)
      yield fail(
        'read',
        { kind: 'table', name: 'spare indexes' },
        `${spare[0].what}${
          spare.length > 1
            ? `, and ${spare.length - 1} more like it: ${spare
                .slice(1, 6)
                .map(({ name }) => name)
                .join(', ')}${spare.length > 6 ? ' …' : ''}`
            : ''
        }.`,
        {
          severity: 'low',
          impact: 'Every change of the table writes an index that no query needs.',
          remedy: 'Drop the index that the other one makes needless.',
          where: spare[0].where,
          effect: 'spare-index',
        },
      );
    const gaps = seen ? schema.gaps : (declared?.gaps ?? []);
    if (strange.size > 0 || gaps.length > 0)
      yield unknown(
        'read',
        application,
        strange.size > 0
          ? `Which indexes ${strange.size === 1 ? 'this table has' : 'these tables have'} is declared nowhere in the repository: ${[...strange].sort().slice(0, 8).join(', ')}${strange.size > 8 ? ' …' : ''}.`
          : `Not all that declares indexes was read: ${gaps[0]?.file ?? 'the tree'} (${gaps[0]?.reason}).`,
      );
    else if (examined.size === 0 && deletions.size === 0)
      yield notApplicable('No query searches a column for a value that a request brings.');
  },
});
