import type { z } from 'zod';
import type { visitAction } from '../../../model/scenario.ts';

/** Somebody looks at a page of the app in a browser. */
export interface VisitSpec {
  readonly actor: string;
  /** Path and query on the app; the browser is sent nowhere else by us. */
  readonly path: string;
  /** Cookies of the app's host, by name. */
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** Entries of `localStorage`, set before the first script of the page runs. */
  readonly storage?: Readonly<Record<string, string>> | undefined;
  /** Sent with every request to the app itself, and to nobody else. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Done one after the other once the page is at rest; the first that fails ends them. */
  readonly actions?: readonly VisitAction[] | undefined;
  /** What to press in dialogs of the page; `accept` when absent. */
  readonly dialogs?: 'accept' | 'dismiss' | undefined;
  /** Pixels of the window; 1280 x 800 when absent. */
  readonly window?: { readonly width: number; readonly height: number } | undefined;
  readonly screenshot?: boolean | undefined;
  /** For coming to rest after loading, and again for each action. */
  readonly timeoutMs: number;
  /** Loopback address that the app sees, such as `127.0.0.9`. */
  readonly from?: string | undefined;
  /** A further instance of the app; the first one when absent. */
  readonly instance?: string | undefined;
}

/** Something that a visitor does. */
export type VisitAction = z.infer<typeof visitAction>;

/** An element of the page. */
export type PageTarget = Extract<VisitAction, { do: 'click' }>['on'];

/** What came of one action. */
export interface ActionResult {
  readonly action: VisitAction;
  /** Why it could not be done; null when it was. */
  readonly failure: string | null;
  readonly milliseconds: number;
}

/** A request that the page made. A redirect is a request of its own. */
export interface PageRequest {
  readonly method: string;
  readonly url: string;
  /** `Document`, `Script`, `XHR`, `Fetch`, `WebSocket` ... (Chrome DevTools Protocol, Network.ResourceType). */
  readonly type: string;
  /** What made it: `parser`, `script` ..., with the address of the script or document where known. */
  readonly initiator: { readonly type: string; readonly url: string | null };
  readonly body: string | null;
  /** Status of the answer; null when there was none. */
  readonly status: number | null;
  /** The answer's text, for documents and data that the app itself gave; at most 64 KiB. */
  readonly answer: string | null;
  /** Why it failed: `net::ERR_CONNECTION_REFUSED`, `blocked: csp` ... */
  readonly failure: string | null;
  /** From the start of the visit to its start, and from there to its end; null while it lasted. */
  readonly at: number;
  readonly milliseconds: number | null;
}

/** A line of the page's console, or a complaint of the browser about the page (source `network`, `security` ...). */
export interface ConsoleLine {
  readonly level: 'error' | 'warning' | 'info';
  readonly source: string;
  readonly text: string;
  readonly url: string | null;
  readonly line: number | null;
}

/** A cookie as the browser keeps it after the visit. */
export interface PageCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: string | null;
  /** Ends with the browser. */
  readonly session: boolean;
}

/** What a visitor saw, and what the page did meanwhile. Everything in it comes from a hostile page. */
export interface Visit {
  /** The address in the end. */
  readonly url: string;
  /** Status of the document that is shown; null when there is none. */
  readonly status: number | null;
  readonly headers: Record<string, string>;
  readonly title: string;
  /** Visible text. */
  readonly text: string;
  /** The document after its scripts ran. */
  readonly html: string;
  readonly console: ConsoleLine[];
  /** Exceptions that nothing caught, with their stack. */
  readonly errors: string[];
  readonly requests: PageRequest[];
  readonly dialogs: { type: string; message: string }[];
  /** Addresses of windows that the page opened. */
  readonly windows: string[];
  readonly actions: ActionResult[];
  readonly cookies: PageCookie[];
  readonly storage: { local: Record<string, string>; session: Record<string, string> };
  /** PNG in base64. */
  readonly screenshot: string | null;
  /** Milliseconds from the start of the navigation that brought the last document; null when it did not come to that. */
  readonly timings: Record<'firstByte' | 'domContentLoaded' | 'load' | 'firstContentfulPaint', number | null>;
  /** Why the page could not be shown. */
  readonly failure: string | null;
  /** Why something may be missing from this record. */
  readonly gaps: string[];
  readonly milliseconds: number;
}
