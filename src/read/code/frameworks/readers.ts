import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import { follow } from '../routers.ts';
import type { Endpoint } from '../routers.ts';
import type { Value } from '../value.ts';
import { Graphql } from './graphql.ts';
import { Handlers } from './handlers.ts';
import { Django } from './python/django.ts';
import { FastApi } from './python/fastapi.ts';
import { Flask } from './python/flask.ts';
import type { EndpointReader } from './reader.ts';
import { Trpc } from './trpc.ts';

/** Readers of endpoints that no router registers; new ones for each program. */
export function endpointReaders(): EndpointReader[] {
  return [new Handlers(), new Trpc(), new Graphql(), new FastApi(), new Flask(), new Django()];
}

/** Without the handlers that only hand on to procedures or fields which are endpoints of their own. */
export function withoutDoors(machine: Machine, endpoints: readonly Endpoint[]): Endpoint[] {
  const behind = new Set(endpoints.map(({ framework }) => framework).filter((one) => one === 'trpc' || one === 'graphql'));
  if (behind.size === 0) return [...endpoints];
  const handsOn = (means: string) => [...behind].some((one) => means === `${one}-serve` || means === `${one}-server`);
  return endpoints.filter(({ handler, framework }) => {
    if (handler === null || framework === 'trpc' || framework === 'graphql') return true;
    const made = handler.value.k === 'inst' ? handler.value.symbol : '';
    if (made.startsWith('npm:@trpc/server#') || made.startsWith('npm:graphql#')) return false;
    return !follow(machine, handler, framework).some((visit) => [...visit.means].some(handsOn));
  });
}

/** Tells the readers of endpoints of a call; the first that says what it gives is believed. */
export function registerWith(readers: readonly EndpointReader[], call: KnownCall, machine: () => Machine): Value | undefined {
  for (const reader of readers) {
    const value = reader.register(call, machine);
    if (value !== undefined) return value;
  }
  return undefined;
}
