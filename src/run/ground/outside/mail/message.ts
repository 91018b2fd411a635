import type { Draft } from '../stubs/types.ts';

/** A part of a message (RFC 5322, RFC 2045): its headers and its decoded content. */
interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A message as text (one byte a character, `latin1`) with the envelope's recipients, where it came in one. */
export function parseMessage(raw: string, recipients: readonly string[] = [], sender = ''): Draft & { headers: Record<string, string> } {
  const whole = split(raw);
  const found = { text: '', html: '' };
  collect(whole, found, 0);
  const header = (name: string) => decodeWords(whole.headers.get(name) ?? '');
  const named = ['to', 'cc', 'bcc'].flatMap((name) => addresses(header(name)));
  return {
    from: addresses(header('from'))[0] ?? sender,
    to: [...new Set([...named, ...recipients])],
    subject: header('subject'),
    ...found,
    headers: Object.fromEntries([...whole.headers].map(([name, value]) => [name, decodeWords(value)])),
  };
}

function split(raw: string): Part {
  const end = /\r?\n\r?\n/.exec(raw);
  const head = (end ? raw.slice(0, end.index) : raw).replace(/\r?\n[ \t]+/g, ' ');
  const headers = new Map<string, string>();
  for (const line of head.split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value);
  }
  return { headers, body: end ? raw.slice(end.index + end[0].length) : '' };
}

/** The first text and the first HTML that are no attachments. */
function collect(part: Part, into: { text: string; html: string }, depth: number): void {
  const type = part.headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1];
  if (/^multipart\//i.test(type) && boundary !== undefined) {
    if (depth > 8) return;
    const pieces = `\n${part.body}`.split(`\n--${boundary}`).slice(1, 200);
    for (const piece of pieces) if (!piece.startsWith('--')) collect(split(piece.replace(/^[^\n]*\n/, '')), into, depth + 1);
    return;
  }
  if (/^attachment/i.test(part.headers.get('content-disposition') ?? '')) return;
  const kind = /^text\/html/i.test(type) ? 'html' : /^text\//i.test(type) ? 'text' : null;
  if (kind === null || into[kind] !== '') return;
  into[kind] = toText(decode(part), /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8')
    .replaceAll('\r\n', '\n')
    .trimEnd();
}

function decode({ headers, body }: Part): Buffer {
  const encoding = (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  return Buffer.from(encoding === 'quoted-printable' ? quotedPrintable(body.replace(/=\r?\n/g, '')) : body, 'latin1');
}

function quotedPrintable(text: string): string {
  return text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function toText(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8'); // a charset that nobody knows
  }
}

/** Encoded words of headers (RFC 2047); raw UTF-8 (RFC 6532) too. */
function decodeWords(value: string): string {
  const words = value.replace(/\?=\s+=\?/g, '?==?');
  if (!words.includes('=?')) return Buffer.from(words, 'latin1').toString('utf8');
  return words.replace(/=\?([^?]+)\?([BQ])\?([^?]*)\?=/gi, (_all, charset: string, kind: string, coded: string) =>
    toText(
      kind.toUpperCase() === 'B' ? Buffer.from(coded, 'base64') : Buffer.from(quotedPrintable(coded.replaceAll('_', ' ')), 'latin1'),
      charset,
    ),
  );
}

/** The bare addresses of an address list. */
export function addresses(text: string): string[] {
  return text.slice(0, 64 * 1024).match(/[^\s<>,;:"()[\]]{1,256}@[^\s<>,;:"()[\]]{1,256}/g) ?? [];
}

/** Addresses that a message leads to, in their order. */
export function linksIn({ text, html }: Pick<Draft, 'text' | 'html'>): string[] {
  const inHtml = [...html.matchAll(/\b(?:href|action)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi)].map((match) =>
    unescape(match[1] ?? match[2] ?? match[3] ?? ''),
  );
  const inText = [...text.matchAll(/\bhttps?:\/\/[^\s<>"'`]+/g)].map(([link]) => link.replace(/[).,;:!?\]]+$/, ''));
  return [...new Set([...inHtml.filter((link) => /^https?:/i.test(link)), ...inText])];
}

const hint = /\b(code|otp|pin|passcode|one[- ]time|verif\w*|confirm\w*|token|2fa|authenticat\w*)\b/i;
const near = 80;

/**
 * What looks like a one-time code: four to eight digits (also `123-456`, `123 456`), or six to ten capitals and digits mixed,
 * near a word such as "code" or alone on its line. Likeliest first: nearest to such a word.
 */
export function codesIn({ subject, text, html }: Pick<Draft, 'subject' | 'text' | 'html'>): string[] {
  const found = new Map<string, number>();
  const bare = html
    .replace(/<(style|script|head)\b[^]*?<\/\1>/gi, ' ')
    .replace(/<(?:br|\/?(?:p|div|td|tr|h\d|table|li))\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '');
  for (const source of [subject, text, unescape(bare)]) {
    const plain = source.slice(0, 200_000).replace(/\bhttps?:\/\/\S+/g, (link) => ' '.repeat(link.length));
    for (const match of plain.matchAll(
      /(?<![\w.,/:#$€£-])(?:\d{4,8}|\d{3}[ -]\d{3,4}|(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,10})(?![\w%/-]|[.,:]\d)/g,
    )) {
      const at = match.index;
      const before = plain.slice(Math.max(0, at - near), at);
      const after = plain.slice(at + match[0].length, at + match[0].length + near);
      const line = `${/[^\n]*$/.exec(before)?.[0] ?? ''}${/^[^\n]*/.exec(after)?.[0] ?? ''}`;
      const distance = Math.min(
        ...[...before.matchAll(new RegExp(hint, 'gi'))].map((word) => before.length - word.index),
        ...(hint.exec(after) ? [near + (hint.exec(after)?.index ?? 0)] : []),
      );
      const alone = line.trim() === '';
      // Another paragraph, or a year, unless it stands alone.
      const apart = /\n\s*\n/.test(before.slice(-Math.min(distance, near))) || (/^(19|20)\d\d$/.test(match[0]) && distance > 20);
      if (!alone && (distance === Infinity || apart)) continue;
      const code = match[0].replace(/[ -]/g, '');
      found.set(code, Math.min(found.get(code) ?? Infinity, distance));
    }
  }
  return [...found].sort(([, a], [, b]) => (a === b ? 0 : a - b)).map(([code]) => code);
}

function unescape(html: string): string {
  return html
    .replace(/&#(x?)([0-9a-f]{1,6});/gi, (all, hex: string, number: string) => {
      const code = Number.parseInt(number, hex === '' ? 10 : 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .replace(
      /&(amp|lt|gt|quot|apos|nbsp);/g,
      (_all, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' })[name] ?? '',
    );
}
