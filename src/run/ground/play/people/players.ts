import { createHmac } from 'node:crypto';
import type { z } from 'zod';
import type { actorSpec, EntranceStep, Step } from '../../../../model/scenario.ts';
import type { Exchange } from '../../../../model/transcript.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A step by which somebody came in: a request with what it was answered, or something that was done for them. */
export type Entry =
  | { readonly request: Omit<Extract<Step, { do: 'request' }>, 'save'>; readonly response: Exchange['response'] }
  | { readonly byHand: Exclude<EntranceStep, { do: 'request' }> };

/** Somebody who acts: an actor of a scenario with what is needed to speak for them. */
export interface Player {
  readonly name: string;
  readonly part: z.infer<typeof actorSpec>['part'];
  readonly role: string | null;
  /** Unguessable text that stands in every value this player writes; derived from the seed. */
  readonly tag: string;
  /** Headers that carry the session; empty for anonymous. */
  credentials: Record<string, string>;
  /** A token against forgery that a page gave, and the cookies that came with it. */
  csrf: { readonly token: string; readonly cookies: string; readonly page: string } | null;
  /** How they came in, in order. */
  readonly entries: Entry[];
  /** The credentials that they came in with; the present ones may be from a later login. */
  cameWith: Readonly<Record<string, string>>;
  /** What `{{<name>.<key>}}` stands for: `tag`, `email`, `password`, and `<table>.<column>` of the rows of their sign-up. */
  readonly values: Map<string, Json>;
}

/** What a member of the owner's tenant is called: their role, or `colleague` where they have none. */
export function roleOf(name: string): string {
  return name.startsWith('role:') ? name.slice('role:'.length) : name;
}

/** A canary: 8 letters that cannot be guessed and do not occur by accident. */
export function canary(seed: string, purpose: string): string {
  const digest = createHmac('sha256', seed).update(purpose).digest();
  const letters = [...digest.subarray(0, 8)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
  return `sw${letters}`;
}

/** A player who has not signed up yet. */
export function newPlayer(name: string, part: Player['part'], role: string | null, seed: string): Player {
  const tag = canary(seed, `actor:${name}`);
  return {
    name,
    part,
    role,
    tag,
    credentials: {},
    csrf: null,
    entries: [],
    cameWith: {},
    values: new Map<string, Json>([
      ['tag', tag],
      ['email', `${tag}@example.com`],
      ['password', `Sw-${tag}-9aQ!`],
    ]),
  };
}
