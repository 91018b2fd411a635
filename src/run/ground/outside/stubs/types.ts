import type { Kind, ModelAnswer, Person, Prompt } from '../types.ts';

/** What a stub is asked. */
export interface Call {
  /** The same call at the same place gets the same: 24 hex digits to make ids of. */
  readonly id: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Without its port. */
  readonly host: string;
  /** The port that the app called. */
  readonly port: number;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a stub answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** An object goes as JSON. */
  readonly body: unknown;
  /** Instead of the body: what is written one after the other; `paceMs` keeps an endless one from filling the network. */
  readonly pieces?: { readonly each: Iterable<string>; readonly paceMs: number };
  readonly mails?: readonly Draft[];
}

/** A message as a provider was given it. */
export interface Draft {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What a rule asks of a stub. */
export interface Wish {
  readonly say: ModelAnswer | null;
  readonly vouch: Person | null;
}

/** A provider as the app finds it. Made anew when the world is to forget. */
export interface Stub {
  readonly provider: string;
  readonly kind: Kind;
  /** Hosts that are its own. */
  readonly hosts: RegExp;
  /** Calls that are its language at whatever host: a base address of the app's own choice. */
  speaks?(call: Call): boolean;
  answer(call: Call, wish: Wish): Answer;
  /** The body of its error answers (also of those that come with status 200). */
  failure(status: number, message: string): unknown;
  /** For a model: what it is asked. */
  prompt?(call: Call): Prompt | null;
  /** An event about an object of its own; what it tells is so from then on. */
  event?(type: string, object: Readonly<Record<string, unknown>>, id: string): unknown;
}
