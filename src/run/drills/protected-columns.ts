import type { Ownership } from '../../model/evidence/derived.ts';
import type { Protects } from '../../model/evidence/fields.ts';
import type { SchemaTable } from '../../model/evidence/run.ts';
import { shownTable } from '../../model/words.ts';
import { secrecyOf } from './data-names.ts';

type Column = SchemaTable['columns'][number];

/** Tables whose rows are people or what people may do; elsewhere a "role" may be a character's in a story. */
const people = /user|member|account|staff|team|employee|admin|profile|collaborator|invit|permission/i;
const role =
  /^(is_?)?(admin|super_?user|super_?admin|staff|moderator|root)$|role|permission|privilege|access_?level|user_?type|account_?type/i;
const balance = /balance|credits?$|^points$|wallet_?amount|quota|credit_?limit|spend(ing)?_?limit/i;
const entitlement =
  /^plan|plan(_?id|_?name)?$|(^|_)tier$|subscription|premium|trial|entitlement|^licen[cs]e(_(type|tier|plan|key))?$|^max_/i;
const price = /price|amount|total|subtotal|discount|(^|_)fee|(^|_)cost|(^|_)paid(_|$)|refund|salary|interest|rate_cents|cents$/i;
const verdict = /verified|confirmed|approved|kyc|moderated|vetted|trusted/i;
const standing = /(^|_|is_?)(active|enabled|disabled|blocked|banned|suspended|locked|frozen|deactivated)$|^failed_?(login|attempt)/i;
const status = /(^|_)(status|state)$/i;
/** States of which somebody other than the customer decides, or that money decides. */
const decided = /paid|approv|accept|reject|refund|ship|deliver|verif|confirm|settle|frozen|locked|suspend|posted|issued|granted/i;
const creation = /^(created|inserted|registered|joined|signed_?up)_?(at|on|date)$|^date_?(created|joined)$/i;
const author =
  /^(user|owner|author|creator|account|customer|tenant|org(ani[sz]ation)?|company|workspace|team|created_?by|owned_?by)(_?id)?$/i;

/** Names in one form: `isAdmin` and `is_admin` are the same. */
export function plainName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}

/**
 * What hangs on a column, when a caller may not simply choose it; null for what everybody may say of their own (a name, a colour).
 * Whose a row is comes from the ownership graph, everything else from names and allowed values.
 */
export function protectionOf(table: SchemaTable, column: Column, ownership: Ownership): Protects | null {
  const name = plainName(column.name);
  const isUsers = table.name === ownership.users?.table;
  const isTenants = table.name === ownership.tenants?.table;
  const aboutPeople = isUsers || people.test(shownTable(table.name));
  if (table.primaryKey.length === 1 && table.primaryKey[0] === column.name) return 'key';
  if (ownsRow(table, column, ownership)) return 'owner';
  if (column.name === ownership.users?.role && isUsers) return 'role';
  if (aboutPeople && role.test(name)) return 'role';
  if (isUsers && column.name === ownership.users?.password) return 'credential';
  if (secrecyOf(table.name, column, ownership) !== null) return 'credential';
  if (creation.test(name)) return 'time';
  if (balance.test(name) && isAmount(column)) return 'balance';
  if ((isUsers || isTenants || /subscri|billing|licen[cs]e/i.test(table.name)) && entitlement.test(name)) return 'balance';
  if (price.test(name) && isAmount(column)) return 'price';
  if (verdict.test(name)) return 'verification';
  if ((isUsers || isTenants) && standing.test(name)) return 'verification';
  if (
    status.test(name) &&
    !isAddress(table, name) &&
    (isUsers || isTenants || column.values.some((value) => decided.test(value)) || holdsMoney(table))
  )
    return 'status';
  return null;
}

/** The reference by which a row belongs to a user or a tenant: the chain's own, or one that says so by name. */
function ownsRow(table: SchemaTable, column: Column, ownership: Ownership): boolean {
  const chains = ownership.tables.find((one) => one.table === table.name);
  const direct = [chains?.user, chains?.tenant].some((chain) => chain?.length === 1 && chain[0]?.column === column.name);
  if (direct) return true;
  const key = table.foreignKeys.find((one) => one.columns.length === 1 && one.columns[0] === column.name);
  return key !== undefined && [ownership.users?.table, ownership.tenants?.table].includes(key.table) && author.test(plainName(column.name));
}

/** A "state" beside a city is one of fifty. */
function isAddress(table: SchemaTable, name: string): boolean {
  return /state$/i.test(name) && table.columns.some((column) => /city|zip|postal|country/i.test(column.name));
}

function isAmount({ type }: Column): boolean {
  return /^(smallint|integer|bigint|numeric|real|double|decimal|money)/.test(type);
}

function holdsMoney(table: SchemaTable): boolean {
  return table.columns.some((column) => isAmount(column) && (balance.test(plainName(column.name)) || price.test(plainName(column.name))));
}
