import { z } from 'zod';
import { place } from '../words.ts';
import { abstractValue } from './read.ts';

/** Evidence of what reaches the places where text becomes something that acts. */

/** What a value becomes at a sink. */
export const sinkKinds = [
  /** Text that a shell reads. */
  'command',
  /** The program that is started, or its arguments without a shell. */
  'program',
  'file',
  /** The name under which something that was sent is kept. */
  'upload-name',
  /** A file that was sent and is read as a whole. */
  'upload-size',
  'html',
  /** The address of a request that the server makes. */
  'address',
  'redirect',
  /** The origin whose pages may read the answers. */
  'cors-origin',
  /** A filter whose objects are operators. */
  'filter',
  'code',
  'template',
  /** What a template engine is given as its data, engine options included. */
  'template-data',
  /** The text of a regular expression. */
  'pattern',
  /** Text that a pattern is tried on which can take very long. */
  'matched',
  'log',
  /** The name of a property, two deep, or the source of a deep merge. */
  'property',
  'instructions',
  'prompt',
  'retrieval',
  'sql',
] as const;

/** Values that reach sinks, one row for each place and value. */
export const flows = z.strictObject({
  flows: z.array(
    z.strictObject({
      sink: z.enum(sinkKinds),
      /** The symbol called, `response#redirect`, `element#innerHTML`; of a template file, its engine. */
      symbol: z.string(),
      where: place,
      /** `file:line` of the enclosing function, and its name. */
      within: z.string(),
      function: z.string(),
      /** Ids of the routes through whose handlers the value comes; where it is constant, those that reach the sink. */
      routes: z.array(z.string()),
      value: abstractValue,
      /** `input` when an outsider chooses it unchanged, `guarded` when a cast, an escape or a test stands between. */
      verdict: z.enum(['constant', 'input', 'guarded', 'unknown']),
      /** Who chooses it, where it is `input`: a caller of the application, or a model. */
      from: z.array(z.enum(['caller', 'model'])),
      /** The calls that hand it over, outermost first. */
      via: z.array(place),
      /** What stands between, e.g. `global:Number`, `test`. */
      guards: z.array(z.string()),
      /** What else matters at this sink: `tools`, `shell`, `exponential`, `polynomial`, `text/html`. */
      notes: z.array(z.string()),
    }),
  ),
});
export type Flow = z.infer<typeof flows>['flows'][number];
export type SinkKind = Flow['sink'];
