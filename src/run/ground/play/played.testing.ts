import type { Statement } from '../wire/types.ts';
import type { Played } from './interpreter.ts';
import type { Route } from './asking/synthesis.ts';

/** For tests: routes, statements and played requests, of which a test says only what matters to it. */

/** An endpoint without guards and inputs; `id` is `METHOD /path`. */
export function routeOf(id: string): Route {
  const [method = '', path = ''] = id.split(' ');
  const where = { file: 'app.js', line: 1, endLine: 1 };
  const nothing = { guards: [], inline: [], inputs: [], validated: false, reaches: [] };
  return { id, unit: '.', method, path, framework: 'express', where, handler: null, ...nothing };
}

/** A statement that the request `r` caused and that gave no rows. */
export function statementOf(part: Partial<Statement>): Statement {
  return {
    seq: 1,
    connection: 1,
    request: 'r',
    text: '',
    binds: [],
    columns: [],
    rows: [],
    rowCount: 0,
    tag: null,
    error: null,
    transaction: 'idle',
    startedAt: 0,
    microseconds: 1,
    ...part,
  };
}

interface Part {
  readonly actor?: string;
  readonly method?: string;
  readonly path?: string;
  /** `null` when no answer came. */
  readonly status?: number | null;
  /** Of the answer. */
  readonly body?: string;
  readonly statements?: Statement[];
  readonly sent?: Partial<Played['sent']>;
}

/** A request that caused nothing but these statements. */
export function playedOf({
  actor = 'owner',
  method = 'GET',
  path = '/',
  status = 200,
  body = '',
  statements = [],
  sent = {},
}: Part): Played {
  return {
    exchange: {
      actor,
      request: { method, path, headers: {}, body: null },
      response: status === null ? null : { status, headers: {}, body },
      failure: status === null ? 'timed out' : null,
      milliseconds: 1,
    },
    statements,
    changes: [],
    outbound: [],
    logs: [],
    gaps: [],
    sent: { path, body: null, ...sent },
  };
}
