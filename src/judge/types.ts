import type { Finding } from '../model/finding.ts';
import type { EvidenceClass } from '../model/words.ts';

/** A finding as the engine settles it: reading and running have met, nobody has ranked it yet. */
export type SettledFinding = Omit<Finding, 'factors' | 'bin'>;

/** The subjects for which a check's title was examined and is true. */
export interface Passed {
  readonly check: string;
  readonly title: string;
  readonly class: EvidenceClass;
  readonly subjects: readonly string[];
  /** Subjects of which reading said otherwise, each with the sentence about it. */
  readonly disagreements: readonly string[];
}

/** A check that had nothing to examine, and why. */
export interface NotApplicable {
  readonly check: string;
  readonly reason: string;
}

/** What a named person says of a control, with a date and an end (ISO dates). */
export interface Attestation {
  readonly control: string;
  readonly by: string;
  readonly statement: string;
  readonly on: string;
  readonly until: string;
}

/** A table or column, and why it is thought to matter. */
export interface DataPlace {
  readonly name: string;
  readonly because: string;
}

/** What the application seems to deal in; decides which triggers apply. `null` means nobody could look. */
export interface Signals {
  readonly money: readonly DataPlace[];
  readonly personal: readonly DataPlace[];
  /** Whether it calls a language model; null when neither packages nor calls could be read. */
  readonly modelCalls: boolean | null;
  /** The database's tables could be seen. */
  readonly sawTables: boolean;
  /** The packages could be seen. */
  readonly sawPackages: boolean;
}
