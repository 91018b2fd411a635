import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { Lab } from '../interpreter.ts';
import { plantRow } from '../asking/planting.ts';
import type { Synthesis } from '../asking/synthesis.ts';
import { quote } from '../quote.ts';
import type { Player } from './players.ts';
import { adopt } from './sign-up.ts';
import type { Standing, Standings } from './standings.ts';
import { fillText } from '../templates.ts';

type Ownership = EvidenceValue<'ownership'>;

/** A player's own value of the users' key, as text. */
export function userKeyOf(player: Player | undefined, ownership: Ownership): string | null {
  const { users } = ownership;
  const value = users && player?.values.get(`${bare(users.table)}.${users.key}`);
  return value === undefined || value === null ? null : String(value);
}

/** The tenant that a player's sign-up made or joined. */
export function tenantKeyOf(player: Player | undefined, { tenants }: Ownership): string | null {
  const value = tenants && player?.values.get(`${bare(tenants.table)}.${tenants.key}`);
  return value === undefined || value === null ? null : String(value);
}

/** Learns from the database which tenant a player belongs to, where no row of their sign-up was one: their own row or a membership says it. */
export async function learnTenant(lab: Lab, player: Player, ownership: Ownership, { members }: Standings): Promise<void> {
  const { users, tenants } = ownership;
  const id = userKeyOf(player, ownership);
  if (!users || !tenants || id === null || tenantKeyOf(player, ownership) !== null) return;
  const link = linkToTenant(ownership);
  const places = [
    ...(link?.straight === true ? [{ table: users.table, user: users.key, tenant: link.column }] : []),
    ...(members && members.tenant !== null ? [{ ...members, tenant: members.tenant }] : []),
  ];
  for (const { table, user, tenant } of places) {
    const [row] = await lab.ground.sql(
      `SELECT CAST(${quote(tenant)} AS text) AS tenant FROM ${quote(table)} WHERE CAST(${quote(user)} AS text) = $1`,
      [id],
    );
    if (!row?.['tenant']) continue;
    player.values.set(`${bare(tenants.table)}.${tenants.key}`, lab.tables.json(tenants.table, tenants.key, row['tenant']));
    return;
  }
}

/** The column by which the users' own rows lead to their tenant: straight, or by way of a department or the like. */
function linkToTenant(ownership: Ownership): { column: string; straight: boolean } | null {
  const chain = ownership.tables.find((row) => row.table === ownership.users?.table)?.tenant;
  const column = chain?.[0]?.column;
  return column === undefined ? null : { column, straight: chain?.length === 1 };
}

/** Whether somebody can be made a member of somebody else's tenant. */
export function hasMembers(ownership: Ownership, standings: Standings): boolean {
  return ownership.tenants !== null && (linkToTenant(ownership) !== null || standings.members !== null);
}

/**
 * Makes the player a member of the owner's tenant, with the role where one is named: the only thing that is not done through the app. Their
 * session must be renewed afterwards, since tokens carry what people are. A sentence where it cannot be done, else null.
 */
export async function join(
  synthesis: Synthesis,
  player: Player,
  ownership: Ownership,
  standings: Standings,
  role: string | null,
): Promise<string | null> {
  const { lab } = synthesis;
  const { users, tenants } = ownership;
  const id = userKeyOf(player, ownership);
  const standing = role === null ? undefined : standings.byRole.get(role);
  if (!users || id === null || (role !== null && !standing)) return 'where roles stand is not known';
  const tenant = tenantKeyOf(lab.players.get('owner'), ownership);
  const link = linkToTenant(ownership);
  try {
    if (link !== null) {
      const value = await copyCell(lab, player, users, link.column);
      player.values.set(`${bare(users.table)}.${link.column}`, lab.tables.json(users.table, link.column, value));
    }
    const { members } = standings;
    if (members && tenant !== null) {
      const plain = standing === members ? role : plainRole(lab, members);
      await standAs(synthesis, player, members, ownership, plain);
    }
    if (standing && standing !== members) await standAs(synthesis, player, standing, ownership, role);
    if (tenants && tenant !== null && hasMembers(ownership, standings))
      player.values.set(`${bare(tenants.table)}.${tenants.key}`, lab.tables.json(tenants.table, tenants.key, tenant));
    return null;
  } catch (error) {
    return `the database did not take it: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Makes the row of a standing say what somebody is. */
async function standAs(
  synthesis: Synthesis,
  player: Player,
  standing: Standing,
  { users, tenants }: Ownership,
  role: string | null,
): Promise<void> {
  const { lab } = synthesis;
  if (!users) return;
  const table = lab.tables.byName(standing.table);
  const stored = role === null ? undefined : standing.roles.get(role);
  const cells = new Map<string, string>([[standing.user, keyTemplate(users)]]);
  if (standing.tenant !== null && tenants) cells.set(standing.tenant, `{{owner.${bare(tenants.table)}.${tenants.key}}}`);
  if (standing.role && stored !== undefined) cells.set(standing.role.column, stored);
  const changed = [...cells].filter(([column]) => column !== standing.user);
  const settings = changed.map(([column], index) => `${quote(column)} = $${index + 2}`);
  const updated =
    settings.length === 0
      ? []
      : await doByHand(
          lab,
          player,
          `UPDATE ${quote(standing.table)} SET ${settings.join(', ')} WHERE CAST(${quote(standing.user)} AS text) = $1 RETURNING ${changed.map(([column]) => `CAST(${quote(column)} AS text) AS ${quote(column)}`).join(', ')}`,
          [keyTemplate(users), ...changed.map(([, value]) => value)],
        );
  const [row] = updated;
  if (row) {
    for (const [column] of changed)
      player.values.set(`${bare(standing.table)}.${column}`, lab.tables.json(standing.table, column, row[column] ?? null));
    return;
  }
  const planted = table && (await plantRow(synthesis, table, player, cells));
  if (!planted) throw new Error(`no row could be planted in ${standing.table}`);
  player.entries.push({ byHand: planted.step });
  adopt(synthesis, player, standing.table, planted.key, planted.values);
}

/** What members are who are nothing else: the least that is not the owner's own. */
function plainRole(lab: Lab, members: Standing): string | null {
  if (!members.role) return null;
  const roles = [...members.roles.keys()];
  const own = lab.players.get('owner')?.values.get(`${bare(members.table)}.${members.role.column}`);
  const others = roles.filter((role) => members.roles.get(role) !== String(own ?? ''));
  const standard = lab.tables.byName(members.table)?.columns.find(({ name }) => name === members.role?.column)?.default ?? '';
  return (
    others.find((role) => standard.includes(`'${role}'`)) ??
    others.find((role) => /member|user|basic|viewer/i.test(role)) ??
    others.at(-1) ??
    roles[0] ??
    null
  );
}

/** Gives the player's row what the owner's holds, and returns it. */
async function copyCell(lab: Lab, player: Player, users: NonNullable<Ownership['users']>, column: string): Promise<string | null> {
  const { table, key } = users;
  const [row] = await doByHand(
    lab,
    player,
    `UPDATE ${quote(table)} SET ${quote(column)} = (SELECT o.${quote(column)} FROM ${quote(table)} o WHERE CAST(o.${quote(key)} AS text) = $2) WHERE CAST(${quote(key)} AS text) = $1 RETURNING CAST(${quote(column)} AS text) AS given`,
    [keyTemplate(users), keyTemplate(users, 'owner')],
  );
  return row?.['given'] ?? null;
}

function keyTemplate({ table, key }: NonNullable<Ownership['users']>, of = 'me'): string {
  return `{{${of}.${bare(table)}.${key}}}`;
}

/** Runs a statement for a player, as one of the steps by which they came in. Parameters are templates. */
async function doByHand(lab: Lab, player: Player, text: string, parameters: readonly string[]): Promise<Record<string, string | null>[]> {
  const bindings = { saved: lab.saved, players: lab.players };
  const rows = await lab.ground.sql(
    text,
    parameters.map((parameter) => fillText(parameter, player, bindings)),
  );
  if (rows.length > 0 || !text.includes(' RETURNING ')) player.entries.push({ byHand: { do: 'sql', text, parameters: [...parameters] } });
  return rows;
}

function bare(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** Sets what stands for "confirmed" or "approved" on the player's row; false when there is no such column. */
export async function activate(lab: Lab, player: Player, ownership: Ownership): Promise<boolean> {
  const users = ownership.users;
  const table = users && lab.tables.byName(users.table);
  if (!users || !table) return false;
  const settings = table.columns.flatMap((column) => {
    const held = player.values.get(`${bare(users.table)}.${column.name}`);
    const quoted = quote(column.name);
    if (column.type === 'boolean' && /verified|confirmed|active|enabled|approved/i.test(column.name)) return [`${quoted} = true`];
    if (column.type.startsWith('timestamp') && held === null && /(verified|confirmed|approved|activated)/i.test(column.name))
      return [`${quoted} = CURRENT_TIMESTAMP`];
    if (/status|state/i.test(column.name) && typeof held === 'string' && /pending|unverified|inactive|new|invited|waiting/i.test(held)) {
      return [`${quoted} = '${column.values.find((value) => /^(active|approved|verified|enabled)$/i.test(value)) ?? 'active'}'`];
    }
    return [];
  });
  if (settings.length === 0) return false;
  await doByHand(lab, player, `UPDATE ${quote(users.table)} SET ${settings.join(', ')} WHERE CAST(${quote(users.key)} AS text) = $1`, [
    keyTemplate(users),
  ]);
  return true;
}
