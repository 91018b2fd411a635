import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { maybe, textsIn } from '../../model/values.ts';

const session = /sess|^sid$|connect\.sid|token|auth|jwt|remember|^access|^refresh|logged_?in|isadmin/i;
/** Cookies that pages have to read, and those that say nothing about who is calling. */
const open = /csrf|xsrf|theme|locale|lang|consent|state|nonce|verifier|challenge|flash|return|redirect/i;

interface Flags {
  httpOnly: boolean | null;
  secure: boolean | null;
  sameSite: boolean | null;
}

export default defineCheck({
  title: 'Session cookies are HttpOnly, Secure and SameSite',
  control: 'security/session-lifecycle',
  severity: 'medium',
  cwe: [1004, 614, 1275],
  standards: ['ASVS v5.0.0-3.3.1', 'ASVS v5.0.0-3.3.4', 'A02:2025'],
  why: 'The cookie is the session. A script that gets into a page reads one that is not HttpOnly, the network reads one that is not Secure, and foreign pages send one along that is not SameSite.',
  remedy:
    "Set httpOnly: true, secure: true (in production) and sameSite: 'lax' on every cookie that holds a session or a token, and clear it with the same options.",
  needs: ['calls'],
  *run({ calls }) {
    let examined = 0;
    for (const call of calls.value.calls) {
      const cookie =
        call.means === 'session'
          ? ofMiddleware(call.symbol, call.args[0])
          : call.means === 'set-cookie' || call.means === 'set-header'
            ? ofCall(call.args)
            : null;
      if (cookie === null) continue;
      examined++;
      const { name, flags, httpOnlyOff, insecure } = cookie;
      const subject = { kind: 'function' as const, name: `${call.within.replace(/:\d+$/, '')} cookie ${name}` };
      const missing = [
        ...(flags.httpOnly === false ? ['HttpOnly (scripts in the page can read it)'] : []),
        ...(flags.secure === false ? ['Secure (it is also sent without encryption)'] : []),
        ...(flags.sameSite === false ? ['SameSite (it is left to the browser whether foreign pages send it along)'] : []),
      ];
      if (missing.length === 0) yield pass('read', subject);
      else
        yield fail('read', subject, `The session cookie "${name}" is set without ${missing.join(', ')}.`, {
          severity: httpOnlyOff || insecure ? 'medium' : 'low',
          impact: httpOnlyOff
            ? 'One injected script copies the session of everybody who sees the page.'
            : 'On a shared network, or by a page of a stranger, a session can be read or used.',
          where: call.where,
          effect: missing.map((one) => one.split(' ')[0]).join(' '),
        });
    }
    if (examined > 0) return;
    yield calls.gaps.length > 0
      ? unknown('read', application, 'No session cookie was found, but some code could not be read.')
      : notApplicable('The code itself sets no cookie that holds a session or a token.');
  },
});

interface Cookie {
  readonly name: string;
  readonly flags: Flags;
  readonly httpOnlyOff: boolean;
  readonly insecure: boolean;
}

function flagsOf(options: AbstractValue | undefined, defaults: Flags): Omit<Cookie, 'name'> {
  if (options !== undefined && options.kind !== 'object')
    return { flags: { httpOnly: null, secure: null, sameSite: null }, httpOnlyOff: false, insecure: false };
  const keys = options?.keys ?? {};
  const flag = (key: 'httpOnly' | 'secure' | 'sameSite'): boolean | null => {
    const value = keys[key];
    if (value === undefined) return options?.open === true ? null : defaults[key];
    if (key === 'sameSite') return !(value.kind === 'literal' && value.value === false);
    return value.kind === 'literal' ? value.value === true : null;
  };
  const flags = { httpOnly: flag('httpOnly'), secure: flag('secure'), sameSite: flag('sameSite') };
  return { flags, httpOnlyOff: flags.httpOnly === false, insecure: maybe(keys['secure'], false) && keys['secure']?.kind === 'literal' };
}

/** express-session and its kin keep the cookie from scripts on their own; Fastify's also ask for encryption. */
function ofMiddleware(symbol: string, options: AbstractValue | undefined): Cookie | null {
  if (options?.kind !== 'object') return null;
  const flat = /cookie-session|koa-session/.test(symbol);
  const given = flat ? options : options.keys['cookie'];
  const named = options.keys['name'] ?? options.keys['key'];
  const name = named?.kind === 'literal' ? String(named.value) : 'session';
  return { name, ...flagsOf(given, { httpOnly: true, secure: symbol.includes('fastify') ? true : flat ? null : false, sameSite: false }) };
}

/** `res.cookie(name, value, options)`, `cookies().set({ name, … })`, and the header written by hand. */
function ofCall(args: readonly AbstractValue[]): Cookie | null {
  const [first, second, third] = args;
  if (first?.kind === 'object') {
    const name = first.keys['name'];
    return name?.kind === 'literal' ? held(String(name.value), first, first.keys['value']) : null;
  }
  if (first?.kind !== 'literal' || typeof first.value !== 'string') return null;
  if (first.value.toLowerCase() !== 'set-cookie')
    return args.length >= 2 && !/^[A-Z][\w-]*-[\w-]*$/.test(first.value) ? held(first.value, third, second) : null;
  const text = textsIn(second).join('');
  const name = /^\s*([\w.-]+)=/.exec(text)?.[1] ?? '';
  if (!session.test(name) || open.test(name) || /expires=Thu, 01 Jan 1970|max-age=0/i.test(text)) return null;
  const has = (flag: RegExp): boolean => flag.test(text);
  const flags = { httpOnly: has(/httponly/i), secure: has(/;\s*secure/i), sameSite: has(/samesite/i) };
  return { name, flags, httpOnlyOff: !flags.httpOnly, insecure: false };
}

function held(name: string, options: AbstractValue | undefined, value: AbstractValue | undefined): Cookie | null {
  const signed = value?.kind === 'call' && /#sign|SignJWT/.test(value.symbol);
  if (open.test(name) || (!session.test(name) && !signed)) return null;
  // An empty value takes the cookie away.
  if (value?.kind === 'literal' && value.value === '') return null;
  return { name, ...flagsOf(options, { httpOnly: false, secure: false, sameSite: false }) };
}
