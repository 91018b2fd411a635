import { SeaworthyError } from '../../../model/errors.ts';
import type { Exchange } from '../../../model/transcript.ts';
import type { Layout } from '../layout.ts';
import type { Seal } from '../seal.ts';
import { startBrowser, type Browser } from './browser.ts';
import type { FoundBrowser } from './find.ts';
import type { Visit, VisitSpec } from './types.ts';

/** Where visits are made. */
export interface VisitSite {
  readonly seal: Seal;
  readonly layout: Layout;
  /** A certificate of the outside world; null where that is the real one. */
  readonly leaf: string | null;
}

/** The ground's browser: started with the first visit, and anew when it has ended. */
export interface Visits {
  visit(site: VisitSite, found: FoundBrowser, spec: VisitSpec, appPort: number): Promise<Visit>;
  /** TCP ports that belong to it and not to the app. */
  ports(): number[];
  close(): Promise<void>;
}

/** Keeps no browser yet. */
export function openVisits(): Visits {
  let browser: Browser | null = null;
  let closed = false;
  return {
    async visit({ seal, layout, leaf }, found, spec, appPort) {
      const paths = [spec.path, ...(spec.actions ?? []).flatMap((action) => (action.do === 'go' ? [action.path] : []))];
      const elsewhere = paths.find((path) => !path.startsWith('/'));
      if (elsewhere !== undefined) throw new SeaworthyError('ground-failed', `a visit goes to a path of the app, not to ${elsewhere}`);
      if (!browser || !(await browser.answers())) {
        await browser?.close();
        browser = await startBrowser(seal, layout, found, leaf);
        if (closed) await browser.close();
      }
      return browser.visit(spec, appPort);
    },
    ports: () => (browser?.alive() ? [browser.port] : []),
    async close() {
      closed = true;
      await browser?.close();
    },
  };
}

const kept = 64 * 1024;

/** A visit as one exchange: the question for the page, and the document as it was after its scripts ran. */
export function exchangeOf(
  { actor, path, headers = {} }: VisitSpec,
  { status, headers: answered, html, failure, milliseconds }: Visit,
): Exchange {
  return {
    actor,
    request: { method: 'GET', path, headers: { ...headers }, body: null },
    response: status === null ? null : { status, headers: answered, body: html.slice(0, kept) },
    failure,
    milliseconds,
  };
}

/** The sentence for a machine without a browser. */
export function noBrowser(): SeaworthyError {
  return new SeaworthyError(
    'part-missing',
    'pages cannot be tried: there is no Chromium on this machine; install it (for example with: apt-get install chromium), or name one in CHROME_PATH',
  );
}
