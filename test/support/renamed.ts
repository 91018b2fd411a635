import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Report } from '../../src/index.ts';
import { generator, shuffled } from './random.ts';

/** For tests: harbor under other names. What Seaworthy says of it must be the same, name for name. */

/** Words of harbor's routes, tables, columns, functions and variables that carry no meaning for an auditor. */
const domain = [
  ...['order', 'product', 'invoice', 'wallet', 'customer', 'organisation', 'member', 'manager', 'item', 'note', 'transaction'],
  ...['reference', 'sku', 'slug', 'plan', 'threshold', 'kind', 'low', 'support'],
  ...['share', 'cancel', 'deposit', 'withdraw', 'transfer', 'search', 'catalog', 'workspace', 'summary', 'ask', 'author', 'stat'],
  ...['admin', 'owner', 'role', 'me', 'setting', 'created', 'is_active', 'reset_token', 'password_hash', 'user'],
  ...['cart', 'charge', 'slugify', 'exports', 'asyncHandler', 'requireRole', 'findWallet', 'record', 'toCsv', 'publicUser'],
  ...['createToken', 'verifyToken', 'hashPassword', 'checkPassword', 'askModel', 'chargeCard', 'sendMail', 'cartTotal', 'authenticate'],
];

/** Words by which people, and Seaworthy, know what something is for. */
export const telling = [
  ...['login', 'signup', 'forgot', 'public', 'webhooks', 'health'],
  ...['email', 'price', 'balance', 'total', 'quantity', 'stock'],
];

/** Another trade's words. None says anything about access, money or people. */
const plausible = [
  ...['garden', 'lantern', 'pebble', 'meadow', 'engine', 'tunnel', 'mirror', 'basket', 'bottle', 'candle', 'ladder', 'bridge'],
  ...['forest', 'harvest', 'anchor', 'orchard', 'kettle', 'saddle', 'thimble', 'velvet', 'willow', 'zephyr', 'acorn', 'barley'],
  ...['copper', 'dahlia', 'ember', 'feather', 'granite', 'heron', 'indigo', 'juniper', 'kernel', 'lichen', 'marble', 'nectar'],
  ...['opal', 'paddle', 'quartz', 'raven', 'sparrow', 'timber', 'umber', 'vessel', 'walnut', 'yarrow', 'zinnia', 'badger'],
  ...['cobble', 'drizzle', 'falcon', 'gravel', 'hazel', 'ivory', 'jasper', 'kestrel', 'lupin', 'maple', 'nutmeg', 'otter'],
  ...['pigment', 'ripple', 'saffron', 'thistle', 'violet', 'wicker', 'auburn', 'bramble', 'clover', 'fennel', 'gosling', 'hamlet'],
];

/** Names that belong to a library or to the language. */
const foreign = /URLSearchParams|\/v1\/\w+|location\.search|node:|\.md\b|Math\.\w+|gpt-4o-mini|sk_live_\w+|SG\.[\w.]+|\$2a\$\S+/g;

export interface Renaming {
  /** A text of harbor in the new names. */
  readonly to: (text: string) => string;
  /** A text about the renamed application in harbor's names. */
  readonly from: (text: string) => string;
}

/** New names for the domain's words (and for further ones), drawn by the seed from another trade or from syllables. */
export function renaming(seed: number, vocabulary: 'plausible' | 'meaningless', further: readonly string[] = []): Renaming {
  const random = generator(seed);
  const words = [...domain, ...further];
  const pool = vocabulary === 'plausible' ? shuffled(plausible, random) : invented(words.length, random);
  if (pool.length < words.length) throw new Error(`${words.length} words need as many new names, there are ${pool.length}`);
  const pairs = words.map((word, at) => [word, pool[at] ?? ''] as const);
  return { to: substitution(pairs), from: substitution(pairs.map(([word, name]) => [name, word])) };
}

/** Writes the application in `dir` into `into` under its new names: contents, file names, folder names. */
export function writeRenamed(dir: string, into: string, { to }: Renaming): void {
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    const path = relative(dir, join(entry.parentPath, entry.name));
    if (!entry.isFile() || /^(node_modules|\.seaworthy)\//.test(path) || path === 'FLAWS.json') continue;
    const text = readFileSync(join(dir, path), 'utf8');
    const own = /^(src|migrations|tests|public|scripts)\//.test(path);
    const target = join(into, own ? to(path) : path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, own ? to(text) : text);
  }
  symlinkSync(join(dir, 'node_modules'), join(into, 'node_modules'));
}

/** What a report found, in harbor's names: each finding by check, status, evidence, severity and subject, and how many operations work. */
export function told({ findings, works }: Report, from: (text: string) => string = (text) => text): string[] {
  const found = findings.map(({ check, status, class: evidence, severity, subject }) =>
    [check, status, evidence, status === 'fail' ? severity : '', subject.kind, from(subject.name)].join(' '),
  );
  return [...found, `works ${JSON.stringify(works)}`].toSorted();
}

/** Replaces words wherever they stand as a part of a name: `order_id`, `orderId`, `findOrder`, `/orders`, `low-stock`. */
function substitution(pairs: readonly (readonly [string, string])[]): (text: string) => string {
  // Longer ones first: `findWallet` before `wallet`.
  const sorted = pairs.toSorted(([a], [b]) => b.length - a.length);
  const table = new Map(sorted.flatMap(([word, name]) => [[word, name] as const, [capital(word), capital(name)] as const]));
  const small = sorted.map(([word]) => word).join('|');
  const large = sorted.map(([word]) => capital(word)).join('|');
  const pattern = new RegExp(`(?<![A-Za-z])(?:${small})(?=s?(?![a-z]))|(?:${large})(?=s?(?![a-z]))`, 'g');
  const replace = (text: string): string => text.replace(pattern, (word) => table.get(word) ?? word);
  return (text) => {
    let [done, at] = ['', 0];
    for (const match of text.matchAll(foreign)) {
      done += replace(text.slice(at, match.index)) + match[0];
      at = match.index + match[0].length;
    }
    return done + replace(text.slice(at));
  };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Words that nobody has ever used, of three syllables. */
function invented(count: number, random: () => number): string[] {
  const pick = (letters: string): string => letters.charAt(Math.floor(random() * letters.length));
  const found = new Set<string>();
  while (found.size < count) found.add(Array.from({ length: 3 }, () => pick('bdfgklmnprtvz') + pick('aeiou')).join('') + pick('kmnprt'));
  return [...found];
}
