import type { AbstractValue } from '../model/evidence/read.ts';
import { shownTable } from '../model/words.ts';
import type { Surface } from '../model/surface.ts';
import type { JudgedEvidence } from './report.ts';
import { personalColumn, surelyMoneyName } from './words.ts';

type Service = NonNullable<Surface['services']>[number];

const kinds: Readonly<Record<string, Service['kind']>> = {
  'outbound-payment': 'payments',
  'outbound-storage': 'storage',
  mail: 'mail',
  'model-call': 'model',
  outbound: 'other',
};
/** Hosts that are no service outside: this machine, its network, names that lead nowhere. */
const near = /^(localhost|.*\.(local|localhost|internal|test|example)|(.*\.)?example\.(com|org|net)|[\d.:[\]]+|[^.]*)$/;

/** What the application exposes and holds, in names that stay the same while the code moves. */
export function surfaceOf(values: JudgedEvidence, size: { readonly endpoints: number; readonly lines: number }): Surface {
  const columns = columnsOf(values);
  const named = values['personal-data']?.columns.map(({ table, column }) => ({ table: shownTable(table), column })) ?? [];
  return {
    roles: rolesOf(values),
    moneyTables:
      columns && sorted(columns.filter(({ table, column }) => surelyMoneyName(table) || surelyMoneyName(column)).map(({ table }) => table)),
    personalColumns:
      columns &&
      sorted(
        [...columns.filter(({ table, column }) => personalColumn(table, column)), ...named].map(
          ({ table, column }) => `${table}.${column}`,
        ),
      ),
    services: servicesOf(values),
    ...size,
  };
}

/** Every column that the database or the code declares; null where neither was seen. */
function columnsOf({ schema, 'declared-columns': declared }: JudgedEvidence): { table: string; column: string }[] | null {
  if (schema === undefined && declared === undefined) return null;
  return [
    ...(schema?.tables ?? []).flatMap(({ name, columns }) => columns.map((column) => ({ table: shownTable(name), column: column.name }))),
    ...(declared?.columns ?? []).map(({ table, column }) => ({ table: shownTable(table), column })),
  ];
}

function rolesOf({ routes, actors, 'intended-access': intended }: JudgedEvidence): string[] | null {
  if (routes === undefined && intended === undefined) return null;
  return sorted([
    ...(intended?.roles ?? []),
    ...(routes?.routes ?? []).flatMap(({ guards, inline }) => [...guards, ...inline].flatMap(({ roles }) => roles)),
    ...(actors?.actors ?? []).flatMap(({ role }) => (role === null ? [] : [role])),
  ]);
}

/** Calls of packages by the package, other requests by the host where it is written down. */
function servicesOf({ calls }: JudgedEvidence): Service[] | null {
  if (calls === undefined) return null;
  const found = new Map<string, Service>();
  for (const { means, symbol, args } of calls.calls) {
    const kind = kinds[means];
    if (kind === undefined) continue;
    const name = kind === 'other' ? hostOf(args[0]) : packageOf(symbol);
    if (name !== null) found.set(name, { name, kind });
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function hostOf(value: AbstractValue | undefined): string | null {
  if (value?.kind === 'object') return hostOf(value.keys['url'] ?? value.keys['baseURL']);
  if (value?.kind === 'environment' && value.fallback) return hostOf(value.fallback);
  const text = value?.kind === 'literal' ? String(value.value) : value?.kind === 'template' ? (value.parts[0] ?? '') : '';
  const host = /^(?:https?|wss?):\/\/(?:[^/@?#]*@)?([^/:?#]+)/i.exec(text)?.[1]?.toLowerCase();
  return host === undefined || near.test(host) ? null : host;
}

function packageOf(symbol: string): string | null {
  return /^npm:((?:@[^/#]+\/)?[^/#]+)/.exec(symbol)?.[1] ?? null;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted();
}
