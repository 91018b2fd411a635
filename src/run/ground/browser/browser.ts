import { existsSync } from 'node:fs';
import { createHash, X509Certificate } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SeaworthyError } from '../../../model/errors.ts';
import type { Layout } from '../layout.ts';
import { startProgram, type Program } from '../programs.ts';
import type { Jail, Seal } from '../seal.ts';
import { connect, type Session } from './cdp.ts';
import { openDoor } from './door.ts';
import type { FoundBrowser } from './find.ts';
import type { Visit, VisitSpec } from './types.ts';
import { visit } from './visit.ts';

/** A headless browser inside the inner wall, beside the app. */
export interface Browser {
  /** Its debugging port (Chrome DevTools Protocol) on loopback. */
  readonly port: number;
  /** Makes one visit with a profile of its own: nothing of an earlier one is left. */
  visit(spec: VisitSpec, appPort: number): Promise<Visit>;
  /** False when it has ended: another one must be started. */
  alive(): boolean;
  /** Asks it: its end is heard of a little later than it happens. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

const patienceMs = 30_000;

/** Starts a browser. @param leaf a certificate of the outside world, all of which have one key; null where the real world is outside */
export async function startBrowser(seal: Seal, layout: Layout, found: FoundBrowser, leaf: string | null): Promise<Browser> {
  const full = seal.level === 'full';
  const home = full ? '/home/app' : await ownHome(seal, layout);
  const said: string[] = [];
  let program: Program | null = null;
  const address = await new Promise<string | null>((resolve) => {
    const timer = setTimeout(resolve, patienceMs, null);
    const settle = (found: string | null) => {
      clearTimeout(timer);
      resolve(found);
    };
    program = startProgram(
      seal,
      jailOf(layout, found),
      [found.file, ...flags(join(home, 'browser'), leaf)],
      environment(home, full),
      (text) => {
        if (said.push(text) > 20) said.shift();
        const listening = /^DevTools listening on (ws:\S+)/.exec(text);
        if (listening?.[1]) settle(listening[1]);
      },
    );
    void program.ended.then(() => settle(null));
  });
  const running = program as Program | null;
  const session = address === null ? null : await connect(address).catch(() => null);
  if (!running || !session || address === null) {
    await running?.kill();
    throw new SeaworthyError(
      'ground-failed',
      `the browser (${found.file}) did not start; its last lines: ${said.slice(-3).join(' | ') || 'none'}`,
    );
  }
  return guard(running, session, Number(new URL(address).port), leaf !== null, () => said.find((line) => line.startsWith('ended by')));
}

function guard(program: Program, session: Session, port: number, outside: boolean, why: () => string | undefined): Browser {
  let over = false;
  void program.ended.then(() => (over = true));
  const close = async () => {
    over = true;
    session.close();
    await program.kill();
  };
  return {
    port,
    async visit(spec, appPort) {
      const door = await openDoor({ app: appPort, from: spec.from ?? '127.0.0.1', outside });
      try {
        return await visit(session, `http://localhost:${appPort}`, `socks5://127.0.0.1:${door.port}`, spec);
      } catch (thrown) {
        // A browser that no longer does as it is told is ended; the next visit has a new one.
        await close();
        throw new SeaworthyError('ground-failed', `the browser did not do as it was told: ${why() ?? messageOf(thrown)}`, {
          cause: thrown,
        });
      } finally {
        door.close();
      }
    },
    alive: () => !over,
    answers: async () =>
      !over &&
      session.send('Browser.getVersion').then(
        () => true,
        () => false,
      ),
    close,
  };
}

/** Where the wall brings no home: not the app's own, which may hold its data. */
async function ownHome(seal: Seal, layout: Layout): Promise<string> {
  const home = join(layout.run, 'browser');
  await mkdir(home, { recursive: true });
  if (seal.root) await chown(home, seal.users.app, seal.users.app);
  return home;
}

/** The browser sees what the app sees, but for the app's files. */
function jailOf(layout: Layout, { dir }: FoundBrowser): Jail {
  return {
    user: 'app',
    cwd: '/',
    writable: [],
    readOnly: [...(dir ? [{ from: dir, to: dir }] : []), ...(existsSync(fonts.from) ? [fonts] : [])],
    etc: layout.etc,
    network: true,
    home: '/home/app',
    programs: true,
  };
}

/** What fonts there are; the sealed /etc is too small to hold it. */
const fonts = { from: '/etc/fonts', to: '/fonts' };

function environment(home: string, full: boolean): Record<string, string> {
  return {
    HOME: home,
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...(full ? { FONTCONFIG_PATH: fonts.to, TMPDIR: '/tmp' } : { TMPDIR: home }),
  };
}

/** Switches of Chromium (https://peter.sh/experiments/chromium-command-line-switches). */
function flags(profile: string, leaf: string | null): string[] {
  const key = leaf === null ? null : new X509Certificate(leaf).publicKey.export({ type: 'spki', format: 'der' });
  return [
    '--headless',
    // Our wall takes the place of Chromium's own, which needs user namespaces; the pages are those of an app that runs behind the same one.
    '--no-sandbox',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    // Only certificates of the ground's own authority are believed.
    ...(key ? [`--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`] : []),
    // Nothing but what the pages ask for, and that through the visit's door only.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-domain-reliability',
    '--disable-extensions',
    '--disable-sync',
    '--disable-breakpad',
    '--disable-client-side-phishing-detection',
    '--no-default-browser-check',
    '--no-first-run',
    '--no-pings',
    '--password-store=basic',
    '--use-mock-keychain',
    // One process for a page with its frames, and no waiting for windows that are not seen.
    '--disable-site-isolation-trials',
    '--disable-features=IsolateOrigins,site-per-process,Translate,MediaRouter,AutofillServerCommunication,CertificateTransparencyComponentUpdater,OptimizationHints,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable',
    '--disable-backgrounding-occluded-windows',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-gpu',
    // The same picture on every machine.
    '--force-color-profile=srgb',
    '--font-render-hinting=none',
    '--hide-scrollbars',
    '--mute-audio',
    '--lang=en-US',
    '--accept-lang=en-US',
    'about:blank',
  ];
}
