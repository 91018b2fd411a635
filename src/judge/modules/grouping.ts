/** At most so many modules: more nobody reads. */
const most = 30;
/** A file of so many lines, or with so many endpoints, is a module of its own. */
const alone = { lines: 600, endpoints: 12, withEndpoints: 300 };
/** Components that a generator copied into the tree are one thing. */
const kit = /(^|\/)components\/ui\//;
/** Fewer lines than these are no module: they go with the folder above. */
const small = 120;

/** Product files by module: large files by themselves, the others by the deepest folders that give at most thirty. */
export function grouped(files: readonly { path: string; lines: number }[], endpointsIn: (path: string) => number): Map<string, string[]> {
  const giants = files
    .filter(
      ({ path, lines }) =>
        !kit.test(path) && (lines >= alone.lines || (lines >= alone.withEndpoints && endpointsIn(path) >= alone.endpoints)),
    )
    .toSorted((a, b) => b.lines - a.lines)
    .slice(0, most / 3)
    .map(({ path }) => path);
  const rest = files.filter(({ path }) => !giants.includes(path));
  const room = most - giants.length;
  const groups = folders(rest, room);
  return new Map([...groups, ...giants.map((path): [string, string[]] => [path, [path]])].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function folders(files: readonly { path: string; lines: number }[], room: number): Map<string, string[]> {
  for (let depth = 5; depth > 1; depth -= 1) {
    const groups = withoutCrumbs(byFolder(files, depth), files);
    if (groups.size <= room) return groups;
  }
  const groups = [...byFolder(files, 1)].toSorted(([, a], [, b]) => b.length - a.length);
  const others = groups.slice(room - 1).flatMap(([, paths]) => paths);
  return new Map([...groups.slice(0, room - 1), ...(others.length > 0 ? [['(other folders)', others] as [string, string[]]] : [])]);
}

function byFolder(files: readonly { path: string }[], depth: number): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { path } of files) {
    const folder = path.split('/').slice(0, -1).slice(0, depth).join('/') || '.';
    groups.set(folder, [...(groups.get(folder) ?? []), path]);
  }
  return groups;
}

/** Small folders go into the nearest folder above that is a module as well. */
function withoutCrumbs(groups: Map<string, string[]>, files: readonly { path: string; lines: number }[]): Map<string, string[]> {
  const lines = new Map(files.map((file) => [file.path, file.lines]));
  const sizeOf = (paths: readonly string[]) => paths.reduce((sum, path) => sum + (lines.get(path) ?? 0), 0);
  for (const [folder, paths] of [...groups].toSorted(([a], [b]) => b.length - a.length)) {
    if (sizeOf(paths) >= small) continue;
    let above = folder;
    while (above.includes('/')) {
      above = above.slice(0, above.lastIndexOf('/'));
      const target = groups.get(above);
      if (target !== undefined) {
        groups.set(above, [...target, ...paths]);
        groups.delete(folder);
        break;
      }
    }
  }
  return groups;
}
