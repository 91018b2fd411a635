import type { Construct } from '../../model/evidence/constructs.ts';
import { protective } from './in-code.ts';

/** Files whose text is looked at: settings of servers and hosts, pages, scripts and variables of the environment. */
const settings =
  /(^|\/)(next\.config\.[cm]?[jt]s|vercel\.json|netlify\.toml|_headers|firebase\.json|staticwebapp\.config\.json|nginx[\w.-]*\.conf|Caddyfile|[\w.-]+\.nginx|default\.conf|package\.json|Dockerfile[\w.-]*|docker-compose[\w.-]*\.ya?ml|\.env[\w.-]*)$|\.conf\.template$/;
const page = /\.(html?|ejs|hbs|handlebars|pug)$/i;
const mostBytes = 400_000;

const headers =
  /\b(content-security-policy(?:-report-only)?|x-frame-options|strict-transport-security|x-content-type-options|referrer-policy)\b/gi;
const scripts = /<script\b[^>]*\bsrc\s*=\s*["']((?:https?:)?\/\/[^"']+)["']/gi;
const snippets = /\b(gtag\(\s*['"]config|fbq\(\s*['"]init|posthog\.init|mixpanel\.init|hotjar|_hjSettings|clarity\.ms|plausible\.io\/js)/gi;
const inputs = /<input\b[^>]*>/gi;

/** What settings and pages say, line by line. */
export async function seenInText(path: string, bytes: number, read: (path: string) => Promise<Buffer>): Promise<Construct[]> {
  const isPage = page.test(path);
  if (bytes > mostBytes || (!isPage && !settings.test(path)) || /(^|\/)node_modules\//.test(path)) return [];
  let text: string;
  try {
    text = (await read(path)).toString('utf8');
  } catch {
    // What cannot be read shows nothing; the list of files tells of it.
    return [];
  }
  const found: Construct[] = [];
  text.split('\n').forEach((line, index) => {
    const where = { file: path, line: index + 1, endLine: index + 1 };
    const add = (kind: Construct['kind'], name: string, detail = ''): void => {
      found.push({ kind, name, detail, where, within: `${path}:0`, routes: [] });
    };
    const short = line.slice(0, 4000);
    if (/\bNODE_TLS_REJECT_UNAUTHORIZED\b["']?\s*[=:]\s*["']?0\b/.test(short) && !/^\s*(#|\/\/)/.test(short))
      add('unverified-tls', 'NODE_TLS_REJECT_UNAUTHORIZED', 'process');
    // In the text of a page they are only talked of, but for a `meta`.
    if (!isPage || /http-equiv/i.test(short))
      for (const [name] of short.matchAll(headers)) if (protective.test(name)) add('protective-header', name.toLowerCase(), valueIn(short));
    if (!isPage) return;
    for (const [, src] of short.matchAll(scripts)) if (src !== undefined) add('script', src);
    for (const [name] of short.matchAll(snippets)) add('script', name.replace(/\(.*$/, ''));
    for (const [tag] of short.matchAll(inputs)) {
      const attribute = (key: string): string => new RegExp(`\\b${key}\\s*=\\s*["']([^"']*)["']`, 'i').exec(tag)?.[1] ?? '';
      const name = attribute('name') || attribute('id');
      if (name !== '') add('field', name, [attribute('autocomplete'), attribute('type')].filter((one) => one !== '').join(' '));
    }
  });
  return found;
}

function valueIn(line: string): string {
  return /unsafe-inline|unsafe-eval/.exec(line)?.[0] ?? '';
}
