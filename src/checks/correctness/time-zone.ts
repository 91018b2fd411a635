import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { Construct } from '../../model/evidence/constructs.ts';

/** A day, hour or weekday is taken; formatting for a log and adding days to a date decide nothing. */
function decides({ name, detail }: Construct): boolean {
  return /^(getHours|getDay|Date of parts)$/.test(name) || (name === 'setHours' && /^(0|23|24)$/.test(detail));
}

export default defineCheck({
  title: 'The same instant gives the same result everywhere',
  control: 'correctness/time-zones',
  severity: 'low',
  cwe: [682],
  why: 'Servers mostly run in UTC, laptops do not, and users live elsewhere again. "Today" taken in the time zone of the machine ends in the middle of somebody\'s afternoon: bookings land on the wrong day, reports miss the evening, and it only shows after the deployment.',
  remedy:
    "Store instants (TIMESTAMPTZ), and take days apart in a stated time zone: keep the user's or the company's zone, and compute its day with a library (date-fns-tz, Luxon) or in SQL (date_trunc('day', at AT TIME ZONE $1)).",
  needs: ['constructs', 'routes'],
  uses: ['queries', 'calls'],
  *run({ constructs, routes, queries, calls }) {
    const onServer = constructs.value.constructs.filter((one) => one.kind === 'local-time' && one.routes.length > 0 && decides(one));
    const asking = new Set([
      ...(queries?.value.queries ?? []).map(({ within }) => within),
      ...(calls?.value.calls ?? []).filter(({ means }) => means === 'query').map(({ within }) => within),
    ]);
    for (const [file, found] of Map.groupBy(onServer, ({ where }) => where.file)) {
      const [first] = found.toSorted((a, b) => Number(asking.has(b.within)) - Number(asking.has(a.within)));
      if (first === undefined) continue;
      const boundary = asking.has(first.within);
      const lines = [...new Set(found.map(({ where }) => where.line))].slice(0, 6).join(', ');
      const names = [...new Set(found.map(({ name }) => name))].join(', ');
      yield fail(
        'read',
        { kind: 'file', name: file },
        `Days and hours are taken in the time zone of the machine (${names}, line ${lines})${boundary ? ', in a function that asks the database' : ''}.`,
        {
          severity: boundary ? 'medium' : 'low',
          impact:
            'The same request gives another day or hour on another machine, and for users in other zones the day ends at the wrong time.',
          where: first.where,
          effect: 'local',
        },
      );
    }
    if (onServer.length > 0) return;
    if (constructs.gaps.length > 0)
      yield unknown('read', application, 'No date that depends on the machine was found, but some code could not be read.');
    else if (routes.value.routes.length > 0) yield pass('read', application);
    else yield notApplicable('Nothing here answers requests.');
  },
});
