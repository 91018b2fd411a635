import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { Hazard } from '../../model/evidence/supply.ts';
import { folderOf } from '../../model/migrations.ts';
import type { Severity } from '../../model/words.ts';

interface Meaning {
  readonly severity: Severity;
  readonly says: string;
  readonly impact: string;
  readonly remedy: string;
}

const twoSteps =
  'Go in two releases: first add the new next to the old and let the code use it, then, when no running version uses the old any more, remove it.';

/** What each class means to those who use the application while it is migrated; docs/migration-hazards.md lists the statements. */
const meanings: Readonly<Record<Hazard, Meaning>> = {
  'not-null-without-default': {
    severity: 'medium',
    says: 'a column that may not be empty is added without a default',
    impact:
      'The deployment stops half-way on a table that has rows, and until it is rolled out everywhere the running version cannot add rows.',
    remedy: 'Add the column with a default, or let it be empty first, fill it, and then require it.',
  },
  renames: {
    severity: 'medium',
    says: 'something that the running version uses gets another name',
    impact: 'Until every instance is replaced, requests that use the old name fail.',
    remedy: twoSteps,
  },
  'drops-column': {
    severity: 'medium',
    says: 'a column is deleted',
    impact:
      'Until every instance is replaced, requests that use the column fail; its content is gone, and going back does not bring it back.',
    remedy: twoSteps,
  },
  'drops-table': {
    severity: 'medium',
    says: 'a table is deleted',
    impact:
      'Until every instance is replaced, requests that use the table fail; its rows are gone, and going back does not bring them back.',
    remedy: twoSteps,
  },
  'changes-type': {
    severity: 'medium',
    says: 'the type of a column is changed',
    impact: 'A large table is written anew while nobody can read it, and the running version meets values of another type.',
    remedy: `Add a second column of the new type and copy in batches. ${twoSteps}`,
  },
  'index-in-transaction': {
    severity: 'medium',
    says: 'an index is built concurrently inside a transaction',
    impact: 'The database refuses the statement, so the deployment stops.',
    remedy: 'Give the statement a migration of its own that runs without a transaction.',
  },
  truncates: {
    severity: 'medium',
    says: 'a table and all that refer to it are emptied',
    impact: 'Rows of customers are deleted for good.',
    remedy: 'Delete the rows that are meant, by a condition, and look at what refers to them first.',
  },
  'unsettled-transaction': {
    severity: 'low',
    says: 'a transaction is not begun and ended once',
    impact: 'Locks stay longer than meant, or half of a migration stands when the other half fails.',
    remedy: 'Begin and end every transaction once, or leave both to the migration tool.',
  },
  'rewrites-table': {
    severity: 'low',
    says: 'a table is written anew',
    impact: 'On a large table nobody can read or write meanwhile.',
    remedy: 'Add the column empty, give it its default afterwards, and fill old rows in batches.',
  },
  'validates-constraint': {
    severity: 'low',
    says: 'all rows are checked for a new constraint',
    impact: 'On a large table writes wait meanwhile.',
    remedy: 'Add the constraint NOT VALID, and validate it in a migration of its own.',
  },
  'locks-for-index': {
    severity: 'low',
    says: 'an index is built while writes wait',
    impact: 'On a large table nothing can be saved meanwhile.',
    remedy:
      'Build it with CREATE INDEX CONCURRENTLY in a migration that runs without a transaction; make a unique constraint from such an index.',
  },
  'set-not-null': {
    severity: 'low',
    says: 'a column is made required',
    impact: 'On a large table nobody can read or write while every row is looked at; one empty row stops the deployment.',
    remedy: 'Add a check NOT VALID, validate it, then set NOT NULL, then drop the check.',
  },
  'locks-for-removal': {
    severity: 'low',
    says: 'an index or partition is removed under a lock',
    impact: 'The removal waits for running queries, and all others wait behind it.',
    remedy: 'Use DROP INDEX CONCURRENTLY, DETACH PARTITION … CONCURRENTLY.',
  },
};

export default defineCheck({
  title: 'Migrations do not lock or break the running version',
  control: 'schema/migration-rehearsal',
  severity: 'medium',
  cwe: [662],
  standards: ['ISO/IEC 25010 availability'],
  why: 'A migration runs while customers use the application and while the old version still serves them. A statement that takes a second on a laptop can stop a table with a million rows for minutes, and a column that is renamed breaks every request of the version that is still running.',
  remedy: 'Change the schema in steps that both versions can live with, and build and validate without holding locks.',
  needs: ['migrations'],
  *run({ migrations: { value, gaps } }) {
    const all = value.migrations;
    if (all.length === 0)
      return yield gaps.length > 0
        ? unknown('read', application, `No migration was understood: ${gaps[0]?.file ?? 'the tree'} (${gaps[0]?.reason}).`)
        : notApplicable('No migrations were found.');
    for (const [folder, migrations] of Map.groupBy(all, folderOf)) {
      const found = migrations.flatMap((migration) => migration.hazards.map((one) => ({ ...one, file: migration.file })));
      for (const severity of ['medium', 'low'] as const) {
        const kinds = [
          ...Map.groupBy(
            found.filter(({ hazard }) => meanings[hazard].severity === severity),
            ({ hazard }) => hazard,
          ),
        ];
        const last = kinds.flatMap(([, places]) => places).at(-1);
        if (last === undefined) continue;
        const lines = kinds.map(([hazard, places]) => `${meanings[hazard].says} (${times(places.length)}: ${places.at(-1)?.detail ?? ''})`);
        const harm = severity === 'medium' ? 'break the version that is running, or stop half-way' : 'make customers wait on a large table';
        yield fail(
          'read',
          { kind: 'file', name: severity === 'medium' ? folder : `${folder}: locks` },
          `Migrations in ${folder} ${harm}: ${lines.join('; ')}. What has run already cannot be mended; the next one can go otherwise.`,
          {
            severity,
            impact: kinds
              .map(([hazard]) => meanings[hazard].impact)
              .slice(0, 2)
              .join(' '),
            remedy: [...new Set(kinds.map(([hazard]) => meanings[hazard].remedy))].join(' '),
            where: { file: last.file, line: last.line, endLine: last.line },
            effect: severity === 'medium' ? 'breaks' : 'locks',
          },
        );
      }
      if (found.length === 0 && migrations.every(({ unread }) => unread === 0)) yield pass('read', { kind: 'file', name: folder });
    }
    const unread = all.reduce((sum, one) => sum + one.unread, 0);
    if (gaps.length > 0)
      yield unknown(
        'read',
        application,
        `${unread > 0 ? `${unread} statements of migrations were` : 'Some migrations were'} not understood: ${gaps[0]?.file ?? 'the tree'} (${gaps[0]?.reason})${gaps.length > 1 ? ' and others' : ''}.`,
      );
  },
});

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times, the latest`;
}
