import { styleText } from 'node:util';

/** What the commands may touch of the outside: handed in, so that tests need no process. */
export interface Terminal {
  readonly cwd: string;
  /** Standard input and error are a terminal: somebody is watching. */
  readonly interactive: boolean;
  /** Characters in a line of the terminal. */
  readonly columns: () => number;
  readonly processors: number;
  readonly signal: AbortSignal;
  readonly style: (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The time of day. */
  readonly now: () => Date;
  /** Asks somebody and waits for a line; absent where nobody can answer. */
  readonly ask?: (question: string) => Promise<string>;
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
}

/** Colours where there is a terminal, plain text elsewhere. */
export function styleFor(coloured: boolean): Terminal['style'] {
  return coloured ? (format, text) => styleText(format, text, { validateStream: false }) : (_format, text) => text;
}
