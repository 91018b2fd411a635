import type { Surface } from '../model/surface.ts';
import type { Step } from '../model/verification.ts';
import type { Trigger } from '../model/words.ts';

/** From which growth on more of the same is something else: a quarter more endpoints (five at least), half as many lines again. */
const growth = { endpoints: 1.25, leastEndpoints: 5, lines: 1.5, leastLines: 1_000 };

/**
 * What was stepped up since an earlier audit: names that it did not have, and growth. Nothing is said of what one of the two could not see.
 */
export function stepsUp(before: Surface | null | undefined, now: Surface | null | undefined): Step[] {
  if (!before || !now) return [];
  const services = added(
    before.services?.map(({ name }) => name),
    now.services?.map(({ name }) => name),
  );
  const kinds = new Map(now.services?.map(({ name, kind }) => [name, kind]));
  const [paid, others] = [
    services.filter((name) => kinds.get(name) === 'payments'),
    services.filter((name) => kinds.get(name) !== 'payments'),
  ];
  return [
    ...named('money', ['table with money', 'tables with money'], added(before.moneyTables, now.moneyTables), ['payments']),
    ...named('personal', ['column with personal data', 'columns with personal data'], added(before.personalColumns, now.personalColumns), [
      'sensitive-data',
    ]),
    ...named('roles', ['role', 'roles'], added(before.roles, now.roles), ['sensitive-data']),
    ...named('services', ['service that takes payments', 'services that take payments'], paid, ['payments']),
    ...named('services', ['outside service', 'outside services'], others, ['scale']),
    ...grown('endpoints', before.endpoints, now.endpoints, growth.endpoints, growth.leastEndpoints, ['sensitive-data']),
    ...grown('lines', before.lines, now.lines, growth.lines, growth.leastLines, ['funding']),
  ];
}

function added(before: readonly string[] | null | undefined, now: readonly string[] | null | undefined): string[] {
  return before && now ? now.filter((name) => !before.includes(name)) : [];
}

const mostNamed = 4;

function named(what: Step['what'], [one, many]: readonly [string, string], names: readonly string[], triggers: readonly Trigger[]): Step[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, mostNamed).join(', ') + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '');
  return [{ what, names, sentence: `${names.length} new ${names.length === 1 ? one : many}: ${shown}`, triggers }];
}

function grown(
  what: 'endpoints' | 'lines',
  before: number,
  now: number,
  factor: number,
  least: number,
  triggers: readonly Trigger[],
): Step[] {
  return now >= before * factor && now - before >= least
    ? [{ what, names: [], sentence: `${now} ${what} where there were ${before}`, triggers }]
    : [];
}
