import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { plainName } from '../../model/statements.ts';
import type { Query } from '../../model/statements.ts';
import { shownTable } from '../../model/words.ts';

const heavy = /^(json|jsonb|bytea|blob|longtext|mediumtext|text\[\]|bytes|vector|tsvector)$/i;
const wide = 20;

export default defineCheck({
  title: 'Queries fetch what is used',
  control: 'performance/queries',
  severity: 'low',
  cwe: [1049],
  standards: ['API3:2023'],
  why: 'A list that fetches every column carries documents, pictures and texts through the database, the network and the memory of the server for a page that shows three of them. Columns added later come along by themselves, also those that nobody should see.',
  remedy: 'Name the columns that the list shows (SELECT id, name; select: { id: true }; columns).',
  needs: ['queries'],
  uses: ['schema'],
  *run({ queries, schema }) {
    const columns = new Map<string, { name: string; type: string }[]>();
    for (const { table, columns: list } of queries.value.declared) columns.set(table, list);
    for (const table of schema?.value.tables ?? []) columns.set(shownTable(table.name), table.columns);
    const lists = queries.value.queries.filter(
      (one) => one.routes.length > 0 && one.verb === 'select' && one.tables.length === 1 && !isOne(one),
    );
    const tables = [...new Set(lists.flatMap((one) => one.tables))].toSorted();
    let open = 0;
    for (const table of tables) {
      const whole = lists.filter((one) => one.tables.includes(table) && one.star);
      const known = columns.get(shownTable(table));
      const [first] = whole;
      const subject = { kind: 'table' as const, name: table };
      const large = known?.filter(({ type }) => heavy.test(type)) ?? [];
      if (first === undefined) yield pass('read', subject);
      else if (known === undefined) open++;
      else if (large.length === 0 && known.length < wide) yield pass('read', subject);
      else {
        const what = large.length > 0 ? `${large.map(({ name }) => name).join(', ')} among them` : `${known.length} of them`;
        const others = whole.length > 1 ? ` (and in ${whole.length - 1} more places)` : '';
        yield fail('read', subject, `Lists of ${table} fetch every column, ${what}${others}.`, {
          impact: 'Lists move many times the data that is shown, and get slower with what is stored in these columns.',
          where: first.where,
          effect: 'star',
        });
      }
    }
    if (open > 0)
      yield unknown(
        'read',
        application,
        `Lists of ${open} tables fetch every column; what these tables hold is known when the database has been made.`,
        {
          settle: 'seaworthy audit --run',
        },
      );
    else if (tables.length === 0)
      yield queries.gaps.length > 0
        ? unknown('read', application, 'No list of rows was found, but some files could not be read.')
        : notApplicable('No endpoint lists rows.');
  },
});

/** A row that is asked for by its key. */
function isOne({ single, filters }: Query): boolean {
  return single || filters.some(({ column }) => /^_?(id|uuid|email|slug|token|username)$/.test(plainName(column)));
}
