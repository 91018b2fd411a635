import type { Found } from '../samples.ts';
import { bodyOf, fieldsOf, isRecord, linesIn, records, sampleFrom, textOr } from './values.ts';

const most = 2_000;
const local = /^(?:localhost|127\.|0\.0\.0\.0|\[?::1)|\.local(?:host)?$/i;

/** The requests of a recording (HAR 1.2) to the host of its first page, or to the developer's own machine. */
export function samplesOfHar(file: string, text: string): Found[] {
  const root: unknown = JSON.parse(text);
  const entries = isRecord(root) && isRecord(root['log']) ? records(root['log']['entries']).slice(0, most) : [];
  const lineOf = linesIn(text);
  let site: string | null = null;
  return entries.flatMap((entry): Found[] => {
    const request = entry['request'];
    if (!isRecord(request)) return [];
    const address = textOr(request['url'], '');
    const host = URL.parse(address)?.hostname;
    if (host === undefined) return [];
    site ??= siteOf(host);
    if (!local.test(host) && siteOf(host) !== site) return [];
    const { postData } = request;
    const type = isRecord(postData) ? textOr(postData['mimeType'], '') : '';
    const sent = isRecord(postData) ? bodyOf(textOr(postData['text'], ''), type) : null;
    const params = isRecord(postData) ? records(postData['params']) : [];
    const form = params.map(({ name, value }): [string, unknown] => [textOr(name, ''), value]);
    const encoding = /multipart/i.test(type) ? ('multipart' as const) : ('form' as const);
    const status = isRecord(entry['response']) ? entry['response']['status'] : null;
    const sample = sampleFrom({ file, source: 'har' }, lineOf(JSON.stringify(address)), textOr(request['method'], ''), address, {
      ...(sent ?? (form.length > 0 ? { body: fieldsOf(form), encoding } : {})),
      status: typeof status === 'number' && Number.isInteger(status) && status > 0 ? status : null,
    });
    return sample === null ? [] : [sample];
  });
}

/** `api.example.com` and `app.example.com` are of one site. */
function siteOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}
