import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { DeclaredColumn } from '../../model/evidence/constructs.ts';
import { namesMoney } from '../../model/money.ts';
import { inWords } from '../../model/personal.ts';

const inexact = /^(real|float\d*|double( precision)?|doubleprecision|double)\b/;
const decimal = /^(numeric|decimal|money)\b(?!\(\d+(, ?0)?\))/;

export default defineCheck({
  title: 'Money is exact',
  control: 'correctness/money-arithmetic',
  severity: 'medium',
  cwe: [682, 681],
  standards: ['ASVS v5.0.0-2.3.4'],
  why: 'Binary floating point cannot hold 0.10: 0.1 + 0.2 is 0.30000000000000004. One sum is off by nothing anybody sees; a year of balances is off by money, and no comparison with the payment provider agrees any more.',
  remedy:
    'Keep amounts as whole numbers of the smallest unit (cents) in BIGINT columns and compute with those, or do the sums in SQL on NUMERIC columns. Turn a decimal text into cents once, where it comes in: Math.round(Number(text) * 100).',
  needs: ['declared-columns', 'constructs'],
  *run({ 'declared-columns': columns, constructs }) {
    let examined = 0;
    const money = columns.value.columns.filter(({ column }) => namesMoney(column));
    for (const { table, column, type, where } of money) {
      const subject = { kind: 'column' as const, name: `${table}.${column}` };
      if (inexact.test(type)) {
        examined++;
        yield fail(
          'read',
          subject,
          `${table}.${column} is declared as ${type}, which cannot hold 0.10 exactly. (That it holds money is told by its name.)`,
          {
            remedy: 'Make the column BIGINT (cents) or NUMERIC(12,2), and convert the rows that exist by rounding once.',
            impact: 'Totals and balances drift by cents and no longer add up.',
            where,
            effect: type,
          },
        );
      } else if (/^(numeric|decimal|money|bigint|int(eger)?|biginteger|smallint)/.test(type)) {
        examined++;
        yield pass('read', subject);
      }
    }
    const inCode = constructs.value.constructs.filter(
      // What was read off a row is decimal only if its column is.
      (one) =>
        one.kind === 'decimal-arithmetic' && one.routes.length > 0 && (one.detail.startsWith('parsed') || isDecimal(one.name, money)),
    );
    for (const [file, found] of Map.groupBy(inCode, ({ where }) => where.file)) {
      examined++;
      const [first] = found;
      if (first === undefined) continue;
      const writes = found.some(({ routes }) => routes.some((id) => !/^(GET|HEAD|QUERY) /.test(id)));
      const names = [...new Set(found.map(({ name }) => name))].slice(0, 4).join(', ');
      const lines = [...new Set(found.map(({ where }) => where.line))];
      const shown = `line ${lines.slice(0, 6).join(', ')}${lines.length > 6 ? ` and ${lines.length - 6} more` : ''}`;
      yield fail('read', { kind: 'file', name: file }, `Amounts of money (${names}) are computed as floating point (${shown}).`, {
        severity: writes ? 'medium' : 'low',
        impact: writes
          ? 'What is stored or charged can differ by cents from what the parts add up to.'
          : 'What is shown can differ by cents from what the parts add up to.',
        where: first.where,
        effect: 'arithmetic',
      });
    }
    if (examined > 0) return;
    yield columns.gaps.length + constructs.gaps.length > 0
      ? unknown('read', application, 'No amounts of money were found, but some code could not be read.')
      : notApplicable('No column or computation is named like an amount of money.');
  },
});

function isDecimal(name: string, money: readonly DeclaredColumn[]): boolean {
  const same = money.filter(({ column }) => inWords(column) === inWords(name));
  return same.some(({ type }) => inexact.test(type) || decimal.test(type));
}
