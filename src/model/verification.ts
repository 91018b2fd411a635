import type { Decision, Trigger } from './words.ts';

/** What verifying a chain comes to, the gravest first. */
export const chainStates = ['tampered', 'unknown-signer', 'code-changed', 'expired', 'valid'] as const;
export type ChainState = (typeof chainStates)[number] | 'none';

/** Something about a chain that cannot have come about by itself; `entry` is a file, or empty for the chain as a whole. */
export interface Fault {
  readonly entry: string;
  readonly what: string;
}

/** One way in which an application became harder to answer for, and the triggers for which that wants a new audit. */
export interface Step {
  readonly what: 'money' | 'personal' | 'roles' | 'services' | 'endpoints' | 'lines';
  readonly names: readonly string[];
  readonly sentence: string;
  readonly triggers: readonly Trigger[];
}

/** What verifying came to: everything that is so, and the gravest of it as `state`. */
export interface Verification {
  readonly state: ChainState;
  /** Whose word it is: how it was changed, by whom it is signed. */
  readonly faults: readonly Fault[];
  readonly strangers: readonly Fault[];
  readonly entries: number;
  /** SHA-256 of the last entry: who keeps it elsewhere will notice when entries are cut off. */
  readonly head: string | null;
  readonly checkpoint: {
    readonly sequence: number;
    readonly date: string;
    readonly hash: string;
    readonly commit: string | null;
    readonly ran: boolean;
    readonly key: string;
  } | null;
  readonly signOffs: readonly {
    readonly sequence: number;
    readonly by: string;
    readonly role: string;
    readonly scope: readonly Trigger[];
    readonly date: string;
    readonly until: string;
    readonly unknowns: number;
    readonly statement: string;
    readonly key: string;
    readonly over: boolean;
  }[];
  readonly triggers: readonly {
    readonly trigger: Trigger;
    readonly decision: Decision;
    /** False where nothing showed that the trigger concerns the application, and nobody chose it. */
    readonly applies: boolean;
    readonly until: string;
    /** Why its word no longer counts; null while it does. */
    readonly ended: 'code' | 'advisory' | 'days' | 'sign-off' | null;
  }[];
  readonly code: {
    readonly compared: boolean;
    readonly changed: boolean;
    /** Null where git cannot say which. */
    readonly files: readonly string[] | null;
    /** What `seaworthy.json` says about judging differs. */
    readonly settings: boolean;
  };
  /** Weaknesses that became known after the checkpoint. */
  readonly advisories: readonly { readonly package: string; readonly id: string; readonly severity: string }[];
  readonly steps: readonly Step[];
}

/** What an audit says about the last checkpoint; `trusted` is false where its chain was changed. */
export interface SinceCheckpoint {
  readonly sequence: number;
  readonly date: string;
  readonly trusted: boolean;
  readonly steps: readonly Step[];
}
