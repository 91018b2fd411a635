import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** Packages of Python that talk to the world outside, and what of the language matters. */
export default [
  library(
    [
      'py:openai',
      'py:anthropic',
      'py:groq',
      'py:mistralai',
      'py:cohere',
      'py:ollama',
      'py:google',
      'py:litellm',
      'py:together',
      'py:replicate',
    ],
    {
      ...Object.fromEntries(
        'OpenAI AsyncOpenAI AzureOpenAI Anthropic AsyncAnthropic Groq Mistral Client Together generativeai.GenerativeModel genai.Client'
          .split(' ')
          .map((name) => [name, { means: 'model-client', returns: 'Client' }]),
      ),
      ...all(
        'model-call',
        'ChatCompletion.create Completion.create chat.completions.create Client.chat.completions.create Client.completions.create Client.responses.create Client.messages.create Client.messages.stream Client.embeddings.create Client.generate_content Client.models.generate_content completion chat',
      ),
    },
  ),
  library(['py:random'], {}),
] satisfies Library;
