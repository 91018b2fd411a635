import { z } from 'zod';
import { rowRef } from './transcript.ts';
import { worldRule } from './world-rule.ts';

/**
 * An experiment as data. Text may hold `{{name}}` for a saved value and `{{actor.email}}`, `{{actor.id}}`,
 * `{{actor.tenant}}`, `{{actor.password}}` for an actor's own; the interpreter fills them in when it runs.
 */

const sent = {
  as: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Sent as `application/json`, where no other encoding is named. */
  body: z.json().optional(),
  /** `form`: the body's fields as `application/x-www-form-urlencoded`. */
  encoding: z.literal('form').optional(),
  /** By which later steps and the effect speak of it. */
  name: z.string().optional(),
  /** The instance that it goes to; the first one when absent. */
  instance: z.string().optional(),
};

const request = z.strictObject({
  do: z.literal('request'),
  ...sent,
  /** `false`: the next step begins once it is sent; it needs a name, and an `await` where its answer matters. */
  wait: z.literal(false).optional(),
  /** Values taken from rows that this request changed (not while several are on their way) or that its answer holds. */
  save: z
    .record(
      z.string(),
      z.union([
        /** The row of this table that the request inserted, else the one that it changed. */
        z.strictObject({
          inserted: z.string(),
          column: z.string(),
          /** Where nobody sees the database: the dotted path at which the value stood in the JSON of the answer. */
          answer: z.string().optional(),
          /** The same with the database at hand: columns that hold unguessable values, as templates, and so name the row. */
          known: z.record(z.string(), z.string()).optional(),
        }),
        z.strictObject({ json: z.string() }),
      ]),
    )
    .optional(),
  /** Other outcomes of the step end the replay as "could not be staged". */
  expect: z.strictObject({ success: z.boolean() }).optional(),
  /** From here on the actor goes with the session that the answer gives, if it gives one. */
  enters: z.literal(true).optional(),
});

const sql = z.strictObject({
  do: z.literal('sql'),
  text: z.string(),
  parameters: z.array(z.string()).optional(),
  save: z.record(z.string(), z.strictObject({ column: z.string() })).optional(),
  /** What must hold, or the replay ends as "could not be staged". */
  expect: z.strictObject({ rows: z.enum(['some', 'none']) }).optional(),
});

/**
 * How an actor came in, in order; `{{me...}}` is the actor. Requests are their own, and the cookies of every answer go along from then
 * on, as in a browser. What is saved bears the actor's name: `owner.users.id`.
 */
export const entranceStep = z.discriminatedUnion('do', [
  request.extend({
    save: z
      .record(
        z.string(),
        z.union([
          z.strictObject({ json: z.string() }),
          /** A header of the answer. */
          z.strictObject({ header: z.string() }),
          /** What a JSON Web Token that was saved claims. */
          z.strictObject({ claim: z.string(), of: z.string() }),
        ]),
      )
      .optional(),
  }),
  sql,
  /** These headers go with every request from here on; `cookie` is added to the cookies that came with answers. */
  z.strictObject({ do: z.literal('session'), headers: z.record(z.string(), z.string()) }),
  /** Requests that change something take a token against forgery from this page, or from their own path. */
  z.strictObject({ do: z.literal('csrf'), page: z.string() }),
  /** A JSON Web Token with these claims, signed (HS256) with the secret that a variable of the application holds. */
  z.strictObject({ do: z.literal('mint'), save: z.string(), claims: z.record(z.string(), z.json()), secret: z.string() }),
  /** The other's JSON Web Token alone: as it is, under a signature that nobody gave, without one, or (given that secret) run out. */
  z.strictObject({
    do: z.literal('forge'),
    of: z.string(),
    how: z.enum(['same', 'forged', 'unsigned', 'expired']),
    secret: z.string().optional(),
  }),
]);
export type EntranceStep = z.infer<typeof entranceStep>;

/** The password of whom an entrance lets in: who is planted in the database needs its hash beforehand. */
export const entrancePassword = 'Sw-testsonly-9aQ!';

export const actorSpec = z.strictObject({
  /** `anonymous`: no session, and no account unless a step makes one. `leaver`: somebody whose account is shut out or deleted while their session lives. */
  part: z.enum(['anonymous', 'owner', 'stranger', 'role', 'impostor', 'leaver']),
  role: z.string().nullable(),
  /** Absent for whoever needs no session. A replay does not follow it: it finds the way in anew. */
  entrance: z.array(entranceStep).optional(),
});

/** An element of a page: by CSS selector, or by role and name as assistive technology knows it. */
const pageTarget = z.union([z.strictObject({ selector: z.string() }), z.strictObject({ role: z.string().optional(), name: z.string() })]);

/** Something that a visitor does on a page. */
export const visitAction = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('click'), on: pageTarget }),
  /** Replaces what stands in a field. */
  z.strictObject({ do: z.literal('fill'), on: pageTarget, value: z.string() }),
  /** Presses a key where the focus is. */
  z.strictObject({ do: z.literal('press'), key: z.enum(['Enter', 'Tab', 'Escape']) }),
  /** Another page of the application, as if its address were typed. */
  z.strictObject({ do: z.literal('go'), path: z.string() }),
]);

/** Looks at a page in a browser, with the actor's session; counts as a request whose answer is the document after its scripts ran. */
const visit = z.strictObject({
  do: z.literal('visit'),
  as: z.string(),
  path: z.string(),
  /** By which the effect speaks of it. */
  name: z.string().optional(),
  instance: z.string().optional(),
  /** Sent with every request to the application. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Entries of `localStorage`, where the application keeps its session there. */
  storage: z.record(z.string(), z.string()).optional(),
  actions: z.array(visitAction).optional(),
  /** Otherwise (an answer of 400 or more, an action that could not be done) the replay ends as "could not be staged". */
  expect: z.strictObject({ success: z.boolean() }).optional(),
});

export const transport = z.enum(['websocket', 'socket.io', 'sse']);

/**
 * Opens a live connection with the actor's session, which stays open until the scenario ends; counts as a request whose answer is what
 * came at once. `{{me.session}}` is the actor's token; what would hold an empty one is left out.
 */
const listen = z.strictObject({
  do: z.literal('listen'),
  as: z.string(),
  transport,
  path: z.string(),
  /** By which later steps and the effect speak of it. */
  name: z.string(),
  query: z.record(z.string(), z.string()).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Of socket.io. */
  namespace: z.string().optional(),
  /** Of socket.io: what the client says of itself. */
  auth: z.record(z.string(), z.string()).optional(),
  /** Only the cookies of the session, as a browser sends them on behalf of a page of another site. */
  cookiesOnly: z.literal(true).optional(),
  /** A port of its own. */
  port: z.int().optional(),
  instance: z.string().optional(),
  /** Otherwise (refused, or taken) the replay ends as "could not be staged". */
  expect: z.strictObject({ accepted: z.boolean() }).optional(),
});

/** Sends a message on a live connection; counts as a request whose answer is what came after it. */
const say = z.strictObject({
  do: z.literal('say'),
  on: z.string(),
  /** Sent as JSON, a text as it is; of socket.io a list: the name of the event, and what goes with it. */
  message: z.json(),
  /** By which the effect speaks of it. */
  name: z.string().optional(),
});

/** Waits for the answer to a request that was sent without waiting. */
const awaited = z.strictObject({ do: z.literal('await'), request: z.string() });

/** Requests that arrive within microseconds of each other, each `copies` times; all are waited for. */
const burst = z.strictObject({ do: z.literal('burst'), requests: z.array(z.strictObject(sent)).min(1), copies: z.int().min(1).optional() });

/** Which statements: those whose text matches this regular expression, without regard to case. */
const matching = {
  statement: z.string(),
  /** Only those of this request, by its name. */
  request: z.string().optional(),
  /** How many it catches. */
  times: z.int().min(1).optional(),
};

/** Keeps statements waiting: `before` Postgres receives them, or `after` it has executed them and before the app hears of it. */
const hold = z.strictObject({ do: z.literal('hold'), name: z.string(), at: z.enum(['before', 'after']), ...matching });
/** Waits until so many statements are held (one when absent), or the replay ends as "could not be staged". */
const arrived = z.strictObject({ do: z.literal('arrived'), hold: z.string(), count: z.int().min(1).optional() });
const release = z.strictObject({ do: z.literal('release'), hold: z.string() });

/** Makes one statement (or `times` many) go wrong: with `code` (a SQLSTATE) where nothing else is said. */
const fault = z.strictObject({
  do: z.literal('fault'),
  ...matching,
  code: z.string(),
  instead: z
    .discriminatedUnion('do', [
      z.strictObject({ do: z.literal('delay'), at: z.enum(['before', 'after']), milliseconds: z.number().positive() }),
      z.strictObject({ do: z.literal('cut'), at: z.enum(['before', 'after']) }),
    ])
    .optional(),
});

/** How the outside world answers from here on. */
const stub = z.strictObject({ do: z.literal('stub'), rule: worldRule });
/** The clock of app and database, by seconds from the true time. */
const clock = z.strictObject({ do: z.literal('clock'), seconds: z.int() });
const kill = z.strictObject({ do: z.literal('kill'), signal: z.enum(['SIGKILL', 'SIGTERM']), instance: z.string().optional() });
/** Starts the app anew after a kill; with a name, a further instance beside the first. */
const start = z.strictObject({ do: z.literal('start'), instance: z.string().optional() });

/** What a reset can put back. `limiters`: the players come from other addresses; the others: `Ground.reset`. */
export const resetKind = z.enum(['rows', 'sequences', 'files', 'memory', 'world', 'limiters']);
const reset = z.strictObject({ do: z.literal('reset'), kinds: z.array(resetKind).min(1) });

export const step = z.discriminatedUnion('do', [
  request,
  visit,
  listen,
  say,
  awaited,
  burst,
  sql,
  hold,
  arrived,
  release,
  fault,
  stub,
  clock,
  kill,
  start,
  reset,
]);
export type Step = z.infer<typeof step>;

/** What must show for the finding to stand; of the last request, where no other is named. */
export const effect = z.discriminatedUnion('shows', [
  /** The row was read on the wire and one of its unguessable values stands in the answer. */
  z.strictObject({ shows: z.literal('row-read'), table: z.string(), key: z.record(z.string(), z.string()) }),
  /** One of the row's unguessable values stands in what a live connection has received, and not in what was sent on it. */
  z.strictObject({ shows: z.literal('row-heard'), on: z.string(), table: z.string(), key: z.record(z.string(), z.string()) }),
  z.strictObject({
    shows: z.literal('row-changed'),
    table: z.string(),
    key: z.record(z.string(), z.string()),
    op: z.enum(['insert', 'update', 'delete']),
    /** Besides, these columns hold these values then, and an updated row did not before. */
    columns: z.record(z.string(), z.string()).optional(),
  }),
  /** The column's value of this row (of any row for an empty key) stands in the answer and not in the request. */
  z.strictObject({ shows: z.literal('column-shown'), table: z.string(), column: z.string(), key: z.record(z.string(), z.string()) }),
  /** The unguessable text that stands in all that an actor writes stands in the answer, and not in the request. */
  z.strictObject({ shows: z.literal('canary'), of: z.string() }),
  /** A figure in the answers to one request moves with rows that somebody else has, and with nothing else. */
  z.strictObject({
    shows: z.literal('answer-depends'),
    /** A dotted path into a JSON answer; `#3` is the third number of another text. */
    at: z.string(),
    /** Requests, by name, before and after whatever was changed: the figure is the same in all of them. */
    still: z.array(z.string()).min(2),
    /** Requests while it was changed: the figure has moved in proportion to these sums. */
    moved: z.array(z.strictObject({ request: z.string(), by: z.number().positive() })).min(2),
  }),
  /** What was refused (401, 403) when the named request asked for it is answered with success by the last one. */
  z.strictObject({ shows: z.literal('newly-allowed'), refused: z.string() }),
  /** A statement's syntax tree changed with the value sent. */
  z.strictObject({ shows: z.literal('statement-shape'), marker: z.string() }),
  /** The stored value of a column has a form that gives the password away. */
  z.strictObject({ shows: z.literal('stored-password'), table: z.string(), column: z.string(), scheme: z.string() }),
  /** The answer claims success while the statement was made to fail. */
  z.strictObject({ shows: z.literal('success-claimed') }),
  /** Whoever sent the last request was taken for somebody: an answer of the 200s with something in it. */
  z.strictObject({ shows: z.literal('let-in') }),
  /** What the database holds in the end: the query gives some rows, or none. */
  z.strictObject({
    shows: z.literal('state'),
    sql: z.string(),
    parameters: z.array(z.string()).optional(),
    rows: z.enum(['some', 'none']),
    /** Besides, at least so many of the named requests claim success. */
    successes: z.strictObject({ requests: z.array(z.string()), least: z.int().min(1) }).optional(),
  }),
]);
export type Effect = z.infer<typeof effect>;

/** What tells the effect from outside, where nobody sees statements and rows: as it was when the scenario ran. */
export const byAnswers = z.strictObject({
  /** Worked for whom it is meant: without it, that nothing shows says nothing. */
  control: request.optional(),
  /** Texts (templates) of which each showed the row in the answer. */
  shown: z.array(z.string()).optional(),
  /** Reads the row for its owner; the answer holds what the effect changes. */
  witness: request.optional(),
  /** The dotted path at which the column's value stood in the JSON of the last answer. */
  field: z.string().optional(),
  /** Columns that hold unguessable values, as templates, and so name the row to the database. */
  known: z.record(z.string(), z.string()).optional(),
});
export type ByAnswers = z.infer<typeof byAnswers>;

export const scenario = z.strictObject({
  id: z.string(),
  title: z.string(),
  actors: z.record(z.string(), actorSpec),
  steps: z.array(step),
  effect,
  byAnswers: byAnswers.optional(),
});
export type Scenario = z.infer<typeof scenario>;

/** What running a scenario gave. */
export const scenarioOutcome = z.strictObject({
  reproduced: z.enum(['yes', 'no', 'not-staged']),
  reason: z.string(),
  rows: z.array(rowRef),
});
export type ScenarioOutcome = z.infer<typeof scenarioOutcome>;
