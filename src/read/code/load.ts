import { messageOf } from '../../model/errors.ts';
import type { Gap } from '../../model/words.ts';
import { languageOf, unreadable } from '../../source/parse.ts';
import { sha256 } from '../../world/hash.ts';
import type { ReadContext } from '../context.ts';
import { openPack } from './cache.ts';
import type { Job } from './extract.ts';
import { factsVersion } from './facts.ts';
import type { FileFacts } from './facts.ts';
import { extractAll } from './threads.ts';

/** Folders whose code was made by machines or by others. */
const foreign = /(^|\/)(node_modules|dist|build|\.next|\.nuxt|\.output|coverage|vendor|vendors|out|bower_components|__generated__|\.git)\//;
const foreignFile = /(\.min\.[cm]?js|\.bundle\.js|-min\.js|\.generated\.[cm]?[jt]sx?)$/;

/** True for paths that hold source code of the application itself. */
function isOwnSource(path: string): boolean {
  return languageOf(path) !== null && (!foreign.test(path) || /(^|\/)src\/(.*\/)?(build|out|vendor|vendors|coverage)\//.test(path)) && !foreignFile.test(path);
}

/** Reads the facts of every source file of the tree, from the cache where the content is known. */
export async function loadFacts(context: ReadContext): Promise<{ facts: Map<string, FileFacts>; gaps: Gap[] }> {
  const gaps: Gap[] = [];
  const pack = openPack(context.cacheDir, `facts-${sha256(context.tree.root).slice(0, 16)}`, `${context.toolVersion}-${factsVersion}`);
  const keys = new Map<string, string>();
  const jobs = new Map<string, Job>();
  const known = new Map<string, string>();
  for (const { path } of context.tree.files) {
    if (!isOwnSource(path)) continue;
    const lang = languageOf(path);
    if (lang === null) continue;
    let bytes: Buffer;
    try {
      bytes = await context.tree.read(path);
    } catch (error) {
      gaps.push({ file: path, reason: `could not be opened: ${messageOf(error)}` });
      continue;
    }
    const reason = unreadable(bytes);
    if (reason !== null) {
      gaps.push({ file: path, reason });
      continue;
    }
    const key = `${sha256(bytes)}${lang}`;
    keys.set(path, key);
    const json = pack.get(key);
    if (json !== undefined) known.set(key, json);
    else if (!jobs.has(key)) jobs.set(key, { key, lang, text: bytes.toString('utf8') });
  }
  for (const result of await extractAll([...jobs.values()], context.jobs)) {
    const json = 'json' in result ? result.json : JSON.stringify(result.reason);
    known.set(result.key, json);
    pack.put(result.key, json);
  }
  pack.save();

  const facts = new Map<string, FileFacts>();
  for (const [path, key] of keys) {
    const value = JSON.parse(known.get(key) ?? '"could not be read"') as FileFacts | string;
    if (typeof value === 'string') gaps.push({ file: path, reason: value });
    else facts.set(path, value);
  }
  return { facts, gaps };
}
