import type { OutboundKind as Kind } from '../../../model/world-rule.ts';

export type { Behaviour, ModelAnswer, OutboundKind as Kind, Person, WorldRule } from '../../../model/world-rule.ts';

/** One thing that the app asked of the outside world: a row of the outbound ledger. */
export interface Outbound {
  readonly seq: number;
  /** Who asked: the app, or a page of it in the ground's browser. */
  readonly by: 'app' | 'page';
  /** Milliseconds since the outside world was opened: waits between retries are differences of these. */
  readonly at: number;
  /** `dns` when the name was all that it came to, because a rule refused it. */
  readonly protocol: 'http/1.1' | 'http/2' | 'smtp' | 'dns';
  readonly kind: Kind;
  /** Whose language the call speaks: `stripe`, `openai` (also those that speak like it), `smtp` ... ; `unknown`. */
  readonly provider: string;
  /** `MAIL` for a message by SMTP, `A` for a name. */
  readonly method: string;
  /** Without its port. */
  readonly host: string;
  /** With its query; secrets in it are masked. */
  readonly path: string;
  /** The whole address; secrets in it are masked. */
  readonly url: string;
  /** Values that authorise are masked: first characters and the hash. */
  readonly headers: Record<string, string>;
  /** At most 64 KiB, decompressed. */
  readonly body: string;
  /** Status of the answer; 0 when none was given. */
  readonly status: number;
  /** The rule that applied. */
  readonly rule: number | null;
  /** `open` while it lasts, `cut` when a rule broke it off, `left` when the app hung up before the answer was complete. */
  readonly end: 'open' | 'answered' | 'cut' | 'left';
  /** How long it lasted; null while it does. */
  readonly milliseconds: number | null;
  /** Bytes of the answer's body that were handed to the network. */
  readonly sent: number;
  /** For a model: what it was asked. */
  readonly prompt: Prompt | null;
}

/** What a language model was asked, the same for every provider. */
export interface Prompt {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  /** Names of the tools that it was offered. */
  readonly tools: readonly string[];
  readonly maxTokens: number | null;
  readonly stream: boolean;
}

/** A message to a person: by SMTP, by a provider's HTTP interface, or by SMS. */
export interface Mail {
  /** The ledger's row that brought it. */
  readonly seq: number;
  readonly via: string;
  readonly from: string;
  /** Addresses only, without names; those of Cc and Bcc are among them. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Addresses of links in it, in their order, each once. */
  readonly links: readonly string[];
  /** What looks like a one-time code, the likeliest first. */
  readonly codes: readonly string[];
}

/** An event to be sent to the app by a provider. */
export interface WebhookWish {
  readonly provider: 'stripe' | 'paypal' | 'svix' | 'github' | 'lemonsqueezy' | 'paddle' | 'shopify' | 'slack';
  /** Such as `checkout.session.completed`. */
  readonly type: string;
  /** The event's subject. For Stripe and PayPal fields over those of the object with that `id`, where the app made one. */
  readonly object?: Readonly<Record<string, unknown>> | undefined;
  /** Other than the one that the app was given. */
  readonly secret?: string | undefined;
  /** Seconds by which the signature's time differs from now; negative is the past. */
  readonly skewSeconds?: number | undefined;
  /** The event's own id: the same one again is a repeated delivery. */
  readonly id?: string | undefined;
}

/** An event as it is to be sent: by POST, unchanged to the byte. */
export interface Webhook {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The variable whose value signed it; null when it is unsigned or the secret was given. */
  readonly signedWith: string | null;
}
