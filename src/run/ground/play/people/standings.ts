import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import type { Lab } from '../interpreter.ts';
import { quote } from '../quote.ts';
import type { Route } from '../asking/synthesis.ts';

type Ownership = EvidenceValue<'ownership'>;
type Column = SchemaTable['columns'][number];

/** How a role is written down: as a word, in a list, as one `true` among flags, or as the key of a row that names it. */
type Writing = 'text' | 'array' | 'json' | 'flag' | 'key';

/** A place where the database says what somebody is. */
export interface Standing {
  /** The users' own table, one of memberships (who, in which tenant), or one that joins users with roles. */
  readonly table: string;
  /** The column that names the user; the key in the users' own table. */
  readonly user: string;
  /** The column that names the tenant; null where the row is about no tenant. */
  readonly tenant: string | null;
  /** Null where being a member is all that there is to say. */
  readonly role: { readonly column: string; readonly as: Writing } | null;
  /** Each role with what is stored for it. */
  readonly roles: ReadonlyMap<string, string>;
}

/** Where people's roles and memberships stand. */
export interface Standings {
  /** By the name of each role that actors are made for; the first place of a role counts. */
  readonly byRole: ReadonlyMap<string, Standing>;
  /** The table whose rows say who belongs to which tenant; null where the users' own rows say it, or nothing does. */
  readonly members: Standing | null;
}

/** More would make every experiment long; an application with more has a table of permissions, which `policy.ts` reads. */
const most = 24;
const roleTable = /(^|[._])roles?$/i;
const roleColumn = /^(user_?|member_?|member(ship)?_?|account_?|org_?|team_?)?(roles?|role_?name|access_?level)$/i;
const nameColumn = /^(name|slug|key|code|title|role(_?name)?)$/i;
const memberTable = /member|collaborat|_users$|^users_|^user_|_people$|staff|employee|seats?$/i;
const flag = /^(?:is_?)?(admin|administrator|super_?admin|super_?user|staff|moderator|manager|editor)$/i;

/**
 * Finds where roles stand: a word, list or flag in the users' own table, a table of memberships, a table of roles that users or memberships
 * refer to or are joined with. Which roles there are say constraints, rows that are there already, defaults, and guards in the code.
 */
export async function standingsOf(lab: Lab, ownership: Ownership, routes: readonly Route[]): Promise<Standings> {
  const users = ownership.users && lab.tables.byName(ownership.users.table);
  if (!users || !ownership.users) return { byRole: new Map(), members: null };
  const inCode = [...new Set(routes.flatMap((route) => [...route.guards, ...route.inline].flatMap((guard) => guard.roles)))].toSorted();
  const places: Standing[] = [];
  const place = async (table: SchemaTable, user: string, tenant: string | null, column: Column | undefined): Promise<void> => {
    if (column) places.push(await standingAt(lab, { table: table.name, user, tenant }, table, column, inCode));
  };
  const { key, role } = ownership.users;
  await place(
    users,
    key,
    null,
    users.columns.find(({ name }) => name === role) ?? users.columns.find((column) => isRole(lab, users, column)),
  );
  const members = membersTable(lab, ownership);
  if (members) {
    const { table, user, tenant } = members;
    await place(
      table,
      user,
      tenant,
      table.columns.find((column) => isRole(lab, table, column)),
    );
    if (!places.some((one) => one.table === table.name)) places.push({ table: table.name, user, tenant, role: null, roles: new Map() });
  }
  for (const table of lab.tables.all) {
    const user = referenceTo(table, users.name, ownership);
    if (user === null || table === users || table === members?.table || !/role/i.test(table.name)) continue;
    const tenant = ownership.tenants && referenceTo(table, ownership.tenants.table, ownership);
    await place(
      table,
      user,
      tenant,
      table.columns.find((column) => column.name !== user && isRole(lab, table, column)),
    );
  }
  const flags = [{ table: users, user: key, tenant: null }, ...(members ? [members] : [])];
  for (const { table, user, tenant } of flags)
    for (const column of table.columns) if (column.type === 'boolean' && flag.test(column.name)) await place(table, user, tenant, column);
  const byRole = new Map<string, Standing>();
  for (const standing of places)
    for (const name of standing.roles.keys()) if (!byRole.has(name) && byRole.size < most) byRole.set(name, standing);
  return { byRole, members: members ? (places.find((one) => one.table === members.table.name) ?? null) : null };
}

function isRole(lab: Lab, table: SchemaTable, column: Column): boolean {
  const refers = referredBy(lab, table, column);
  if (refers) return roleTable.test(refers.name) && nameOf(refers) !== undefined;
  return roleColumn.test(column.name) && /^(text|character|varchar|citext|json)|\[\]$/.test(column.type)
    ? true
    : roleColumn.test(column.name) && column.values.length > 0;
}

function referredBy(lab: Lab, table: SchemaTable, column: Column): SchemaTable | undefined {
  const key = table.foreignKeys.find((one) => one.columns.length === 1 && one.columns[0] === column.name);
  return key && lab.tables.byName(key.table);
}

function nameOf(table: SchemaTable): Column | undefined {
  return table.columns.find(
    (column) => nameColumn.test(column.name) && (column.values.length > 0 || /^(text|character|varchar|citext)/.test(column.type)),
  );
}

/** The column by which rows lead straight to a table. */
function referenceTo(table: SchemaTable, target: string, ownership: Ownership): string | null {
  const chains = ownership.tables.find((one) => one.table === table.name);
  const chain = [chains?.user, chains?.tenant].find((one) => one?.length === 1 && one[0]?.to === target);
  return chain?.[0]?.column ?? null;
}

/** The table of memberships: its rows lead straight to a user and to a tenant, and one such pair stands in it once, or it says so by its name. */
function membersTable(lab: Lab, ownership: Ownership): { table: SchemaTable; user: string; tenant: string } | null {
  const { users, tenants } = ownership;
  if (!users || !tenants) return null;
  const found = lab.tables.all.flatMap((table) => {
    const [user, tenant] = [referenceTo(table, users.table, ownership), referenceTo(table, tenants.table, ownership)];
    if (user === null || tenant === null || table.name === users.table || table.name === tenants.table) return [];
    const pair = [table.primaryKey, ...table.uniques].some((key) => key.length === 2 && key.includes(user) && key.includes(tenant));
    const role = table.columns.some((column) => isRole(lab, table, column));
    const named = memberTable.test(table.name.slice(table.name.indexOf('.') + 1));
    const invites = /invit|request|log|audit/i.test(table.name);
    const score = (pair ? 2 : 0) + (role ? 2 : 0) + (named ? 2 : 0) - (invites ? 3 : 0);
    return score >= 2 ? [{ table, user, tenant, score }] : [];
  });
  return found.toSorted((a, b) => b.score - a.score || (a.table.name < b.table.name ? -1 : 1))[0] ?? null;
}

async function standingAt(
  lab: Lab,
  at: Pick<Standing, 'table' | 'user' | 'tenant'>,
  table: SchemaTable,
  column: Column,
  inCode: readonly string[],
): Promise<Standing> {
  const refers = referredBy(lab, table, column);
  const name = refers && nameOf(refers);
  const key = refers?.primaryKey[0];
  if (refers && name && key !== undefined) {
    const rows = await lab.ground.sql(
      `SELECT CAST(${quote(key)} AS text) AS key, CAST(${quote(name.name)} AS text) AS name FROM ${quote(refers.name)} ORDER BY ${quote(key)} LIMIT ${most}`,
    );
    const roles = new Map(rows.flatMap((row) => (row['name'] && row['key'] ? [[row['name'], row['key']] as const] : [])));
    return { ...at, role: { column: column.name, as: 'key' }, roles };
  }
  if (column.type === 'boolean') {
    const word = flag.exec(column.name)?.[1]?.toLowerCase() ?? column.name;
    return { ...at, role: { column: column.name, as: 'flag' }, roles: new Map([[word, 'true']]) };
  }
  const as = column.type.endsWith('[]') ? 'array' : column.type.startsWith('json') ? 'json' : 'text';
  const words = column.values.length > 0 ? column.values : [...new Set([...(await storedRoles(lab, at.table, column, as)), ...inCode])];
  const write = (word: string): string => (as === 'array' ? `{"${word}"}` : as === 'json' ? JSON.stringify([word]) : word);
  return { ...at, role: { column: column.name, as }, roles: new Map(words.map((word) => [word, write(word)])) };
}

/** The default and what rows hold: a column without a constraint takes any word, but the application knows these. */
async function storedRoles(lab: Lab, table: string, column: Column, as: Writing): Promise<string[]> {
  const rows = await lab.ground.sql(
    `SELECT DISTINCT CAST(${quote(column.name)} AS text) AS role FROM ${quote(table)} WHERE ${quote(column.name)} IS NOT NULL LIMIT ${most}`,
  );
  const stored = rows.flatMap(({ role }) => (typeof role === 'string' ? wordsIn(role, as) : []));
  return [...new Set(stored)].filter((word) => /^[\w .:-]{2,40}$/.test(word)).toSorted();
}

function wordsIn(text: string, as: Writing): string[] {
  if (as === 'text') return [text];
  if (as === 'array')
    return text
      .replace(/^\{|\}$/g, '')
      .split(',')
      .map((word) => word.replaceAll('"', ''));
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
  } catch {
    return []; // No JSON: no list of roles.
  }
}
