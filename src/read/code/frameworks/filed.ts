import type { Machine } from '../machine.ts';
import type { Endpoint, Routers } from '../routers.ts';
import type { SourceFile } from '../value.ts';
import { nextEndpoints } from './next.ts';
import { nitroEndpoints } from './nitro.ts';
import { reactRouterEndpoints } from './react-router.ts';
import { svelteEndpoints } from './sveltekit.ts';

/** The endpoints that frameworks make of files. */
export function filedEndpoints(machine: Machine, routers: Routers, files: readonly SourceFile[]): Endpoint[] {
  return [
    ...nextEndpoints(machine, routers, files),
    ...nitroEndpoints(machine, files),
    ...reactRouterEndpoints(machine, files),
    ...svelteEndpoints(machine, files),
  ];
}
