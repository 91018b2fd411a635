import type { Ownership } from '../model/evidence/derived.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { SchemaTable } from '../model/evidence/run.ts';
import { defineDerivation } from '../model/producer.ts';

type Query = EvidenceValue<'queries'>['queries'][number];
/** What the code says about tables, whatever they are called. */
interface Code {
  readonly queries: readonly Query[];
  /** What guards ask for. */
  readonly roles: readonly string[];
  /** Ids of the endpoints that check a password. */
  readonly doors: readonly string[];
}

type Edge = { readonly from: string; readonly column: string; readonly to: string; readonly key: string };

const passwordColumn = /^(password|passwd|pwd|pass)(_?(hash|digest|hashed|encrypted|salt))?$|^(hashed|encrypted)_?password$/i;
const userTable = /^(app_?)?(users?|accounts?|members?|people|persons?|customers?|profiles?)$/i;
const tenantTable =
  /^(organi[sz]ations?|orgs?|tenants?|compan(y|ies)|teams?|workspaces?|accounts?|agenc(y|ies)|businesses|business|stores?|merchants?)$/i;
const roleColumn = /^(role|user_?role|user_?type|account_?type|access_?level)$/i;

/** Which tables hold people and tenants, and how rows of every other table lead to them (BolaRay's ownership models, over the live catalogue). */
export default defineDerivation({
  name: 'ownership',
  needs: ['schema'],
  uses: ['routes', 'queries', 'calls', 'screens'],
  yields: 'ownership',
  run: ({ schema, routes, queries, calls, screens }) => {
    const guarded = (routes?.value.routes ?? []).flatMap((route) => [...route.guards, ...route.inline].flatMap((guard) => guard.roles));
    // Where no guard asks for a role, the screens may.
    const inCode = [...guarded, ...(screens?.value.roles ?? [])];
    const doors = (calls?.value.calls ?? []).filter(({ means }) => means === 'password-verify').flatMap((call) => call.routes);
    const value = ownershipOf(schema.value.tables, { queries: queries?.value.queries ?? [], roles: inCode, doors });
    // Where the database does not list the roles, the guards in the code name those that matter.
    return {
      value: value.users?.role && value.roles.length === 0 ? { ...value, roles: [...new Set(inCode)].toSorted() } : value,
      gaps: schema.gaps,
    };
  },
});

/** The ownership graph of a schema. References without a foreign key are inferred from `<name>_id` and the type. */
export function ownershipOf(tables: readonly SchemaTable[], code: Code = { queries: [], roles: [], doors: [] }): Ownership {
  const edges = tables.flatMap((table) => references(table, tables));
  const users = usersTable(tables, edges, code);
  const tenants = users ? tenantsTable(tables, edges, users, code.queries) : null;
  const userKey = users?.primaryKey[0];
  const tenantKey = tenants?.primaryKey[0];
  // By its name, or because what guards in the code ask for is what the database lets stand in it.
  const role =
    users?.columns.find((column) => roleColumn.test(column.name)) ??
    users?.columns.find((column) => column.values.some((one) => code.roles.includes(one)));
  return {
    users:
      users && userKey ? { table: users.name, key: userKey, password: passwordOf(users)?.name ?? null, role: role?.name ?? null } : null,
    tenants: tenants && tenantKey ? { table: tenants.name, key: tenantKey } : null,
    roles: role?.values ?? [],
    tables: tables.map((table) => ({
      table: table.name,
      user: users ? chain(table.name, users.name, edges, tenants?.name) : null,
      tenant: tenants ? chain(table.name, tenants.name, edges, undefined) : null,
    })),
  };
}

function bare(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function passwordOf(table: SchemaTable): SchemaTable['columns'][number] | undefined {
  return table.columns.find((column) => passwordColumn.test(column.name));
}

function usersTable(tables: readonly SchemaTable[], edges: readonly Edge[], { queries, doors }: Code): SchemaTable | undefined {
  const atDoor = queries.filter(({ verb, routes }) => verb === 'select' && routes.some((route) => doors.includes(route)));
  const named = (table: SchemaTable): boolean =>
    table.columns.some((column) => /^e?mail(_address)?$|^user_?name$|^login$/i.test(column.name));
  const people = tables.filter((table) => /^(app_|auth_)?users?$/i.test(bare(table.name)) && named(table));
  const score = (table: SchemaTable): number =>
    (passwordOf(table) ? 4 : 0) +
    (userTable.test(bare(table.name)) || looksUp(atDoor, table) ? 3 : 0) +
    (named(table) ? 2 : 0) +
    Math.min(1, edges.filter((edge) => edge.to === table.name).length / 10) -
    // Libraries keep passwords beside the people whose they are (`account.userId`).
    (edges.some((edge) => edge.from === table.name && people.some((one) => one !== table && one.name === edge.to)) ? 4 : 0);
  return best(tables, score, 3);
}

/** Whoever comes to a door is looked up here by what they sent. */
function looksUp(atDoor: readonly Query[], table: SchemaTable): boolean {
  return atDoor.some(({ tables, filters }) => tables.includes(bare(table.name)) && filters.some(({ value }) => value.kind === 'input'));
}

/** The table that users belong to: they (or a membership table) reference it, and other tables hang on it too. */
function tenantsTable(
  tables: readonly SchemaTable[],
  edges: readonly Edge[],
  users: SchemaTable,
  queries: readonly Query[],
): SchemaTable | undefined {
  const memberships = tables.filter((table) => table !== users && edges.some((edge) => edge.from === table.name && edge.to === users.name));
  const score = (table: SchemaTable): number => {
    if (table === users) return 0;
    const direct = edges.some((edge) => edge.from === users.name && edge.to === table.name);
    const through = memberships.some(
      (membership) =>
        /member|_users$|^users_|user_/i.test(bare(membership.name)) &&
        edges.some((edge) => edge.from === membership.name && edge.to === table.name),
    );
    if (!direct && !through) return 0;
    const named = tenantTable.test(bare(table.name)) || dividesBySession(table, edges, users, queries);
    return (named ? 3 : 0) + (edges.filter((edge) => edge.to === table.name).length >= 2 ? 1 : 0) + (direct ? 0.5 : 0);
  };
  return best(tables, score, 3);
}

/** Whatever it is called: statements on several tables ask that the row belongs to the one of it that the session names. */
function dividesBySession(table: SchemaTable, edges: readonly Edge[], users: SchemaTable, queries: readonly Query[]): boolean {
  const divided = edges.filter(
    ({ from, to, column }) =>
      to === table.name &&
      from !== users.name &&
      queries.some(
        (query) =>
          query.tables.includes(bare(from)) &&
          query.filters.some((filter) => filter.column === column && filter.value.kind === 'session' && mayMean(filter.table, from)),
      ),
  );
  return new Set(divided.map(({ from }) => from)).size >= 2;
}

function mayMean(said: string | null, table: string): boolean {
  return said === null || bare(said) === bare(table);
}

function best(tables: readonly SchemaTable[], score: (table: SchemaTable) => number, atLeast: number): SchemaTable | undefined {
  return tables
    .filter((table) => table.primaryKey.length === 1 && score(table) >= atLeast)
    .toSorted((a, b) => score(b) - score(a) || (a.name < b.name ? -1 : 1))[0];
}

function references(table: SchemaTable, tables: readonly SchemaTable[]): Edge[] {
  const declared = table.foreignKeys.flatMap((key) => {
    const column = key.columns[0];
    const target = key.references[0];
    return column !== undefined && target !== undefined && key.columns.length === 1
      ? [{ from: table.name, column, to: key.table, key: target }]
      : [];
  });
  const inferred = table.columns.flatMap((column) => {
    if (declared.some((edge) => edge.column === column.name)) return [];
    const target = inferredTarget(table, column, tables);
    const key = target?.primaryKey[0];
    return target && key ? [{ from: table.name, column: column.name, to: target.name, key }] : [];
  });
  return [...declared, ...inferred];
}

const people =
  /^(user|owner|author|creator|created_by|updated_by|customer|member|sender|recipient|assignee|assigned_to|uploaded_by)(_?id)?$/i;

/** The table that an undeclared `<name>_id` means, when one of that name with a key of the same type exists. */
export function inferredTarget(
  table: SchemaTable,
  column: SchemaTable['columns'][number],
  tables: readonly SchemaTable[],
): SchemaTable | undefined {
  const stem = /^(.+?)_?id$/i.exec(column.name)?.[1]?.toLowerCase();
  const fits = (candidate: SchemaTable): boolean => {
    const key = candidate.columns.find((other) => other.name === candidate.primaryKey[0]);
    return candidate.primaryKey.length === 1 && key !== undefined && family(key.type) === family(column.type);
  };
  if (stem) {
    const forms = new Set([
      stem,
      `${stem}s`,
      `${stem}es`,
      stem.replace(/y$/, 'ies'),
      stem.replace(/^org$/, 'organizations'),
      stem.replace(/^org$/, 'organisations'),
    ]);
    const named = tables.find((candidate) => candidate !== table && forms.has(bare(candidate.name).toLowerCase()) && fits(candidate));
    if (named) return named;
  }
  if (!people.test(column.name)) return undefined;
  return tables.find(
    (candidate) => candidate !== table && userTable.test(bare(candidate.name)) && passwordOf(candidate) && fits(candidate),
  );
}

function family(type: string): string {
  if (/^(small|big)?int|^integer|^serial|^bigserial/i.test(type)) return 'integer';
  if (/^(character|varchar|text|citext)/i.test(type)) return 'text';
  return type;
}

/** Shortest chain of references; a chain to users never leads through the tenants table (that would own everything by everybody). */
function chain(from: string, to: string, edges: readonly Edge[], avoid: string | undefined): Edge[] | null {
  const queue: Edge[][] = [[]];
  const seen = new Set([from]);
  for (let path = queue.shift(); path; path = queue.shift()) {
    const at = path.at(-1)?.to ?? from;
    if (at === to) return path;
    if (path.length >= 5 || (at === avoid && path.length > 0)) continue;
    for (const edge of edges) {
      if (edge.from !== at || seen.has(edge.to)) continue;
      seen.add(edge.to);
      queue.push([...path, edge]);
    }
  }
  return null;
}
