import { fields, jsonOf, list, parseObject, text } from '../bodies.ts';
import { unit } from './openai.ts';
import { contentOf, event, numberOf, type Asked, type Dialect, type Said } from './speech.ts';

/** generateContent (https://ai.google.dev/api/generate-content), also as Vertex AI offers it. */
export const gemini: Dialect = {
  provider: 'gemini',
  hosts: /(^|\.)generativelanguage\.googleapis\.com$|aiplatform\.googleapis\.com$|gemini/,
  speaks: ({ path }) => /:(streamG|g)enerateContent$/.test(path),
  ask(call) {
    const [, model = '', verb] = /models\/([^/:]+):(streamG|g)enerateContent$/.exec(call.path) ?? [];
    if (verb === undefined) return null;
    const body = jsonOf(call);
    const parts = (content: unknown) => contentOf(fields(content)['parts']);
    const config = fields(body['generationConfig'] ?? body['generation_config']);
    const declared = list(body['tools']).flatMap((tool) => list(fields(tool)['functionDeclarations']).map(fields));
    const calling = fields(fields(body['toolConfig'])['functionCallingConfig']);
    const allowed = list(calling['allowedFunctionNames']);
    const forced = calling['mode'] === 'ANY' ? declared.find((tool) => allowed.length === 0 || allowed.includes(tool['name'])) : undefined;
    const json = config['responseMimeType'] === 'application/json';
    return {
      model,
      system: parts(body['systemInstruction'] ?? body['system_instruction']),
      messages: list(body['contents']).map((content) => ({ role: text(fields(content)['role']) || 'user', text: parts(content) })),
      tools: declared.map((tool) => text(tool['name'])),
      maxTokens: numberOf(config['maxOutputTokens']),
      stream: verb === 'streamG',
      schema: json ? (config['responseSchema'] ?? config['responseJsonSchema'] ?? true) : null,
      forced: forced ? { name: text(forced['name']), schema: forced['parameters'] ?? forced['parametersJsonSchema'] } : null,
    };
  },
  plain: (said, asked) => answer(said, asked, [...(said.text === '' ? [] : [{ text: said.text }]), ...toolParts(said)], true),
  *stream(said, words, asked, call) {
    // Without `alt=sse` the stream is one JSON list.
    const sse = call.query.get('alt') === 'sse';
    let first = true;
    const tell = (value: unknown) => {
      const lead = first ? '[' : ',\r\n';
      first = false;
      return sse ? event(value) : lead + JSON.stringify(value);
    };
    for (const word of words) yield tell(answer(said, asked, [{ text: word }], false));
    yield tell(answer(said, asked, said.tools.length > 0 ? toolParts(said) : [{ text: '' }], true));
    if (!sse) yield ']';
  },
  streamType: 'text/event-stream',
  other({ path, body }) {
    if (path.endsWith(':embedContent')) return { embedding: { values: unit(768) } };
    if (path.endsWith(':batchEmbedContents')) return { embeddings: list(jsonOf({ body })['requests']).map(() => ({ values: unit(768) })) };
    if (path.endsWith(':countTokens')) return { totalTokens: 10 };
    return { models: [{ name: 'models/gemini-2.0-flash', supportedGenerationMethods: ['generateContent'] }] };
  },
  failure: (status, message) => ({
    error: { code: status, message, status: status === 429 ? 'RESOURCE_EXHAUSTED' : status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT' },
  }),
};

function toolParts(said: Said): unknown[] {
  return said.tools.map((tool) => ({ functionCall: { name: tool.name, args: parseObject(tool.arguments) } }));
}

function answer(said: Said, asked: Asked, parts: readonly unknown[], last: boolean): unknown {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...(last ? { finishReason: 'STOP' } : {}) }],
    usageMetadata: {
      promptTokenCount: said.promptTokens,
      candidatesTokenCount: said.tokens,
      totalTokenCount: said.promptTokens + said.tokens,
    },
    modelVersion: asked.model,
  };
}
