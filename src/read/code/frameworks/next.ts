import type { Machine } from '../machine.ts';
import { requestTo } from '../request.ts';
import type { Routers } from '../routers.ts';
import type { Endpoint } from '../routers.ts';
import { RES } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import { endpointOf, exported, linkTo, methodsOf, verbs, withinUnit } from './files.ts';
import { actionsOf } from './next-actions.ts';
import { middlewareOf } from './next-middleware.ts';
import type { Middleware } from './next-middleware.ts';

/** The endpoints of Next.js applications: route handlers, `pages/api`, server actions; with the middleware in front of them. */
export function nextEndpoints(machine: Machine, routers: Routers, files: readonly SourceFile[]): Endpoint[] {
  const units = new Map<string, Middleware | null>();
  for (const { unit, facts } of files)
    if (!units.has(unit) && facts.imports.some(([specifier]) => specifier === 'next' || specifier.startsWith('next/')))
      units.set(unit, null);
  for (const file of files)
    if (units.has(file.unit) && /^(?:src\/)?(?:middleware|proxy)\.[jt]sx?$/.test(withinUnit(file)))
      units.set(file.unit, middlewareOf(machine, file));
  return files.flatMap((file) => {
    if (!units.has(file.unit)) return [];
    const before = units.get(file.unit) ?? null;
    const at = withinUnit(file);
    const route = /^(?:src\/)?app\/((?:.*\/)?)route\.[jt]sx?$/.exec(at);
    if (route !== null) return handlers(machine, file, pathOf(route[1] ?? ''), before);
    const page = /^(?:src\/)?pages\/(api(?:\/.*)?)\.[jt]sx?$/.exec(at);
    if (page !== null && !/\/_[^/]*$|\.d$/.test(page[1] ?? '')) return pageHandlers(machine, routers, file, pathOf(page[1] ?? ''), before);
    return actionsOf(machine, file);
  });
}

/** `[slug]` is one segment, `[...slug]` one or more, `[[...slug]]` any number; `(group)` and `@slot` are none. */
function pathOf(folders: string): string {
  const segments = folders.split('/').filter((one) => one !== '' && !/^\(.*\)$|^@/.test(one) && one !== 'index');
  return `/${segments
    .map((one) => one.replace(/^\[\[?\.\.\.(.+?)\]\]?$/, ':$1*').replaceAll(/\[(\w[^\]]*)\]/g, ':$1'))
    .map((one) => (one.startsWith(':') ? one.replaceAll('-', '_') : one))
    .join('/')}`;
}

const context: Value = { k: 'obj', keys: new Map([['params', { k: 'input', from: 'params', path: [] }]]), open: true, id: 'next:context' };

function handlers(machine: Machine, file: SourceFile, path: string, before: Middleware | null): Endpoint[] {
  return verbs.flatMap((method) => {
    const value = exported(machine, file, method);
    if (value === null) return [];
    const handler = linkTo(file, method, value, [requestTo(path, method), context]);
    return [endpointOf(file, 'next', method, path, handler, before?.(path, method) ?? [])];
  });
}

function pageHandlers(machine: Machine, routers: Routers, file: SourceFile, path: string, before: Middleware | null): Endpoint[] {
  const value = exported(machine, file, 'default');
  if (value === null) return [];
  const chain = routers.filed(value, path);
  if (chain !== null)
    return chain.map((one) => ({ ...one, framework: 'next', app: file, guards: [...(before?.(path, one.method) ?? []), ...one.guards] }));
  return methodsOf(machine, 'next', (method) => linkTo(file, 'default', value, [requestTo(path, method), RES])).map(({ method, link }) =>
    endpointOf(file, 'next', method, path, link, before?.(path, method) ?? []),
  );
}
