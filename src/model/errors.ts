/** Codes of the errors that a person can act on. Everything else keeps its stack. */
export type ErrorCode =
  | 'usage'
  | 'config-invalid'
  | 'not-an-application'
  | 'finding-not-found'
  | 'report-unreadable'
  | 'baseline-unreadable'
  | 'seal-missing'
  | 'ground-failed'
  | 'boot-failed'
  | 'part-missing'
  | 'registry'
  | 'checkpoint';

/** An expected failure: one sentence that says what to do, shown without a stack. */
export class SeaworthyError extends Error {
  readonly code: ErrorCode;
  /** The command that would bring what is missing. */
  readonly settle: string | undefined;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; settle?: string }) {
    super(message, options);
    this.name = 'SeaworthyError';
    this.code = code;
    this.settle = options?.settle;
  }
}

/** The message of anything thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s+/g, ' ').trim();
}
