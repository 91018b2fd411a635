import { invent } from './environment.ts';
import type { Surroundings } from './plan.ts';

/** Other values for a variable whose invented value the app refused, in the order in which they are tried; null leaves it unset. */
const alternatives: readonly { readonly shape: string; readonly value: string | null }[] = [
  { shape: 'unset', value: null },
  { shape: 'number', value: '1000' },
  { shape: 'boolean', value: 'true' },
  { shape: 'url', value: 'http://outside.test' },
  { shape: 'e-mail', value: 'app@outside.test' },
];

/** How many times a start is repeated with other values before it is given up. */
export const maxRepairs = 24;

/** Values for the variable that names the kind of database, where the app has no driver for Postgres. */
const otherDatabases = [null, 'sqlite', 'sqlite3'];
const noDriver = /Please install pg package|Cannot find (?:module|package) 'pg'|DriverPackageNotInstalledError|run\s+npm install pg\b/;

/** Values that the app's words offer for a variable: "one of the following values: a, b", `"a" | "b"`, `[a,b]`. */
function offered(lastWords: string, name: string): string[] {
  const near = lastWords.slice(lastWords.indexOf(name)).split('\n', 4).join(' ');
  const list =
    /(?:one of(?: the following)?(?: values)?|choices)[:\s]*\[?((?:\s*[|,]?\s*["'`]?[\w./-]+["'`]?(?=\s*[|,\]"'`]|\s*$|\s))+)/i.exec(
      near,
    )?.[1];
  if (list === undefined || !/[|,]/.test(list)) return [];
  return list
    .split(/[|,]/)
    .map(
      (each) =>
        each
          .trim()
          .replace(/^["'`]|["'`]$/g, '')
          .split(/\s/)[0] ?? '',
    )
    .filter((each) => each !== '');
}

/**
 * The surroundings with another value for the invented variable that the app's last words name, or with one that it
 * misses; null when they name none, or nothing is left to try. `tried` counts the values tried per variable.
 */
export function repaired(app: Surroundings, lastWords: string, tried: Map<string, number>): Surroundings | null {
  const next = <T>(name: string, values: readonly T[]): T | undefined => {
    const count = tried.get(name) ?? 0;
    tried.set(name, count + 1);
    return values[count];
  };
  for (const { name } of app.invented) {
    if (!new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(lastWords)) continue;
    const offers = offered(lastWords, name).map((value) => ({ shape: 'one of its own', value }));
    const found = next(name, [...offers.slice(0, 1), ...alternatives]);
    if (found !== undefined) return withValue(app, name, found.value, found.shape);
  }
  const missing = missed(app, lastWords);
  if (missing !== null) {
    // Nothing but the seed makes these values differ from run to run.
    const seed = app.invented.map(({ name }) => app.env[name]).join();
    const { value, shape } = invent(missing, { seed, example: app.sample, port: app.port });
    return withValue(app, missing, value, shape);
  }
  if (!noDriver.test(lastWords)) return null;
  for (const [name, value] of Object.entries(app.env)) {
    if (!/(?:DIALECT|CLIENT|TYPE)$/.test(name) || !['postgres', 'pg'].includes(value)) continue;
    const found = next(name, otherDatabases);
    if (found !== undefined) return withValue(app, name, found, 'kind of database');
  }
  return null;
}

const variable = String.raw`\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b`;
const complaint = 'required|missing|must be|must provide|please set|not set|unset|undefined|not defined|not found|constraints';
/** "X is required", and "missing environment variable: X". */
const complaints = [
  new RegExp(`${variable}[^\\n]{0,60}(?:${complaint})`, 'gi'),
  new RegExp(`(?:${complaint})[^\\n]{0,60}?${variable}`, 'gi'),
];

/** A variable that the app says it misses and that reading has not found. */
function missed(app: Surroundings, lastWords: string): string | null {
  for (const pattern of complaints) {
    for (const [, name = ''] of lastWords.matchAll(pattern)) {
      if (name === name.toUpperCase() && !(name in app.env) && !/^(?:ERR|NODE|NPM|MODULE)_/.test(name)) return name;
    }
  }
  return null;
}

function withValue(app: Surroundings, name: string, value: string | null, shape: string): Surroundings {
  const { [name]: _refused, ...rest } = app.env;
  const others = app.invented.filter((one) => one.name !== name);
  return {
    ...app,
    env: value === null ? rest : { ...rest, [name]: value },
    invented: [...others, { name, shape }].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
