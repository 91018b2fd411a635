import { messageOf } from '../../../model/errors.ts';
import { act, worldOf } from './actions.ts';
import type { Session } from './cdp.ts';
import { openRecording, type Recording } from './recording.ts';
import type { ActionResult, PageCookie, Visit, VisitSpec } from './types.ts';

/** Time without a request after which a page counts as at rest, and the step in which that is looked at. */
const rest = { quietMs: 250, stepMs: 20 };

const most = { text: 256 * 1024, html: 1024 * 1024, stored: 64 * 1024, pixels: 2_000 };

/** What a script of ours reads from the document in the end. */
interface Seen {
  readonly url: string;
  readonly title: string;
  readonly text: string;
  readonly html: string;
  readonly local: Record<string, string>;
  readonly session: Record<string, string>;
  readonly timings: Visit['timings'];
}

/**
 * Makes one visit in a browser context of its own.
 * @param browser the browser itself
 * @param app where the app is, such as `http://localhost:3000`
 * @param door address of the proxy server that the pages go through
 */
export async function visit(browser: Session, app: string, door: string, spec: VisitSpec): Promise<Visit> {
  const started = performance.now();
  const { browserContextId } = await browser.send('Target.createBrowserContext', {
    proxyServer: door,
    // Chromium goes to loopback addresses directly otherwise.
    proxyBypassList: '<-loopback>',
    disposeOnDetach: true,
  });
  try {
    const { width, height } = spec.window ?? { width: 1280, height: 800 };
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId, width, height });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    const page = browser.at(sessionId);
    try {
      return await inPage({ browser, page, app, spec, frame: targetId, context: browserContextId, started });
    } finally {
      browser.forget(sessionId);
    }
  } finally {
    await browser.send('Target.disposeBrowserContext', { browserContextId });
  }
}

interface Turn {
  readonly browser: Session;
  readonly page: Session;
  readonly app: string;
  readonly spec: VisitSpec;
  /** The main frame, which has the number of its target. */
  readonly frame: string;
  readonly context: string;
  readonly started: number;
}

async function inPage(turn: Turn): Promise<Visit> {
  const { browser, page, app, spec, frame, context, started } = turn;
  const recording = openRecording(app, frame);
  const gaps: string[] = [];
  const dialogs: Visit['dialogs'] = [];
  const windows: string[] = [];
  let crashed = false;
  page.on('Inspector.targetCrashed', () => (crashed = true));
  page.on('Page.javascriptDialogOpening', ({ type, message }) => {
    if (dialogs.length < 100) dialogs.push({ type, message: message.slice(0, 4_000) });
    // Who is asked whether to leave a page leaves it.
    page.send('Page.handleJavaScriptDialog', { accept: spec.dialogs !== 'dismiss' || type === 'beforeunload' }).catch(() => {});
  });
  page.on('Page.windowOpen', ({ url }) => void (windows.length < 100 && windows.push(url)));
  page.on('Target.attachedToTarget', ({ sessionId }) => {
    const other = page.at(sessionId);
    const begin = async () => {
      await recording.follow(other).catch(() => {}); // not every kind of worker can be followed
      await other.send('Runtime.runIfWaitingForDebugger');
    };
    begin().catch(() => {}); // gone already
  });
  page.on('Target.detachedFromTarget', ({ sessionId }) => page.forget(sessionId));
  await recording.follow(page);
  await Promise.all([
    page.send('Page.enable'),
    page.send('DOM.enable'),
    page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
  ]);
  await prepare(turn);

  let failure = await go(page, app + spec.path, recording, spec.timeoutMs, gaps);
  const actions: ActionResult[] = [];
  for (const action of failure === null ? (spec.actions ?? []) : []) {
    const from = performance.now();
    let why: string | null = null;
    try {
      if (action.do === 'go') why = await go(page, app + action.path, recording, spec.timeoutMs, gaps);
      else {
        await act(page, frame, action, spec.timeoutMs);
        if (!(await atRest(recording, spec.timeoutMs))) gaps.push(restless(recording, spec.timeoutMs));
      }
    } catch (thrown) {
      why = messageOf(thrown);
    }
    actions.push({ action, failure: why, milliseconds: Math.round(performance.now() - from) });
    if (why !== null) break;
  }

  const seen = await look(page, frame).catch((thrown: unknown) => {
    failure ??= crashed ? 'the page crashed' : messageOf(thrown);
    return null;
  });
  const screenshot = spec.screenshot ? await page.send('Page.captureScreenshot', { format: 'png' }).catch(() => null) : null;
  const { cookies } = await browser.send('Storage.getCookies', { browserContextId: context });
  const { requests, console, errors, gaps: missed } = recording.record();
  const { status, headers } = recording.document();
  return {
    url: seen?.url ?? app + spec.path,
    status,
    headers,
    title: seen?.title ?? '',
    text: seen?.text ?? '',
    html: seen?.html ?? '',
    console,
    errors,
    requests,
    dialogs,
    windows,
    actions,
    cookies: cookies.map(({ name, value, domain, path, httpOnly, secure, sameSite = null, session }): PageCookie => ({
      name,
      value,
      domain,
      path,
      httpOnly,
      secure,
      sameSite,
      session,
    })),
    storage: { local: seen?.local ?? {}, session: seen?.session ?? {} },
    screenshot: screenshot?.data ?? null,
    timings: seen?.timings ?? { firstByte: null, domContentLoaded: null, load: null, firstContentfulPaint: null },
    failure,
    gaps: [...gaps, ...missed, ...(spec.screenshot && !screenshot ? ['the page could not be drawn'] : [])],
    milliseconds: Math.round(performance.now() - started),
  };
}

/** The actor's cookies, headers and stored values, before anything is loaded. */
async function prepare({ browser, page, app, spec, context }: Turn): Promise<void> {
  const { width, height } = spec.window ?? { width: 1280, height: 800 };
  const pixels = { width: Math.min(width, most.pixels), height: Math.min(height, most.pixels) };
  await page.send('Emulation.setDeviceMetricsOverride', { ...pixels, deviceScaleFactor: 1, mobile: width < 600 });
  const cookies = Object.entries(spec.cookies ?? {}).map(([name, value]) => ({ name, value, url: `${app}/` }));
  if (cookies.length > 0) await browser.send('Storage.setCookies', { cookies, browserContextId: context });
  const headers = Object.entries(spec.headers ?? {});
  if (headers.length > 0) {
    const own = new Set(headers.map(([name]) => name.toLowerCase()));
    page.on('Fetch.requestPaused', ({ requestId, request }) => {
      const others = Object.entries(request.headers).filter(([name]) => !own.has(name.toLowerCase()));
      const all = [...others, ...headers].map(([name, value]) => ({ name, value }));
      page.send('Fetch.continueRequest', { requestId, headers: all }).catch(() => {}); // given up meanwhile
    });
    await page.send('Fetch.enable', { patterns: [{ urlPattern: `${app}/*`, requestStage: 'Request' }] });
  }
  if (!spec.storage) return;
  const source = `if (location.origin === ${JSON.stringify(app)}) for (const [name, value] of Object.entries(${JSON.stringify(spec.storage)})) localStorage.setItem(name, value);`;
  const { identifier } = await page.send('Page.addScriptToEvaluateOnNewDocument', { source });
  // Once only: a page that signs out must find itself signed out.
  page.on('Page.loadEventFired', () => {
    page.send('Page.removeScriptToEvaluateOnNewDocument', { identifier }).catch(() => {}); // removed already
  });
}

/** Goes to an address and waits until the page is at rest; why it could not be shown, or null. */
async function go(page: Session, url: string, recording: Recording, timeoutMs: number, gaps: string[]): Promise<string | null> {
  let loaded = false;
  page.on('Page.loadEventFired', () => (loaded = true));
  const sent = page.send('Page.navigate', { url }).then(
    ({ errorText, isDownload }) => (isDownload ? 'it is a download' : (errorText ?? null)),
    (thrown: unknown) => messageOf(thrown),
  );
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, timeoutMs, 'late').unref());
  const failure = await Promise.race([sent, late]);
  if (failure === 'late') return `no answer within ${timeoutMs} ms`;
  if (failure !== null) return failure;
  if (!(await atRest(recording, timeoutMs, () => loaded))) gaps.push(restless(recording, timeoutMs));
  return null;
}

async function atRest(recording: Recording, timeoutMs: number, loaded = () => true): Promise<boolean> {
  const from = performance.now();
  while (!loaded() || recording.underWay() > 0 || performance.now() - Math.max(from, recording.changed()) < rest.quietMs) {
    if (performance.now() - from > timeoutMs) return false;
    await new Promise((resolve) => setTimeout(resolve, rest.stepMs));
  }
  return true;
}

function restless(recording: Recording, timeoutMs: number): string {
  const open = recording.record().requests.filter((row) => row.milliseconds === null);
  const what =
    open.length > 0
      ? `; still open: ${open
          .slice(0, 3)
          .map((row) => `${row.method} ${row.url}`)
          .join(', ')}`
      : '';
  return `the page did not come to rest within ${timeoutMs} ms${what}`;
}

/** Reads the document, in a world of scripts of our own. */
async function look(page: Session, frame: string): Promise<Seen> {
  const { result, exceptionDetails } = await page.send('Runtime.evaluate', {
    expression: `(${read.toString()})(${JSON.stringify(most)})`,
    contextId: await worldOf(page, frame),
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value as Seen;
}

/** Runs in the page. */
function read(bounds: typeof most): Seen {
  const stored = (name: 'localStorage' | 'sessionStorage'): Record<string, string> => {
    const entries: Record<string, string> = {};
    try {
      for (const [key, value] of Object.entries(globalThis[name] as unknown as Record<string, string>))
        entries[key] = value.slice(0, bounds.stored);
    } catch {
      return {}; // a document without an origin has none
    }
    return entries;
  };
  const [load] = performance.getEntriesByType('navigation' as 'node') as unknown as Record<string, number>[];
  const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  const round = (value: number | undefined) => (value ? Math.round(value) : null);
  const { document, location } = globalThis as unknown as {
    document: { title: string; body: { innerText: string } | null; documentElement: { outerHTML: string } | null };
    location: { href: string };
  };
  return {
    url: location.href,
    title: document.title.slice(0, 1_000),
    text: (document.body?.innerText ?? '').slice(0, bounds.text),
    html: (document.documentElement?.outerHTML ?? '').slice(0, bounds.html),
    local: stored('localStorage'),
    session: stored('sessionStorage'),
    timings: {
      firstByte: round(load?.['responseStart']),
      domContentLoaded: round(load?.['domContentLoadedEventEnd']),
      load: round(load?.['loadEventEnd']),
      firstContentfulPaint: round(paint),
    },
  };
}
