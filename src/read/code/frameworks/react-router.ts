import type { Machine } from '../machine.ts';
import { join } from '../paths.ts';
import { eventAt } from '../request.ts';
import type { Endpoint, Link } from '../routers.ts';
import type { SourceFile, Value } from '../value.ts';
import { endpointOf, exported, linkTo, methodsOf, withinUnit } from './files.ts';

/** A route module, its path, and the modules of the layouts around it, outermost first. */
interface RouteModule {
  readonly file: SourceFile;
  readonly path: string;
  readonly around: readonly SourceFile[];
}

/** The endpoints of Remix and of React Router as a framework: loaders answer GET, actions everything else. */
export function reactRouterEndpoints(machine: Machine, files: readonly SourceFile[]): Endpoint[] {
  const units = new Set(
    files.flatMap(({ unit, facts }) => (facts.imports.some(([one]) => /^@(?:remix-run|react-router)\//.test(one)) ? [unit] : [])),
  );
  return [...units].flatMap((unit) => {
    const mine = files.filter((file) => file.unit === unit);
    const root = mine.find((file) => /^(?:src\/)?app\/root\.[jt]sx?$/.test(withinUnit(file)));
    return modulesOf(machine, mine, root).flatMap((one) => endpointsOf(machine, one));
  });
}

function endpointsOf(machine: Machine, { file, path, around }: RouteModule): Endpoint[] {
  const guards = (method: string): Link[] =>
    [...around, file].flatMap((one) =>
      middlewareIn(machine, one).map((value) => linkTo(one, 'middleware', value, [eventAt(path, method), passing])),
    );
  const loader = exported(machine, file, 'loader');
  const action = exported(machine, file, 'action');
  const found =
    loader === null
      ? []
      : [endpointOf(file, 'react-router', 'GET', path, linkTo(file, 'loader', loader, [eventAt(path, 'GET')]), guards('GET'))];
  if (action === null) return found;
  const handled = methodsOf(machine, 'react-router', (method) => linkTo(file, 'action', action, [eventAt(path, method)]));
  return [
    ...found,
    ...handled.flatMap(({ method, link }) => {
      const verb = method === 'ALL' || method === 'GET' ? 'POST' : method;
      return endpointOf(file, 'react-router', verb, path, link, guards(verb));
    }),
  ];
}

const passing: Value = { k: 'lib', symbol: 'npm:@sveltejs/kit#next' };

function middlewareIn(machine: Machine, file: SourceFile): Value[] {
  const value = exported(machine, file, 'middleware') ?? exported(machine, file, 'unstable_middleware');
  return value?.k === 'arr' ? value.items.filter((one) => one.k === 'fn') : [];
}

function modulesOf(machine: Machine, files: readonly SourceFile[], root: SourceFile | undefined): RouteModule[] {
  const outermost = root === undefined ? [] : [root];
  const written = files.find((file) => /^(?:src\/)?app\/routes\.[jt]s$/.test(withinUnit(file)));
  const config = written === undefined ? null : exported(machine, written, 'default');
  const byFile = new Map(files.map((file) => [file.path, file]));
  const told = written === undefined || config === null ? [] : entriesIn(config, folderOf(written), '', outermost, byFile);
  // What is left to a convention is not told, and then the files tell.
  if (told.length > 0 && config?.k === 'arr' && !config.open) return told;
  const conventional = files.flatMap((file): RouteModule[] => {
    const name = /^(?:src\/)?app\/routes\/(.+)\.[jt]sx?$/.exec(withinUnit(file))?.[1];
    return name === undefined || /(^|[/.])(server|client|test)$|\/__|^__/.test(name)
      ? []
      : [{ file, path: pathOf(name), around: outermost }];
  });
  const known = new Set(told.map(({ file }) => file));
  return [...told, ...conventional.filter(({ file }) => !known.has(file))];
}

function folderOf({ path }: SourceFile): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** `route('users/:id', './users/detail.tsx', [...])`, `index(...)`, `layout(...)`, `prefix('admin', [...])`. */
function entriesIn(
  value: Value,
  folder: string,
  at: string,
  around: readonly SourceFile[],
  files: ReadonlyMap<string, SourceFile>,
): RouteModule[] {
  if (value.k === 'arr') return value.items.flatMap((one) => entriesIn(one, folder, at, around, files));
  if (value.k !== 'result' || !/#(?:route|index|layout|prefix)$/.test(value.symbol)) return [];
  const kind = value.symbol.slice(value.symbol.indexOf('#') + 1);
  const texts = value.args.flatMap((arg) => (arg.k === 'lit' && typeof arg.v === 'string' ? [arg.v] : []));
  const [path, module] = kind === 'route' || kind === 'prefix' ? texts : ['', texts[0]];
  const here = join(at, (path ?? '').replaceAll('*', ':splat*').replaceAll('?', ''));
  const file = module === undefined ? undefined : files.get(join('', `${folder}/${module.replace(/^\.\//, '')}`).replace(/^\//, ''));
  const children = value.args.find((arg) => arg.k === 'arr');
  const inner = children === undefined ? [] : entriesIn(children, folder, here, file === undefined ? around : [...around, file], files);
  return file === undefined ? inner : [{ file, path: here || '/', around }, ...inner];
}

/** The path of a file below `routes`: by dots (`users.$id.edit`), by folders, or by both. */
function pathOf(name: string): string {
  const escaped: string[] = [];
  const plain = name.replaceAll(/\[([^\]]*)\]/g, (_, text: string) => `%${escaped.push(text) - 1}%`);
  const parts = plain.replace(/\/(?:route|index|_index|_layout|layout)$/, '').split(/[/.]/);
  const segments = parts.flatMap((part, index) => {
    const one = part.replace(/\+$/, '').replace(/^\((.*)\)$/, '$1');
    if (one === '' || (one.startsWith('_') && one !== '_') || ((one === 'index' || one === 'route') && index === parts.length - 1))
      return [];
    const bare = one.replace(/_$/, '');
    return [bare === '$' ? ':splat*' : bare.startsWith('$') ? `:${bare.slice(1).replaceAll('-', '_')}` : bare];
  });
  return `/${segments.join('/').replaceAll(/%(\d+)%/g, (_, at: string) => escaped[Number(at)] ?? '')}`;
}
