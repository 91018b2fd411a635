import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { Lab } from '../interpreter.ts';
import { quote } from '../quote.ts';
import type { Player } from './players.ts';

type Ownership = EvidenceValue<'ownership'>;

/** Moves the player into the owner's tenant with the given role, by SQL: the only thing that is not done through the app. */
export async function giveRole(lab: Lab, player: Player, ownership: Ownership, role: string): Promise<void> {
  const users = ownership.users;
  if (!users?.role) return;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const id = String(player.values.get(`${bare}.${users.key}`) ?? '');
  const link = ownership.tables.find((row) => row.table === users.table)?.tenant?.[0];
  const owner = lab.players.get('owner');
  const tenant = link ? owner?.values.get(`${bare}.${link.column}`) : undefined;
  const moves = link && tenant !== undefined && tenant !== null;
  const text = `UPDATE ${quote(users.table)} SET ${quote(users.role)} = $2${moves ? `, ${quote(link.column)} = $3` : ''} WHERE CAST(${quote(users.key)} AS text) = $1`;
  await lab.ground.sql(text, [id, role, ...(moves ? [String(tenant)] : [])]);
  const parameters = [`{{me.${bare}.${users.key}}}`, role, ...(moves ? [`{{owner.${bare}.${link.column}}}`] : [])];
  player.entries.push({ byHand: { do: 'sql', text, parameters } });
}

/** Sets what stands for "confirmed" or "approved" on the player's row; false when there is no such column. */
export async function activate(lab: Lab, player: Player, ownership: Ownership): Promise<boolean> {
  const users = ownership.users;
  const table = users && lab.tables.byName(users.table);
  if (!users || !table) return false;
  const bare = users.table.slice(users.table.indexOf('.') + 1);
  const settings = table.columns.flatMap((column) => {
    const held = player.values.get(`${bare}.${column.name}`);
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
  const id = String(player.values.get(`${bare}.${users.key}`) ?? '');
  const text = `UPDATE ${quote(users.table)} SET ${settings.join(', ')} WHERE CAST(${quote(users.key)} AS text) = $1`;
  await lab.ground.sql(text, [id]);
  player.entries.push({ byHand: { do: 'sql', text, parameters: [`{{me.${bare}.${users.key}}}`] } });
  return true;
}
