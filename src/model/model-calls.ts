import type { EvidenceValue } from './evidence/index.ts';
import type { AbstractValue } from './evidence/read.ts';

type Call = EvidenceValue<'calls'>['calls'][number];

const hosts =
  /^https:\/\/(api\.openai\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com|openrouter\.ai|api\.groq\.com|api\.mistral\.ai|api\.deepseek\.com|api\.together\.(xyz|ai)|api\.perplexity\.ai|ai\.gateway\.lovable\.dev)(\/|$)/;

const modelPackages =
  /^(openai|@anthropic-ai\/.+|ai|@ai-sdk\/.+|langchain|@langchain\/.+|@google\/generative-ai|@google\/genai|groq-sdk|@mistralai\/.+|cohere-ai|ollama|replicate|llamaindex|@huggingface\/inference|together-ai)$/;

/** Addresses, paths and variables of model providers, as they stand in the arguments of outbound calls. */
const modelAddress =
  /openai|anthropic|chat\/completions|\/v1\/messages|generativelanguage|gemini|ollama|mistral|groq|together\.(ai|xyz)|cohere|openrouter|deepseek|perplexity|bedrock|huggingface|replicate\.com|azure.*deployments/i;

/** The calls by which server code asks a language model for text: through a library, or by a request to a provider's host. */
export function modelCalls(calls: EvidenceValue<'calls'>, server: readonly string[]): Call[] {
  const files = new Set(server);
  return calls.calls.filter(({ means, symbol, args, where }) => {
    if (!files.has(where.file)) return false;
    if (means === 'model-call') return !/embed/i.test(symbol);
    return (
      means === 'outbound' &&
      textsOf(args[0]).some((text) => hosts.test(text)) &&
      !/\/(embeddings|audio)\b/.test(textsOf(args[0]).join(' '))
    );
  });
}

/** Whether the code asks a language model anywhere, and whether by requests of its own, whose contents are not followed. */
export function asksModel(calls: EvidenceValue<'calls'>): { readonly asks: boolean; readonly unfollowed: boolean } {
  const found = modelCalls(
    calls,
    calls.calls.map(({ where }) => where.file),
  );
  const library = calls.calls.some(({ means }) => means === 'model-call');
  return { asks: library || found.length > 0, unfollowed: found.some(({ means }) => means !== 'model-call') };
}

/** Whether anything hints at a language model: a package, or an address, path or variable of a provider. Generous, for it decides what does not apply. */
export function mayAskModel(packages: readonly string[], calls: EvidenceValue<'calls'> | undefined): boolean {
  return (
    packages.some((name) => modelPackages.test(name)) ||
    (calls?.calls ?? []).some(
      ({ means, args }) => means.startsWith('model') || (means === 'outbound' && modelAddress.test(JSON.stringify(args))),
    )
  );
}

/** The texts that an address may be made of, also those that stand in for a setting. */
function textsOf(value: AbstractValue | undefined): string[] {
  switch (value?.kind) {
    case 'literal':
      return [String(value.value)];
    case 'template':
      return [...value.parts, ...value.holes.flatMap(textsOf)];
    case 'either':
      return value.of.flatMap(textsOf);
    case 'environment':
      return textsOf(value.fallback ?? undefined);
    default:
      return [];
  }
}
