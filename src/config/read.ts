import { findNodeAtLocation, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { z } from 'zod';
import { SeaworthyError } from '../model/errors.ts';
import { accessPolicy, accessRule, confirmation } from '../model/access-rule.ts';
import { gatePolicy, waiver } from '../model/gate.ts';
import { configSchema } from './schema.ts';
import { triggers } from '../model/words.ts';
import type { Config } from './schema.ts';
import { liveSecret } from './secret.ts';

export const configFile = 'seaworthy.json';
/** A configuration is written by hand; anything larger is an attack or a mistake. */
const maxCharacters = 1024 * 1024;
const maxDepth = 20;
const env = z.looseObject({ env: z.record(z.string(), z.unknown()).optional() });

/** One thing that is wrong: where, and what was expected there. */
export interface ConfigProblem {
  /** Counted from 1. */
  readonly line: number;
  /** e.g. `attest[0].until`; empty for the file as a whole. */
  readonly path: string;
  readonly expected: string;
}

export type ParsedConfig =
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly ConfigProblem[] };

/** As much of a tree of files as finding the configuration takes. */
export interface ConfigSource {
  readonly files: readonly { path: string }[];
  read(path: string): Promise<Uint8Array>;
}

/**
 * Reads `seaworthy.json` at the top of the tree; without the file, everything is left to detection.
 * Throws a SeaworthyError `config-invalid` that lists every problem.
 */
export async function readConfig(source: ConfigSource): Promise<Config> {
  if (!source.files.some(({ path }) => path === configFile)) return {};
  const { config, problems } = parseConfig(new TextDecoder().decode(await source.read(configFile)));
  if (config !== null) return config;
  throw new SeaworthyError('config-invalid', problems.map(describeProblem).join('\n'));
}

/** `seaworthy.json:7: attest[0].until: expected a day, as YYYY-MM-DD`. */
export function describeProblem({ line, path, expected }: ConfigProblem): string {
  return `${configFile}:${line}: ${path === '' ? '' : `${path}: `}expected ${expected}`;
}

/** Parses JSON with comments and trailing commas, and checks it against the schema and for live secrets. */
export function parseConfig(text: string): ParsedConfig {
  if (text.length > maxCharacters)
    return { config: null, problems: [{ line: 1, path: '', expected: 'a file of at most one million characters' }] };
  // The parser recurses; depth is checked on the text first.
  if (deeperThan(text, maxDepth)) return { config: null, problems: [{ line: 1, path: '', expected: `no more than ${maxDepth} levels` }] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  if (root === undefined || errors.length > 0) {
    const first = errors[0];
    return {
      config: null,
      problems: [
        {
          line: lineAt(first?.offset ?? 0),
          path: '',
          expected: `valid JSON (${first === undefined ? 'the file is empty' : words(printParseErrorCode(first.error))})`,
        },
      ],
    };
  }
  const problems = duplicateKeys(root).map(({ path, offset }): ConfigProblem => ({
    line: lineAt(offset),
    path: written(path),
    expected: 'each key only once',
  }));
  const value = plain(root);
  const parsed = configSchema.safeParse(value, { error: (issue) => expectation(issue) });
  for (const issue of parsed.error?.issues ?? []) {
    for (const key of issue.code === 'unrecognized_keys' ? issue.keys : [null]) {
      const path = key === null ? issue.path : [...issue.path, key];
      problems.push({
        line: lineAt(nearest(root, path).offset),
        path: written(path),
        expected: key === null ? issue.message : `one of the known keys (${knownKeys(issue.path)})`,
      });
    }
  }
  // Also when something else is wrong: a secret should not stay in the file until the rest is mended.
  for (const [name, setting] of Object.entries(env.safeParse(value).data?.env ?? {})) {
    const reason = typeof setting === 'string' ? liveSecret(name, setting) : null;
    if (reason !== null)
      problems.push({
        line: lineAt(nearest(root, ['env', name]).offset),
        path: written(['env', name]),
        expected: `a made-up value: ${reason}. Revoke it if it is real, and leave the variable out; the proving ground makes one up`,
      });
  }
  if (problems.length > 0 || parsed.data === undefined) return { config: null, problems: problems.sort((a, b) => a.line - b.line) };
  return { config: parsed.data, problems: [] };
}

function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'a value; it is required' : article(issue.expected);
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format') return issue.format === 'date' ? 'a day, as YYYY-MM-DD' : undefined;
  if (issue.code === 'too_small')
    return issue.origin === 'array'
      ? `at least ${issue.minimum} item`
      : issue.origin === 'string'
        ? `at least ${issue.minimum} characters`
        : `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return undefined;
}

function article(type: string): string {
  const name = { record: 'object', int: 'whole number' }[type] ?? type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function knownKeys(path: readonly PropertyKey[]): string {
  if (path[0] === 'attest') return 'control, statement, by, date, until';
  if (path[0] === 'signers') return 'name, key, tool';
  if (path[0] === 'checkpoints') return path.length === 1 ? 'days' : triggers.join(', ');
  if (path[0] === 'waivers') return Object.keys(waiver.shape).join(', ');
  if (path[0] === 'gate') return Object.keys(gatePolicy.shape).join(', ');
  if (path[0] !== 'access') return Object.keys(configSchema.shape).join(', ');
  if (path.length === 1) return Object.keys(accessPolicy.shape).join(', ');
  return Object.keys(path.at(-1) === 'confirmed' ? confirmation.shape : accessRule.shape).join(', ');
}

/** The value of a parsed tree, without the prototype that a key `__proto__` would set. */
function plain(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plain);
  if (node.type !== 'object') return node.value;
  const pairs = (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [[String(key.value), plain(value)] as const],
  );
  return Object.fromEntries(pairs);
}

function duplicateKeys(node: Node, path: readonly (string | number)[] = []): { path: readonly (string | number)[]; offset: number }[] {
  if (node.type === 'array') return (node.children ?? []).flatMap((child, index) => duplicateKeys(child, [...path, index]));
  const seen = new Set<string>();
  return (node.type === 'object' ? (node.children ?? []) : []).flatMap(({ children: [key, value] = [] }) => {
    if (key === undefined) return [];
    const name = String(key.value);
    const again = seen.has(name) ? [{ path: [...path, name], offset: key.offset }] : [];
    seen.add(name);
    return [...again, ...(value === undefined ? [] : duplicateKeys(value, [...path, name]))];
  });
}

/** The node at a path, or at the longest part of it that exists. */
function nearest(root: Node, path: readonly PropertyKey[]): Node {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(
      root,
      path.slice(0, length).map((part) => (typeof part === 'number' ? part : String(part))),
    );
    if (node !== undefined) return node.parent?.type === 'property' ? node.parent : node;
  }
  return root;
}

function written(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${printable(String(part))}`)).join('');
}

/** Keys come from a hostile file and are printed to terminals. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).slice(0, 80);
}

function words(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (const { 0: token } of text.matchAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > limit) return true;
  }
  return false;
}
