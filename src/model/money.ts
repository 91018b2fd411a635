/** Names of amounts of money, as a word of the name. Shares, counts and amounts in the smallest unit are none. */
const money =
  /(^|_)(price|amount|total|subtotal|balance|cost|fee|salary|revenue|payout|refund|discount|tax|deposit|withdrawal|wage|budget|fare|rent)s?(_|$)/;
const noSum =
  /(^|_)(rate|percent(age)?|pct|ratio|factor|count|score|weight|hours?|days?|quantity|qty|pages?|items?|users?|records?|rows?|results?|length|size|cents?|minor|pence|units?|bytes|calories|tokens?|time|duration|ms|seconds|minutes|distance|points?)(_|$)/;

/** Whether a name is that of an amount of money in whole units (pounds, not pence). */
export function namesMoney(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
  return money.test(words) && !noSum.test(words);
}
