import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { leakedBy } from '../../model/leak.ts';
import { isRead } from '../../model/requests.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: 'Every endpoint that is not meant to be public refuses callers who are not signed in',
  control: 'security/role-matrix',
  severity: 'high',
  cwe: [306],
  standards: ['ASVS v5.0.0-8.2.1', 'API2:2023', 'A01:2025'],
  why: 'One route registered without its guard is enough: anyone who finds the address reads or changes what the application keeps for its users. It is the commonest gap in applications that were built fast, because the screen never links to it.',
  remedy:
    'Put the authentication guard in front of this endpoint, or in front of the whole router, and list the endpoints that are meant to be public.',
  needs: ['endpoints'],
  uses: ['access', 'queries'],
  *run({ endpoints, access, queries }) {
    const ledger = endpoints.value.endpoints;
    const isGuarded = (endpoint: (typeof ledger)[number]): boolean => endpoint.intended === 'signed-in' || endpoint.intended === 'role';
    // A statement that a third of all endpoints reach is a shared helper; its tables say nothing about one of them.
    const ownTables = (id: string): string[] =>
      (queries?.value.queries ?? [])
        .filter((query) => query.routes.includes(id) && query.routes.length <= Math.max(2, ledger.length / 3))
        .flatMap((query) => query.tables);
    // Where many reads ask nobody, reading is open on purpose: a catalogue, a market, a blog. One among them is asked about, not accused.
    const reads = ledger.filter(({ method, intended }) => isRead(method) && intended !== 'public');
    const bare = reads.filter((endpoint) => !isGuarded(endpoint)).length;
    const openReading = bare > Math.max(3, reads.length / 5);
    let examined = 0;
    for (const endpoint of ledger) {
      const subject = endpointSubject(endpoint.id);
      const cell = access?.value.cells.find((one) => one.endpoint === endpoint.id && one.actor === 'anonymous');
      const open = endpoint.intended === 'public' && cell?.outcome !== 'leak';
      if (cell?.outcome === 'intended' || (open && endpoint.intendedWhy.startsWith('stated'))) {
        examined++;
        yield pass('stated', subject);
        continue;
      }
      if (open) continue;
      examined++;
      if (cell?.outcome === 'leak') {
        const { doing, tables } = leakedBy(cell);
        yield fail('ran', subject, `A caller who is not signed in got through: ${cell.reason}. Anyone on the internet can do the same.`, {
          severity: cell.figures ? 'high' : 'critical',
          impact: `Anyone, without an account, can ${doing} ${tables} of any customer.`,
          where: endpoint.where,
          actor: 'anonymous',
          effect: doing,
          ...(cell.proof ? { proof: cell.proof } : {}),
        });
      } else if (cell?.outcome === 'refused') {
        yield pass('ran', subject);
      } else if (cell && cell.outcome !== 'shared') {
        const tried = cell.settle === undefined ? 'Tried without signing in:' : 'Not tried without signing in,';
        yield unknown('ran', subject, `${tried} ${cell.reason}.`, { where: endpoint.where, settle: cell.settle });
      }
      if (isGuarded(endpoint)) {
        yield pass('read', subject);
        continue;
      }
      const siblings = ledger.filter((other) => other.where.file === endpoint.where.file && isGuarded(other));
      // Reading for everybody beside guarded writing is how catalogues work: a read is held to what other reads ask.
      const alike = siblings.filter(({ method }) => !isRead(endpoint.method) || isRead(method));
      const shared = ownTables(endpoint.id).filter((table) => alike.some((other) => ownTables(other.id).includes(table)));
      yield siblings.length >= 2 && shared.length > 0 && !(openReading && isRead(endpoint.method))
        ? fail(
            'read',
            subject,
            `No guard stands before this endpoint, while ${siblings.length} others in ${endpoint.where.file} have one and use the same tables (${[...new Set(shared.map(shownTable))].join(', ')}).`,
            {
              impact: `Anyone who finds the address could use ${[...new Set(shared.map(shownTable))].join(', ')} without an account.`,
              where: endpoint.where,
            },
          )
        : unknown('read', subject, 'No guard was found in the code, and nothing says that the endpoint is meant to be public.', {
            where: endpoint.where,
            settle: 'seaworthy access',
          });
    }
    if (ledger.length === 0) {
      yield endpoints.gaps.length > 0
        ? unknown('read', application, 'No endpoints were found, but some files could not be read.')
        : notApplicable('No endpoints were found.');
    } else if (examined === 0) yield notApplicable('Every endpoint is meant to be public, by its name or as seaworthy.json states.');
  },
});
