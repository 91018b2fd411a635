import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { shownTable } from '../../model/words.ts';

/** Shares, counts and measures that only sound like money: a `tax_rate` may well be a fraction. */
const noSum = /(^|_)(rate|percent(age)?|pct|ratio|factor|count|score|weight|hours|days|quantity|qty)(_|$)/i;
const money = /(^|_)(price|amount|total|subtotal|balance|cost|fee|salary|revenue|payout|refund|tax)(_|$)/i;

export default defineCheck({
  title: 'Money columns are exact types',
  control: 'schema/constraints',
  severity: 'medium',
  cwe: [682],
  why: 'Binary floating point cannot hold 0.10. Sums drift by cents, comparisons fail, and the books do not agree with the payment provider.',
  remedy: 'Store cents in BIGINT, or use NUMERIC with a fixed scale; convert existing rows by rounding once.',
  needs: ['schema'],
  *run({ schema }) {
    if (schema.value.database === 'none')
      return yield unknown('ran', application, `Its data cannot be seen: ${schema.gaps[0]?.reason ?? 'it has no database'}.`);
    let examined = 0;
    const sqlite = schema.value.database === 'sqlite';
    for (const table of schema.value.tables) {
      for (const column of table.columns) {
        if (!money.test(column.name) || noSum.test(column.name)) continue;
        const subject = { kind: 'column' as const, name: `${table.name}.${column.name}` };
        // SQLite keeps what a column declared as DECIMAL holds as floating point, unless it is a whole number (of cents, say).
        if (sqlite && /^numeric(\(\d+(,0)?\))?$/.test(column.type)) continue;
        const floats = sqlite && column.type.startsWith('numeric');
        const inexact = floats || /^(real|double precision)/.test(column.type);
        if (!inexact && !/^(numeric|decimal|money|bigint|integer)/.test(column.type)) continue;
        examined++;
        yield inexact
          ? fail(
              'ran',
              subject,
              `${shownTable(table.name)}.${column.name} holds money as ${column.type}, ${floats ? 'which SQLite keeps as floating point: it' : 'which'} cannot hold 0.10 exactly.`,
              {
                ...(sqlite ? { remedy: 'Store cents in an INTEGER column; convert existing rows by rounding once.' } : {}),
                impact: 'Totals and balances drift by cents and no longer add up.',
                effect: column.type,
              },
            )
          : pass('ran', subject);
      }
    }
    if (examined > 0) return;
    yield schema.gaps.length > 0
      ? unknown('ran', application, 'No column holds money in what the migrations made, but they did not finish.')
      : notApplicable('No column holds money.', 'ran');
  },
});
