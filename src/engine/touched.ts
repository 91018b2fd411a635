import type { EvidenceValue } from '../model/evidence/index.ts';

/** What a change can reach. */
export interface Touched {
  /** `METHOD /path` of every endpoint, sorted. */
  readonly endpoints: readonly string[];
  /** Tables that these use. */
  readonly tables: readonly string[];
  /** Why everything counts as touched; null where it could be told apart. */
  readonly all: string | null;
}

/** As much evidence as this takes; all may be missing. */
export interface Known {
  readonly structure?: EvidenceValue<'structure'> | undefined;
  readonly routes?: EvidenceValue<'routes'> | undefined;
  readonly queries?: EvidenceValue<'queries'> | undefined;
}

/** Files that no behaviour of a server in the proving ground depends on: documents, pictures, settings of editors, generators and containers. */
const idle = [
  /\.(?:mdx?|txt|rst|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|css|scss|less|map|snap)$/i,
  /(?:^|\/)(?:LICENSE|CODEOWNERS|Dockerfile[\w.-]*|\.(?:gitignore|dockerignore|editorconfig|nvmrc|node-version|prettier\w*))$/i,
  /(?:^|\/)(?:\.env\.(?:example|sample|template)|\.(?:example|sample)\.env)$/i,
  /^(?:\.[\w-]+|docs)\//,
  /^seaworthy\.baseline\.json$/,
];

/**
 * The endpoints that a change of these files can reach: those whose handler or guards load one of them, in any number of steps, and those that
 * one of them loads (it mounts them, or stands in front). What is no code, such as a manifest or a migration that names no known
 * table, can reach everything.
 * @param textOf what a changed file says now; null where it is no more
 */
export function touchedBy(files: readonly string[], textOf: (path: string) => string | null, known: Known): Touched {
  const rows = rowsOf(known);
  const everything = (all: string): Touched => ({ endpoints: rows.map(({ id }) => id), tables: tablesOf(rows), all });
  const { structure } = known;
  if (structure === undefined) return everything('what loads what could not be read');
  const code = new Map(structure.files.map((file) => [file.path, file]));
  const changed = new Set<string>();
  const tables = new Set<string>();
  for (const path of files) {
    const file = code.get(path);
    if (file?.test === true || idle.some((pattern) => pattern.test(path))) continue;
    if (file !== undefined) changed.add(path);
    else {
      const named = /\.sql$/i.test(path) ? tablesIn(textOf(path) ?? '', rows) : [];
      if (named.length === 0) return everything(`${path} can reach everything`);
      for (const table of named) tables.add(table);
    }
  }
  const loads = new Map(structure.files.map(({ path, imports }) => [path, imports]));
  const [down, up] = [reachedIn(loads), reachedIn(reversed(loads))];
  const touched = rows.filter(
    (row) =>
      row.tables.some((table) => tables.has(table)) ||
      !up(row.registered).isDisjointFrom(changed) ||
      row.made.some((file) => !down(file).isDisjointFrom(changed)),
  );
  return { endpoints: touched.map(({ id }) => id), tables: tablesOf(touched), all: null };
}

interface Row {
  readonly id: string;
  /** The file that says that it is there. */
  readonly registered: string;
  /** The files of its handler and guards. */
  readonly made: readonly string[];
  readonly tables: readonly string[];
}

function rowsOf({ routes, queries }: Known): Row[] {
  const tables = new Map<string, Set<string>>();
  for (const query of queries?.queries ?? [])
    for (const endpoint of query.routes) {
      const found = tables.get(endpoint) ?? new Set<string>();
      tables.set(endpoint, found);
      for (const table of query.tables) found.add(table);
    }
  return (routes?.routes ?? [])
    .map((route) => {
      const id = `${route.method} ${route.path}`;
      const guards = [...route.guards, ...route.inline].flatMap(({ where }) => (where ? [where.file] : []));
      const made = [route.handler?.where.file ?? route.where.file, ...guards];
      return { id, registered: route.where.file, made: [...new Set(made)], tables: [...(tables.get(id) ?? [])] };
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function tablesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(({ tables }) => tables))].toSorted();
}

/** The known tables that a piece of SQL names. */
function tablesIn(text: string, rows: readonly Row[]): string[] {
  const words = new Set(text.toLowerCase().match(/[a-z_][\w$]*/g));
  return tablesOf(rows).filter((table) => words.has((table.split('.').at(-1) ?? table).toLowerCase()));
}

function reversed(edges: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const back = new Map<string, string[]>();
  for (const [from, targets] of edges) for (const to of targets) back.set(to, [...(back.get(to) ?? []), from]);
  return back;
}

/** Everything that can be reached from a file, itself included; each file is followed once. */
function reachedIn(edges: ReadonlyMap<string, readonly string[]>): (from: string) => Set<string> {
  const known = new Map<string, Set<string>>();
  return (from) => {
    const before = known.get(from);
    if (before !== undefined) return before;
    const seen = new Set([from]);
    for (const one of seen) for (const next of edges.get(one) ?? []) seen.add(next);
    known.set(from, seen);
    return seen;
  };
}
