import type { Machine } from '../machine.ts';
import { eventAt } from '../request.ts';
import type { Endpoint, Link } from '../routers.ts';
import type { SourceFile, Value } from '../value.ts';
import { endpointOf, exported, linkTo, verbs, withinUnit } from './files.ts';

/** The endpoints of SvelteKit: `+server`, and what pages load and do on the server; with the hook in front of them. */
export function svelteEndpoints(machine: Machine, files: readonly SourceFile[]): Endpoint[] {
  const hooks = new Map<string, { file: SourceFile; links: readonly Value[] }>();
  for (const file of files) {
    if (!/^src\/hooks\.server(?:\/index)?\.[jt]s$/.test(withinUnit(file))) continue;
    const handle = exported(machine, file, 'handle');
    if (handle !== null) hooks.set(file.unit, { file, links: inRow(handle) });
  }
  const before = (file: SourceFile, path: string, method: string): Link[] => {
    const hook = hooks.get(file.unit);
    return (hook?.links ?? []).map((value) => ({ ...linkTo(hook?.file ?? file, 'handle', value, [hooked(path, method)]), name: 'handle' }));
  };
  return files.flatMap((file) => {
    const [, folders = '', kind] = /^src\/routes\/((?:.*\/)?)\+(server|page\.server)\.[jt]s$/.exec(withinUnit(file)) ?? [];
    if (kind === undefined) return [];
    const path = pathOf(folders);
    const endpoint = (name: string, value: Value, method: string, at = path): Endpoint =>
      endpointOf(
        file,
        'sveltekit',
        method,
        at,
        linkTo(file, name, value, [eventAt(at, method === 'ALL' ? undefined : method)]),
        before(file, path, method),
      );
    if (kind === 'server') {
      return [...verbs, 'fallback'].flatMap((name) => {
        const value = exported(machine, file, name);
        return value === null ? [] : [endpoint(name, value, name === 'fallback' ? 'ALL' : name)];
      });
    }
    const load = exported(machine, file, 'load');
    const actions = exported(machine, file, 'actions');
    return [
      ...(load === null ? [] : [endpoint('load', load, 'GET')]),
      ...(actions?.k !== 'obj'
        ? []
        : [...actions.keys].flatMap(([name, value]) =>
            name === '...' ? [] : [endpoint('actions', value, 'POST', name === 'default' ? path : `${path}?/${name}`)],
          )),
    ];
  });
}

/** Hooks one after the other: `sequence(first, second)`. */
function inRow(handle: Value): Value[] {
  if (handle.k === 'result' && handle.symbol === 'npm:@sveltejs/kit/hooks#sequence') return handle.args.flatMap(inRow);
  return handle.k === 'fn' ? [handle] : [];
}

function hooked(path: string, method: string): Value {
  const keys = new Map<string, Value>([
    ['event', eventAt(path, method === 'ALL' ? undefined : method)],
    ['resolve', { k: 'lib', symbol: 'npm:@sveltejs/kit#next' }],
  ]);
  return { k: 'obj', keys, open: false, id: `hook:${method} ${path}` };
}

/** `[slug]` is a parameter, `[[lang]]` one that may be left out, `[...rest]` the rest; `(group)` is no segment. */
function pathOf(folders: string): string {
  const segments = folders.split('/').filter((one) => one !== '' && !/^\(.*\)$/.test(one));
  return `/${segments
    .map((one) => one.replace(/^\[\.\.\.(\w+)(?:=\w+)?\]$/, ':$1*').replaceAll(/\[?\[(\w+)(?:=\w+)?\]\]?/g, ':$1'))
    .join('/')}`;
}
