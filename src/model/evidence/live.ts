import { z } from 'zod';
import { proof } from '../proof.ts';
import { rowRef } from '../transcript.ts';
import { place } from '../words.ts';
import { guard } from './read.ts';
import { accessOutcome } from './run.ts';

/** Evidence about connections that stay open: WebSocket, socket.io, server-sent events. */

/** Endpoints whose connections stay open, as the code declares them. */
export const liveEndpoints = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      /** `WS /path`, `IO /namespace` or `SSE /path`, unique within a unit. */
      id: z.string(),
      unit: z.string(),
      transport: z.enum(['websocket', 'socket.io', 'sse']),
      /** Where the handshake goes; of socket.io not the namespace. */
      path: z.string(),
      /** Of socket.io. */
      namespace: z.string().nullable(),
      /** It listens by itself: the number, or the variable that holds it; null on the application's own port. */
      port: z.strictObject({ variable: z.string().nullable(), number: z.int().nullable() }).nullable(),
      framework: z.string(),
      where: place,
      /** What is asked before a connection is taken, or first thing on it. */
      guards: z.array(guard),
      /** Where clients may put their token: names of query parameters, and of what a socket.io client says of itself. */
      tokens: z.strictObject({ query: z.array(z.string()), auth: z.array(z.string()) }),
      /** What clients may send. */
      messages: z.array(
        z.strictObject({
          /** Of socket.io: the name of the event. */
          event: z.string().nullable(),
          /** The field that says what kind of message it is, with one value that the code knows. */
          kind: z.strictObject({ field: z.string(), value: z.string() }).nullable(),
          /** What goes with it, in order: each a plain value with the name that the code gives it, or an object with these fields (`a.b` for nested ones). */
          parts: z.array(z.strictObject({ name: z.string(), fields: z.array(z.string()) })),
          where: place,
          guards: z.array(guard),
          reaches: z.array(z.string()),
        }),
      ),
      /** Functions reachable from it, as `file:line` of their start. */
      reaches: z.array(z.string()),
    }),
  ),
});
export type LiveEndpoint = z.infer<typeof liveEndpoints>['endpoints'][number];

/** Who received or changed what over live connections, judged by rows; the positive control is the owner's own connection. */
export const live = z.strictObject({
  cells: z.array(
    z.strictObject({
      endpoint: z.string(),
      actor: z.string(),
      outcome: accessOutcome,
      reason: z.string(),
      /** Rows of the owner that came over this actor's connection, and those that its messages changed. */
      read: z.array(rowRef),
      changed: z.array(rowRef.extend({ op: z.enum(['insert', 'update', 'delete']), columns: z.array(z.string()) })),
      /** Columns of the owner's rows whose values came. */
      columns: z.array(z.string()),
      /** Something said on the connection named the object by its id. */
      byId: z.boolean(),
      proof: proof.nullable(),
      /** Only where nobody tried, for want of time: the command that would. */
      settle: z.string().optional(),
    }),
  ),
  /** What a page of another site gets with the owner's cookies. */
  foreign: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** `heard`: the owner's data. `withheld`: it would, but browsers do not send the cookie for it. `refused`: only such pages are refused. */
      outcome: z.enum(['heard', 'withheld', 'refused', 'unknown']),
      reason: z.string(),
      proof: proof.nullable(),
    }),
  ),
});
