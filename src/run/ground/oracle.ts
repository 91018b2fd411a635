import { relative } from 'node:path';
import { shownTable } from '../../model/words.ts';
import type { Oracle } from './types.ts';
import type { SqliteFile } from './state/sqlite/connection.ts';
import { type FoundFile, toWatch } from './state/sqlite/find.ts';

/** What is known of where an app that runs keeps its data. */
export interface Signs {
  /** It holds a connection to our Postgres. */
  readonly connected: boolean;
  /** Tables in our Postgres. */
  readonly tables: number;
  readonly files: readonly FoundFile[];
  /** SQLite files that it has open outside of its directory, as it calls them. */
  readonly elsewhere: readonly string[];
  /** What it has to speak to SQLite with. */
  readonly drivers: readonly string[];
  /** The app's directory: paths are told relative to it. */
  readonly dir: string;
}

/** What the drills may go by, and the files to watch where that is SQLite. A connection says more than a file, a file in use more than tables. */
export function chooseOracle(signs: Signs): { oracle: Oracle; watch: SqliteFile[] } {
  const { connected, tables, files, elsewhere, drivers, dir } = signs;
  const used = files.filter((file) => file.open || file.fresh);
  const names = (list: readonly { path: string }[]): string => list.map(({ path }) => relative(dir, path)).join(', ');
  const beside = used.length === 0 ? '' : `; rows in its SQLite file (${names(used)}) are not watched`;
  if (connected) return { oracle: { kind: 'rows', detail: `the app is connected to the ground's Postgres${beside}` }, watch: [] };
  if (used.length > 0) {
    const watch = toWatch(files);
    const how = used.some((file) => file.open) ? 'has it open' : 'has written it';
    return { oracle: { kind: 'sqlite', detail: `the app keeps its data in ${names(watch)} (SQLite): it ${how}` }, watch };
  }
  if (tables > 0) return { oracle: { kind: 'rows', detail: "the app's migrations made tables in the ground's Postgres" }, watch: [] };
  if (files.length > 0 && drivers.length > 0) {
    const watch = toWatch(files);
    const detail = `the app brings ${names(watch)} and ${drivers.join(', ')}; it was not seen to open the file yet`;
    return { oracle: { kind: 'sqlite', detail }, watch };
  }
  return { oracle: { kind: 'responses', detail: whyNothing(elsewhere, drivers) }, watch: [] };
}

/** The oracle with the tables that it does not see. */
export function withBlind(oracle: Oracle, blind: readonly { table: string; reason: string }[]): Oracle {
  if (blind.length === 0) return oracle;
  const shown = blind.slice(0, 4).map(({ table, reason }) => `${shownTable(table)} (${reason})`);
  return { ...oracle, detail: `${oracle.detail}; not seen: ${shown.join(', ')}${blind.length > shown.length ? ' and others' : ''}` };
}

function whyNothing(elsewhere: readonly string[], drivers: readonly string[]): string {
  if (elsewhere.length > 0) return `the app has ${elsewhere.join(', ')} open, outside of its directory, where its rows cannot be watched`;
  if (drivers.length > 0)
    return `the app uses ${drivers.join(', ')}, but no SQLite file with tables was found: a database in memory cannot be seen`;
  return 'the app made no table, is not connected to Postgres and has no SQLite file';
}
