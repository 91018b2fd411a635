import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Claim } from '../../model/finding.ts';
import { plainName } from '../../model/statements.ts';
import type { Severity } from '../../model/words.ts';
import { atLeast, shownTable } from '../../model/words.ts';

type Taken = EvidenceValue<'mass-assignment'>['endpoints'][number]['taken'][number];

export default defineCheck({
  title: 'Only intended fields can be written',
  control: 'security/property-authorization',
  severity: 'medium',
  cwe: [915],
  standards: ['ASVS v5.0.0-15.3.3', 'API3:2023'],
  why: 'When a whole request body is handed to the database, every column becomes a field of the form, also those that no screen shows. One added line then makes a customer an administrator, moves their account into another company, or fills their balance.',
  remedy:
    'Name the fields that this endpoint may write and take only those from the body (a schema that drops the rest); set role, owner, status and money from the session and your own logic.',
  needs: ['endpoints'],
  anyOf: ['mass-assignment', 'queries'],
  uses: ['routes', 'schema'],
  *run({ 'mass-assignment': tried, endpoints, queries, routes, schema }) {
    for (const claim of queries ? readOf(queries.value, routes?.value, schema?.value) : []) {
      const outcome = tried?.value.endpoints.find(({ endpoint }) => endpoint === claim.endpoint)?.outcome;
      if (outcome !== 'tried') yield claim;
    }
    if (!tried) {
      yield unknown('read', application, 'Whether further fields of a request reach the database, only requests can show.', {
        settle: 'seaworthy audit --run',
      });
      return;
    }
    const untried: string[] = [];
    let examined = 0;
    for (const one of tried.value.endpoints) {
      const subject = endpointSubject(one.endpoint);
      const endpoint = endpoints.value.endpoints.find(({ id }) => id === one.endpoint);
      const byRole = endpoint?.intended === 'role';
      const ranked = one.taken.toSorted((a, b) => rank(severityOf(a, byRole)) - rank(severityOf(b, byRole)));
      const [worst] = ranked;
      if (one.outcome === 'untried') untried.push(one.endpoint);
      else if (one.outcome === 'tried') examined++;
      if (worst) {
        const fields = ranked.map((taken) => `"${taken.field}" (${shownTable(taken.table)}.${taken.column} became ${taken.value})`);
        const source = worst.named
          ? 'The sign-up takes what nobody may say of themselves'
          : 'Fields that this endpoint does not ask for were written to the row';
        yield fail('ran', subject, `${source}: ${fields.join(', ')}.`, {
          severity: severityOf(worst, byRole),
          impact: impactOf(worst, byRole),
          where: endpoint?.where,
          actor: worst.actor,
          effect: `${shownTable(worst.table)}.${worst.column}`,
          proof: worst.proof,
        });
      } else if (one.open.length > 0) {
        const columns = one.open.map(({ column, reason }) => `${column}: ${reason}`);
        yield unknown('ran', subject, `Whether further fields can be written stayed open (${columns.join('; ')}).`, {
          where: endpoint?.where,
        });
      } else if (one.outcome === 'tried') yield pass('ran', subject);
    }
    if (untried.length > 0) {
      const names = untried.slice(0, 3).join(', ');
      const more = untried.length > 3 ? ` and ${untried.length - 3} more` : '';
      yield unknown('ran', application, `No request worked that further fields could be added to: ${names}${more}.`);
    } else if (examined === 0) {
      yield endpoints.gaps.length > 0
        ? unknown('ran', application, 'No endpoint that writes rows was found, but some files could not be read.')
        : notApplicable('No endpoint writes rows.', 'ran');
    }
  },
});

const grave: Partial<Record<Taken['protects'], Severity>> = { role: 'critical', owner: 'high', balance: 'high', price: 'high' };

/** By what can be set. Where only those with a role get in, they may set most of it anyway. */
function severityOf({ protects, self }: Taken, byRole: boolean): Severity {
  if (byRole) return protects === 'owner' ? 'high' : 'medium';
  return protects === 'owner' && self ? 'critical' : (grave[protects] ?? 'medium');
}

function rank(severity: Severity): number {
  return (['critical', 'high', 'medium'] as const).findIndex((one) => atLeast(severity, one));
}

function impactOf({ protects, actor, self, table, value }: Taken, byRole: boolean): string {
  const who = actor === 'anonymous' ? 'Anyone who signs up' : byRole ? 'Whoever has the role for this endpoint' : 'Any signed-in customer';
  const what = shownTable(table);
  switch (protects) {
    case 'role':
      return `${who} can give ${self ? 'themselves' : 'accounts'} any role (here: ${value}), and with it what only that role may do.`;
    case 'owner':
      return self
        ? `${who} can move their account to another customer's organisation and see everything in it.`
        : `${who} can write rows of ${what} in somebody else's name.`;
    case 'balance':
      return `${who} can set what an account holds or has paid for.`;
    case 'price':
      return `${who} can set amounts in ${what} that the application should calculate.`;
    case 'verification':
      return `${who} can mark ${self ? 'themselves' : what} as checked or approved without anybody having looked.`;
    case 'status':
      return `${who} can put ${what} into a state that others decide about.`;
    case 'credential':
      return `${who} can choose the stored secrets of ${what}, past the checks that guard them.`;
    case 'key':
      return `${who} can choose the ids of ${what}, and take those of rows to come.`;
    case 'time':
      return `${who} can falsify when ${what} came to be.`;
  }
}

/** Columns that nobody should set by a form, by what applications call them. */
const guarded =
  /^(role|roles|isadmin|admin|issuperuser|permissions?|isverified|verified|emailverified|ispaid|paid|plan|credits?|balance|status|approved|isapproved|ownerid|userid|tenantid|organi[sz]ationid|orgid|companyid|teamid|price|total|amount|passwordhash)$/;
const grants = /^(role|roles|isadmin|admin|issuperuser|permissions?|credits?|balance|ownerid|userid|tenantid|organi[sz]ationid|orgid)$/;

/** Bodies that are written whole, with no schema between that would drop what it does not know. */
function readOf(
  queries: EvidenceValue<'queries'>,
  routes: EvidenceValue<'routes'> | undefined,
  schema: EvidenceValue<'schema'> | undefined,
): Claim[] {
  const columns = new Map<string, string[]>(queries.declared.map(({ table, columns: list }) => [table, list.map(({ name }) => name)]));
  for (const { name, columns: list } of schema?.tables ?? [])
    columns.set(
      shownTable(name),
      list.map((one) => one.name),
    );
  return queries.queries.flatMap((query) => {
    const at = query.sets.findIndex(
      ({ column, value }) => column === '*' && value.kind === 'input' && value.from === 'body' && value.name === '',
    );
    const [table = ''] = query.tables;
    const known = columns.get(table);
    if (at === -1 || known === undefined) return [];
    // What is named after the body was spread is set by the application, whatever the body says.
    const set = new Set(query.sets.slice(at + 1).map(({ column }) => plainName(column)));
    const open = known.filter((column) => guarded.test(plainName(column)) && !set.has(plainName(column)));
    if (open.length === 0) return [];
    return query.routes.flatMap((id) => {
      const route = routes?.routes.find((one) => one.id === id);
      const byRole = route && [...route.guards, ...route.inline].some(({ refuses, does }) => refuses && does.includes('role'));
      if (route?.validated !== false || byRole === true) return [];
      return [
        fail(
          'read',
          endpointSubject(id),
          `The whole body is written to ${table}, which holds ${open.join(', ')}; no schema was seen to drop these fields.`,
          {
            severity: open.some((column) => grants.test(plainName(column))) ? 'high' : 'medium',
            impact: `Whoever sends this request can set ${open.join(', ')} by adding a field to it.`,
            where: query.where,
            effect: `${table}.${open.join(',')}`,
          },
        ),
      ];
    });
  });
}
