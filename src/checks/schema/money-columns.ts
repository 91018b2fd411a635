import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';

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
    let examined = 0;
    for (const table of schema.value.tables) {
      for (const column of table.columns) {
        if (!money.test(column.name)) continue;
        const subject = { kind: 'column' as const, name: `${table.name}.${column.name}` };
        const inexact = /^(real|double precision)/.test(column.type);
        if (!inexact && !/^(numeric|decimal|money|bigint|integer)/.test(column.type)) continue;
        examined++;
        yield inexact
          ? fail('ran', subject, `${table.name}.${column.name} holds money as ${column.type}.`, {
              impact: 'Totals and balances drift by cents and no longer add up.',
              effect: column.type,
            })
          : pass('ran', subject);
      }
    }
    if (examined === 0) yield notApplicable('No column holds money.', 'ran');
  },
});
