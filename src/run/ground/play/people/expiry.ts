import { createHash } from 'node:crypto';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import type { Lab, SqlStep } from '../interpreter.ts';
import { quote } from '../quote.ts';
import type { Player } from './players.ts';

/** Where sessions stand as rows that run out. */
export interface SessionRows {
  readonly table: string;
  /** When the session ends. */
  readonly column: string;
  /** A point in time, or seconds or milliseconds since 1970. */
  readonly as: 'time' | 'seconds' | 'milliseconds';
}

const ends = /expir|valid_?(until|till|to)\b|^ends?_?(at|on)?$/i;
const days = 3_650;

/** The table with the row of somebody's session and its end; null where their session is no such row. Only on Postgres. */
export async function sessionRowsOf(lab: Lab, player: Player): Promise<SessionRows | null> {
  const brought = piecesOf(player);
  for (const table of lab.tables.all) {
    const column = table.columns.find(({ name, type }) => ends.test(name) && /^(timestamp|bigint|integer|numeric)/.test(type));
    if (!column || table.name.startsWith('main.')) continue;
    const rows = await lab.ground.sql(`SELECT *, CAST(${quote(column.name)} AS text) AS "the end" FROM ${quote(table.name)} LIMIT 2000`);
    const own = rows.find((row) => table.columns.some(({ name }) => brought.has(row[name] ?? '')));
    const as = own && formOf(column, own['the end'] ?? null);
    if (as) return { table: table.name, column: column.name, as };
  }
  return null;
}

/** What may stand in a row for what somebody brings: parts of their cookies and tokens, and hashes of those. */
function piecesOf(player: Player): Set<string> {
  const texts = Object.values(player.credentials).flatMap((value) => [value, decoded(value)]);
  const plain = texts.flatMap((text) => [...text.split(/[;,\s]+/), ...text.split(/[;,\s=:.]+/), ...text.split(/[;,\s=]+/)]);
  const pieces = plain.filter((piece) => piece.length >= 16);
  const hashes = pieces.flatMap((piece) =>
    (['hex', 'base64', 'base64url'] as const).map((form) => createHash('sha256').update(piece).digest(form)),
  );
  return new Set([...pieces, ...hashes]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Not every percent sign is an escape.
  }
}

/** How the end is written; null when it is none, or has passed. */
function formOf({ type }: SchemaTable['columns'][number], held: string | null): SessionRows['as'] | null {
  if (held === null) return null;
  if (type.startsWith('timestamp')) return 'time';
  const [number, now] = [Number(held), Date.now()];
  return number > now && number < now * 2 ? 'milliseconds' : number > now / 1000 && number < now / 500 ? 'seconds' : null;
}

/** Moves the end of every session there by ten years: into the past, or back. */
export function movingEnds({ table, column, as }: SessionRows, where: 'past' | 'back'): SqlStep {
  const by = as === 'time' ? `interval '${days} days'` : String(days * 86_400 * (as === 'seconds' ? 1 : 1_000));
  return { do: 'sql', text: `UPDATE ${quote(table)} SET ${quote(column)} = ${quote(column)} ${where === 'past' ? '-' : '+'} ${by}` };
}
