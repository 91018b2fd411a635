import type { ModelAnswer, Prompt } from '../../types.ts';
import { fields, list, text } from '../bodies.ts';
import type { Answer, Call, Stub, Wish } from '../types.ts';
import { instanceOf } from './instance.ts';

/** What a model was asked, and in which shape it must answer. */
export interface Asked extends Prompt {
  /** JSON Schema that the answer must meet; `true` for any JSON; null for prose. */
  readonly schema: unknown;
  /** The tool that it must call. */
  readonly forced: { readonly name: string; readonly schema: unknown } | null;
}

/** What the model says. */
export interface Said {
  readonly text: string;
  /** Arguments as JSON text. */
  readonly tools: readonly { readonly name: string; readonly arguments: string }[];
  readonly endless: boolean;
  readonly promptTokens: number;
  readonly tokens: number;
}

/** The language of one provider. */
export interface Dialect {
  readonly provider: string;
  readonly hosts: RegExp;
  readonly speaks?: (call: Call) => boolean;
  /** Null when the call is not one to the model. */
  ask(call: Call): Asked | null;
  /** The answer in one piece. */
  plain(said: Said, asked: Asked, call: Call): unknown;
  /** The answer as it is streamed; `words` are the pieces of its text, without end when the answer has none. */
  stream(said: Said, words: Iterable<string>, asked: Asked, call: Call): Iterable<string>;
  readonly streamType: string;
  /** Lists of models, embeddings and the like. */
  other(call: Call): unknown;
  readonly failure: (status: number, message: string) => unknown;
}

export const defaultText = 'This is the answer of the proving ground.';
/** Stands in an answer where its endless text is. */
const hole = '\u{e000}';

/** A provider's stub from its language. */
export function modelStub(dialect: Dialect): Stub {
  return {
    provider: dialect.provider,
    kind: 'model',
    hosts: dialect.hosts,
    ...(dialect.speaks ? { speaks: dialect.speaks } : {}),
    prompt: (call) => {
      const asked = dialect.ask(call);
      if (!asked) return null;
      const { model, system, messages, tools, maxTokens, stream } = asked;
      return { model, system, messages, tools, maxTokens, stream };
    },
    answer(call, wish): Answer {
      const asked = dialect.ask(call);
      if (!asked) return { status: 200, body: dialect.other(call) };
      const said = say(asked, wish);
      const paceMs = said.endless ? 2 : 0;
      if (asked.stream) {
        const each = dialect.stream(said, wordsOf(said), asked, call);
        return {
          status: 200,
          headers: { 'content-type': dialect.streamType, 'cache-control': 'no-cache' },
          body: null,
          pieces: { each, paceMs },
        };
      }
      if (!said.endless) return { status: 200, body: dialect.plain(said, asked, call) };
      const [head = ''] = JSON.stringify(dialect.plain({ ...said, text: hole }, asked, call)).split(hole);
      const each = (function* () {
        yield head;
        yield* wordsOf(said);
      })();
      return { status: 200, headers: { 'content-type': 'application/json' }, body: null, pieces: { each, paceMs } };
    },
    failure: dialect.failure,
  };
}

/** What it says: what the rule wishes, else what the caller's own demands ask for. */
function say(asked: Asked, wish: Wish): Said {
  const said: ModelAnswer = wish.say ?? unasked(asked);
  const prompt = asked.messages.map((message) => message.text).join('\n');
  const spoken = (said.text ?? (said.tools && said.tools.length > 0 ? '' : defaultText))
    .replaceAll('{{system}}', () => asked.system)
    .replaceAll('{{prompt}}', () => prompt);
  return {
    text: spoken,
    tools: (said.tools ?? []).map((tool) => ({
      name: tool.name,
      arguments: typeof tool.arguments === 'string' ? tool.arguments : JSON.stringify(tool.arguments ?? {}),
    })),
    endless: said.endless ?? false,
    promptTokens: Math.ceil((asked.system.length + prompt.length) / 4),
    tokens: Math.max(1, Math.ceil(spoken.length / 4)),
  };
}

function unasked({ forced, schema }: Asked): ModelAnswer {
  if (forced) return { tools: [{ name: forced.name, arguments: instanceOf(forced.schema) }] };
  if (schema === true) return { text: '{}' };
  return { text: schema === null ? defaultText : JSON.stringify(instanceOf(schema)) };
}

/** Pieces of the text, about a word each; the text again and again when it has no end. */
function* wordsOf({ text: whole, endless }: Said): Iterable<string> {
  const words = whole.match(/\s*\S+|\s+$/g) ?? [];
  do yield* words;
  while (endless && words.length > 0);
}

/** The text of a message whose content is a string or a list of parts. */
export function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map((part) => (typeof part === 'string' ? part : text(fields(part)['text']) || contentOf(fields(part)['content'])))
    .filter((part) => part !== '')
    .join('\n');
}

/** A value as a number; null when it is none. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** One server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function event(data: unknown, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** Text in pieces of at most so many characters. */
export function slices(whole: string, length = 24): string[] {
  return whole.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
}
