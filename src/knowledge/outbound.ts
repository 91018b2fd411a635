import { all, library } from './types.ts';
import type { Library } from './types.ts';

const verbs = 'get post put patch delete head request';

/** Libraries that talk to the world outside. */
export default [
  library(['axios', 'got', 'ky', 'superagent', 'undici', 'node-fetch', 'cross-fetch', 'request', 'needle', 'ofetch'], {
    default: { means: 'outbound' },
    create: { means: 'http-client', returns: 'Client' },
    ...all('outbound', `${verbs} fetch stream`),
    ...all('outbound', verbs.replace(/\w+/g, 'Client.$&')),
  }),
  library(
    ['stripe'],
    {
      default: { means: 'payments', returns: 'Stripe' },
      'Stripe.webhooks.constructEvent': { means: 'webhook-verify', throws: true },
      'Stripe.webhooks.constructEventAsync': { means: 'webhook-verify', throws: true },
    },
    all('outbound-payment', 'create retrieve update list capture confirm cancel refund del search'),
  ),
  library(
    ['nodemailer', 'resend', '@sendgrid/mail', 'postmark', 'mailgun.js'],
    {
      createTransport: { means: 'mail-client', returns: 'Transport' },
      Resend: { means: 'mail-client', returns: 'Transport' },
      'Transport.sendMail': { means: 'mail' },
      'Transport.emails.send': { means: 'mail' },
      send: { means: 'mail' },
    },
    all('mail', 'sendMail sendEmail'),
  ),
  library(
    [
      'openai',
      '@anthropic-ai/sdk',
      '@google/generative-ai',
      '@google/genai',
      'ai',
      'cohere-ai',
      'groq-sdk',
      '@mistralai/mistralai',
      'together-ai',
      'replicate',
      'ollama',
    ],
    {
      default: { means: 'model-client', returns: 'Client' },
      OpenAI: { means: 'model-client', returns: 'Client' },
      Anthropic: { means: 'model-client', returns: 'Client' },
      AzureOpenAI: { means: 'model-client', returns: 'Client' },
      Groq: { means: 'model-client', returns: 'Client' },
      GoogleGenAI: { means: 'model-client', returns: 'Client' },
      Mistral: { means: 'model-client', returns: 'Client' },
      Together: { means: 'model-client', returns: 'Client' },
      ...all(
        'model-call',
        'Client.chat.completions.create Client.completions.create Client.responses.create Client.messages.create Client.messages.stream Client.embeddings.create generateText streamText generateObject streamObject',
      ),
    },
    all('model-call', 'generateContent generateContentStream'),
  ),
  library(['@aws-sdk/client-s3', '@google-cloud/storage', 'cloudinary'], {}, all('outbound-storage', 'send upload save')),
  library(['twilio'], {}, all('outbound', 'create')),
] satisfies Library;
