import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: 'References are enforced by the database',
  control: 'schema/constraints',
  severity: 'medium',
  why: 'Without a foreign key, rows that point at nothing appear with the first bug, the first race and the first deletion. They surface months later as crashes and wrong totals, when nobody can tell any more what was meant.',
  remedy: 'Add the foreign key (NOT VALID first on a large table, then VALIDATE), and say what happens on deletion.',
  needs: ['schema'],
  *run({ schema }) {
    if (schema.value.database === 'none')
      return yield unknown('ran', application, `Its data cannot be seen: ${schema.gaps[0]?.reason ?? 'it has no database'}.`);
    const { tables, database } = schema.value;
    let examined = 0;
    const declared: string[] = [];
    for (const table of tables) {
      const enforced = new Set(table.foreignKeys.flatMap((key) => key.columns));
      for (const column of table.columns) {
        const subject = { kind: 'column' as const, name: `${table.name}.${column.name}` };
        const stem = /^(.+)_id$|^(.+)Id$/.exec(column.name);
        const target =
          stem &&
          tables.find(
            (other) => other !== table && names(other.name, (stem[1] ?? stem[2] ?? '').toLowerCase()) && sameType(other, column.type),
          );
        if (enforced.has(column.name)) {
          examined++;
          if (database === 'sqlite') declared.push(`${shownTable(table.name)}.${column.name}`);
          else yield pass('ran', subject);
        } else if (target) {
          examined++;
          yield fail(
            'ran',
            subject,
            `${shownTable(table.name)}.${column.name} points at ${shownTable(target.name)} by its name, but the database does not enforce it.`,
            {
              ...(database === 'sqlite' ? { remedy: sqliteRemedy } : {}),
              impact: `Rows of ${shownTable(table.name)} can outlive or miss the ${shownTable(target.name)} they belong to.`,
              effect: 'no-foreign-key',
            },
          );
        }
      }
    }
    if (declared.length > 0)
      yield unknown(
        'ran',
        application,
        `${declared.length === 1 ? 'A reference is' : 'References are'} declared (${declared.slice(0, 6).join(', ')}${declared.length > 6 ? ' ...' : ''}), but SQLite enforces them only over connections that ask for it (PRAGMA foreign_keys = ON), which a file does not tell.`,
      );
    if (examined > 0) return;
    yield schema.gaps.length > 0
      ? unknown('ran', application, 'No column refers to another table in what the migrations made, but they did not finish.')
      : notApplicable('No column refers to another table.', 'ran');
  },
});

const sqliteRemedy =
  'Make the table anew with the foreign key (SQLite cannot add one to a table that is there), say what happens on deletion, and set PRAGMA foreign_keys = ON on every connection.';

type Table = { name: string; primaryKey: readonly string[]; columns: readonly { name: string; type: string }[] };

function names(table: string, stem: string): boolean {
  const bare = table.slice(table.indexOf('.') + 1).toLowerCase();
  return [stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, 'ies')].includes(bare);
}

function sameType(table: Table, type: string): boolean {
  const key = table.columns.find((column) => column.name === table.primaryKey[0]);
  const family = (name: string): string => (/^(small|big)?int|^integer/.test(name) ? 'integer' : name.replace(/\(.*/, ''));
  return table.primaryKey.length === 1 && key !== undefined && family(key.type) === family(type);
}
