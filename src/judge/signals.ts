import type { EvidenceValue } from '../model/evidence/index.ts';
import { mayAskModel } from '../model/model-calls.ts';
import { shownTable } from '../model/words.ts';
import { personalColumn, surelyMoneyName } from './words.ts';
import type { DataPlace, Signals } from './types.ts';

const paymentPackages =
  /^(stripe|@stripe\/.+|braintree|@paypal\/.+|paypal-.+|square|@lemonsqueezy\/.+|@paddle\/.+|razorpay|@adyen\/.+|@mollie\/.+|plaid|gocardless-nodejs|coinbase-commerce-node)$/;

export interface SignalSources {
  readonly schema?: EvidenceValue<'schema'> | undefined;
  readonly dependencies?: EvidenceValue<'dependencies'> | undefined;
  readonly endpoints: readonly { readonly id: string; readonly path: string }[];
  readonly calls?: EvidenceValue<'calls'> | undefined;
}

/** What the names of tables, columns, packages and paths say the application deals in. */
export function signalsOf(sources: SignalSources): Signals {
  const packages = (sources.dependencies?.units ?? []).flatMap((unit) => [
    ...unit.declared.filter((one) => one.kind !== 'development').map((one) => one.name),
    ...unit.imports.filter((one) => !one.typeOnly).map((one) => one.name),
  ]);
  return {
    money: distinct([
      ...packages.filter((name) => paymentPackages.test(name)).map((name) => ({ name, because: 'a payment package' })),
      ...tables(sources.schema)
        .filter(surelyMoneyName)
        .map((name) => ({ name, because: 'a table about money' })),
      ...columns(sources.schema)
        .filter((name) => surelyMoneyName(name.split('.').at(-1) ?? name))
        .map((name) => ({ name, because: 'a column for money' })),
      ...sources.endpoints.filter((one) => surelyMoneyName(one.path)).map((one) => ({ name: one.id, because: 'an endpoint about money' })),
    ]),
    personal: distinct(
      columns(sources.schema)
        .filter((name) => personalColumn(name.split('.').at(-2) ?? '', name.split('.').at(-1) ?? name))
        .map((name) => ({ name, because: 'a column for personal data' })),
    ),
    // Only who has seen both packages and calls may say that there are none.
    modelCalls: mayAskModel(packages, sources.calls)
      ? true
      : sources.dependencies === undefined || sources.calls === undefined
        ? null
        : false,
    sawTables: sources.schema !== undefined && sources.schema.database !== 'none',
    sawPackages: sources.dependencies !== undefined,
  };
}

function tables(schema: EvidenceValue<'schema'> | undefined): string[] {
  return (schema?.tables ?? []).map((table) => shownTable(table.name));
}

/** `users.email`, without the schema that everybody has. */
function columns(schema: EvidenceValue<'schema'> | undefined): string[] {
  return (schema?.tables ?? []).flatMap((table) => table.columns.map((column) => `${shownTable(table.name)}.${column.name}`));
}

function distinct(places: readonly DataPlace[]): DataPlace[] {
  return [...new Map(places.map((place) => [place.name, place])).values()];
}

/** Controls that known facts leave without anything to look at: the fact, as a sentence. */
export function decidedByFacts(control: string, signals: Signals | undefined): string | undefined {
  if (!signals) return undefined;
  if (control.startsWith('ai/') && signals.modelCalls === false) {
    return 'No call of a language model was found: no package, no address and no variable of a provider.';
  }
  const noMoney = signals.sawTables && signals.sawPackages && signals.money.length === 0;
  if (noMoney && ['correctness/payment-outcomes', 'compliance/card-data', 'correctness/money-arithmetic'].includes(control)) {
    return 'No payment package, money column or endpoint about money was found.';
  }
  return undefined;
}
