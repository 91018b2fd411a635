import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Query = EvidenceValue<'queries'>['queries'][number];

const named =
  /(^|\/)_?(debug|tests?|seed|reset-?(db|database|data|all)|populate|truncate|wipe|init-?db|fixtures|phpinfo)([-_](data|db|database|users?))?(\/|$)/i;

export default defineCheck({
  title: 'No debug, test or sample endpoint is reachable in production',
  control: 'security/role-matrix',
  severity: 'high',
  cwe: [489, 1295],
  standards: ['ASVS v5.0.0-13.4.2', 'A02:2025'],
  why: 'An endpoint that was made to help while building does what no user may: it runs any statement, empties tables or fills them. It is found by programs that try such paths on every address.',
  remedy: 'Remove it, or register it only where NODE_ENV is not production, and then behind an administrator all the same.',
  needs: ['routes', 'queries', 'calls'],
  *run({ routes, queries, calls }) {
    if (routes.value.routes.length === 0)
      return yield routes.gaps.length > 0
        ? unknown(
            'read',
            application,
            `No endpoint was found, but not all code was read: ${routes.gaps[0]?.file ?? 'the tree'} (${routes.gaps[0]?.reason}).`,
          )
        : notApplicable('The application has no endpoints.');
    let found = 0;
    for (const route of routes.value.routes) {
      const mine = queries.value.queries.filter((query) => query.routes.includes(route.id));
      const executed = calls.value.calls.find(
        (call) => call.routes.includes(route.id) && /^(evaluate|command-shell)$/.test(call.means) && call.args[0]?.kind === 'input',
      );
      const does = whatItDoes(route, mine, executed?.where ?? null);
      if (does === null) continue;
      found++;
      const guarded = [...route.guards, ...route.inline].some(
        (guard) => guard.refuses && guard.does.some((one) => one === 'authentication' || one === 'role'),
      );
      yield fail(
        'read',
        endpointSubject(route.id),
        `${does.says}${guarded ? ' It asks who is calling first.' : ' Nothing was seen to ask who is calling.'}`,
        {
          severity: guarded ? (does.severity === 'high' ? 'medium' : 'low') : does.severity,
          where: does.where ?? route.where,
          impact: does.impact,
          effect: does.effect,
        },
      );
    }
    if (found === 0)
      yield routes.gaps.length > 0
        ? unknown(
            'read',
            application,
            `No such endpoint was found, but not all code was read: ${routes.gaps[0]?.file ?? 'the tree'} (${routes.gaps[0]?.reason}).`,
          )
        : pass(
            'read',
            application,
            `None of ${routes.value.routes.length} endpoints runs what callers send, or empties or fills tables for tests.`,
          );
  },
});

interface Does {
  readonly says: string;
  readonly impact: string;
  readonly effect: string;
  readonly severity: 'high' | 'medium' | 'low';
  readonly where: Route['where'] | null;
}

function whatItDoes(route: Route, queries: readonly Query[], executed: Route['where'] | null): Does | null {
  const any = queries.find(({ text, holes }) => text !== null && /^\s*\$\{0\}\s*;?\s*$/.test(text) && holes[0]?.verdict === 'input');
  if (any !== undefined)
    return {
      says: 'The endpoint runs whatever SQL the caller sends.',
      impact: 'Whoever reaches it reads, changes and deletes everything in the database.',
      effect: 'runs-sql',
      severity: 'high',
      where: any.where,
    };
  if (executed !== null)
    return {
      says: 'The endpoint runs whatever code or command the caller sends.',
      impact: 'Whoever reaches it owns the server.',
      effect: 'runs-code',
      severity: 'high',
      where: executed,
    };
  const emptied = queries.filter(
    ({ verb, text, filters }) =>
      (verb === 'delete' && filters.length === 0 && text !== null && !/\bwhere\b/i.test(text)) ||
      (verb === 'ddl' && /^\s*(drop\s+(table|schema|database)|truncate)\b/i.test(text ?? '')),
  );
  const tables = new Set(emptied.flatMap((one) => one.tables));
  if (tables.size > 1 || emptied.some(({ verb }) => verb === 'ddl'))
    return {
      says: `The endpoint empties or drops ${tables.size > 0 ? `whole tables (${[...tables].slice(0, 4).join(', ')})` : 'whole tables'}.`,
      impact: 'Whoever reaches it deletes the data of all customers with one request.',
      effect: 'resets',
      severity: 'high',
      where: emptied[0]?.where ?? null,
    };
  const writes = queries.filter(({ verb }) => verb === 'insert' || verb === 'delete' || verb === 'update');
  if (named.test(route.path) && writes.length > 0)
    return {
      says: `The endpoint is named as if it were for tests or trials, and changes ${[...new Set(writes.flatMap((one) => one.tables))].slice(0, 4).join(', ') || 'the database'}.`,
      impact: 'Where it is registered in production, whoever finds it changes data without having any business there.',
      effect: 'named-for-tests',
      severity: 'medium',
      where: null,
    };
  return null;
}
