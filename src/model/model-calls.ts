import type { EvidenceValue } from './evidence/index.ts';

type Call = EvidenceValue<'calls'>['calls'][number];

const hosts =
  /^https:\/\/(api\.openai\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com|openrouter\.ai|api\.groq\.com|api\.mistral\.ai|api\.deepseek\.com|api\.together\.(xyz|ai)|api\.perplexity\.ai|ai\.gateway\.lovable\.dev)\//;

/** The calls by which server code asks a language model for text: through a library, or by a request to a provider's host. */
export function modelCalls(calls: EvidenceValue<'calls'>, server: readonly string[]): Call[] {
  const files = new Set(server);
  return calls.calls.filter(({ means, symbol, args, where }) => {
    if (!files.has(where.file)) return false;
    if (means === 'model-call') return !/embed/i.test(symbol);
    const address = args[0];
    const text = address?.kind === 'literal' ? String(address.value) : address?.kind === 'template' ? (address.parts[0] ?? '') : '';
    return means === 'outbound' && hosts.test(text) && !text.includes('/embeddings') && !text.includes('/audio/');
  });
}
