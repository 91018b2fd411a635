import type { Kind } from '../types.ts';
import { openIdentity } from './identity.ts';
import { openMail } from './mail.ts';
import { anthropic } from './models/anthropic.ts';
import { gemini } from './models/gemini.ts';
import { ollama } from './models/ollama.ts';
import { openai } from './models/openai.ts';
import { modelStub } from './models/speech.ts';
import { openPaypal } from './paypal.ts';
import { openStorage } from './storage.ts';
import { openStripe } from './stripe.ts';
import type { Call, Stub } from './types.ts';

/** Anyone else: takes everything. */
const unknown: Stub = {
  provider: 'unknown',
  kind: 'unknown',
  hosts: /$^/,
  answer: () => ({ status: 200, body: {} }),
  failure: (_status, message) => ({ error: message }),
};

/** The providers, with nothing in their memory. Add a provider = add a stub. */
export interface Providers {
  /** Who answers a call: whose host it is, else whose language it speaks. */
  of(call: Call): Stub;
  /** What a name alone tells. */
  named(host: string): { readonly provider: string; readonly kind: Kind };
  called(provider: string): Stub | undefined;
}

/** Opens all providers. */
export function openProviders(): Providers {
  const stubs: readonly Stub[] = [
    openStripe(),
    openPaypal(),
    ...[anthropic, gemini, ollama, openai].map(modelStub),
    ...openMail(),
    openStorage(),
    openIdentity(),
  ];
  const byHost = (host: string) => stubs.find((stub) => stub.hosts.test(host));
  return {
    of: (call) => byHost(call.host) ?? stubs.find((stub) => stub.speaks?.(call)) ?? unknown,
    named(host) {
      const { provider, kind } =
        byHost(host) ?? (/(^|[.-])(smtp|mail)[.-]/.test(host) ? { provider: 'smtp', kind: 'mail' as const } : unknown);
      return { provider, kind };
    },
    called: (provider) => stubs.find((stub) => stub.provider === provider),
  };
}
