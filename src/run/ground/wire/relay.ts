import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { MalformedStream, type Message } from './framer.ts';
import { Lane } from './lane.ts';
import { markReader } from './marks.ts';
import { errorMessage, fromApp, fromPostgres, message } from './messages.ts';
import { type Expectation, Recorder, type RecorderOptions } from './recorder.ts';
import type { ActiveRule, Rules } from './rules.ts';
import type { After, Candidate } from './types.ts';

/** A connection between an app and Postgres, past its start-up. */
export interface Relay {
  /** Bytes of the app that came with the start-up packet. */
  start(rest: Buffer): void;
  /** Rules came or went. */
  rulesChanged(): void;
  open(): number;
  cut(): void;
}

/** What a relay needs of its wire. */
export interface RelayOptions extends Omit<RecorderOptions, 'current'> {
  /** Id of the HTTP request that a message belongs to, by the mark that stood before it; null when there was none. */
  requestOf: (mark: string | null) => string | null;
  rules: Rules;
  /** The wire has signed in for the client; a password that it sends unasked is dropped. */
  skipPassword: boolean;
  /** Called after each event, outside of any decoding: tell the listeners. */
  settle: () => void;
  gap: (reason: string) => void;
}

/** An answer of Postgres with which something is to be done. */
interface Armed {
  expectation: Expectation;
  /** Another error in place of the one Postgres gives. */
  error: Buffer | null;
  after: After | null;
  rule: ActiveRule;
  candidate: Candidate;
}

const megabyte = 1024 * 1024;
const keepOfApp = (type: number) => (type === fromApp.copyData ? 0 : megabyte);
const keepOfPostgres = (type: number) => (type === fromPostgres.copyData ? 0 : megabyte);

/** Messages that make Postgres do nothing visible before the Execute or Sync that follows; a rule holds them with it. */
const leading = new Set<number>([fromApp.parse, fromApp.bind, fromApp.describe, fromApp.close]);
const deciding = new Set<number>([fromApp.query, fromApp.execute]);
/** Messages that Postgres may send at any moment. */
const unasked = new Set<number>([fromPostgres.notice, fromPostgres.notification, fromPostgres.parameterStatus]);
/** Beyond this a message is forwarded unexamined although a rule is in force. */
const maxGated = 16 * megabyte;

/**
 * Serverless drivers send a password without being asked for it, in one go with the start-up packet and the first query. Where Postgres
 * trusts the wire, that message would be out of order: returns what follows it, or null while it is incomplete.
 */
function earlyPassword(): (chunk: Buffer) => Buffer | null {
  let read = Buffer.alloc(0);
  return (chunk) => {
    read = Buffer.concat([read, chunk]);
    if (read[0] !== 0x70) return read;
    if (read.length < 5 || read.length < 1 + read.readInt32BE(1)) return null;
    const rest = read.subarray(1 + read.readInt32BE(1));
    return rest.length > 0 ? rest : null;
  };
}

/** Joins the two sockets, records what passes, and obeys the rules. */
export function relay(client: Socket, upstream: Socket, options: RelayOptions): Relay {
  /** The mark that holds for the message at hand, and those of later ones with the position from which they hold. */
  let mark: string | null = null;
  const marks: { from: number; mark: string }[] = [];
  const recorder = new Recorder({ ...options, current: () => options.requestOf(mark) });
  const up = new Lane(client, upstream, keepOfApp);
  const down = new Lane(upstream, client, keepOfPostgres);
  let broken = false;
  /** The app's messages wait for the release of a statement. */
  let stopped = false;
  let armed: Armed[] = [];
  /** The answer that is kept from the app, and whether it is complete. */
  let kept: Armed | null = null;
  let keptComplete = false;

  const guarded = (decode: () => void) => {
    try {
      if (!broken) decode();
    } catch (error) {
      if (!(error instanceof MalformedStream || error instanceof RangeError)) throw error;
      broken = true;
      stopped = false;
      kept = null;
      armed = [];
      up.giveUp();
      down.giveUp();
      options.gap(error.message);
    }
    options.settle();
  };

  const cut = () => {
    upstream.destroy();
    // Only a plain TCP socket can be reset; remotePort tells it from a unix socket.
    if (client.remotePort === undefined || client instanceof TLSSocket) client.destroy();
    else client.resetAndDestroy();
  };

  /** The app's next message, and what it belongs to. */
  const next = (): Message | null => {
    const found = up.next();
    for (let first = marks[0]; found !== null && first !== undefined && first.from <= found.start; first = marks[0]) {
      mark = first.mark;
      marks.shift();
    }
    return found;
  };

  const send = (found: Message, rule: ActiveRule, candidate: Candidate) => {
    const expectation = recorder.app(found);
    const after = rule.rule.after ?? null;
    if (expectation !== null && after !== null) armed.push({ expectation, error: null, after, rule, candidate });
    up.forward(found.end);
  };

  /** Lets Postgres fail in the statement's place, so that its transaction fails too, and says so in the rule's words. */
  const fail = (found: Message, rule: ActiveRule, candidate: Candidate, code: string, text: string) => {
    if (/^(57P0|08|53300)/.test(code)) {
      client.end(errorMessage('FATAL', code, text));
      upstream.destroy();
      return;
    }
    up.forward(found.start);
    up.drop(found.end);
    const expectation = recorder.app(found);
    const portal = 'seaworthy: no such portal';
    up.insert(found.type === fromApp.query ? message('Q', 'fail for seaworthy') : message('E', portal, Buffer.alloc(4)));
    if (expectation !== null) armed.push({ expectation, error: errorMessage('ERROR', code, text), after: null, rule, candidate });
  };

  const obey = (found: Message, rule: ActiveRule, candidate: Candidate) => {
    const before = rule.rule.before;
    if (before === undefined) return send(found, rule, candidate);
    if (before === 'cut') {
      rule.catch(candidate, () => {});
      return cut();
    }
    if (before !== 'hold' && 'error' in before) {
      rule.catch(candidate, () => {});
      return fail(found, rule, candidate, before.error.code, before.error.message);
    }
    stopped = true;
    const go = () => {
      if (!stopped || broken || upstream.destroyed) return;
      stopped = false;
      guarded(() => {
        send(found, rule, candidate);
        pumpUp();
      });
    };
    rule.catch(candidate, go);
    if (before !== 'hold') setTimeout(go, before.delayMs);
  };

  const pumpUp = () => {
    while (!stopped) {
      const found = next();
      if (found === null) break;
      const whole = found.start >= up.passed;
      const candidate = whole && deciding.has(found.type) && !recorder.failed ? recorder.candidate(found) : null;
      const rule = candidate === null ? null : options.rules.find(candidate);
      if (candidate !== null && rule !== null) obey(found, rule, candidate);
      else {
        recorder.app(found);
        if (!leading.has(found.type)) up.forward(found.end);
      }
    }
    if (stopped) return;
    const partial = up.framer.partial;
    const mayMatter = options.rules.size > 0 && (partial === -1 || leading.has(partial) || deciding.has(partial));
    if (!mayMatter || up.waitingBytes > maxGated) up.forward();
  };

  const letGo = () => {
    kept = null;
    keptComplete = false;
    pumpDown();
  };

  /** The kept answer is complete: Postgres has executed the statement and nobody has heard of it. */
  const answered = (held: Armed) => {
    keptComplete = true;
    if (held.after === 'cut') {
      held.rule.catch(held.candidate, () => {});
      return cut();
    }
    const go = () => {
      if (kept === held && !client.destroyed) guarded(letGo);
    };
    if (held.after === 'hold' || held.rule.rule.before === undefined) held.rule.catch(held.candidate, go);
    if (held.after !== null && held.after !== 'hold') setTimeout(go, held.after.delayMs);
  };

  const pumpDown = () => {
    while (!keptComplete) {
      const found = down.next();
      if (found === null) break;
      const head = recorder.head;
      const one = unasked.has(found.type) || head === undefined ? undefined : armed.find((each) => each.expectation === head);
      if (one !== undefined && one.error !== null && found.type === fromPostgres.error) {
        armed = armed.filter((each) => each !== one);
        down.forward(found.start);
        down.drop(found.end);
        down.insert(one.error);
        recorder.postgres({ ...found, body: one.error.subarray(5) });
        continue;
      }
      if (one !== undefined && one.after !== null && kept === null) {
        armed = armed.filter((each) => each !== one);
        kept = one;
      }
      recorder.postgres(found);
      if (armed.length > 0 && found.type === fromPostgres.readyForQuery) armed = armed.filter((each) => recorder.awaits(each.expectation));
      if (kept === null) down.forward(found.end);
      else if (found.type === fromPostgres.readyForQuery) answered(kept);
    }
    if (kept === null && (armed.length === 0 || !armed.some((each) => each.expectation === recorder.head))) down.forward();
  };

  const toPostgres = (chunk: Buffer) => {
    if (broken) up.pass(chunk);
    else if (options.rules.size === 0 && up.waitingBytes === 0) {
      up.pass(chunk);
      guarded(() => {
        for (let found = next(); found !== null; found = next()) recorder.app(found);
      });
    } else {
      up.hold(chunk);
      guarded(pumpUp);
    }
  };
  let early = options.skipPassword ? earlyPassword() : null;
  const unmarked = markReader();
  const fromClient = (received: Buffer) => {
    const chunk = early === null ? received : early(received);
    if (chunk === null) return;
    early = null;
    for (const part of unmarked(chunk)) {
      if (part.mark !== null) marks.push({ from: up.received, mark: part.mark });
      if (part.bytes.length > 0) toPostgres(part.bytes);
    }
  };
  client.on('data', fromClient);
  upstream.on('data', (chunk: Buffer) => {
    if (broken) down.pass(chunk);
    else if (armed.length === 0 && kept === null && down.waitingBytes === 0) {
      down.pass(chunk);
      guarded(() => {
        for (let found = down.next(); found !== null; found = down.next()) recorder.postgres(found);
      });
    } else {
      down.hold(chunk);
      guarded(pumpDown);
    }
  });
  client.on('close', () => upstream.end());
  upstream.on('close', () => client.end());
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());

  return {
    start(rest) {
      if (rest.length > 0) fromClient(rest);
    },
    rulesChanged: () => guarded(() => (stopped ? undefined : pumpUp())),
    open: () => recorder.open,
    cut,
  };
}
