import { Graphql } from './graphql.ts';
import { Handlers } from './handlers.ts';
import type { EndpointReader } from './reader.ts';
import { Trpc } from './trpc.ts';

/** Readers of endpoints that no router registers; new ones for each program. */
export function endpointReaders(): EndpointReader[] {
  return [new Handlers(), new Trpc(), new Graphql()];
}
