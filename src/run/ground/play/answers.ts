import type { Lab, Played } from './interpreter.ts';
import { jsonAt } from './interpreter.ts';
import type { Json, Player } from './people/players.ts';
import type { ReadRow } from './provenance.ts';
import type { PoolRow, Route, Synthesis } from './asking/synthesis.ts';

/**
 * Objects of an app whose data cannot be seen: they are known by the answers that made them, as rows of tables that do not exist
 * (`answers.notes` for what `POST /notes` made).
 */
const prefix = 'answers.';

/** Whether there are no tables to go by. */
export function onlyAnswers(lab: Lab): boolean {
  return lab.tables.all.length === 0;
}

export function isAnswered(table: string): boolean {
  return table.startsWith(prefix);
}

type Answered = Pick<PoolRow, 'table' | 'key' | 'values' | 'answer'>;

/** The object that an answer says it has made; null when it names none by an id. */
export function objectIn(route: Route, { exchange }: Pick<Played, 'exchange'>): Answered | null {
  const whole = jsonAt(exchange.response?.body ?? '', '');
  const wrapped = isObject(whole) ? Object.entries(whole).find(([, inner]) => isObject(inner) && idOf(inner) !== undefined) : undefined;
  const [path, found] = isObject(whole) && idOf(whole) !== undefined ? ['', whole] : wrapped ? [`${wrapped[0]}.`, wrapped[1]] : ['', null];
  const id = isObject(found) ? idOf(found) : undefined;
  const collection = route.path.split('/').findLast((segment) => segment !== '' && !segment.startsWith(':'));
  if (!isObject(found) || id === undefined || collection === undefined) return null;
  const scalars = Object.entries(found).filter(([, value]) => value !== null && typeof value !== 'object');
  return {
    table: `${prefix}${collection.toLowerCase()}`,
    key: { [id]: String(found[id]) },
    values: Object.fromEntries(scalars.map(([name, value]) => [name, String(value)])),
    answer: path,
  };
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function idOf(value: Json): string | undefined {
  if (!isObject(value)) return undefined;
  return ['id', '_id', 'uuid', 'slug'].find((name) => ['string', 'number'].includes(typeof value[name]));
}

/** The owner's objects, of which an answer may show something. */
export function answeredRows(pool: readonly PoolRow[], owner: string): ReadRow[] {
  return pool
    .filter((row) => row.by === owner && isAnswered(row.table))
    .map(({ table, key, values }) => ({ table, key, values, where: {} }));
}

/** The object that a parameter or field names: `/notes/:id`, `noteId`. */
export function answeredFor(synthesis: Synthesis, path: string, owner: Player, name: string): { row: PoolRow; column: string } | null {
  const stem = /^(.+?)_?id$/i.exec(name.replace(/([a-z])([A-Z])/g, '$1_$2'))?.[1];
  const segments = path.split('/');
  const at = segments.findIndex((segment) => segment.startsWith(`:${name}`));
  const word = stem ?? segments.slice(0, Math.max(at, 0)).findLast((segment) => segment !== '' && !segment.startsWith(':'));
  if (word === undefined) return null;
  const bare = (text: string): string => text.toLowerCase().replace(/ies$/, 'y').replace(/s$/, '');
  const row = synthesis.pool.findLast(
    (one) => one.by === owner.name && isAnswered(one.table) && bare(one.table.slice(prefix.length)) === bare(word),
  );
  const column = row && (Object.hasOwn(row.values, name) ? name : Object.keys(row.key)[0]);
  return row && column !== undefined ? { row, column } : null;
}
