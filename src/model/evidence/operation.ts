import { z } from 'zod';
import { place } from '../words.ts';

const found = { where: place, within: z.string(), routes: z.array(z.string()) };

/**
 * How the server part of the code behaves when something goes wrong, when it is stopped, and when it runs more than once. `within` and
 * `routes` are those of the calls. Code that only runs in browsers is left out.
 */
export const operation = z.strictObject({
  /** Files that the server loads, by path. */
  server: z.array(z.string()),
  /** Of these, the ones that make or run a server. */
  entries: z.array(z.string()),
  /** Answers that carry (part of) an error that was caught or handed to an error handler. */
  errorAnswers: z.array(
    z.strictObject({
      ...found,
      part: z.enum(['stack', 'message', 'whole']),
      status: z.int().nullable(),
      /** Under which test: none, one of the environment (development only), or one of what the error is (an expected one). */
      when: z.enum(['always', 'development', 'expected']),
    }),
  ),
  /** Promises that may fail and that nobody waits for; `handled` where somebody takes the error at least. */
  floating: z.array(
    z.strictObject({
      ...found,
      /** What is called, as people would say it. */
      name: z.string(),
      form: z.enum(['call', 'list', 'callback']),
      /** The symbol of a package's function; null for one of the application's own. */
      symbol: z.string().nullable(),
      handled: z.boolean(),
      /** What follows stands in a `then`, the answer perhaps among it. */
      continued: z.boolean(),
    }),
  ),
  /** Async functions that a framework calls without taking their error, and that let some through. */
  exposed: z.array(
    z.strictObject({ where: place, name: z.string(), framework: z.string(), unit: z.string(), routes: z.array(z.string()) }),
  ),
  /** Handlers of events of the process: whether they end it, and whether they close something before; null where they could not be followed. */
  processEvents: z.array(
    z.strictObject({ event: z.string(), where: place, exits: z.boolean().nullable(), closes: z.boolean().nullable() }),
  ),
  /** Connections whose `error` event ends the process when nobody listens. `handled` is null where what was made could not be followed. */
  connections: z.array(z.strictObject({ where: place, library: z.string(), handled: z.boolean() })),
  /** Calls of the world outside, and how long they may wait. */
  outbound: z.array(
    z.strictObject({
      ...found,
      library: z.string(),
      what: z.enum(['http', 'payment', 'mail', 'model', 'storage']),
      timeout: z.enum(['set', 'default', 'none', 'unknown']),
      /** The library's own limit in seconds, and where that is written; null for none. */
      seconds: z.number().nullable(),
      source: z.string(),
    }),
  ),
  /** Loops that try something again after it failed. */
  retries: z.array(
    z.strictObject({
      ...found,
      bounded: z.boolean(),
      spaced: z.boolean(),
      /** What is tried, as symbols. */
      calls: z.array(z.string()),
    }),
  ),
  /** Variables that outlive a request and that requests change. */
  state: z.array(
    z.strictObject({
      ...found,
      name: z.string(),
      /** Lines that change it. */
      writes: z.array(z.int()),
      /** Entries are taken out or replaced as a whole somewhere. */
      removes: z.boolean(),
      /** A request reads it, in another function than the one that fills it. */
      readElsewhere: z.boolean(),
      /** A function that uses it refuses with 429, or counts. */
      limits: z.boolean(),
    }),
  ),
  /** Runs of awaited reads none of which needs what another gives: the lines. */
  waterfalls: z.array(z.strictObject({ ...found, lines: z.array(z.int()) })),
  /** Pages of a framework that are told to render on each request. */
  dynamicPages: z.array(z.strictObject({ where: place, setting: z.string(), needed: z.boolean() })),
  /** Packages for watching the running application that its server code loads. */
  telemetry: z.array(
    z.strictObject({
      package: z.string(),
      for: z.array(z.enum(['logs', 'metrics', 'traces', 'errors', 'request-id', 'shutdown', 'queue', 'evaluation', 'graphql-limits'])),
      unit: z.string(),
      where: place,
    }),
  ),
});
