import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Query = EvidenceValue<'queries'>['queries'][number];
type Call = EvidenceValue<'calls'>['calls'][number];

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
      const answers = calls.value.calls.filter((call) => call.means === 'answer' && call.routes.includes(route.id));
      const does = whatItDoes(route, mine, executed?.where ?? null) ?? whatItTells(answers);
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
            `None of ${routes.value.routes.length} endpoints runs what callers send, empties or fills tables for tests, or answers the server's settings.`,
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

/** Settings that are nobody's but the server's, and those of them that stand for it everywhere. */
const secretName = /SECRET|PASSWORD|PASSWD|PRIVATE|SERVICE_?ROLE|CREDENTIAL|DATABASE_URL|CONNECTION_STRING|_DSN$|(^|_)KEY$|TOKEN$/;
const graveName = /SECRET|PASSWORD|PASSWD|PRIVATE_?KEY|SERVICE_?ROLE|DATABASE_URL|CONNECTION_STRING/;
/** Keys that pages are meant to have. */
const pageName = /PUBLIC|PUBLISHABLE|ANON|SITE_?KEY|CLIENT|MAPS?_|MAPBOX|RECAPTCHA|VAPID|PUSHER|ALGOLIA_SEARCH|NAME$/;

/** What it answers of the server's own settings, or of what proxies and browsers sent along. */
function whatItTells(answers: readonly Call[]): Does | null {
  for (const { args, where } of answers) {
    const told = args.slice(1).flatMap((body) => [...settingsIn(body)]);
    const names = [...new Set(told)].filter((name) => name === '*' || (secretName.test(name) && !pageName.test(name)));
    if (names.length === 0) continue;
    const grave = names.some((name) => name === '*' || graveName.test(name));
    const listed = names.includes('*') ? 'the whole environment' : names.slice(0, 4).join(', ');
    return {
      says: `The endpoint answers with the server's own settings: ${listed}.`,
      impact: 'Whoever reaches it reads secrets of the server and acts as the application with them.',
      effect: 'tells-environment',
      severity: grave ? 'high' : 'medium',
      where,
    };
  }
  const echo = answers.find(({ args }) => args.slice(1).some(holdsHeaders));
  if (echo === undefined) return null;
  return {
    says: 'The endpoint answers with all headers of the request.',
    impact: 'A script on the page reads cookies and tokens there that browsers keep from it, and what proxies add about the inside.',
    effect: 'tells-headers',
    severity: 'low',
    where: echo.where,
  };
}

/** Names of the variables whose values stand in it; `*` for all of them. What a function makes of one is another value. */
function* settingsIn(value: AbstractValue): Iterable<string> {
  if (value.kind === 'environment') yield value.name;
  else if (value.kind === 'symbol' && value.symbol === 'global:process.env') yield '*';
  else for (const part of partsOf(value)) yield* settingsIn(part);
}

function holdsHeaders(value: AbstractValue): boolean {
  return value.kind === 'input' ? value.from === 'headers' && value.name === '' : partsOf(value).some(holdsHeaders);
}

function partsOf(value: AbstractValue): readonly AbstractValue[] {
  if (value.kind === 'object') return Object.values(value.keys);
  if (value.kind === 'array') return value.items;
  if (value.kind === 'template') return value.holes;
  return value.kind === 'either' ? value.of : [];
}
