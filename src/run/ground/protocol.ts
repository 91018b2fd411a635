import type { Duplex } from 'node:stream';
import { createInterface } from 'node:readline';
import { messageOf, SeaworthyError, type ErrorCode } from '../../model/errors.ts';
import type { RowChange } from './state/types.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type {
  Booted,
  BootResult,
  Concert,
  Ground,
  Interference,
  Listened,
  LiveSpec,
  LiveState,
  LogLine,
  Observed,
  RequestSpec,
  ResetKind,
  Said,
  Visited,
} from './types.ts';
import type { FoundBrowser } from './browser/find.ts';
import type { VisitSpec } from './browser/types.ts';
import type { Exchange } from '../../model/transcript.ts';
import type { Mail, Outbound, Webhook, WebhookWish, WorldRule } from './outside/types.ts';
import type { AppPlan, Surroundings } from './app/plan.ts';
import type { MigrationPlan } from './app/migrations.ts';
import type { Layout } from './layout.ts';
import type { Seal } from './seal.ts';
import type { FoundService } from './services.ts';

/** What the ground process is told first. */
export interface Settings {
  readonly seal: Seal;
  readonly layout: Layout;
  /** What is to be started beside Postgres. */
  readonly services: readonly FoundService[];
}

/** Everything the engine may ask of the ground process; one argument, one answer. */
export interface GroundCalls {
  /** Starts the outside world, Postgres, the app's database and the wire. */
  open(settings: Settings): Promise<{ wirePort: number }>;
  migrate(task: { plan: MigrationPlan; app: Surroundings }): Promise<null>;
  boot(plan: AppPlan): Promise<Booted>;
  restart(nothing: null): Promise<BootResult>;
  reset(kinds: readonly ResetKind[]): Promise<null>;
  keep(nothing: null): Promise<null>;
  instance(name: string): Promise<BootResult>;
  kill(wish: Parameters<Ground['kill']>[0]): Promise<null>;
  clock(seconds: number): Promise<string[]>;
  request(spec: RequestSpec): Promise<Observed>;
  listen(spec: LiveSpec): Promise<Listened>;
  say(message: { connection: string; text: string }): Promise<Said>;
  heard(connections: readonly string[]): Promise<LiveState[]>;
  hangUp(connections: readonly string[]): Promise<null>;
  visit(task: { spec: VisitSpec; browser: FoundBrowser }): Promise<Visited>;
  together(nothing: null): Promise<null>;
  send(wish: { specs: readonly RequestSpec[]; burst: boolean }): Promise<string[]>;
  answer(id: string): Promise<Exchange>;
  endTogether(nothing: null): Promise<Concert>;
  undo(changes: readonly RowChange[]): Promise<null>;
  sql(query: { text: string; parameters: readonly (string | null)[] }): Promise<Record<string, string | null>[]>;
  schema(from: string): Promise<EvidenceValue<'schema'>>;
  logs(since: number): Promise<LogLine[]>;
  outbound(since: number): Promise<Outbound[]>;
  mails(since: number): Promise<Mail[]>;
  world(rule: WorldRule): Promise<number>;
  worldApplied(rule: number): Promise<number[]>;
  worldRestored(rule: number): Promise<null>;
  webhook(wish: WebhookWish): Promise<Webhook>;
  intercept(rule: Interference): Promise<number>;
  caught(interference: number): Promise<{ text: string; binds: (string | null)[]; request: string | null }[]>;
  arrived(wait: { interference: number; count: number; withinMs: number }): Promise<boolean>;
  release(interference: number): Promise<null>;
  lift(interference: number): Promise<null>;
  environment(nothing: null): Promise<Record<string, string>>;
  close(nothing: null): Promise<null>;
}

type Name = keyof GroundCalls;
type Argument<K extends Name> = Parameters<GroundCalls[K]>[0];
type Answer<K extends Name> = Awaited<ReturnType<GroundCalls[K]>>;

interface Ask {
  readonly id: number;
  readonly call: Name;
  readonly argument: unknown;
}
interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: { code: ErrorCode | null; message: string; stack: string };
}

/** The engine's end of the line. */
export interface Line {
  call<K extends Name>(name: K, argument: Argument<K>): Promise<Answer<K>>;
}

/** Speaks to the ground process; when the stream ends, every open call fails with the sentence that `whyGone` gives. */
export function dial(stream: Duplex, whyGone: () => string): Line {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let gone = false;
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    const reply = JSON.parse(line) as Reply;
    const caller = waiting.get(reply.id);
    if (!caller) return;
    waiting.delete(reply.id);
    if (!reply.error) return caller.resolve(reply.answer);
    if (reply.error.code) return caller.reject(new SeaworthyError(reply.error.code, reply.error.message));
    const error = new Error(`in the ground process: ${reply.error.message}`);
    error.stack = reply.error.stack;
    caller.reject(error);
  });
  const end = () => {
    gone = true;
    for (const caller of waiting.values()) caller.reject(new SeaworthyError('ground-failed', whyGone()));
    waiting.clear();
  };
  lines.on('close', end);
  stream.on('error', end);
  return {
    call(name, argument) {
      return new Promise((resolve, reject) => {
        if (gone) return reject(new SeaworthyError('ground-failed', whyGone()));
        const id = next++;
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        stream.write(`${JSON.stringify({ id, call: name, argument } satisfies Ask)}\n`);
      });
    },
  };
}

/** Answers the engine's calls until the stream ends, and then calls `onEnd`. */
export function serve(stream: Duplex, calls: GroundCalls, onEnd: () => void): void {
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    const ask = JSON.parse(line) as Ask;
    const run = calls[ask.call] as (argument: unknown) => Promise<unknown>;
    run(ask.argument).then(
      (answer) => send({ id: ask.id, answer }),
      (thrown: unknown) => send({ id: ask.id, error: wrap(thrown) }),
    );
  });
  const send = (reply: Reply) => stream.write(`${JSON.stringify(reply)}\n`);
  lines.on('close', onEnd);
  stream.on('error', onEnd);
}

function wrap(thrown: unknown): NonNullable<Reply['error']> {
  if (thrown instanceof SeaworthyError) return { code: thrown.code, message: thrown.message, stack: thrown.stack ?? '' };
  return { code: null, message: messageOf(thrown), stack: thrown instanceof Error ? (thrown.stack ?? '') : String(thrown) };
}
