import type { Protects } from '../../model/evidence/fields.ts';
import type { SchemaTable } from '../../model/evidence/run.ts';
import type { Json, Player } from '../ground/play/people/players.ts';
import type { Stage } from '../ground/play/scene.ts';
import { isNumeric, plainField, valueFor } from '../ground/play/asking/values.ts';

type Column = SchemaTable['columns'][number];

/** A value for a column that nobody asked for: what is sent, and the text (perhaps with templates) that the column then holds. */
export interface Unasked {
  readonly send: Json;
  readonly expect: string;
  /** For people: the value, or whose it is. */
  readonly shown: string;
}

/** Powerful names first: setting them is what an attacker would do. */
const powerful = [/super|root/i, /admin/i, /owner/i, /manager|staff|moderator/i];
const moment = '2001-02-03T12:00:00.000Z';
const odd = 31_337;

/**
 * A value that the database accepts, that differs from what the plain request leaves in the column, and that is nobody's own: other people's
 * ids, another of the allowed values, the flipped truth, or text and numbers that do not occur by accident. Null where there is none.
 */
export function unaskedValue(
  stage: Stage,
  table: SchemaTable,
  column: Column,
  protects: Protects | null,
  current: string | null,
): Unasked | null {
  if (protects === 'owner') return somebodys(stage, table, column, current);
  if (protects === 'role') return roleValue(stage, table, column, current);
  if (isReference(stage, table, column)) return otherRow(stage, table, column, current);
  if (column.values.length > 0) {
    const other = column.values.find((value) => value !== current && /approv|paid|verif|confirm|active|complete/i.test(value));
    return literal(other ?? column.values.find((value) => value !== current));
  }
  if (column.type === 'boolean') return literal(!/^(t|true|1)$/.test(current ?? ''));
  if (/^(timestamp|date)/.test(column.type)) return { ...literalOf(moment), shown: moment.slice(0, 10) };
  if (isNumeric(column.type)) return literal(numberFor(column, current));
  if (/^jsonb?$|\[\]$/.test(column.type)) return null;
  const text = protects === 'verification' || protects === 'status' ? 'verified' : null;
  if (text !== null) return literal(text === current ? 'approved' : text);
  const made = valueFor({ field: plainField(column.name), column, attempt: 0, serial: 7_001 });
  if (typeof made !== 'string' || made === current) return null;
  return { send: made, expect: made, shown: 'the text that was sent' };
}

function literalOf(value: string | number | boolean): Unasked {
  return { send: value, expect: String(value), shown: String(value) };
}

function literal(value: string | number | boolean | undefined): Unasked | null {
  return value === undefined ? null : literalOf(value);
}

function numberFor({ name, type }: Column, current: string | null): number {
  const digits = Number(/^(?:numeric|decimal)\((\d+)(?:,(\d+))?\)/.exec(type)?.[1] ?? 18);
  const places = Number(/^(?:numeric|decimal)\(\d+,(\d+)\)/.exec(type)?.[1] ?? 0);
  const small = /percent|discount|rate|rating|score|month|day|year/i.test(name) || digits - places < 5;
  const value = small ? 7 : odd;
  return Number(current) === value ? value + 1 : value;
}

/** The stranger's user or tenant, by the reference's own column. */
function somebodys(stage: Stage, table: SchemaTable, column: Column, current: string | null): Unasked | null {
  const { users, tenants } = stage.ownership;
  const stranger = stage.cast.stranger;
  if (!users || !stranger) return null;
  const chains = stage.ownership.tables.find((one) => one.table === table.name);
  const link =
    [chains?.user?.[0], chains?.tenant?.[0]].find((one) => one?.column === column.name) ??
    table.foreignKeys
      .filter((key) => key.columns.length === 1 && key.columns[0] === column.name)
      .map((key) => ({ to: key.table, key: key.references[0] ?? '' }))[0];
  if (!link) return null;
  const names = [`${bare(link.to)}.${link.key}`];
  if (tenants && link.to === tenants.table) {
    const own = stage.ownership.tables.find((one) => one.table === users.table)?.tenant?.[0];
    if (own) names.push(`${bare(users.table)}.${own.column}`);
  }
  const name = names.find((one) => (stranger.values.get(one) ?? null) !== null);
  if (name === undefined || String(stranger.values.get(name)) === current) return null;
  const template = `{{${stranger.name}.${name}}}`;
  return { send: template, expect: template, shown: link.to === tenants?.table ? "another customer's" : "another user's" };
}

function roleValue({ ownership }: Stage, table: SchemaTable, column: Column, current: string | null): Unasked | null {
  if (column.type === 'boolean') return literal(!/^(t|true|1)$/.test(current ?? ''));
  if (isNumeric(column.type)) return literal(numberFor(column, current));
  if (/^jsonb?$|\[\]$/.test(column.type)) return null;
  const known = column.values.length > 0 ? column.values : table.name === ownership.users?.table ? ownership.roles : [];
  const roles = (known.length > 0 ? known : ['admin', 'user']).filter((one) => one !== current);
  return literal(powerful.map((name) => roles.find((one) => name.test(one))).find((one) => one !== undefined) ?? roles[0]);
}

function isReference(stage: Stage, table: SchemaTable, column: Column): boolean {
  return (
    table.foreignKeys.some((key) => key.columns.includes(column.name)) ||
    (stage.ownership.tables.find((one) => one.table === table.name)?.user ?? [])[0]?.column === column.name
  );
}

/** Another row that a reference may point at: one that came with the migrations. */
function otherRow(stage: Stage, table: SchemaTable, column: Column, current: string | null): Unasked | null {
  const key = table.foreignKeys.find((one) => one.columns.length === 1 && one.columns[0] === column.name);
  const wanted = key?.references[0];
  if (!key || wanted === undefined) return null;
  const row = stage.synthesis.pool.find((one) => one.by === null && one.table === key.table && (one.values[wanted] ?? current) !== current);
  const value = row?.values[wanted];
  if (value === undefined || value === null) return null;
  const send = stage.lab.tables.json(key.table, wanted, value);
  return { send, expect: value, shown: `another row of ${bare(key.table)}` };
}

/** Roles that no stranger should be able to choose; an "owner" may be one of a dog. */
export function isPowerfulName(role: string): boolean {
  return /super|root|admin|staff|manager|moderator|true/i.test(role);
}

/** Whether a role is one of those who may much. */
export function isPowerful(player: Player): boolean {
  return player.role !== null && powerful.some((name) => name.test(player.role ?? ''));
}

function bare(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
