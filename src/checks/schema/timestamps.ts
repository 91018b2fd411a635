import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: 'Timestamps carry a time zone',
  control: 'schema/constraints',
  severity: 'low',
  why: 'A timestamp without a zone means something else on every server and in every season. Deadlines, expiries and reports move by an hour or a day.',
  remedy:
    "Use timestamptz; convert with ALTER COLUMN ... TYPE timestamptz USING column AT TIME ZONE 'UTC' where the stored values are UTC.",
  needs: ['schema'],
  *run({ schema }) {
    if (schema.value.database === 'none')
      return yield unknown('ran', application, `Its data cannot be seen: ${schema.gaps[0]?.reason ?? 'it has no database'}.`);
    if (schema.value.database === 'sqlite') {
      yield notApplicable('SQLite has no type for points in time: columns hold text or numbers, with or without a zone.', 'ran');
      return;
    }
    let examined = 0;
    for (const table of schema.value.tables) {
      const naive = table.columns.filter((column) => /^timestamp.*without time zone/.test(column.type));
      if (!table.columns.some((column) => column.type.startsWith('timestamp'))) continue;
      examined++;
      const subject = { kind: 'table' as const, name: table.name };
      yield naive.length > 0
        ? fail('ran', subject, `${shownTable(table.name)} keeps ${naive.map((column) => column.name).join(', ')} without a time zone.`, {
            impact: 'The same instant is read differently by servers and people in different places.',
            effect: 'naive',
          })
        : pass('ran', subject);
    }
    if (examined > 0) return;
    yield schema.gaps.length > 0
      ? unknown('ran', application, 'No column holds a timestamp in what the migrations made, but they did not finish.')
      : notApplicable('No column holds a timestamp.', 'ran');
  },
});
