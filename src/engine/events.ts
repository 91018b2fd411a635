import type { Kind } from '../model/evidence/index.ts';

/** What the engine tells whoever watches; reporters of progress read nothing else. */
export type AuditEvent =
  | { readonly type: 'phase'; readonly phase: 'read' | 'ground' | 'derive' | 'check' | 'judge'; readonly detail: string }
  /** `spent` of `limit` milliseconds are gone; no limit when it is null. */
  | { readonly type: 'phase'; readonly phase: 'drill'; readonly detail: string; readonly spent: number; readonly limit: number | null }
  /** What running the application will do, before anything is started, and what is missing for that; for a person. */
  | { readonly type: 'plan'; readonly how: string; readonly missing: readonly string[] }
  /** An interrupted audit of the same tree is gone on with; these drills had finished, the last of them so long ago. */
  | { readonly type: 'resumed'; readonly finished: readonly string[]; readonly milliseconds: number }
  | {
      readonly type: 'evidence';
      readonly kind: Kind;
      readonly present: boolean;
      readonly reason: string | null;
      readonly milliseconds: number;
      /** A drill of an interrupted audit gave it; it was not run again. */
      readonly taken: boolean;
      /** Should this audit be interrupted, the next goes on behind this drill. */
      readonly kept: boolean;
    };

export type Listener = (event: AuditEvent) => void;
