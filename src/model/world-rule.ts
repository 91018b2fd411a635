import { z } from 'zod';

/** How the outside world is made to behave: part of scenarios, and what the proving ground obeys. */

/** What an outbound call is about. */
const outboundKind = z.enum(['payments', 'model', 'mail', 'storage', 'identity', 'text-message', 'unknown']);

/** What a model is made to say. `{{system}}` and `{{prompt}}` in texts stand for what it was asked. */
const modelAnswer = z.strictObject({
  text: z.string().optional(),
  /** Arguments given as a string are sent as they are: they need not be JSON. */
  tools: z
    .array(z.strictObject({ name: z.string(), arguments: z.unknown() }))
    .readonly()
    .optional(),
  /** The text goes on until the app hangs up. */
  endless: z.boolean().optional(),
});

/** A person at an identity provider. */
const person = z.strictObject({ sub: z.string(), email: z.string(), name: z.string(), emailVerified: z.boolean() });

const behaviour = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('normal') }),
  /** No answer as long as the rule stands; when it is removed, the normal one. */
  z.strictObject({ do: z.literal('hang') }),
  /** Connections are refused (the name leads to an address where nobody listens); those that exist are reset. */
  z.strictObject({ do: z.literal('refuse') }),
  /** The name does not exist. */
  z.strictObject({ do: z.literal('unresolved') }),
  /** The connection breaks before anything was done. */
  z.strictObject({ do: z.literal('reset') }),
  /** It is done (the card is charged, the mail sent), and the connection breaks before the answer. */
  z.strictObject({ do: z.literal('lose') }),
  /** Without a body: the provider's own error for that status. SMTP takes its own codes, such as 451. */
  z.strictObject({
    do: z.literal('answer'),
    status: z.int(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
  }),
  /** The normal answer in pieces of so many bytes, each after so many milliseconds. A stream goes event by event. */
  z.strictObject({ do: z.literal('slow'), bytes: z.int().positive().optional(), everyMs: z.number().nonnegative() }),
  /** The normal answer, ending in the middle. */
  z.strictObject({ do: z.literal('malformed') }),
  /** Status 200 with an error inside; nothing is done. By SMTP: accepted and thrown away. */
  z.strictObject({ do: z.literal('lie') }),
  /** What the model says, one after the other; the last one stays. */
  z.strictObject({ do: z.literal('say'), answers: z.array(modelAnswer).readonly() }),
  /** Whom the identity provider vouches for. */
  z.strictObject({ do: z.literal('vouch'), user: person }),
]);

/** Which calls a rule is about: all that is given must hold. */
const worldMatch = z.strictObject({
  /** This host and those below it. */
  host: z.string().optional(),
  kind: outboundKind.optional(),
  provider: z.string().optional(),
  method: z.string().optional(),
  /** Source of a regular expression on path and query. */
  path: z.string().optional(),
  /** Source of a regular expression on the body. */
  body: z.string().optional(),
});

/** Changes how the outside world behaves, as long as it stands. Of several that match, the latest applies. */
export const worldRule = z.strictObject({
  match: worldMatch,
  /** Matching calls that are let through first. */
  skip: z.int().nonnegative().optional(),
  /** How many calls it applies to; all when absent. */
  times: z.int().positive().optional(),
  /** Wait before anything else. */
  delayMs: z.number().nonnegative().optional(),
  does: behaviour.optional(),
});
export type WorldRule = z.infer<typeof worldRule>;
export type OutboundKind = z.infer<typeof outboundKind>;
export type Behaviour = z.infer<typeof behaviour>;
export type ModelAnswer = z.infer<typeof modelAnswer>;
export type Person = z.infer<typeof person>;
