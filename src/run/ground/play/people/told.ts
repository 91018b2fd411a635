import type { Json, Player } from './players.ts';

/** A value of a row: of which table and column, and whether what was asked for was a row of that table. */
interface Wanted {
  readonly table: string;
  readonly column: string;
  readonly value: string;
  /** The request made a row of this table, so that a bare `id` of the answer is its id. */
  readonly made: boolean;
}

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const deepest = 5;

/**
 * The dotted path at which an answer holds a value of a row, beyond doubt: an unguessable value anywhere, a short one (the 7 of an id) only
 * under the column's name in an object of the table's (`order.id`), or under both names together (`orderId`). Null where there is none.
 */
export function pathOf(answer: Json | undefined, wanted: Wanted): string | null {
  const found: { path: string[]; weight: number }[] = [];
  const look = (value: Json, path: string[]): void => {
    if (value !== null && typeof value === 'object') {
      if (path.length >= deepest) return;
      for (const [name, inner] of Object.entries(value).slice(0, 50)) look(inner, [...path, name]);
      return;
    }
    const weight = value !== null && String(value) === wanted.value ? weightOf(path, wanted) : 0;
    if (weight > 0) found.push({ path, weight });
  };
  look(answer ?? null, []);
  const best = found.toSorted((a, b) => b.weight - a.weight || a.path.length - b.path.length)[0];
  return best === undefined || best.path.some((name) => name.includes('.')) ? null : best.path.join('.');
}

function weightOf(path: readonly string[], { table, column, value, made }: Wanted): number {
  const name = plain(path.at(-1) ?? '');
  const around = path.slice(0, -1).findLast((one) => !/^\d+$/.test(one));
  const bare = singular(plain(table.slice(table.indexOf('.') + 1)));
  const sameColumn = name === plain(column) || (name === 'id' && plain(column) === `${bare}id`) || (name === '_id' && column === 'id');
  if (name === `${bare}${plain(column)}`) return 4;
  if (sameColumn && around !== undefined && bare.endsWith(singular(plain(around)))) return 5;
  if (sameColumn && made && (around === undefined || /^(data|result|item|payload|record|created)$/i.test(around))) return 3;
  // A reference bears the name of what it refers to (`organisationId`), wherever it stands.
  if (name === plain(column) && /.id$/.test(name)) return 2;
  return uuid.test(value) || /sw[a-z]{8}/.test(value) || value.length >= 20 ? 1 + Number(sameColumn) : 0;
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

function singular(text: string): string {
  return text
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^s])s$/, '$1');
}

/** Whether what a path makes is a row of this table: `POST /orders/7/notes` makes `order_notes`. */
export function madeAt(path: string, table: string): boolean {
  const last = (path.split('?')[0] ?? '').split('/').findLast((segment) => segment !== '' && !segment.includes('{{'));
  return last !== undefined && singular(plain(table.slice(table.indexOf('.') + 1))).endsWith(singular(plain(last)));
}

/** The columns of a row that hold the maker's unguessable text, as templates: what names the row to the database. */
export function knownBy(values: Readonly<Record<string, string | null>>, maker: Player): Record<string, string> {
  const known = Object.entries(values).filter(([, value]) => value !== null && value.length < 200 && value.includes(maker.tag));
  // One column is enough: best one that says nothing of the maker themself, which stands in other rows too.
  const own = new Set(maker.values.values());
  const weight = ([column, value]: [string, string | null]): number =>
    Number(!own.has(value)) * 2 + Number(/mail|name|title/i.test(column));
  const [best] = known.toSorted((a, b) => weight(b) - weight(a));
  return best === undefined ? {} : { [best[0]]: (best[1] ?? '').replaceAll(maker.tag, `{{${maker.name}.tag}}`) };
}
