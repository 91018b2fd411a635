import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { parse } from 'yaml';
import { parseDotenv } from './environment.ts';

/** Words that make a file's name with `env` in it a sample, such as `.env.example`, `env-example-relational`, `.env.local.example`. */
const samples = new Set(['example', 'examples', 'sample', 'template', 'dist', 'default', 'defaults', 'tpl']);
/** Samples for another kind of database, or for another occasion, are looked at last. */
const others = new Set(['document', 'mongo', 'mongodb', 'mysql', 'mariadb', 'sqlite', 'test', 'testing', 'ci', 'e2e']);
const code = new Set(['js', 'mjs', 'cjs', 'ts', 'mts', 'md', 'mdx', 'json', 'yml', 'yaml', 'sh', 'py', 'rb', 'go', 'html']);
const ofCompose = ['docker-compose.yml', 'docker-compose.yaml', 'compose.yml', 'compose.yaml'];
const largest = 256 * 1024;

/** How good a sample of the environment a file is, 0 the best; null when its name is no sample's. */
export function rankOfSample(name: string): number | null {
  const words = name.toLowerCase().split(/[._-]+/);
  if (!words.some((word) => word === 'env' || word === 'environment') || !words.some((word) => samples.has(word))) return null;
  if (words.some((word) => code.has(word))) return null;
  if (words.some((word) => others.has(word))) return 2;
  return words.filter((word) => word !== '').length > 2 ? 1 : 0;
}

/**
 * The sample of the app's environment: from its committed `.env.example` or the like, then from what its compose file sets for
 * services that are built here. The nearer directory comes last and wins.
 */
export function readExample(...dirs: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const dir of new Set(dirs.map((each) => normalize(each)))) {
    const texts = namesIn(dir)
      .flatMap((name) => {
        const rank = rankOfSample(name);
        return rank === null ? [] : [{ name, rank }];
      })
      .toSorted((a, b) => b.rank - a.rank || (a.name < b.name ? 1 : -1))
      .map(({ name }) => parseDotenv(textOf(join(dir, name))));
    Object.assign(values, ...ofCompose.map((name) => composed(textOf(join(dir, name)))), ...texts);
  }
  return values;
}

/** Names of the variables in the user's own `.env` files; their values are never looked at further. */
export function readOwnNames(...dirs: string[]): string[] {
  const names = new Set<string>();
  for (const dir of new Set(dirs.map((each) => normalize(each)))) {
    for (const file of ['.env', '.env.local', '.env.production', '.env.development']) {
      for (const name of Object.keys(parseDotenv(textOf(join(dir, file))))) names.add(name);
    }
  }
  return [...names];
}

/** The environment that a compose file gives to the services that are built from this repository, not to those that come as images. */
function composed(text: string): Record<string, string> {
  if (text === '') return {};
  let file: unknown;
  try {
    file = parse(text, { maxAliasCount: 100 });
  } catch {
    return {};
  }
  const values: Record<string, string> = {};
  for (const service of Object.values(fieldsOf(fieldsOf(file)['services']))) {
    const { build, environment } = fieldsOf(service);
    if (build === undefined) continue;
    const pairs: [string, unknown][] = Array.isArray(environment)
      ? environment.flatMap((line: unknown) => {
          const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(String(line)) ?? [];
          return name === undefined ? [] : [[name, value]];
        })
      : Object.entries(fieldsOf(environment));
    for (const [name, value] of pairs) {
      // What compose puts in from the user's own environment is not known; its default is.
      const own = ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
      values[name] = own.replace(/\$\{\w+(?::?-([^}]*))?\}|\$\w+/g, (_, otherwise: string | undefined) => otherwise ?? '');
    }
  }
  return values;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** The text of a plain file of a decent size; empty for anything else, links among it: they may lead anywhere. */
function textOf(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= largest ? readFileSync(path, 'utf8') : '';
}
