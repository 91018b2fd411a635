import { readdirSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { builtHere } from './compose.ts';
import { parseDotenv } from './environment.ts';
import { readOwnText } from './text.ts';

/** Words that make a file's name with `env` in it a sample, such as `.env.example`, `env-example-relational`, `.env.local.example`. */
const samples = new Set(['example', 'examples', 'sample', 'template', 'dist', 'default', 'defaults', 'tpl']);
/** Samples for another kind of database, or for another occasion, are looked at last. */
const others = new Set(['document', 'mongo', 'mongodb', 'mysql', 'mariadb', 'sqlite', 'test', 'testing', 'ci', 'e2e']);
const code = new Set(['js', 'mjs', 'cjs', 'ts', 'mts', 'md', 'mdx', 'json', 'yml', 'yaml', 'sh', 'py', 'rb', 'go', 'html']);

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
 * services that are built here, then from its Dockerfile. The nearer directory comes last and wins.
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
      .map(({ name }) => parseDotenv(readOwnText(join(dir, name))));
    Object.assign(values, ofImage(readOwnText(join(dir, 'Dockerfile'))), builtHere(dir), ...texts);
  }
  return values;
}

/** Names of the variables in the user's own `.env` files; their values are never looked at further. */
export function readOwnNames(...dirs: string[]): string[] {
  const names = new Set<string>();
  for (const dir of new Set(dirs.map((each) => normalize(each)))) {
    for (const file of ['.env', '.env.local', '.env.production', '.env.development']) {
      for (const name of Object.keys(parseDotenv(readOwnText(join(dir, file))))) names.add(name);
    }
  }
  return [...names];
}

/** Variables of the image's own tools. */
const ofTools =
  /^(?:PATH|HOME|PORT|LANG|LC_\w+|TZ|DEBIAN_FRONTEND|LD_\w+|NODE_ENV|NODE_OPTIONS|(?:NPM|YARN|PNPM|BUN|NVM|COREPACK|PYTHON|PIP|POETRY|UV|GEM|BUNDLE|GO|NEXT_TELEMETRY)\w*)$/i;

/** The environment that a Dockerfile sets: `ENV NAME value`, `ENV NAME=value OTHER="other value"`. */
function ofImage(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [, rest = ''] of text.replace(/\\\r?\n/g, ' ').matchAll(/^\s*ENV\s+(.+)$/gim)) {
    const [, name, value] = /^([A-Za-z_]\w*)\s+(.*)$/.exec(rest) ?? [];
    const pairs =
      name === undefined
        ? [...rest.matchAll(/([A-Za-z_]\w*)=(?:"([^"]*)"|'([^']*)'|(\S*))/g)].map(([, key = '', ...each]) => [
            key,
            each.find((one) => one !== undefined),
          ])
        : [[name, value]];
    for (const [key = '', own = ''] of pairs)
      if (!ofTools.test(key) && !own.includes('$')) values[key] = own.trim().replace(/^(["'])(.*)\1$/, '$2');
  }
  return values;
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
