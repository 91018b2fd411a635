import { exportedValue } from '../exports.ts';
import type { Stmt } from '../facts.ts';
import type { Machine } from '../machine.ts';
import { follow } from '../routers.ts';
import type { Endpoint, Link } from '../routers.ts';
import { knowledgeOf } from '../knowledge.ts';
import type { SourceFile, Value } from '../value.ts';
import { reach } from '../visit.ts';
import type { Framework } from './index.ts';

// What the frameworks have in common that make endpoints of files: where a file lies says its path, what it exports its methods.

/** Methods of HTTP that handlers are exported for, or that they ask for. */
export const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The path of a file below the folder of its unit. */
export function withinUnit({ path, unit }: SourceFile): string {
  return unit === '.' ? path : path.slice(unit.length + 1);
}

/** What a file exports under a name; null where it exports nothing of that name. */
export function exported(machine: Machine, file: SourceFile, name: string): Value | null {
  const { exports, stars } = file.facts;
  if (!Object.hasOwn(exports, name) && stars.length === 0 && !(name === 'default' && Object.hasOwn(exports, '='))) return null;
  const value = exportedValue(machine, file, name);
  return value.k === 'unknown' && !Object.hasOwn(exports, name) ? null : value;
}

/** A handler, or what stands in front of it, as its framework calls it. */
export function linkTo(file: SourceFile, name: string, given: Value, args: readonly Value[]): Link {
  const value = functionIn(given) ?? given;
  const func = value.k === 'fn' ? value.file.facts.functions[value.fn] : undefined;
  const line = exportLine(file, name);
  const where =
    value.k === 'fn' && value.file === file && func !== undefined
      ? { file: value.file.path, line: func.l, endLine: func.e }
      : { file: file.path, line, endLine: line };
  const inner = value.k === 'result' ? value.args.find((arg) => arg.k === 'fn') : undefined;
  return {
    value,
    name: func === undefined || func.n === '<anonymous>' ? name : func.n,
    inner: inner?.k === 'fn' ? inner : null,
    where,
    args,
  };
}

function functionIn(value: Value): Value | null {
  return value.k === 'either' ? (value.of.find((one) => one.k === 'fn') ?? value.of.find((one) => one.k === 'result') ?? null) : null;
}

/** The line on which a file exports a name; its first where that cannot be told. */
export function exportLine({ facts }: SourceFile, name: string): number {
  const e = Object.hasOwn(facts.exports, name) ? facts.exports[name] : undefined;
  if (e?.k === 'fn') return facts.functions[e.i]?.l ?? 1;
  if (e?.k !== 'var') return 1;
  const source = facts.bindings[e.b]?.v[0]?.e;
  if (source?.k === 'fn') return facts.functions[source.i]?.l ?? 1;
  const defined = facts.functions[0]?.b.find((one): one is Extract<Stmt, { k: 'def' }> => one.k === 'def' && one.b === e.b);
  return defined?.l ?? 1;
}

/** A library's own endpoints for signing in stand here. */
export function isDoor(value: Value): boolean {
  for (
    let at: Value | null = value;
    at !== null && (at.k === 'inst' || at.k === 'result' || at.k === 'lib');
    at = at.k === 'lib' ? null : at.on
  ) {
    const means = knowledgeOf(at.symbol)?.means;
    if (means !== undefined) return means === 'sign-in-library';
  }
  return value.k === 'result' && value.args.some(isDoor);
}

/**
 * The methods that one function handles, each with the function as it is called for that method alone. A method that it asks for and does
 * not refuse is handled; where it answers one that it never asks for, it handles that too.
 */
export function methodsOf(
  machine: Machine,
  framework: Framework,
  linkFor: (method?: string) => Link,
): { readonly method: string; readonly link: Link }[] {
  const asked = new Set<string>();
  for (const visit of follow(machine, linkFor(), framework))
    for (const { compared } of reach(visit)) for (const text of compared?.get('other.method') ?? []) asked.add(text.toUpperCase());
  const named = verbs.filter((verb) => asked.has(verb));
  if (named.length === 0) return [{ method: 'ALL', link: linkFor() }];
  const outcomes = (method: string) => follow(machine, linkFor(method), framework).map(({ outcome }) => outcome);
  const handled = named.filter((method) => !outcomes(method).some(({ answer }) => answer === 405 || answer === 501));
  const other = verbs.find((verb) => !asked.has(verb) && verb !== 'HEAD' && verb !== 'OPTIONS') ?? 'TRACE';
  const found = handled.map((method) => ({ method, link: linkFor(method) }));
  if (outcomes(other).some(({ answer, throws }) => answer !== null && answer < 400 && !throws)) {
    const rest = asked.has('GET') ? 'ALL' : 'GET';
    found.push({ method: rest, link: linkFor(rest === 'GET' ? 'GET' : other) });
  }
  return found;
}

/** An endpoint of a file. */
export function endpointOf(
  file: SourceFile,
  framework: Framework,
  method: string,
  path: string,
  handler: Link,
  guards: readonly Link[],
  more: Partial<Pick<Endpoint, 'checked' | 'where'>> = {},
): Endpoint {
  return {
    method,
    path,
    where: more.where ?? handler.where,
    guards,
    handler,
    checked: more.checked ?? [],
    framework,
    app: file,
    ...(isDoor(handler.value) ? { door: true } : {}),
  };
}
