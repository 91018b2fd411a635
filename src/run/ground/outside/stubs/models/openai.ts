import { fields, jsonOf, list, text, type Fields } from '../bodies.ts';
import type { Call } from '../types.ts';
import { contentOf, event, numberOf, slices, type Asked, type Dialect, type Said } from './speech.ts';

const compatible =
  /(^|\.)(openai\.com|openai\.azure\.com|openrouter\.ai|groq\.com|mistral\.ai|together\.(xyz|ai)|deepseek\.com|x\.ai|perplexity\.ai|fireworks\.ai|cerebras\.ai|cohere\.(ai|com))$|openai/;

/** Chat completions and responses (https://platform.openai.com/docs/api-reference), and everyone who speaks like it. */
export const openai: Dialect = {
  provider: 'openai',
  hosts: compatible,
  speaks: ({ path }) => /\/chat\/completions$|\/v1\/(completions|embeddings|responses)$/.test(path),
  ask(call) {
    if (call.method !== 'POST') return null;
    if (call.path.endsWith('/responses')) return askResponses(jsonOf(call));
    return call.path.endsWith('/completions') ? askChat(jsonOf(call)) : null;
  },
  plain(said, asked, call) {
    return isResponses(call) ? response(said, asked, call, 'completed') : completion(said, asked, call);
  },
  stream: (said, words, asked, call) =>
    isResponses(call) ? streamResponse(said, words, asked, call) : streamChat(said, words, asked, call),
  streamType: 'text/event-stream; charset=utf-8',
  other(call) {
    if (call.path.endsWith('/embeddings')) {
      const { input, model, dimensions, encoding_format: encoding } = jsonOf(call);
      const inputs = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input];
      const vector = unit(numberOf(dimensions) ?? (text(model).includes('large') ? 3072 : 1536));
      const embedding = encoding === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
      const data = inputs.slice(0, 2048).map((_, index) => ({ object: 'embedding', index, embedding }));
      return { object: 'list', model: text(model), data, usage: { prompt_tokens: 1, total_tokens: 1 } };
    }
    if (call.path.endsWith('/moderations')) {
      return { id: `modr-${call.id}`, model: 'omni-moderation-latest', results: [{ flagged: false, categories: {}, category_scores: {} }] };
    }
    if (call.path.endsWith('/images/generations')) return { created: 0, data: [{ url: `https://images.outside.test/${call.id}.png` }] };
    if (call.path.endsWith('/audio/transcriptions')) return { text: 'A recording of the proving ground.' };
    if (call.path.endsWith('/models'))
      return { object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model', created: 0, owned_by: 'system' }] };
    return { id: `obj_${call.id}`, object: 'object', data: [] };
  },
  failure: (status, message) => ({
    error: {
      message,
      type: status === 429 ? 'rate_limit_exceeded' : status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: status === 429 ? 'rate_limit_exceeded' : null,
    },
  }),
};

/** A vector of length one. */
export function unit(dimensions: number): number[] {
  return Array.from({ length: Math.min(dimensions, 4096) }, (_, at) => (at === 0 ? 1 : 0));
}

function isResponses(call: Call): boolean {
  return call.path.endsWith('/responses');
}

function askChat(body: Fields): Asked {
  const messages = list(body['messages'] ?? [{ role: 'user', content: body['prompt'] }]).map(fields);
  const isSystem = (message: Fields) => ['system', 'developer'].includes(text(message['role']));
  const tools = list(body['tools']).map((tool) => fields(fields(tool)['function']));
  const format = fields(body['response_format']);
  const choice = body['tool_choice'];
  const forced =
    tools.find((tool) => tool['name'] === fields(fields(choice)['function'])['name']) ?? (choice === 'required' ? tools[0] : undefined);
  return {
    model: text(body['model']),
    system: messages
      .filter(isSystem)
      .map((message) => contentOf(message['content']))
      .join('\n'),
    messages: messages
      .filter((message) => !isSystem(message))
      .map((message) => ({ role: text(message['role']), text: contentOf(message['content']) })),
    tools: tools.map((tool) => text(tool['name'])),
    maxTokens: numberOf(body['max_completion_tokens'] ?? body['max_tokens']),
    stream: body['stream'] === true,
    schema: format['type'] === 'json_schema' ? fields(format['json_schema'])['schema'] : format['type'] === 'json_object' ? true : null,
    forced: forced ? { name: text(forced['name']), schema: forced['parameters'] } : null,
  };
}

function askResponses(body: Fields): Asked {
  const input = typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : list(body['input']);
  const messages = input.map(fields).map((item) => ({
    role: text(item['role']) || text(item['type']),
    text: contentOf(item['content']) || text(item['output']) || text(item['arguments']),
  }));
  const isSystem = ({ role }: { role: string }) => role === 'system' || role === 'developer';
  const tools = list(body['tools']).map(fields);
  const format = fields(fields(body['text'])['format']);
  const choice = body['tool_choice'];
  const forced =
    tools.find((tool) => tool['name'] !== undefined && tool['name'] === fields(choice)['name']) ??
    (choice === 'required' ? tools[0] : undefined);
  return {
    model: text(body['model']),
    system: [text(body['instructions']), ...messages.filter(isSystem).map((message) => message.text)]
      .filter((part) => part !== '')
      .join('\n'),
    messages: messages.filter((message) => !isSystem(message)),
    tools: tools.map((tool) => text(tool['name']) || text(tool['type'])),
    maxTokens: numberOf(body['max_output_tokens']),
    stream: body['stream'] === true,
    schema: format['type'] === 'json_schema' ? format['schema'] : format['type'] === 'json_object' ? true : null,
    forced: forced ? { name: text(forced['name']), schema: forced['parameters'] } : null,
  };
}

function usage(said: Said) {
  return { prompt_tokens: said.promptTokens, completion_tokens: said.tokens, total_tokens: said.promptTokens + said.tokens };
}

function calls(said: Said, call: Call) {
  return said.tools.map((tool, index) => ({ id: `call_${call.id}${index}`, type: 'function', function: tool }));
}

function completion(said: Said, asked: Asked, call: Call): unknown {
  const toolCalls = calls(said, call);
  const finish = toolCalls.length > 0 ? 'tool_calls' : 'stop';
  const legacy = !call.path.includes('/chat/');
  const message = {
    role: 'assistant',
    content: said.text === '' ? null : said.text,
    refusal: null,
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
  return {
    id: `chatcmpl-${call.id}`,
    object: legacy ? 'text_completion' : 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: asked.model || 'gpt-4o-mini',
    choices: [{ index: 0, ...(legacy ? { text: said.text } : { message }), logprobs: null, finish_reason: finish }],
    usage: usage(said),
  };
}

function* streamChat(said: Said, words: Iterable<string>, asked: Asked, call: Call): Iterable<string> {
  const head = {
    id: `chatcmpl-${call.id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: asked.model || 'gpt-4o-mini',
  };
  const chunk = (delta: unknown, finish: string | null = null) => event({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });
  yield chunk({ role: 'assistant', content: '' });
  for (const content of words) yield chunk({ content });
  for (const [index, { id, type, function: tool }] of calls(said, call).entries()) {
    yield chunk({ tool_calls: [{ index, id, type, function: { name: tool.name, arguments: '' } }] });
    for (const part of slices(tool.arguments)) yield chunk({ tool_calls: [{ index, function: { arguments: part } }] });
  }
  yield chunk({}, said.tools.length > 0 ? 'tool_calls' : 'stop');
  if (fields(jsonOf(call)['stream_options'])['include_usage'] === true) yield event({ ...head, choices: [], usage: usage(said) });
  yield event('[DONE]');
}

function items(said: Said, call: Call): Fields[] {
  const message = {
    id: `msg_${call.id}`,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: said.text, annotations: [] }],
  };
  const tools = said.tools.map((tool, index) => ({
    id: `fc_${call.id}${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${call.id}${index}`,
    ...tool,
  }));
  return [...(said.text === '' ? [] : [message]), ...tools];
}

function response(said: Said, asked: Asked, call: Call, status: string): Fields {
  return {
    id: `resp_${call.id}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status,
    error: null,
    incomplete_details: null,
    instructions: asked.system || null,
    model: asked.model || 'gpt-4o-mini',
    output: status === 'completed' ? items(said, call) : [],
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage:
      status === 'completed'
        ? { input_tokens: said.promptTokens, output_tokens: said.tokens, total_tokens: said.promptTokens + said.tokens }
        : null,
  };
}

function* streamResponse(said: Said, words: Iterable<string>, asked: Asked, call: Call): Iterable<string> {
  let number = 0;
  const tell = (type: string, more: Fields) => event({ type, sequence_number: number++, ...more }, type);
  yield tell('response.created', { response: response(said, asked, call, 'in_progress') });
  for (const [at, item] of items(said, call).entries()) {
    const place = { item_id: item['id'], output_index: at };
    const tool = item['type'] === 'function_call';
    yield tell('response.output_item.added', {
      output_index: at,
      item: { ...item, status: 'in_progress', ...(tool ? { arguments: '' } : { content: [] }) },
    });
    if (tool) {
      for (const delta of slices(text(item['arguments']))) yield tell('response.function_call_arguments.delta', { ...place, delta });
      yield tell('response.function_call_arguments.done', { ...place, arguments: item['arguments'], name: item['name'] });
    } else {
      const content = { ...place, content_index: 0 };
      yield tell('response.content_part.added', { ...content, part: { type: 'output_text', text: '', annotations: [] } });
      for (const delta of words) yield tell('response.output_text.delta', { ...content, delta, logprobs: [] });
      yield tell('response.output_text.done', { ...content, text: said.text, logprobs: [] });
      yield tell('response.content_part.done', { ...content, part: { type: 'output_text', text: said.text, annotations: [] } });
    }
    yield tell('response.output_item.done', { output_index: at, item });
  }
  yield tell('response.completed', { response: response(said, asked, call, 'completed') });
}
