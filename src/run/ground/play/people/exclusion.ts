import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import type { Lab, SqlStep } from '../interpreter.ts';
import { quote } from '../quote.ts';
import { userKeyOf } from './memberships.ts';
import type { Player } from './players.ts';

type Ownership = EvidenceValue<'ownership'>;
type Column = SchemaTable['columns'][number];

/** A cell that may say of an account that it is shut out. */
export interface Exclusion {
  readonly column: string;
  /** What is written there; of columns without a constraint the first word that the login minds is meant. */
  readonly words: readonly string[];
  /** Its name says nothing: it counts only where the application itself writes it, and its login turns the account away then. */
  readonly guessed?: true;
}

const shut = 'suspended|disabled|banned|blocked|locked|deactivated|deleted|archived|inactive|terminated|frozen';
const trueShuts = new RegExp(`^(is_?|account_?|user_?)?(${shut})$`, 'i');
const falseShuts = /^(is_?|account_?|user_?)?(active|enabled)$/i;
const shutSince = new RegExp(`^(account_?|user_?)?(${shut})_?(at|on|since|date|time)$`, 'i');
const shutUntil = new RegExp(`^(account_?|user_?)?(${shut}|lock(out)?|ban|suspension)_?(until|till|ends?|expires?)(_?at)?$`, 'i');
/** What accounts begin without, or may choose: that they cannot come in then is no exclusion. */
const otherwise =
  /verif|confirm|onboard|approv|agree|accept|terms|consent|subscri|notif|news|letter|mail|mfa|2fa|factor|admin|staff|super|root|public|trial|premium|paid/i;
const state = /^(account_?|user_?)?(status|state)$/i;
const shutWord = /suspend|disabl|\bban|banned|block|inactiv|deactiv|locked|terminat|frozen/i;

/** Long ago, and long hence: the same in every run. */
const since = '2020-01-01T00:00:00Z';
const until = '2099-01-01T00:00:00Z';

/** The columns of the users' own rows that may say that an account is shut out. Whether they mean it the application must show. */
export function exclusionsOf(lab: Lab, ownership: Ownership): Exclusion[] {
  const table = ownership.users && lab.tables.byName(ownership.users.table);
  return (table?.columns ?? []).flatMap((column) => {
    if (column.generated) return [];
    const words = wordsFor(column);
    if (words.length > 0) return [{ column: column.name, words }];
    const guessed = column.type === 'boolean' && !otherwise.test(column.name);
    return guessed ? [{ column: column.name, words: ['false', 'true'], guessed: true as const }] : [];
  });
}

function wordsFor({ name: column, type, values }: Column): string[] {
  const name = column.replace(/([a-z])([A-Z])/g, '$1_$2');
  if (type === 'boolean') return trueShuts.test(name) ? ['true'] : falseShuts.test(name) ? ['false'] : [];
  if (type.startsWith('timestamp') || type === 'date') return shutSince.test(name) ? [since] : shutUntil.test(name) ? [until] : [];
  if (!state.test(name)) return [];
  if (values.length > 0) return values.filter((value) => shutWord.test(value)).slice(0, 1);
  return /^(text|character|varchar|citext)/.test(type) ? ['suspended', 'inactive', 'disabled', 'banned', 'blocked'] : [];
}

/** The statement that writes a word into a column of somebody's own row, as a scenario's step. */
export function writing(player: Player, { users }: Ownership, column: string, word: string): SqlStep | null {
  if (!users) return null;
  return {
    do: 'sql',
    text: `UPDATE ${quote(users.table)} SET ${quote(column)} = $2 WHERE CAST(${quote(users.key)} AS text) = $1 RETURNING 1 AS one`,
    parameters: [`{{${player.name}.${users.table.slice(users.table.indexOf('.') + 1)}.${users.key}}}`, word],
    expect: { rows: 'some' },
  };
}

/** The statement that deletes somebody's own row. */
export function deletion(player: Player, { users }: Ownership): SqlStep | null {
  if (!users) return null;
  return {
    do: 'sql',
    text: `DELETE FROM ${quote(users.table)} WHERE CAST(${quote(users.key)} AS text) = $1 RETURNING 1 AS one`,
    parameters: [`{{${player.name}.${users.table.slice(users.table.indexOf('.') + 1)}.${users.key}}}`],
    expect: { rows: 'some' },
  };
}

/** What somebody's own row holds in a column. */
export async function heldIn(lab: Lab, player: Player, ownership: Ownership, column: string): Promise<string | null> {
  const { users } = ownership;
  const id = userKeyOf(player, ownership);
  if (!users || id === null) return null;
  const [row] = await lab.ground.sql(
    `SELECT CAST(${quote(column)} AS text) AS held FROM ${quote(users.table)} WHERE CAST(${quote(users.key)} AS text) = $1`,
    [id],
  );
  return row?.['held'] ?? null;
}

/** Puts back what somebody's own row held. */
export async function putBack(lab: Lab, player: Player, ownership: Ownership, column: string, held: string | null): Promise<void> {
  const { users } = ownership;
  const id = userKeyOf(player, ownership);
  if (!users || id === null) return;
  await lab.ground.sql(`UPDATE ${quote(users.table)} SET ${quote(column)} = $2 WHERE CAST(${quote(users.key)} AS text) = $1`, [id, held]);
}
