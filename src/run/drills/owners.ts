import type { RowChange, RowRef } from '../../model/transcript.ts';
import { isAnswered } from '../ground/play/answers.ts';
import { quote } from '../ground/play/quote.ts';
import type { ReadRow } from '../ground/play/provenance.ts';
import type { Stage } from '../ground/play/scene.ts';

type Link = { readonly from: string; readonly column: string; readonly to: string; readonly key: string };

/** Whose row it is: the name of a player, or null. Roles of the owner's tenant count as the owner when tenants separate. */
export interface Owners {
  readonly separate: 'tenant' | 'user';
  of(row: ReadRow): string | null;
  ofChange(change: RowChange): string | null;
}

export function rowKey({ table, key }: RowRef): string {
  return JSON.stringify([table, Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * Follows every row's references to a tenant (or, where the app has none, to a user), by SQL over the live rows.
 * The first of several chains counts; rows that lead to nobody of ours belong to nobody.
 */
export async function ownersOf(stage: Stage): Promise<Owners> {
  const { ownership, lab, cast } = stage;
  const tenantOf = (name: string): string | null => tenantKey(stage, name);
  const ownerTenant = tenantOf('owner');
  const separate = ownership.tenants && ownerTenant !== null && ownerTenant !== tenantOf('stranger') ? 'tenant' : 'user';
  const people = new Map<string, string>();
  for (const player of [cast.owner, cast.stranger, ...(separate === 'user' ? cast.roles : [])]) {
    const key = player && (separate === 'tenant' ? tenantOf(player.name) : userKey(stage, player.name));
    if (player && key !== null && key !== undefined) people.set(key, player.name);
  }
  const target = separate === 'tenant' ? ownership.tenants : ownership.users;
  const index = new Map<string, string>();
  const byText = new Map<string, { table: string; player: string }>();
  for (const { table: name, user, tenant } of ownership.tables) {
    const chain = separate === 'tenant' ? tenant : user;
    const table = lab.tables.byName(name);
    if (!chain || !target || !table || table.primaryKey.length === 0) continue;
    for (const row of await lab.ground.sql(ownerQuery(name, table.primaryKey, chain, target.key))) {
      const player = people.get(row['owner of row'] ?? '');
      if (player === undefined) continue;
      const key = Object.fromEntries(table.primaryKey.map((column) => [column, row[column] ?? null]));
      index.set(rowKey({ table: name, key }), player);
    }
  }
  // Where nobody signs in, what somebody has made is theirs.
  for (const { table, key, by } of stage.synthesis.pool)
    if (by !== null && (cast.open || isAnswered(table))) index.set(rowKey({ table, key }), by);
  for (const row of stage.synthesis.pool) {
    for (const value of Object.values(row.values))
      if (value?.startsWith('sw') && row.by) byText.set(`${row.table} ${value}`, { table: row.table, player: row.by });
  }
  const ofRow = (table: string, key: Record<string, string | null>): string | null => index.get(rowKey({ table, key })) ?? null;
  return {
    separate,
    of(row) {
      const keyed = Object.keys(row.key).length > 0;
      const known = keyed ? ofRow(row.table, row.key) : null;
      if (known !== null) return known;
      // Without its key, or where the request itself has copied the row: what only one player has written tells.
      for (const value of Object.values(row.values)) {
        const written = value === null ? undefined : byText.get(`${row.table} ${value}`);
        if (written) return written.player;
      }
      if (keyed) return null;
      const table = lab.tables.byName(row.table);
      if (table && table.primaryKey.length > 0 && table.primaryKey.every((column) => column in row.where)) {
        return ofRow(row.table, Object.fromEntries(table.primaryKey.map((column) => [column, row.where[column] ?? null])));
      }
      const chain = ownership.tables.find((one) => one.table === row.table)?.[separate];
      const link = chain?.length === 1 ? chain[0] : undefined;
      return link && row.where[link.column] !== undefined ? (people.get(row.where[link.column] ?? '') ?? null) : null;
    },
    ofChange(change) {
      const known = ofRow(change.table, change.key);
      if (known !== null || change.op !== 'insert') return known;
      const chain = ownership.tables.find((one) => one.table === change.table)?.[separate];
      const link = chain?.[0];
      if (!link) return null;
      const value = change.after?.[link.column] ?? null;
      return link.to === target?.table ? (people.get(value ?? '') ?? null) : ofRow(link.to, { [link.key]: value });
    },
  };
}

function userKey(stage: Stage, player: string): string | null {
  const users = stage.ownership.users;
  const bare = users?.table.slice(users.table.indexOf('.') + 1);
  const value = users ? stage.lab.players.get(player)?.values.get(`${bare}.${users.key}`) : undefined;
  return value === undefined || value === null ? null : String(value);
}

/** The tenant that a player's sign-up made or joined. */
function tenantKey(stage: Stage, player: string): string | null {
  const { users, tenants } = stage.ownership;
  if (!users || !tenants) return null;
  const bare = (name: string): string => name.slice(name.indexOf('.') + 1);
  const values = stage.lab.players.get(player)?.values;
  const made = values?.get(`${bare(tenants.table)}.${tenants.key}`);
  if (made !== undefined && made !== null) return String(made);
  const link = stage.ownership.tables.find((row) => row.table === users.table)?.tenant?.[0];
  const joined = link && values?.get(`${bare(users.table)}.${link.column}`);
  return joined === undefined || joined === null ? null : String(joined);
}

export function ownerQuery(table: string, key: readonly string[], chain: readonly Link[], targetKey: string): string {
  const joins = chain
    .slice(0, -1)
    .map(
      (link, index) =>
        `JOIN ${quote(link.to)} t${index + 1} ON CAST(t${index + 1}.${quote(link.key)} AS text) = CAST(t${index}.${quote(link.column)} AS text)`,
    );
  const last = chain.at(-1);
  const owner = last ? `t${chain.length - 1}.${quote(last.column)}` : `t0.${quote(targetKey)}`;
  return `SELECT ${key.map((column) => `t0.${quote(column)}`).join(', ')}, CAST(${owner} AS text) AS "owner of row" FROM ${quote(table)} t0 ${joins.join(' ')}`;
}
