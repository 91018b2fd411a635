import { fields, jsonOf, list, parseObject, text } from '../bodies.ts';
import { unit } from './openai.ts';
import { contentOf, numberOf, type Asked, type Dialect, type Said } from './speech.ts';

/** Where Ollama listens; apps call it at localhost. */
export const ollamaPort = 11434;

/** Chat and generate (https://github.com/ollama/ollama/blob/main/docs/api.md): streams lines of JSON unless told not to. */
export const ollama: Dialect = {
  provider: 'ollama',
  hosts: /ollama/,
  speaks: ({ port, path }) => port === ollamaPort && path.startsWith('/api/'),
  ask(call) {
    if (call.method !== 'POST' || !/^\/api\/(chat|generate)$/.test(call.path)) return null;
    const body = jsonOf(call);
    const messages = list(body['messages'] ?? [{ role: 'user', content: body['prompt'] }]).map(fields);
    const said = messages.map((message) => ({ role: text(message['role']), text: contentOf(message['content']) }));
    const format = body['format'];
    return {
      model: text(body['model']),
      system: [text(body['system']), ...said.filter(({ role }) => role === 'system').map((message) => message.text)]
        .filter(Boolean)
        .join('\n'),
      messages: said.filter(({ role }) => role !== 'system'),
      tools: list(body['tools']).map((tool) => text(fields(fields(tool)['function'])['name'])),
      maxTokens: numberOf(fields(body['options'])['num_predict']),
      stream: body['stream'] !== false,
      schema: format === 'json' ? true : typeof format === 'object' ? format : null,
      forced: null,
    };
  },
  plain: (said, asked, call) => piece(said.text, said, asked, call.path, true),
  *stream(said, words, asked, { path }) {
    for (const word of words) yield `${JSON.stringify(piece(word, { ...said, tools: [] }, asked, path, false))}\n`;
    yield `${JSON.stringify(piece('', said, asked, path, true))}\n`;
  },
  streamType: 'application/x-ndjson',
  other({ path, body }) {
    const inputs = jsonOf({ body })['input'];
    if (path === '/api/embed') return { model: 'embed', embeddings: (Array.isArray(inputs) ? inputs : [inputs]).map(() => unit(768)) };
    if (path === '/api/embeddings') return { embedding: unit(768) };
    if (path === '/api/version') return { version: '0.9.0' };
    return { models: [{ name: 'llama3.2:latest', model: 'llama3.2:latest' }], status: 'success' };
  },
  failure: (_status, message) => ({ error: message }),
};

function piece(words: string, said: Said, asked: Asked, path: string, done: boolean): unknown {
  const tools = said.tools.map((tool) => ({ function: { name: tool.name, arguments: parseObject(tool.arguments) } }));
  const content =
    path === '/api/generate'
      ? { response: words }
      : { message: { role: 'assistant', content: words, ...(tools.length > 0 ? { tool_calls: tools } : {}) } };
  return {
    model: asked.model,
    created_at: new Date().toISOString(),
    ...content,
    done,
    ...(done ? { done_reason: 'stop', prompt_eval_count: said.promptTokens, eval_count: said.tokens } : {}),
  };
}
