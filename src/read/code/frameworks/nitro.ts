import type { Machine } from '../machine.ts';
import { eventAt } from '../request.ts';
import type { Endpoint, Link } from '../routers.ts';
import type { SourceFile } from '../value.ts';
import { compare } from '../queries.ts';
import { endpointOf, exported, linkTo, methodsOf, verbs, withinUnit } from './files.ts';

const inServer = /^(?:src\/|app\/)?server\/(api|routes|middleware|utils)\/(.+)\.[cm]?[jt]s$/;

/** Units whose `server/` folder Nitro reads. */
function unitsOf(files: readonly SourceFile[]): Set<string> {
  const found = new Set<string>();
  for (const file of files) {
    if (/^(?:src\/)?(?:nuxt|nitro)\.config\.[cm]?[jt]s$/.test(withinUnit(file))) found.add(file.unit);
    else if (file.facts.imports.some(([specifier]) => /^(h3|#imports|nitropack(\/.*)?|nitro(\/.*)?|nuxt\/.*)$/.test(specifier)))
      found.add(file.unit);
  }
  return found;
}

/** Notes what files of `server/utils` export: it needs no import in the server's other files. */
export function noteAutoImports(machine: Machine, files: readonly SourceFile[]): void {
  const units = unitsOf(files);
  for (const file of files) {
    if (!units.has(file.unit) || inServer.exec(withinUnit(file))?.[1] !== 'utils') continue;
    const names = machine.automatic.get(file.unit) ?? new Map<string, SourceFile>();
    machine.automatic.set(file.unit, names);
    for (const name of Object.keys(file.facts.exports)) if (!names.has(name)) names.set(name, file);
  }
}

/** The endpoints of Nuxt and Nitro: files of `server/api` and `server/routes`, with the middleware in front of them. */
export function nitroEndpoints(machine: Machine, files: readonly SourceFile[]): Endpoint[] {
  const units = unitsOf(files);
  if (units.size === 0) return [];
  const mine = files.filter(({ unit }) => units.has(unit));
  const before = mine.filter((file) => inServer.exec(withinUnit(file))?.[1] === 'middleware').sort((a, b) => compare(a.path, b.path));
  return mine.flatMap((file) => {
    const [, folder, name = ''] = inServer.exec(withinUnit(file)) ?? [];
    const value = folder === 'api' || folder === 'routes' ? exported(machine, file, 'default') : null;
    if (value === null || (value.k !== 'fn' && value.k !== 'result' && value.k !== 'inst' && value.k !== 'unknown')) return [];
    const verb = /\.(\w+)$/.exec(name.replace(/\.(dev|prod|prerender)$/, ''))?.[1]?.toUpperCase();
    const method = verb !== undefined && verbs.includes(verb) ? verb : null;
    const path = pathOf(folder === 'api' ? `api/${name}` : name, method);
    const link = (one?: string) => linkTo(file, 'default', value, [eventAt(path, one)]);
    const found = method === null ? methodsOf(machine, 'nitro', link) : [{ method, link: link(method) }];
    return found.map((one) =>
      endpointOf(
        file,
        'nitro',
        one.method,
        path,
        one.link,
        before.filter(({ unit }) => unit === file.unit).flatMap((guard) => inFront(machine, guard, path, one.method)),
      ),
    );
  });
}

function inFront(machine: Machine, file: SourceFile, path: string, method: string): Link[] {
  const value = exported(machine, file, 'default');
  if (value?.k !== 'fn') return [];
  const name = file.path.replace(/^.*\/|\.[cm]?[jt]s$/g, '');
  return [{ ...linkTo(file, 'default', value, [eventAt(path, method === 'ALL' ? undefined : method)]), name }];
}

/** `users/[id].get` is `/users/:id`, `[...slug]` the rest of a path. */
function pathOf(name: string, method: string | null): string {
  const plain = name.replace(/\.(dev|prod|prerender)$/, '');
  const bare = method === null ? plain : plain.replace(/\.\w+$/, '');
  const segments = bare
    .split('/')
    .filter((one) => one !== '' && one !== 'index' && !/^\(.*\)$/.test(one))
    .map((one) => one.replace(/^\[\.\.\.(\w*)\]$/, (_, rest: string) => `:${rest || 'path'}*`).replaceAll(/\[(\w+)\]/g, ':$1'));
  return `/${segments.join('/')}`;
}
