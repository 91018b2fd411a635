import { fields, jsonOf, list, parseObject, text } from '../bodies.ts';
import { contentOf, event, numberOf, slices, type Dialect } from './speech.ts';

/** Messages (https://docs.anthropic.com/en/api/messages, .../messages-streaming). */
export const anthropic: Dialect = {
  provider: 'anthropic',
  hosts: /(^|\.)anthropic\.com$|anthropic/,
  speaks: ({ path, headers }) =>
    path.endsWith('/v1/messages') || (headers['anthropic-version'] !== undefined && path.endsWith('/messages')),
  ask(call) {
    if (call.method !== 'POST' || !call.path.endsWith('/messages')) return null;
    const body = jsonOf(call);
    const tools = list(body['tools']).map(fields);
    const choice = fields(body['tool_choice']);
    const forced = tools.find((tool) => tool['name'] === choice['name']) ?? (choice['type'] === 'any' ? tools[0] : undefined);
    const format = fields(fields(body['output_config'])['format'] ?? body['output_format']);
    return {
      model: text(body['model']),
      system: contentOf(body['system']),
      messages: list(body['messages'])
        .map(fields)
        .map((message) => ({ role: text(message['role']), text: contentOf(message['content']) })),
      tools: tools.map((tool) => text(tool['name'])),
      maxTokens: numberOf(body['max_tokens']),
      stream: body['stream'] === true,
      schema: format['type'] === 'json_schema' ? format['schema'] : null,
      forced: forced ? { name: text(forced['name']), schema: forced['input_schema'] } : null,
    };
  },
  plain: (said, asked, call) => ({
    id: `msg_${call.id}`,
    type: 'message',
    role: 'assistant',
    model: asked.model || 'claude',
    content: [
      ...(said.text === '' ? [] : [{ type: 'text', text: said.text }]),
      ...said.tools.map((tool, at) => ({
        type: 'tool_use',
        id: `toolu_${call.id}${at}`,
        name: tool.name,
        input: parseObject(tool.arguments),
      })),
    ],
    stop_reason: said.tools.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: said.promptTokens, output_tokens: said.tokens },
  }),
  *stream(said, words, asked, call) {
    const tell = (type: string, more: object) => event({ type, ...more }, type);
    const message = {
      id: `msg_${call.id}`,
      type: 'message',
      role: 'assistant',
      model: asked.model || 'claude',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: said.promptTokens, output_tokens: 1 },
    };
    yield tell('message_start', { message });
    let index = 0;
    if (said.text !== '') {
      yield tell('content_block_start', { index, content_block: { type: 'text', text: '' } });
      for (const word of words) yield tell('content_block_delta', { index, delta: { type: 'text_delta', text: word } });
      yield tell('content_block_stop', { index: index++ });
    }
    for (const [at, tool] of said.tools.entries()) {
      yield tell('content_block_start', {
        index,
        content_block: { type: 'tool_use', id: `toolu_${call.id}${at}`, name: tool.name, input: {} },
      });
      for (const part of slices(tool.arguments))
        yield tell('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: part } });
      yield tell('content_block_stop', { index: index++ });
    }
    const reason = said.tools.length > 0 ? 'tool_use' : 'end_turn';
    yield tell('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: said.tokens } });
    yield tell('message_stop', {});
  },
  streamType: 'text/event-stream; charset=utf-8',
  other: ({ path, id }) =>
    path.endsWith('/count_tokens')
      ? { input_tokens: 10 }
      : path.endsWith('/models')
        ? { data: [], has_more: false }
        : { id: `obj_${id}`, data: [] },
  failure: (status, message) => ({
    type: 'error',
    error: {
      type:
        status === 429 ? 'rate_limit_error' : status === 529 ? 'overloaded_error' : status >= 500 ? 'api_error' : 'invalid_request_error',
      message,
    },
  }),
};
