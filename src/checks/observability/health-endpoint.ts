import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { isHosted, servingUnits } from '../../model/serving.ts';

/** The names by which hosts and people ask a server how it is; only the last part of the path counts. */
const asking = /\/(_?health|healthz|health-?check|ready|readyz|readiness|live|livez|liveness|ping|heartbeat|status|up)$/i;
const reading = /^(sql-query|sql-execute|sql-template|query|database-connect|cache-client)$/;

export default defineCheck({
  title: 'Health answers are present and honest',
  control: 'observability/honest-health',
  severity: 'low',
  cwe: [778],
  standards: [],
  why: 'The host asks whether the server is well, and sends people there while it says yes. A server that always says yes keeps getting them after it has lost its database.',
  remedy: 'Answer `/healthz` as long as the process lives, and `/readyz` with 503 when a short query to the database fails.',
  needs: ['operation', 'units', 'routes', 'calls', 'queries'],
  *run({ operation, units, routes, calls, queries }) {
    const touching = new Set([
      ...queries.value.queries.flatMap((one) => one.routes),
      ...calls.value.calls.flatMap((one) => (reading.test(one.means) ? one.routes : [])),
    ]);
    const data = touching.size > 0;
    let examined = 0;
    for (const { unit, subject } of servingUnits(units.value, operation.value)) {
      const mine = routes.value.routes.filter((route) => route.unit === unit.dir);
      if (mine.length === 0 || isHosted(unit)) continue;
      examined++;
      const health = mine.filter(({ method, path }) => /^(GET|ALL|HEAD)$/.test(method) && asking.test(path) && !path.includes(':'));
      const [first] = health;
      if (first === undefined)
        yield fail('read', subject, 'The server has no endpoint that says whether it is well.', {
          impact: 'The host keeps sending people to an instance that cannot serve them, and nobody is told.',
          effect: 'no-health',
        });
      else if (!data || health.some(({ id }) => touching.has(id))) yield pass('read', subject);
      else if (health.some((route) => route.handler === null || ownReach(route, mine) > 1))
        yield unknown('read', subject, `What \`${first.id}\` looks at could not be followed.`, { where: first.where });
      else
        yield fail('read', subject, `\`${first.id}\` says that all is well without a look at the database.`, {
          impact: 'With the database gone the instance still counts as well, and every request that reaches it fails.',
          where: first.handler?.where ?? first.where,
          effect: 'always-well',
        });
    }
    if (examined === 0) yield notApplicable('There is no server of its own whose health a host could ask for.');
  },
});

/** How many functions an endpoint reaches that most others do not: what stands in front of all of them is not its own. */
function ownReach(route: { readonly reaches: readonly string[] }, all: readonly { readonly reaches: readonly string[] }[]): number {
  const most = (one: string) => all.length > 2 && all.filter(({ reaches }) => reaches.includes(one)).length > all.length / 2;
  return route.reaches.filter((one) => !most(one)).length;
}
