import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import type { Endpoint, Mounted } from '../routers.ts';
import type { SourceFile, Value } from '../value.ts';
import type { Settings } from './settings.ts';

/** What readers of endpoints go by, once the program has been followed. */
export interface Linked {
  readonly machine: Machine;
  /** The files that run in production. */
  readonly files: readonly SourceFile[];
  /** Files that others import. */
  readonly imported: ReadonlySet<string>;
  readonly settings: Settings;
  /** What routers have below a path that is no router. */
  readonly mounts: readonly Mounted[];
  /** Plugins of Fastify that packages bring. */
  readonly plugins: readonly { readonly plugin: Value; readonly options: Value; readonly file: SourceFile }[];
}

/** Reads endpoints of one kind that are no routes of a router. */
export interface EndpointReader {
  /** Takes note of a call while the program is followed; gives what the call gives, where that is decided here. */
  register(call: KnownCall, machine: () => Machine): Value | undefined;
  /** The endpoints; may be asked again once more is known. */
  endpoints(linked: Linked): Endpoint[];
}
