import { application, endpointSubject, fail, notApplicable, pass, unknown } from './check.ts';
import type { Present } from './evidence/index.ts';
import type { AbstractValue } from './evidence/read.ts';
import type { Flow } from './evidence/flows.ts';
import type { Claim, Subject } from './finding.ts';
import type { Severity } from './words.ts';

interface About {
  /** The rows that the check asks about. */
  readonly rows: readonly Flow[];
  /** Who must choose the value for it to be a fault. */
  readonly chosenBy: Flow['from'][number];
  /** What is wrong with a row, and what could happen to whom. */
  readonly says: (flow: Flow) => {
    readonly message: string;
    readonly impact: string;
    readonly severity?: Severity;
    readonly remedy?: string;
  };
  /** What is put together from values that could not be followed: `A command`. */
  readonly what: string;
  /** Why there is nothing to examine when no row is there. */
  readonly nothing: string;
  /** Values that no request was seen to bring matter too: what a screen shows comes from answers. */
  readonly everywhere?: boolean;
}

/** From more endpoints than this a value comes through code that they share, and that is what is told about. */
const mostEndpoints = 3;

/**
 * Claims about values at sinks: a failure for each endpoint whose caller chooses one, a pass for each whose values are harmless, and a single
 * question about the application for all that could not be followed on the way from a request.
 */
export function* claimsOfFlows(
  evidence: Present<'flows'>,
  { rows, chosenBy, says, what, nothing, everywhere = false }: About,
): Iterable<Claim> {
  const open: Flow[] = [];
  for (const row of rows) {
    const subjects = subjectsOf(row);
    if (row.verdict === 'input' && row.from.includes(chosenBy)) {
      const { message, ...detail } = says(row);
      for (const subject of subjects) yield fail('read', subject, message, { where: row.where, effect: row.sink, ...detail });
    } else if (row.verdict === 'unknown') {
      if (everywhere || row.routes.length > 0) open.push(row);
    } else {
      for (const subject of subjects) yield pass('read', subject);
    }
  }
  const [first] = open;
  if (first !== undefined) {
    const more = open.length > 1 ? ` and in ${open.length - 1} more places` : '';
    yield unknown(
      'read',
      application,
      `${what} is put together from a value that could not be followed in ${first.where.file}:${first.where.line}${more}.`,
      {
        where: first.where,
      },
    );
  }
  if (rows.some((row) => everywhere || row.verdict !== 'unknown' || row.routes.length > 0)) return;
  if (rows.length > 0 && evidence.gaps.length === 0) {
    yield notApplicable(`${what} is only put together outside of requests.`);
    return;
  }
  yield evidence.gaps.length > 0
    ? unknown('read', application, `${nothing} Some files could not be read, though.`)
    : notApplicable(nothing);
}

/** What a row is told about: the endpoints through which the value comes, or the function that holds the sink. */
export function subjectsOf(flow: Flow): Subject[] {
  if (flow.routes.length > 0 && flow.routes.length <= mostEndpoints) return flow.routes.map(endpointSubject);
  return [{ kind: 'function', name: `${flow.where.file} ${flow.function}`.trim() }];
}

const places: Record<string, string> = {
  params: 'the path',
  query: 'the query string',
  body: 'the body',
  headers: 'the headers',
  cookies: 'a cookie',
  files: 'an uploaded file',
  other: 'the address',
};

/** `"file" in the query string`, or what else is known of the input in a value. */
export function inputNamed(value: AbstractValue): string {
  return found(value) ?? 'what the caller sends';
}

function found(value: AbstractValue): string | undefined {
  switch (value.kind) {
    case 'input':
      return `${/^\w/.test(value.name) ? `"${value.name}" in ` : ''}${places[value.from] ?? value.from}`;
    case 'either':
      return first(value.of);
    case 'template':
      return first(value.holes);
    case 'array':
      return first(value.items);
    case 'object':
      return first(Object.values(value.keys));
    case 'call':
      return first(value.args);
    default:
      return undefined;
  }
}

function first(values: readonly AbstractValue[]): string | undefined {
  for (const value of values) {
    const name = found(value);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** `, handed over in src/a.ts:12`, where the value comes from another place. */
export function handedOver(flow: Flow): string {
  const last = flow.via.at(-1);
  return last === undefined ? '' : `, handed over in ${last.file}:${last.line}`;
}

/** With a capital letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
