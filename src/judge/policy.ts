import type { Severity } from '../model/words.ts';

/** When findings fail a control. */
export interface FailPolicy {
  /** Findings at least this severe count; milder ones are listed without failing it. */
  readonly severity: Severity;
  /** The share of examined subjects above which they fail it: 0 means that a single one does. */
  readonly share: number;
}

const usual: FailPolicy = { severity: 'medium', share: 0 };

/** Controls for which a single medium finding is no reason to say that the control fails. */
const exceptions: Readonly<Record<string, FailPolicy>> = {
  // Hygiene of code is a matter of how much: one unused export or copied block stops nobody.
  'architecture/dead-code': { severity: 'medium', share: 0.05 },
  'architecture/duplication': { severity: 'medium', share: 0.05 },
  'architecture/types-and-lint': { severity: 'medium', share: 0.05 },
  'architecture/consistency': { severity: 'medium', share: 0.1 },
  // Old is not broken; known holes have a control of their own.
  'dependencies/outdated-dependencies': { severity: 'high', share: 0 },
};

/** The policy of a control. */
export function failPolicy(control: string): FailPolicy {
  return exceptions[control] ?? usual;
}
