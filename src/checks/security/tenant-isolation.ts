import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Claim } from '../../model/finding.ts';
import { leakedBy } from '../../model/leak.ts';
import { asksForOwn, isKeptByDatabase, picksByInput, tenantColumns } from '../../model/owners.ts';
import { mayBe, plainName } from '../../model/statements.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: "Nobody sees or changes another tenant's rows",
  control: 'security/tenant-isolation',
  severity: 'critical',
  cwe: [639, 284],
  standards: ['ASVS v5.0.0-8.4.1', 'API1:2023'],
  why: 'Tenants are the promise on which business customers buy: that what they store is theirs alone. One statement without the tenant in its WHERE clause breaks it for everybody at once, and contracts and data-protection law make it a reportable incident.',
  remedy:
    'Put the tenant of the session into every statement on this table, and let the database enforce it too (row security with the tenant as a session setting).',
  anyOf: ['access', 'queries'],
  uses: ['ownership', 'endpoints', 'schema'],
  *run({ ownership, access, endpoints, queries, schema }) {
    const reads = queries && endpoints ? readOf(queries.value, endpoints.value.endpoints, schema?.value) : null;
    for (const claim of reads?.claims ?? []) {
      const tried = access?.value.cells.some(
        (cell) => cell.endpoint === claim.endpoint && cell.actor === 'stranger' && cell.settle === undefined,
      );
      if (tried !== true) yield claim;
    }
    if (!ownership || !access) {
      if (reads?.tenants === false && queries?.gaps.length === 0)
        yield unknown(
          'read',
          application,
          'No column of a tenant was found in the statements; who belongs to whom is known when the database has been made.',
          { settle: 'seaworthy audit --run' },
        );
      else
        yield unknown('read', application, 'Whether rows of one tenant stay with it, only several tenants can show.', {
          settle: 'seaworthy audit --run',
        });
      return;
    }
    if (!ownership.value.tenants) {
      yield notApplicable('The application has no tenants: no table that users belong to was found.', 'ran');
      return;
    }
    const cells = access.value.cells.filter((cell) => cell.actor === 'stranger');
    if (cells.length === 0) {
      yield unknown('ran', { kind: 'table', name: ownership.value.tenants.table }, 'No second tenant could be signed up, so nobody tried.');
      return;
    }
    for (const cell of cells) {
      if (!cell.figures) continue;
      if (cell.outcome === 'intended' && cell.rule?.overrides) yield pass('stated', endpointSubject(cell.endpoint));
      if (cell.outcome !== 'leak') continue;
      const { tables } = leakedBy(cell);
      yield fail(
        'ran',
        endpointSubject(cell.endpoint),
        `The answer to another tenant tells of rows that it does not show: ${cell.reason}.`,
        {
          severity: 'high',
          impact: `A customer of one organisation can learn how much other organisations have in ${tables}, and how it changes.`,
          where: endpoints?.value.endpoints.find((endpoint) => endpoint.id === cell.endpoint)?.where,
          actor: 'stranger',
          effect: 'figures',
          ...(cell.proof ? { proof: cell.proof } : {}),
        },
      );
    }
    for (const { table, tenant } of ownership.value.tables) {
      if (!tenant) continue;
      const subject = { kind: 'table' as const, name: table };
      const touches = (cell: (typeof cells)[number]): boolean => [...cell.read, ...cell.changed].some((row) => row.table === table);
      const leaks = cells.filter((cell) => cell.outcome === 'leak' && touches(cell));
      const first = leaks.find((cell) => cell.proof?.scenario) ?? leaks[0];
      if (first) {
        const changed = leaks.some((cell) => cell.changed.some((row) => row.table === table));
        const read = leaks.some((cell) => cell.read.some((row) => row.table === table));
        const doing = [...(read ? ['read'] : []), ...(changed ? ['change'] : [])].join(' and ');
        const through = [...new Set(leaks.map((cell) => cell.endpoint))].toSorted().join(', ');
        const place = endpoints?.value.endpoints.find((endpoint) => endpoint.id === first.endpoint);
        yield fail('ran', subject, `Another tenant could ${doing} rows of ${shownTable(table)} through ${through}.`, {
          impact: `A customer of one organisation can ${doing} ${shownTable(table)} of every other organisation.`,
          where: place?.where,
          endpoint: first.endpoint,
          actor: 'stranger',
          effect: through,
          ...(first.proof ? { proof: first.proof } : {}),
        });
        continue;
      }
      const untried = cells.find((cell) => cell.settle !== undefined);
      if (untried) {
        const left = cells.filter((cell) => cell.settle !== undefined).length;
        const message = `${left} of ${cells.length} endpoints may show rows of ${shownTable(table)} and were not tried, ${untried.reason}.`;
        yield unknown('ran', subject, message, { settle: untried.settle });
        continue;
      }
      const own = access.value.cells.filter((cell) => cell.actor === 'owner' && touches(cell)).map((cell) => cell.endpoint);
      const held = cells.filter((cell) => own.includes(cell.endpoint) && cell.outcome === 'refused');
      // Shared by design through some endpoint, as a named person confirmed.
      const shared = cells.some((cell) => cell.outcome === 'intended' && touches(cell));
      yield held.length > 0 || shared
        ? pass(shared ? 'stated' : 'ran', subject)
        : unknown(
            'ran',
            subject,
            `No endpoint showed rows of ${shownTable(table)} to their own tenant, so a refusal to another proves nothing.`,
          );
    }
  },
});

/** Statements of signed-in callers on tables of tenants that ask for no tenant, or for the one that the caller names. */
function readOf(
  queries: EvidenceValue<'queries'>,
  endpoints: EvidenceValue<'endpoints'>['endpoints'],
  schema: EvidenceValue<'schema'> | undefined,
): { readonly tenants: boolean; readonly claims: Claim[] } {
  const columns = tenantColumns(queries.queries);
  const claims: Claim[] = [];
  if (isKeptByDatabase(queries, schema)) return { tenants: columns.size > 0, claims };
  for (const endpoint of endpoints) {
    if (endpoint.intended !== 'signed-in') continue;
    const mine = queries.queries.filter((query) => query.routes.includes(endpoint.id));
    // Ids are the matter of object authorisation; what is asked elsewhere in the endpoint may stand for this statement too.
    if (mine.some((query) => asksForOwn(query) !== 'no' && query.verb === 'select')) continue;
    if (
      endpoint.guards.some(
        ({ refuses, does }) => refuses && (does.includes('ownership') || does.includes('role') || does.every((one) => one === 'other')),
      )
    )
      continue;
    for (const query of mine) {
      const [table = ''] = query.tables;
      const column = columns.get(table);
      if (query.verb !== 'select' || query.tables.length !== 1 || column === undefined) continue;
      const named = query.filters.find((filter) => plainName(filter.column) === column && mayBe(filter.value, 'input'));
      const all = query.filters.every(({ value }) => value.kind === 'literal') && !picksByInput(query);
      if (named === undefined && !all) continue;
      claims.push(
        fail(
          'read',
          endpointSubject(endpoint.id),
          named
            ? `The tenant whose rows of ${shownTable(table)} are read is the one that the caller names, not the one of the session.`
            : `Rows of ${shownTable(table)} are read without asking for the tenant of the session, which other statements on it do.`,
          {
            severity: 'high',
            impact: `Any signed-in customer could read ${shownTable(table)} of every other organisation.`,
            where: query.where,
            effect: table,
          },
        ),
      );
      break;
    }
  }
  return { tenants: columns.size > 0, claims };
}
