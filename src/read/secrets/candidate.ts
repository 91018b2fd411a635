/** A stretch of text that may be a credential. Holds the value itself and therefore never leaves the collector. */
export interface Candidate {
  readonly type: string;
  /** Offset of the value in the file's text. */
  readonly start: number;
  readonly value: string;
  /** The shape alone proves that it is a credential of that kind. */
  readonly certain: boolean;
  /** How much of the value may be shown: the part that says what it is. */
  readonly show: string;
}
