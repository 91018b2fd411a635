import type { Kind } from '../model/evidence/index.ts';

/** What the engine tells whoever watches; reporters of progress read nothing else. */
export type AuditEvent =
  | { readonly type: 'phase'; readonly phase: 'read' | 'ground' | 'derive' | 'drill' | 'check' | 'judge'; readonly detail: string }
  | {
      readonly type: 'evidence';
      readonly kind: Kind;
      readonly present: boolean;
      readonly reason: string | null;
      readonly milliseconds: number;
    };

export type Listener = (event: AuditEvent) => void;
