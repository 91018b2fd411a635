import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { inWords } from '../../model/personal.ts';
import { isRead } from '../../model/requests.ts';

type Route = EvidenceValue<'routes'>['routes'][number];

const record =
  /audit|(^|_)(activity|activities|event|change|access|action|admin|history|trail)_?(logs?|trail|history|events?|records?)?s?(_|$)|(^|_)logs?(_|$)|history/i;
const recorder = /audit|retraced|activity_?log|log_?(activity|event|action|change)|record_?(event|action|activity|change)|track_?change/i;

export default defineCheck({
  title: 'Sensitive actions leave a record of who, what and when',
  control: 'compliance/audit-trail',
  severity: 'medium',
  cwe: [778],
  standards: ['ASVS v5.0.0-16.2.1', 'SOC 2 CC7.2', 'A09:2025'],
  why: 'When a customer says "that was not me", or an employee gave themselves a role, the only answer is a record that the application wrote when it happened. What was not written then is never known.',
  remedy:
    'Add a table audit_log (at, actor, action, object, details) and one function that inserts into it, and call it in the transaction of every action that changes roles, moves money, deletes people or exports data. Give the application no right to update or delete its rows.',
  needs: ['routes', 'calls'],
  uses: ['queries', 'declared-columns'],
  *run({ routes, calls, queries, 'declared-columns': columns }) {
    const tables = [...new Set((columns?.value.columns ?? []).map(({ table }) => inWords(table)))];
    const has = tables.some((table) => /audit|activity|(^|_)(event|history|change)_?logs?(_|$)/.test(table));
    const records = [
      ...(queries?.value.queries ?? []).filter(
        ({ verb, tables: into }) => verb === 'insert' && into.some((table) => record.test(inWords(table))),
      ),
      ...calls.value.calls.filter(
        ({ means, symbol, within, where }) =>
          (means === 'query' && /audit|activity_?log/i.test(symbol)) || recorder.test(`${where.file} ${within}`),
      ),
    ];
    // A record may be kept by a service: then it is the file of the function that says so.
    const kept = routes.value.routes.filter(({ reaches }) => reaches.some((one) => recorder.test(one)));
    const recorded = new Set([...records.flatMap(({ routes: ids }) => ids), ...kept.map(({ id }) => id)]);
    const sensitive = routes.value.routes.flatMap((route) => {
      const what = sensitiveIn(route, calls.value.calls, queries?.value.queries ?? []);
      return what === null ? [] : [{ route, what }];
    });
    if (sensitive.length === 0) {
      yield routes.gaps.length > 0
        ? unknown('read', application, 'No action that calls for a record was found, but some code could not be read.')
        : notApplicable('No endpoint changes roles, gives money back, deletes accounts or exports data.');
      return;
    }
    const bare = sensitive.filter(({ route }) => !recorded.has(route.id));
    const seen =
      (queries?.value.queries ?? []).some(({ verb }) => verb === 'insert' || verb === 'update') ||
      calls.value.calls.some(({ means }) => means === 'query');
    if (recorded.size === 0 && !has && (!seen || queries?.gaps.some(({ file }) => file === null) === true)) {
      yield unknown(
        'read',
        application,
        'What the application writes to its database could not be followed, nor whether it keeps records of who did what.',
        { where: sensitive[0]?.route.where },
      );
      return;
    }
    if (recorded.size === 0 && !has) {
      const shown = sensitive.map(({ route, what }) => `${route.id} (${what})`);
      yield fail(
        'read',
        application,
        `Nothing records who did what: no table is written to by ${shown.slice(0, 4).join(', ')}${shown.length > 4 ? ` and ${shown.length - 4} more` : ''}.`,
        {
          impact: 'After an abuse, by an employee or with a stolen account, nobody can say who did it, when, and what else they did.',
          where: sensitive[0]?.route.where,
          effect: 'none',
        },
      );
      return;
    }
    for (const { route } of sensitive) if (recorded.has(route.id)) yield pass('read', endpointSubject(route.id));
    if (recorded.size === 0) {
      yield unknown('read', application, 'A table for such records exists; which actions write to it could not be followed.', {
        where: sensitive[0]?.route.where,
      });
      return;
    }
    for (const { route, what } of bare)
      yield fail('read', endpointSubject(route.id), `It ${what} and leaves no record, though other actions of the application do.`, {
        severity: 'low',
        impact: 'Nobody can say afterwards who did this.',
        where: route.where,
        effect: what,
      });
  },
});

/** What calls for a record in an endpoint; null where nothing does. */
function sensitiveIn(route: Route, calls: EvidenceValue<'calls'>['calls'], queries: EvidenceValue<'queries'>['queries']): string | null {
  const body = route.inputs.filter(({ in: at }) => at === 'body').map(({ name }) => name);
  const writes = !isRead(route.method);
  if (
    writes &&
    route.method !== 'POST' &&
    !/\/(me|profile|self)\/?$/i.test(route.path) &&
    body.some((name) => /^(role|roles|is_?admin|permissions?)$/i.test(name))
  )
    return 'changes a role';
  if (writes && /:\w+\/(roles?|permissions?)(\/|$)/i.test(route.path)) return 'changes a role';
  if (calls.some(({ symbol, routes }) => routes.includes(route.id) && /refunds?\.create$/.test(symbol))) return 'gives money back';
  if (writes && /refund/i.test(route.path)) return 'gives money back';
  if (route.method === 'DELETE' && /\/(users?|members?|customers?|accounts?|patients?|employees?)\/:\w+$/i.test(route.path))
    return 'deletes an account';
  if (
    /\/exports?(\/|$)|\.csv$|\/download-(data|report)/i.test(route.path) &&
    queries.some(({ routes, verb }) => verb === 'select' && routes.includes(route.id))
  )
    return 'exports data';
  return null;
}
