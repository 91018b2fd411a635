import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { leakedBy } from '../../model/leak.ts';
import { shownTable } from '../../model/words.ts';

const sensitive = /pass|hash|token|secret|e?mail|phone|address|birth|ssn|iban|card|salary|balance|medical/i;

export default defineCheck({
  title: "Nobody reads or changes another user's objects by changing an id",
  control: 'security/object-authorization',
  severity: 'high',
  cwe: [639],
  standards: ['ASVS v5.0.0-8.2.2', 'API1:2023', 'A01:2025'],
  why: 'Being signed in is not being allowed. When an endpoint takes an id and only asks whether somebody is signed in, every customer can walk through the ids of all others.',
  remedy:
    "Compare the object's owner or tenant with the caller's, best inside the statement itself (WHERE id = $1 AND tenant_id = $2), and answer 404 when nothing matches.",
  needs: ['endpoints'],
  uses: ['access', 'queries', 'ownership'],
  *run({ endpoints, access, queries, ownership }) {
    let examined = 0;
    for (const endpoint of endpoints.value.endpoints) {
      const cell = access?.value.cells.find((one) => one.endpoint === endpoint.id && one.actor === 'stranger');
      // Where there are tenants, what shows without an id is told table by table.
      const leak = cell?.outcome === 'leak' && (cell.byId || !ownership?.value.tenants);
      // Whether what nobody tried takes an id in its body is not known.
      if (!endpoint.path.includes(':') && cell?.byId !== true && cell?.settle === undefined && !leak) continue;
      const subject = endpointSubject(endpoint.id);
      examined++;
      if (cell && leak) {
        const { doing, tables } = leakedBy(cell);
        const grave = doing === 'change' || cell.columns.some((column) => sensitive.test(column));
        const how = cell.swayed ? 'by bringing the model to name it' : cell.byId ? 'by changing the id' : 'by asking';
        const by = cell.byId ? "With the id of somebody else's object, another customer" : 'Another customer';
        yield fail('ran', subject, `${by} got through: ${cell.reason}.`, {
          severity: grave && !cell.swayed ? 'critical' : 'high',
          impact: `Any signed-in customer can ${doing} ${tables} of every other customer ${how}.`,
          where: endpoint.where,
          actor: 'stranger',
          effect: doing,
          ...(cell.proof ? { proof: cell.proof } : {}),
        });
      } else if (cell?.outcome === 'refused') {
        yield pass('ran', subject);
      } else if (cell?.outcome === 'intended' && cell.rule?.overrides) {
        // Shared by design, as a named person confirmed: their word, and nothing that reading could add to.
        yield pass('stated', subject);
        continue;
      } else if (cell && !['shared', 'allowed', 'intended'].includes(cell.outcome)) {
        const tried = cell.settle === undefined ? 'Tried with another customer:' : 'Not tried with another customer,';
        yield unknown('ran', subject, `${tried} ${cell.reason}.`, { where: endpoint.where, settle: cell.settle });
      }
      const mine = queries?.value.queries.filter((query) => query.routes.includes(endpoint.id)) ?? [];
      const checked = mine.some((query) => query.filters.some((filter) => filter.value.kind === 'session'));
      const open = checked ? undefined : mine.find((query) => lacksOwner(query, queries?.value.queries ?? []));
      const inline = endpoint.guards.some((guard) => guard.refuses && (guard.does.includes('ownership') || guard.does.includes('role')));
      if (open && !inline && endpoint.intended === 'signed-in') {
        const table = shownTable(open.tables[0] ?? 'the table');
        yield fail(
          'read',
          subject,
          `The statement picks from ${table} by what the caller sends alone, while others on ${table} also ask for the tenant or user of the session.`,
          {
            impact: `Any signed-in customer could reach ${table} of others by changing the id.`,
            where: open.where,
          },
        );
      } else if (!cell) {
        yield unknown('read', subject, 'Reading alone cannot show who may use which object here.', {
          where: endpoint.where,
          settle: 'seaworthy audit --run',
        });
      }
    }
    if (examined > 0) return;
    yield endpoints.gaps.length > 0
      ? unknown('read', application, 'No endpoint that takes an id was found, but some files could not be read.')
      : notApplicable('No endpoint takes the id of an object.');
  },
});

type Query = {
  verb: string;
  tables: readonly string[];
  filters: readonly { table: string | null; column: string; value: { kind: string } }[];
};

/** Filtered by the caller's input only, while another statement on the same table filters by a session value. */
function lacksOwner(query: Query, all: readonly Query[]): boolean {
  if (!['select', 'update', 'delete'].includes(query.verb) || query.tables.length !== 1) return false;
  if (query.filters.length === 0 || query.filters.some((filter) => filter.value.kind !== 'input')) return false;
  return all.some(
    (other) =>
      other !== query &&
      other.tables.length === 1 &&
      other.tables[0] === query.tables[0] &&
      other.filters.some((filter) => filter.value.kind === 'session' && filter.column !== 'id'),
  );
}
