import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Severity } from '../../model/words.ts';

interface Leak {
  readonly what: string;
  readonly severity: Severity;
}

const secret =
  /(^|[._\]])(password|passwd|pwd|pass|passphrase|newpassword|oldpassword|currentpassword|confirmpassword|token|accesstoken|refreshtoken|idtoken|secret|apikey|otp|pin|cvv|cvc|cardnumber|authorization|ssn)$/;
const personal = /(^|[._\]])(email|phone|phonenumber|address|street|dateofbirth|birthdate|dob|iban)$/;

export default defineCheck({
  title: 'Logs hold no secrets and no personal data',
  control: 'observability/log-content',
  severity: 'medium',
  cwe: [532],
  standards: ['ASVS v5.0.0-16.2.5'],
  why: 'Logs are copied, kept for months, and read by people and services that would never be let into the database. A password in a log is a password given away.',
  remedy: 'Log ids and outcomes, never bodies, headers or credentials; let the logger take out what slips in (`redact` of pino).',
  needs: ['calls', 'operation'],
  uses: ['routes'],
  *run({ calls, operation, routes }) {
    const server = new Set(operation.value.server);
    const logs = calls.value.calls.filter(({ means, where }) => means === 'log' && server.has(where.file));
    // What the bodies of endpoints hold, for lines that log a body whole.
    const secretBodies = new Set(
      (routes?.value.routes ?? [])
        .filter(({ inputs }) => inputs.some((one) => one.in === 'body' && secret.test(plain(one.name))))
        .map(({ id }) => id),
    );
    const found = new Map<string, { leak: Leak; where: (typeof logs)[number]['where']; count: number }>();
    for (const { args, where, routes: ids } of logs) {
      const leak = args
        .map((arg) =>
          leakOf(
            arg,
            ids.some((id) => secretBodies.has(id)),
            0,
          ),
        )
        .reduce(worse, null);
      if (leak === null) continue;
      const key = `${where.file} ${leak.what}`;
      const before = found.get(key);
      if (before === undefined) found.set(key, { leak, where, count: 1 });
      else before.count++;
    }
    for (const [key, { leak, where, count }] of found) {
      yield fail(
        'read',
        { kind: 'file', name: key },
        `The log is given ${leak.what}${count > 1 ? ` (${count} places of this file)` : ''}.`,
        {
          severity: leak.severity,
          impact: 'Whoever reads the logs, or steals them, has it too.',
          where,
          effect: 'logged',
        },
      );
    }
    if (found.size > 0) return;
    if (server.size === 0) yield notApplicable('There is no server code that logs.');
    else if (logs.length === 0 || calls.gaps.length > 0)
      yield unknown('read', application, 'No such line was found, but not all of the code could be followed.');
    else yield pass('read', application);
  },
});

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

/** What a logged value gives away. A field is told by the name under which callers send it. */
function leakOf(value: AbstractValue, holdsSecret: boolean, depth: number): Leak | null {
  if (depth > 4) return null;
  const deeper = (one: AbstractValue) => leakOf(one, holdsSecret, depth + 1);
  switch (value.kind) {
    case 'input': {
      const name = plain(value.name);
      if (value.from === 'body' && name === '')
        return holdsSecret
          ? { what: 'whole bodies, passwords or tokens among them', severity: 'high' }
          : { what: 'whole bodies of requests', severity: 'low' };
      if (value.from === 'headers' && (name === '' || name === 'authorization' || name === 'cookie'))
        return { what: 'headers with which callers sign in', severity: 'medium' };
      if (value.from === 'cookies' && name === '') return { what: 'cookies with which callers sign in', severity: 'medium' };
      if (secret.test(name))
        return { what: `\`${value.name}\` as callers send it`, severity: /pass|pwd|cvv|cvc|cardnumber|ssn/.test(name) ? 'high' : 'medium' };
      return personal.test(name) ? { what: `\`${value.name}\`, which tells who somebody is`, severity: 'low' } : null;
    }
    case 'object':
      return Object.values(value.keys).map(deeper).reduce(worse, null);
    case 'array':
      return value.items.map(deeper).reduce(worse, null);
    case 'template':
      return value.holes.map(deeper).reduce(worse, null);
    case 'either':
      return value.of.map(deeper).reduce(worse, null);
    case 'environment':
      return /(SECRET|PASSWORD|PRIVATE_KEY|API_KEY|DATABASE_URL|_TOKEN)$/.test(value.name)
        ? { what: `the secret \`${value.name}\``, severity: 'medium' }
        : null;
    case 'session':
      return personal.test(plain(value.name)) ? { what: `\`${value.name}\` of whoever is signed in`, severity: 'low' } : null;
    default:
      return null;
  }
}

const order = ['info', 'low', 'medium', 'high', 'critical'];

function worse(a: Leak | null, b: Leak | null): Leak | null {
  if (a === null || b === null) return a ?? b;
  return order.indexOf(b.severity) > order.indexOf(a.severity) ? b : a;
}
