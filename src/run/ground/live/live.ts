import { SeaworthyError } from '../../../model/errors.ts';
import type { Exchange } from '../../../model/transcript.ts';
import type { Traffic } from '../traffic.ts';
import type { Listened, LiveFrame, LiveSpec, LiveState, Said } from '../types.ts';
import { openConnection, type Connection } from './connection.ts';

/** What comes at once comes within this silence, and is waited for no longer than that. */
const rest = { quietMs: 60, longestMs: 1_000, stepMs: 5 };
/** More at once than any experiment needs. */
const mostOpen = 500;

/** Live connections to the app, by name. */
export interface Live {
  listen(spec: LiveSpec): Promise<Listened>;
  say(connection: string, text: string): Promise<Said>;
  state(connection: string): LiveState;
  hangUp(connection: string): void;
  hangUpAll(): void;
}

/** @param portOf where an instance of the app listens; throws when it does not run */
export function openLive(traffic: Pick<Traffic, 'attend'>, portOf: (instance?: string) => number): Live {
  const open = new Map<string, { spec: LiveSpec; connection: Connection }>();
  let count = 0;
  const named = (name: string) => {
    const found = open.get(name);
    if (!found) throw new SeaworthyError('ground-failed', `there is no live connection ${name}`);
    return found;
  };
  const since = (connection: Connection, seq: number): LiveFrame[] => connection.frames().filter((frame) => frame.seq > seq);
  return {
    listen(spec) {
      if (open.size >= mostOpen) throw new SeaworthyError('ground-failed', `more than ${mostOpen} live connections at once`);
      return traffic.attend(async (here) => {
        const started = performance.now();
        const connection = openConnection(spec, spec.port ?? portOf(spec.instance));
        const name = `live-${++count}`;
        open.set(name, { spec, connection });
        void connection.from.then(here);
        await connection.settled;
        if (connection.accepted()) await calm(connection);
        const frames = connection.frames();
        const answer = connection.answer();
        const exchange: Exchange = {
          actor: spec.actor,
          request: { method: 'GET', path: spec.path, headers: { ...spec.headers }, body: spec.auth ?? null },
          response: answer && { ...answer, body: textOf(frames) },
          failure: connection.ended(),
          milliseconds: milliseconds(started),
        };
        return { exchange, connection: name, accepted: connection.accepted(), ended: connection.ended(), frames: [...frames] };
      });
    },
    say(name, text) {
      const { spec, connection } = named(name);
      return traffic.attend(async (here) => {
        const started = performance.now();
        here(await connection.from);
        const before = connection.frames().at(-1)?.seq ?? 0;
        const sent = connection.send(text);
        if (sent) await calm(connection);
        const frames = since(connection, before);
        const ended = connection.ended();
        const exchange: Exchange = {
          actor: spec.actor,
          request: { method: 'SEND', path: spec.path, headers: {}, body: text },
          response: sent ? { status: 101, headers: {}, body: textOf(frames) } : null,
          failure: sent ? ended : (ended ?? 'nothing can be sent on it'),
          milliseconds: milliseconds(started),
        };
        return { exchange, ended, frames };
      });
    },
    state(name) {
      const { connection } = named(name);
      return { ended: connection.ended(), frames: [...connection.frames()] };
    },
    hangUp(name) {
      open.get(name)?.connection.close();
      open.delete(name);
    },
    hangUpAll() {
      for (const { connection } of open.values()) connection.close();
      open.clear();
    },
  };
}

function milliseconds(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10;
}

function textOf(frames: readonly LiveFrame[]): string {
  return frames.map(({ text }) => text).join('\n');
}

/** Waits until nothing has come for a moment. */
async function calm(connection: Connection): Promise<void> {
  const started = performance.now();
  let last = connection.frames().at(-1)?.seq ?? 0;
  let quiet = 0;
  while (quiet < rest.quietMs && performance.now() - started < rest.longestMs && connection.ended() === null) {
    await new Promise((resolve) => setTimeout(resolve, rest.stepMs));
    const now = connection.frames().at(-1)?.seq ?? 0;
    quiet = now === last ? quiet + rest.stepMs : 0;
    last = now;
  }
}
