import type { ByAnswers, EntranceStep, Step } from '../../model/scenario.ts';

type RequestStep = Extract<Step, { do: 'request' }>;
export type Sent = Pick<RequestStep, 'as' | 'method' | 'path' | 'body' | 'headers' | 'encoding'>;
/** Where a value of an answer stands. */
export type Found = { readonly json: string } | { readonly header: string } | { readonly claim: string; readonly of: string };

/** What a test does, in order. `into` names what later acts speak of. */
export type Act =
  | { readonly do: 'say'; readonly text: string }
  /** `must`: where it does not succeed, nothing can be said, and the test fails as not staged. */
  | { readonly do: 'send'; readonly request: Sent; readonly must: boolean; readonly into: string | null }
  | { readonly do: 'take'; readonly name: string; readonly from: Found; readonly of: string }
  | {
      readonly do: 'query';
      readonly text: string;
      readonly parameters: readonly string[];
      readonly into: string | null;
      /** Columns of the first row, by the names of templates. */
      readonly save: ReadonlyMap<string, string>;
    }
  | (Extract<EntranceStep, { do: 'session' | 'csrf' | 'mint' | 'forge' }> & { readonly actor: string })
  | Judgement;

/** What must hold; `because` is what the reader is told where it does not. */
export type Judgement =
  | { readonly do: 'shows'; readonly answer: string; readonly texts: readonly string[]; readonly wanted: boolean; readonly because: string }
  | { readonly do: 'succeeds'; readonly answer: string; readonly wanted: boolean; readonly because: string }
  /** Nobody was taken for somebody: what is refused, leads elsewhere or holds nothing. */
  | { readonly do: 'shut-out'; readonly answer: string; readonly because: string }
  | { readonly do: 'endures'; readonly answer: string; readonly because: string }
  /** What two answers before agreed on stands in the one after too. */
  | { readonly do: 'unchanged'; readonly before: readonly [string, string]; readonly after: string; readonly because: string }
  | { readonly do: 'same-rows'; readonly before: string; readonly after: string; readonly because: string }
  /** Nothing in the JSON of the answer bears this name and holds a text. */
  | { readonly do: 'lacks'; readonly answer: string; readonly name: string; readonly because: string }
  /** The value at this place of the answer is another one. */
  | { readonly do: 'differs'; readonly answer: string; readonly place: string; readonly value: string; readonly because: string }
  /** A figure does not move in step with what was added while the moved answers were given. */
  | {
      readonly do: 'stands';
      readonly place: string;
      readonly still: readonly string[];
      readonly moved: readonly { readonly answer: string; readonly by: number }[];
      readonly because: string;
    }
  | { readonly do: 'rows-differ'; readonly rows: string; readonly column: string; readonly value: string; readonly because: string }
  | { readonly do: 'hashed'; readonly rows: string; readonly column: string; readonly because: string };

/** Why a finding cannot be told as a plain test. */
export interface Refusal {
  readonly refused: string;
}

/** A request with its sender's name in its templates. */
export function sent(step: NonNullable<ByAnswers['control']>): Sent {
  const { as, method, path, body, headers, encoding } = step;
  const mine = { as, method, path, body, headers, encoding };
  return JSON.parse(JSON.stringify(mine).replaceAll('{{me.', `{{${as}.`).replaceAll('{{text:me.', `{{text:${as}.`)) as Sent;
}

/** A table or column as a name in SQL. */
export function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

/** Names of the templates in steps and acts. */
export function namesIn(steps: readonly unknown[]): string[] {
  return steps.flatMap((step) => {
    const as = typeof step === 'object' && step !== null && 'as' in step && typeof step.as === 'string' ? step.as : null;
    const text = JSON.stringify(step, (key, value: unknown) => (key === 'save' || key === 'because' ? undefined : value));
    return [...text.matchAll(/\{\{(?:text:)?([^{}]+)\}\}/g)].map((match) =>
      (match[1] ?? '').replace(/^me\./, as === null ? 'me.' : `${as}.`),
    );
  });
}
