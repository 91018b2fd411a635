import { outcomeMeanings } from '../model/matrix.ts';
import type { Matrix, MatrixActor, MatrixCell } from '../model/matrix.ts';

/** What a cell shows: its outcome, or that nobody tried. The gravest first. */
export const shownAs = ['leak', 'unknown', 'untried', 'allowed', 'intended', 'shared', 'own', 'refused'] as const;
export type Shown = (typeof shownAs)[number];

interface Look {
  /** One cell of it, and several, in a sentence. */
  readonly word: string;
  readonly words: string;
  readonly meaning: string;
}

export const looks: Readonly<Record<Shown, Look>> = {
  leak: { word: 'leak', words: 'leaks', meaning: outcomeMeanings.leak },
  unknown: { word: 'not proven', words: 'not proven', meaning: outcomeMeanings.unknown },
  untried: { word: 'not tried', words: 'not tried', meaning: 'left out for want of time' },
  allowed: { word: 'let in', words: 'let in', meaning: outcomeMeanings.allowed },
  intended: { word: 'intended', words: 'intended', meaning: outcomeMeanings.intended },
  shared: { word: 'shared', words: 'shared', meaning: outcomeMeanings.shared },
  own: { word: 'own', words: 'own', meaning: outcomeMeanings.own },
  refused: { word: 'refused', words: 'refused', meaning: outcomeMeanings.refused },
};

/** The four answers of the matrix, the gravest first, each with what shows as it. */
export const answers: readonly { readonly title: string; readonly about: string; readonly kinds: readonly Shown[] }[] = [
  { title: 'Leak', about: 'what is not theirs, or not meant for them', kinds: ['leak'] },
  { title: 'Unknown', about: 'neither fine nor a fault until somebody says or shows more', kinds: ['unknown', 'untried', 'allowed'] },
  { title: 'Allowed and intended', about: 'as it should be', kinds: ['intended', 'shared', 'own'] },
  { title: 'Refused', about: 'turned away', kinds: ['refused'] },
];

/** What to call an actor where there is little room: a role by its own name, unless somebody else has that name. */
export function shortName({ name, role }: MatrixActor, actors: readonly MatrixActor[]): string {
  return role !== null && actors.every((other) => other.name !== role) ? role : name;
}

/** How a cell is shown. */
export function shown(cell: MatrixCell): Shown {
  return cell.settle === null ? cell.outcome : 'untried';
}

/** Cells in which the application refuses whom a confirmed rule lets in, where it works for somebody. */
export function turnedAway({ cells }: Matrix): MatrixCell[] {
  const working = new Set(cells.flatMap(({ endpoint, outcome }) => (outcome === 'own' ? [endpoint] : [])));
  return cells.filter(
    ({ endpoint, outcome, rule, status }) => outcome === 'refused' && rule?.lets === true && (status ?? 0) >= 400 && working.has(endpoint),
  );
}

export type Tally = Readonly<Partial<Record<Shown, number>>>;

/** How many cells are shown how. */
export function tallyOf(cells: Iterable<MatrixCell>): Tally {
  const tally: Partial<Record<Shown, number>> = {};
  for (const cell of cells) tally[shown(cell)] = (tally[shown(cell)] ?? 0) + 1;
  return tally;
}

/** The gravest of a tally; null of an empty one. */
export function worstOf(tally: Tally): Shown | null {
  return shownAs.find((one) => (tally[one] ?? 0) > 0) ?? null;
}

/** `2 leaks, 3 not proven`, the gravest first; only those asked for. */
export function tallied(tally: Tally, only: readonly Shown[] = shownAs): string {
  return only.flatMap((one) => (tally[one] ? [`${tally[one]} ${tally[one] === 1 ? looks[one].word : looks[one].words}`] : [])).join(', ');
}

export interface MatrixLine {
  /** Its place in the report's `rows`; the fragment that leads to it is made of this. */
  readonly index: number;
  readonly endpoint: string;
  readonly place: string | null;
  readonly cells: ReadonlyMap<string, MatrixCell>;
  readonly tally: Tally;
}

export interface MatrixGroup {
  readonly name: string;
  readonly lines: readonly MatrixLine[];
  readonly tally: Tally;
  readonly byActor: ReadonlyMap<string, Tally>;
}

/** Endpoints by what their paths are about, in each group and among groups the gravest first. */
export function groupsOf(matrix: Matrix): MatrixGroup[] {
  const cells = Map.groupBy(matrix.cells, (cell) => cell.endpoint);
  const lines = matrix.rows.map(({ endpoint, file, line }, index): MatrixLine => {
    const mine = cells.get(endpoint) ?? [];
    return {
      index,
      endpoint,
      place: file === null ? null : `${file}:${line}`,
      cells: new Map(mine.map((cell) => [cell.actor, cell])),
      tally: tallyOf(mine),
    };
  });
  return byResource(lines, 0)
    .map(({ name, lines: some }) => groupOf(name, some, matrix.actors))
    .toSorted((a, b) => gravestFirst(a.tally, b.tally) || (a.name < b.name ? -1 : 1));
}

function groupOf(name: string, lines: readonly MatrixLine[], actors: readonly MatrixActor[]): MatrixGroup {
  const cells = lines.flatMap((line) => [...line.cells.values()]);
  const acting = Map.groupBy(cells, (cell) => cell.actor);
  return {
    name,
    lines: lines.toSorted((a, b) => gravestFirst(a.tally, b.tally) || order(a.endpoint, b.endpoint)),
    tally: tallyOf(cells),
    byActor: new Map(actors.map((actor) => [actor.name, tallyOf(acting.get(actor.name) ?? [])])),
  };
}

function gravestFirst(a: Tally, b: Tally): number {
  return (b.leak ?? 0) - (a.leak ?? 0) || (b.unknown ?? 0) - (a.unknown ?? 0) || (b.untried ?? 0) - (a.untried ?? 0);
}

/** By path, so that what is done with one resource stands together; then by method. */
function order(a: string, b: string): number {
  const [one, other] = [a, b].map((endpoint) => endpoint.replace(/^(\S+) (.*)$/s, '$2 $1'));
  return (one ?? '') < (other ?? '') ? -1 : 1;
}

/** More lines than this are split by the next part of their paths. */
const largest = 24;

/** Paths that say nothing of their own: `/api`, `/v2`, `/rest`. */
const wrapping = /^(?:api|rest|v\d+)$/i;

function byResource(lines: readonly MatrixLine[], depth: number): { name: string; lines: readonly MatrixLine[] }[] {
  const groups = Map.groupBy(
    lines,
    (line) =>
      resource(line.endpoint)
        .slice(0, depth + 1)
        .join('/') || '/',
  );
  const split = [...groups].flatMap(([name, some]) => {
    const goesOn = some.length > largest && depth < 3 && some.some((line) => resource(line.endpoint).length > depth + 1);
    return goesOn ? byResource(some, depth + 1) : [{ name, lines: some }];
  });
  // Many groups of one line would bury the others.
  const single = split.filter((group) => group.lines.length === 1).flatMap((group) => group.lines);
  if (single.length < 3) return split;
  const above = resource(lines[0]?.endpoint ?? '')
    .slice(0, depth)
    .join('/');
  const others = single.length === lines.length ? above || 'all endpoints' : `${above === '' ? '' : `${above}: `}others`;
  return [...split.filter((group) => group.lines.length > 1), { name: others, lines: single }];
}

/** The parts of a path that name things: without what wraps all of them and without parameters. */
function resource(endpoint: string): string[] {
  const path = endpoint.slice(endpoint.indexOf(' ') + 1);
  const parts = path.split(/[/.]/).filter((part) => part !== '' && !/^[:{[*$<(]/.test(part));
  const from = parts.findIndex((part) => !wrapping.test(part));
  return from < 0 ? parts : parts.slice(from);
}
