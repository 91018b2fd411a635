import { Handlers } from './handlers.ts';
import type { EndpointReader } from './reader.ts';

/** Readers of endpoints that no router registers; new ones for each program. */
export function endpointReaders(): EndpointReader[] {
  return [new Handlers()];
}
