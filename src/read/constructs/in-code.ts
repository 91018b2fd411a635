import type { Construct } from '../../model/evidence/constructs.ts';
import type { Expr, FileFacts } from '../code/facts.ts';
import { namesMoney } from '../../model/money.ts';
import { dotted, packageOf, textOf } from './nodes.ts';
import type { Node } from './nodes.ts';

export type Seen = Pick<Construct, 'kind' | 'name' | 'detail'>;

/** What an expression shows of itself; most show nothing. */
export function seenIn(facts: FileFacts, node: Node, functionName: string): Seen | null {
  const { e } = node;
  switch (e.k) {
    case 'obj':
      return unverified(facts, node, e);
    case 'put':
      return e.n === 'NODE_TLS_REJECT_UNAUTHORIZED' && isOff(e.e)
        ? { kind: 'unverified-tls', name: 'NODE_TLS_REJECT_UNAUTHORIZED', detail: 'process' }
        : null;
    case 'bin':
      return decimal(facts, node, e);
    case 'call':
      return called(facts, node, e, functionName);
    case 'lit':
      return typeof e.v === 'string' && protective.test(e.v) ? { kind: 'protective-header', name: e.v.toLowerCase(), detail: '' } : null;
    case 'jsx':
      return element(facts, e);
    default:
      return null;
  }
}

/** Headers that tell a browser what it may do with a page. */
export const protective =
  /^(content-security-policy(-report-only)?|x-frame-options|strict-transport-security|x-content-type-options|referrer-policy)$/i;

function isOff(e: Expr): boolean {
  return e.k === 'lit' && (e.v === false || e.v === '0' || e.v === 0);
}

const databases =
  /^(pg|pg-pool|@neondatabase\/serverless|postgres|mysql2?(\/promise)?|knex|typeorm|sequelize|sequelize-typescript|drizzle-orm|drizzle-kit|ioredis|redis|mongodb|mongoose|mssql|@prisma\/.*|@vercel\/postgres|@nestjs\/typeorm)$/;

/** `{ rejectUnauthorized: false }`, by what it is handed to. */
function unverified(facts: FileFacts, node: Node, e: Extract<Expr, { k: 'obj' }>): Seen | null {
  const off = e.p.some(([key, value]) => key === 'rejectUnauthorized' && isOff(value));
  if (!off)
    return e.p.some(([key, value]) => key === 'strictSSL' && isOff(value))
      ? { kind: 'unverified-tls', name: 'strictSSL', detail: 'connection' }
      : null;
  let name = '';
  let inSsl = node.name === 'ssl' || node.name === 'dialectOptions';
  let detail = '';
  for (let at = node.up; at !== null; at = at.up) {
    inSsl ||= at.name === 'ssl' || at.name === 'dialectOptions';
    if (at.e.k === 'call') {
      name = dotted(facts, at.e.f);
      const from = packageOf(facts, at.e.f);
      if (databases.test(from)) detail = 'database';
      else if (/nodemailer|imap|smtp/i.test(from) || /transport/i.test(name)) detail = 'mail';
      break;
    }
  }
  if (detail === '') detail = inSsl ? 'database' : 'connection';
  return { kind: 'unverified-tls', name, detail };
}

/** The amount of money that a text or an unknown was made a decimal number of: `parseFloat(order.total)`. */
function parsedAmount(facts: FileFacts, e: Expr, depth = 0): string | null {
  if (depth > 4) return null;
  if (e.k === 'or') return parsedAmount(facts, e.l, depth + 1);
  if (e.k === 'var') {
    const binding = facts.bindings[e.b];
    const [only] = binding?.v ?? [];
    return only === undefined || binding?.v.length !== 1 || only.o !== undefined || only.p !== undefined
      ? null
      : parsedAmount(facts, only.e, depth + 1);
  }
  if (e.k !== 'call' || !/^(parseFloat|Number\.parseFloat)$/.test(dotted(facts, e.f))) return null;
  const [given] = e.a;
  const name = given === undefined ? '' : namedBy(facts, given);
  return namesMoney(name) ? name : null;
}

/** The amount that is read off a row: `item.price`, `Number(wallet.balance)`. */
function plainAmount(facts: FileFacts, e: Expr): string | null {
  const [given] = e.k === 'call' && /^(Number|\+)$/.test(dotted(facts, e.f)) ? e.a : [e];
  if (given?.k !== 'get' || /^(process|Math|window)\b/.test(dotted(facts, given))) return null;
  return namesMoney(given.n) ? given.n : null;
}

/** The last name of what is read: `order.total` is `total`. */
function namedBy(facts: FileFacts, e: Expr): string {
  if (e.k === 'or') return namedBy(facts, e.l);
  if (e.k === 'call' && e.f.k === 'get' && /^(toString|trim|replace|replaceAll)$/.test(e.f.n)) return namedBy(facts, e.f.o);
  if (e.k === 'call' && e.a.length === 1 && e.a[0] !== undefined && dotted(facts, e.f) === 'String') return namedBy(facts, e.a[0]);
  return dotted(facts, e).split('.').at(-1) ?? '';
}

/** Sums, differences and products of amounts that were decimal texts. */
function decimal(facts: FileFacts, node: Node, e: Extract<Expr, { k: 'bin' }>): Seen | null {
  if (!/^([+\-*/]|[+\-*/]=)$/.test(e.op)) return null;
  // `Math.round(parseFloat(price) * 100)` is how an amount becomes cents; an outer operation tells of an inner one.
  for (let at = node.up; at !== null; at = at.up) {
    if (at.e.k === 'call' && /(^|\.)(round|trunc)$/.test(dotted(facts, at.e.f))) return null;
    if (at.e.k === 'bin' && /^[+\-*/]$/.test(at.e.op)) return null;
    if (at.e.k !== 'or' && at.e.k !== 'un' && at.e.k !== 'bin') break;
  }
  const sides = operands(e);
  for (const side of sides) {
    const name = parsedAmount(facts, side);
    if (name !== null) return { kind: 'decimal-arithmetic', name, detail: `parsed ${e.op}` };
  }
  // Whether a plain number is a decimal amount only its column can tell.
  for (const side of sides) {
    const name = plainAmount(facts, side);
    if (name !== null) return { kind: 'decimal-arithmetic', name, detail: `plain ${e.op}` };
  }
  return null;
}

function operands(e: Expr, depth = 0): Expr[] {
  return e.k === 'bin' && depth < 8 ? [...operands(e.l, depth + 1), ...operands(e.r, depth + 1)] : [e];
}

const parts =
  /^(getHours|getDate|getDay|getMonth|getFullYear|setHours|setDate|setMonth|setFullYear|setMinutes|toDateString|toLocaleDateString|toLocaleTimeString)$/;

function called(facts: FileFacts, node: Node, e: Extract<Expr, { k: 'call' }>, functionName: string): Seen | null {
  const callee = dotted(facts, e.f);
  if (callee === 'Math.random') {
    const names = [functionName];
    for (let at: Node | null = node; at !== null; at = at.up) if (at.name !== null) names.unshift(at.name);
    return { kind: 'guessable-random', name: [...new Set(names)].filter((one) => one !== '<anonymous>').join(' '), detail: '' };
  }
  // Only `new Date(d.getFullYear(), d.getMonth(), d.getDate())` takes a day out of an instant; else a calendar is computed with.
  if (e.nw === 1 && callee === 'Date' && e.a.length >= 2)
    return /(^|\.)getFullYear$/.test(e.a[0] === undefined ? '' : dotted(facts, e.a[0]))
      ? { kind: 'local-time', name: 'Date of parts', detail: '' }
      : null;
  if (e.f.k === 'get' && parts.test(e.f.n)) {
    // `at.setHours(at.getHours() + 24)` moves an instant by a span, wherever it runs.
    for (let at = node.up; at !== null; at = at.up) if (at.e.k === 'call' && at.e.f.k === 'get' && at.e.f.n.startsWith('set')) return null;
    const zoned = e.a.some((arg) => arg.k === 'obj' && arg.p.some(([key]) => key === 'timeZone'));
    return zoned ? null : { kind: 'local-time', name: e.f.n, detail: e.f.n.startsWith('set') ? argument(e.a[0]) : '' };
  }
  return null;
}

function argument(e: Expr | undefined): string {
  return e?.k === 'lit' ? String(e.v) : '';
}

/** Scripts of others, and fields of forms. */
function element(facts: FileFacts, e: Extract<Expr, { k: 'jsx' }>): Seen | null {
  const tag = e.t.k === 'lit' ? String(e.t.v) : dotted(facts, e.t);
  const attribute = (name: string): string | null => textOf(e.a.find(([key]) => key === name)?.[1]);
  if (/^(script|Script)$/.test(tag)) {
    const src = attribute('src');
    return src !== null && /^(https?:)?\/\//.test(src) ? { kind: 'script', name: src, detail: attribute('strategy') ?? '' } : null;
  }
  const from = e.t.k === 'imp' ? e.t.m : e.t.k === 'get' ? packageOf(facts, e.t) : '';
  if (/^(@next\/third-parties|@vercel\/(analytics|speed-insights))/.test(from))
    return { kind: 'script', name: `${from}#${tag}`, detail: '' };
  if (!/^(input|Input|TextField|textarea|Textarea|FormField|Field|Controller|select|Select)$/.test(tag)) return null;
  const name = attribute('name') ?? attribute('id');
  if (name === null) return null;
  return {
    kind: 'field',
    name,
    detail: [attribute('autoComplete') ?? attribute('autocomplete'), attribute('type')].filter((one) => one !== null).join(' '),
  };
}
