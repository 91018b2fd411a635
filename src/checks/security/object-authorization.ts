import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { Detail } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { leakedBy } from '../../model/leak.ts';
import { asksForOwn, isKeptByDatabase, ownersOf, picksByInput } from '../../model/owners.ts';
import { plainName } from '../../model/statements.ts';
import type { Query } from '../../model/statements.ts';
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
  uses: ['access', 'queries', 'ownership', 'schema'],
  *run({ endpoints, access, queries, ownership, schema }) {
    let [examined, unread] = [0, 0];
    const all = queries?.value.queries ?? [];
    const owners = ownersOf(all);
    const kept = queries ? isKeptByDatabase(queries.value, schema?.value) : false;
    const forRoles = new Set(endpoints.value.endpoints.filter(({ intended }) => intended === 'role').map(({ id }) => id));
    for (const endpoint of endpoints.value.endpoints) {
      const cell = access?.value.cells.find((one) => one.endpoint === endpoint.id && one.actor === 'stranger');
      // Where there are tenants, what shows without an id is told table by table.
      const leak = cell?.outcome === 'leak' && (cell.byId || !ownership?.value.tenants);
      const mine = all.filter((query) => query.routes.includes(endpoint.id));
      const open =
        kept || endpoint.intended !== 'signed-in'
          ? undefined
          : mine.find((query) => isOpen(query, mine, endpoint.guards) && isOwned(query, owners, all, forRoles));
      const bare = open || kept || queries?.value.rowSecurity === true ? undefined : withoutOwner(endpoint, mine, queries?.value, forRoles);
      // Whether what nobody tried takes an id in its body is not known.
      if (!open && !bare && !endpoint.path.includes(':') && cell?.byId !== true && cell?.settle === undefined && !leak) continue;
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
      if (open) {
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
      } else if (bare) yield fail('read', subject, ...bare);
      else if (!cell) unread++;
    }
    if (unread > 0)
      yield unknown(
        'read',
        application,
        `Reading alone cannot show who may use which object: ${unread === 1 ? 'one endpoint takes an id' : `${unread} endpoints take ids`} and were not tried.`,
        { settle: 'seaworthy audit --run' },
      );
    if (examined > 0) return;
    yield endpoints.gaps.length > 0
      ? unknown('read', application, 'No endpoint that takes an id was found, but some files could not be read.')
      : notApplicable('No endpoint takes the id of an object.');
  },
});

/** Columns that say whose a row is, and tables whose rows are always somebody's, by their plain names. */
const tenant = /^(tenant|org|organi[sz]ation|workspace|team|company)(id)?$/;
const personal = /^(users?|accounts?|customers?|profiles?|patients?|transactions?|payments?|invoices?|bankaccounts?|cards?|messages?)$/;

/**
 * A row that a caller picks by an id, gets as it is, and whose owner nobody compares with anyone: a column says to which tenant it belongs, or it
 * is a person's by the name of its table. Names are all there is, so this stays in the middle.
 */
function withoutOwner(
  endpoint: Endpoint,
  mine: readonly Query[],
  all: EvidenceValue<'queries'> | undefined,
  forRoles: ReadonlySet<string>,
): readonly [string, Detail] | undefined {
  if (all === undefined || endpoint.intended === 'role' || endpoint.intendedWhy.startsWith('stated')) return undefined;
  if (endpoint.guards.some(({ does, refuses }) => refuses && does.includes('signature'))) return undefined;
  for (const query of mine) {
    const [table = ''] = query.tables;
    if (query.verb !== 'select' || !query.single || !query.answered.includes(endpoint.id) || !isOpen(query, mine, endpoint.guards))
      continue;
    const declared = all.declared.find((one) => one.table === table)?.columns.map(({ name }) => name) ?? [];
    const column = [...query.columns, ...(query.star ? declared : [])].find((name) => tenant.test(plainName(name)));
    if (column === undefined && !(query.star && personal.test(plainName(table)))) continue;
    // What is listed for everybody anyway is no secret of anyone's.
    const listed = all.queries.some(
      (other) =>
        other.tables.includes(table) &&
        other.verb === 'select' &&
        !other.single &&
        other.routes.some((id) => id !== endpoint.id && !forRoles.has(id)) &&
        asksForOwn(other) === 'no' &&
        other.filters.every(({ value }) => value.kind === 'literal'),
    );
    if (listed) continue;
    const whose = column === undefined ? 'rows that are somebody’s own, by its name' : `rows that belong to somebody (${column})`;
    return [
      `Whoever sends an id gets that row of ${shownTable(table)}, which holds ${whose}, and nothing asks whether it is theirs.`,
      {
        severity: 'medium',
        impact: `Any caller could read ${shownTable(table)} of others by changing the id.`,
        where: query.where,
        effect: 'owner-not-asked',
      },
    ];
  }
  return undefined;
}

type Endpoint = EvidenceValue<'endpoints'>['endpoints'][number];
type Guards = EvidenceValue<'endpoints'>['endpoints'][number]['guards'];

/** Picks rows by what the caller sends, and nothing that could be seen asks whose they are. */
function isOpen(query: Query, mine: readonly Query[], guards: Guards): boolean {
  if (!picksByInput(query) || asksForOwn(query) === 'maybe') return false;
  const refusing = guards.filter(({ refuses }) => refuses);
  // A refusal that could not be followed may be the question.
  if (refusing.some(({ does }) => does.includes('ownership') || does.includes('role') || does.every((one) => one === 'other')))
    return false;
  const sent = new Set(query.filters.map(({ value }) => JSON.stringify(value)));
  return !mine.some((other) => {
    if (other.idle === true) return false;
    const own = asksForOwn(other);
    // What is read of the caller's own may be compared with it; a change elsewhere asks nothing of it.
    return own === 'maybe'
      ? other.verb === 'select'
      : own === 'yes' &&
          (other.verb === 'select' ||
            other.tables[0] === query.tables[0] ||
            other.filters.some(({ value, of }) => sent.has(JSON.stringify(value)) || of.length > 0));
  });
}

/**
 * Rows of the table belong to somebody: what adds them says whose they are, or what reads them asks for it. What most statements list for
 * everybody may be read by everybody.
 */
function isOwned(
  { tables, verb }: Query,
  owners: ReadonlyMap<string, ReadonlySet<string>>,
  all: readonly Query[],
  forRoles: ReadonlySet<string>,
): boolean {
  const [table = ''] = tables;
  if (!owners.has(table)) return false;
  const others = all.filter((one) => one.tables.includes(table) && one.routes.some((id) => !forRoles.has(id)));
  const own = others.filter((one) => asksForOwn(one) === 'yes').length;
  const shared = others.filter(
    (one) => one.verb === 'select' && asksForOwn(one) === 'no' && one.filters.every(({ value }) => value.kind === 'literal'),
  );
  return verb === 'select' ? own > shared.length : own > 0 || shared.length === 0;
}
