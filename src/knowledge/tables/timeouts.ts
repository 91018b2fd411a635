/** How long a library waits for the world outside when nobody tells it. */
export interface Waiting {
  readonly packages: readonly string[];
  readonly what: 'http' | 'payment' | 'mail' | 'model' | 'storage';
  /** Seconds until it gives up by itself; null for never. */
  readonly seconds: number | null;
  /** Options of a call, or of the client that it goes through, that set a limit. */
  readonly options: readonly string[];
  /** Methods of a request that set a limit, for libraries that chain. */
  readonly methods?: readonly string[];
  /** The page that says so. */
  readonly source: string;
}

export const waiting: readonly Waiting[] = [
  {
    packages: ['global', 'undici'],
    what: 'http',
    seconds: 300,
    options: ['signal', 'headersTimeout', 'bodyTimeout', 'dispatcher'],
    source: 'https://undici.nodejs.org/#/docs/api/Client',
  },
  { packages: ['axios'], what: 'http', seconds: null, options: ['timeout', 'signal'], source: 'https://axios-http.com/docs/req_config' },
  {
    packages: ['got'],
    what: 'http',
    seconds: null,
    options: ['timeout', 'signal'],
    source: 'https://github.com/sindresorhus/got/blob/main/documentation/6-timeout.md',
  },
  { packages: ['ky'], what: 'http', seconds: 10, options: ['timeout', 'signal'], source: 'https://github.com/sindresorhus/ky#timeout' },
  {
    packages: ['node-fetch', 'cross-fetch', 'ofetch', 'request'],
    what: 'http',
    seconds: null,
    options: ['signal', 'timeout'],
    source: 'https://github.com/node-fetch/node-fetch#request-cancellation-with-abortsignal',
  },
  {
    packages: ['superagent'],
    what: 'http',
    seconds: null,
    options: ['timeout'],
    methods: ['timeout'],
    source: 'https://ladjs.github.io/superagent/#timeouts',
  },
  {
    packages: ['needle'],
    what: 'http',
    seconds: null,
    options: ['timeout', 'read_timeout', 'response_timeout', 'signal'],
    source: 'https://github.com/tomas/needle#request-options',
  },
  {
    packages: ['node:http', 'node:https', 'http', 'https'],
    what: 'http',
    seconds: null,
    options: ['timeout', 'signal'],
    methods: ['setTimeout'],
    source: 'https://nodejs.org/api/http.html#httprequesturl-options-callback',
  },
  {
    packages: ['stripe'],
    what: 'payment',
    seconds: 80,
    options: ['timeout'],
    source: 'https://github.com/stripe/stripe-node#configuration',
  },
  {
    packages: ['openai', '@anthropic-ai/sdk'],
    what: 'model',
    seconds: 600,
    options: ['timeout', 'signal'],
    source: 'https://github.com/openai/openai-node#timeouts',
  },
  {
    packages: ['groq-sdk', 'cohere-ai'],
    what: 'model',
    seconds: 60,
    options: ['timeout', 'signal', 'timeoutInSeconds'],
    source: 'https://github.com/groq/groq-typescript#timeouts',
  },
  {
    packages: ['ai'],
    what: 'model',
    seconds: 300,
    options: ['abortSignal', 'timeout'],
    source: 'https://ai-sdk.dev/docs/ai-sdk-core/settings#abortsignal',
  },
  {
    packages: ['@google/generative-ai', '@google/genai'],
    what: 'model',
    seconds: 300,
    options: ['timeout', 'signal', 'abortSignal', 'httpOptions'],
    source: 'https://github.com/google-gemini/deprecated-generative-ai-js/blob/main/docs/reference/main/generative-ai.requestoptions.md',
  },
  {
    packages: ['nodemailer'],
    what: 'mail',
    seconds: 600,
    options: ['connectionTimeout', 'socketTimeout'],
    source: 'https://nodemailer.com/smtp/',
  },
  { packages: ['postmark'], what: 'mail', seconds: 180, options: ['timeout'], source: 'https://github.com/ActiveCampaign/postmark.js' },
  { packages: ['mailgun.js'], what: 'mail', seconds: 60, options: ['timeout'], source: 'https://github.com/mailgun/mailgun.js#options' },
  { packages: ['resend', '@sendgrid/mail'], what: 'mail', seconds: 300, options: [], source: 'https://github.com/resend/resend-node' },
  { packages: ['twilio'], what: 'http', seconds: 30, options: ['timeout'], source: 'https://github.com/twilio/twilio-node' },
  {
    packages: ['cloudinary'],
    what: 'storage',
    seconds: 60,
    options: ['timeout'],
    source: 'https://cloudinary.com/documentation/image_upload_api_reference',
  },
  {
    packages: ['@google-cloud/storage'],
    what: 'storage',
    seconds: 600,
    options: ['timeout'],
    source: 'https://github.com/googleapis/nodejs-storage',
  },
  {
    packages: ['@aws-sdk/client-s3'],
    what: 'storage',
    seconds: null,
    options: ['requestHandler', 'abortSignal', 'requestTimeout'],
    source: 'https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-smithy-node-http-handler/',
  },
];
