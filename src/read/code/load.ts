import { messageOf } from '../../model/errors.ts';
import type { Gap } from '../../model/words.ts';
import { languageOf, mostStack, unreadable } from '../../source/parse.ts';
import { sha256 } from '../../world/hash.ts';
import type { ReadContext } from '../context.ts';
import { utf8Of } from '../language.ts';
import { openPack } from '../pack.ts';
import { showsMarkup, withMarkup } from './components.ts';
import { askedOf, factsOf } from './extract.ts';
import type { Job } from './extract.ts';
import { factsVersion } from './facts.ts';
import type { KeptFacts } from './alone.ts';
import type { Asked } from './facts.ts';
import { extractAll } from './processes.ts';
import { isOwnPython } from './python/files.ts';
import { scriptsOf } from './scripts.ts';

/** Folders whose code was made by machines or by others. */
const foreign = /(^|\/)(node_modules|dist|build|\.next|\.nuxt|\.output|coverage|vendor|vendors|out|bower_components|__generated__|\.git)\//;
const foreignFile = /(\.min\.[cm]?js|\.bundle\.js|-min\.js|\.generated\.[cm]?[jt]sx?)$/;
/** Of the eight megabytes that a process usually has. */
const safeStack = 6_000_000;

/** True for paths that hold source code of the application itself. */
function isOwnSource(path: string): boolean {
  return (
    languageOf(path) !== null &&
    (!foreign.test(path) || /(^|\/)src\/(.*\/)?(build|out|vendor|vendors|coverage)\//.test(path)) &&
    !foreignFile.test(path)
  );
}

/** What one file of the tree says: where it asks for modules, and its facts when it is the application's own, or a component that shows markup. */
interface SourceReading {
  readonly path: string;
  readonly own: boolean;
  /** Null when a syntax error hides it. */
  asked(): readonly Asked[] | null;
  /** A string says why there are none. */
  facts(): KeptFacts | string;
}

/** Every script of the tree, read once. */
export interface Sources {
  readonly readings: readonly SourceReading[];
  /** The application's own files of Python. */
  readonly python: readonly SourceReading[];
  /** Scripts that were not even parsed, and why. */
  readonly gaps: readonly (Gap & { readonly own: boolean })[];
}

const sources = new WeakMap<ReadContext, Promise<Sources>>();

/** The scripts of a tree, read once for each context, from the cache where their content is known. */
export function sourcesOf(context: ReadContext): Promise<Sources> {
  let found = sources.get(context);
  if (found === undefined) sources.set(context, (found = read(context)));
  return found;
}

async function read(context: ReadContext): Promise<Sources> {
  const gaps: (Gap & { own: boolean })[] = [];
  const pack = openPack(context.cacheDir, `facts-${sha256(context.tree.root).slice(0, 16)}`, `${context.toolVersion}-${factsVersion}`);
  const keys = new Map<string, string>();
  const jobs = new Map<string, Job>();
  const texts = new Map<string, string>();
  for (const { path } of context.tree.files) {
    const embedded = /\.(vue|svelte|astro)$/.exec(path)?.[1];
    const python = isOwnPython(path);
    const lang = python ? 'py' : embedded === undefined ? languageOf(path) : 'ts';
    const own = python || (embedded === undefined && isOwnSource(path));
    if (lang === null || (!own && /\.min\.[cm]?js$/.test(path))) continue;
    let bytes: Buffer;
    try {
      bytes = utf8Of(await context.tree.read(path));
    } catch (error) {
      gaps.push({ file: path, reason: `could not be opened: ${messageOf(error)}`, own });
      continue;
    }
    const reason = unreadable(bytes);
    if (reason !== null) {
      gaps.push({ file: path, reason, own });
      continue;
    }
    const key = `${await context.tree.digest(path)}${embedded ?? lang}${own ? '' : '-'}`;
    keys.set(path, key);
    const stored = pack.get(key);
    if (stored !== undefined) texts.set(key, stored);
    else if (!jobs.has(key)) {
      const text = bytes.toString('utf8');
      const markup = embedded !== undefined && !foreign.test(path) && showsMarkup(text, embedded);
      jobs.set(key, {
        key,
        lang,
        text: embedded === undefined ? text : markup ? withMarkup(text, embedded) : scriptsOf(text, embedded),
        own: own || markup,
        shallow: python || mostStack(bytes) <= safeStack,
      });
    }
  }
  const missing = [...jobs.values()];
  for (const { key, json } of await extractAll(missing, context.jobs)) {
    texts.set(key, json);
    pack.put(key, json);
  }
  pack.save();

  const readings = [...keys].map(([path, key]): SourceReading => {
    const text = () => texts.get(key) ?? 'null\t"could not be read"';
    return {
      path,
      own: !key.endsWith('-'),
      asked: () => askedOf(text()),
      facts: () => factsOf(text()) ?? 'not the own code of the application',
    };
  });
  const [python, scripts] = [readings.filter(({ path }) => isOwnPython(path)), readings.filter(({ path }) => !isOwnPython(path))];
  return { readings: scripts, python, gaps };
}
