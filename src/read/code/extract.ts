import { messageOf } from '../../model/errors.ts';
import { parse } from '../../source/parse.ts';
import { parsePython } from '../../source/python.ts';
import { ascii } from '../pack.ts';
import { concealed } from './conceal.ts';
import { aloneOf } from './alone.ts';
import type { KeptFacts } from './alone.ts';
import type { Asked, FileFacts } from './facts.ts';
import { modulesAsked } from './imports.ts';
import { lower } from './lower/lowering.ts';
import { lowerPython } from './python/lower/lowering.ts';

/** One text to read, and the parser's language. */
export interface Job {
  readonly key: string;
  readonly lang: 'ts' | 'tsx' | 'jsx' | 'py';
  readonly text: string;
  /** False for code that others wrote: of it only the imports are read. */
  readonly own: boolean;
  /** True when parsing cannot exhaust the stack of this process. */
  readonly shallow: boolean;
}

/** Where a text asks for modules (null: a syntax error hides it), and its facts or why there are none. */
export interface Reading {
  readonly asked: readonly Asked[] | null;
  readonly facts: KeptFacts | string | null;
}

/** A reading as two texts of JSON in ASCII, parted by a tab; `key` is the job's. */
export interface Extracted {
  readonly key: string;
  readonly json: string;
}

/** Reads one text. Never throws; may end the process when the job is not shallow. */
export function extract(job: Job): Extracted {
  return { key: job.key, json: encode(read(job)) };
}

/** What stands for a text that nothing could be read of. */
export function unread(key: string, reason: string): Extracted {
  return { key, json: encode({ asked: null, facts: reason }) };
}

/** The modules asked for in a stored reading. */
export function askedOf(json: string): readonly Asked[] | null {
  return JSON.parse(json.slice(0, json.indexOf('\t'))) as readonly Asked[] | null;
}

/** The facts in a stored reading. */
export function factsOf(json: string): KeptFacts | string | null {
  return JSON.parse(json.slice(json.indexOf('\t') + 1)) as KeptFacts | string | null;
}

function read({ lang, text, own }: Job): Reading {
  try {
    const source = own ? concealed(text) : text;
    if (lang === 'py') return readPython(source);
    const parsed = parse(source, lang);
    const found = modulesAsked(parsed, source);
    const asked = found.length === 0 && parsed.error !== null ? null : found;
    return { asked, facts: !own ? null : (parsed.error ?? kept(lower(parsed, source))) };
  } catch (error) {
    if (error instanceof RangeError) return { asked: null, facts: tooDeep };
    return { asked: null, facts: `could not be read: ${messageOf(error)}` };
  }
}

function readPython(source: string): Reading {
  const parsed = parsePython(source);
  if (parsed.error !== null) return { asked: null, facts: parsed.error };
  const facts = lowerPython(parsed);
  return { asked: facts.imports, facts: kept(facts) };
}

function kept(facts: FileFacts): KeptFacts {
  return { ...facts, alone: aloneOf(facts) };
}

/** The reason for a text whose nesting ends a parser or what comes after it. */
export const tooDeep = 'nested too deeply to be read safely';

function encode({ asked, facts }: Reading): string {
  let json: string;
  try {
    json = JSON.stringify(facts);
  } catch {
    json = JSON.stringify(tooDeep);
  }
  return ascii(`${JSON.stringify(asked)}\t${json}`);
}
