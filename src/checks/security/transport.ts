import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';

const own =
  /^http:\/\/(localhost|127\.|0\.0\.0\.0|\[?::1|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|host\.docker\.internal|169\.254\.|[\w-]+(:\d+)?(\/|$))|\.(local|internal|test|example|localhost|svc|cluster\.local)(:\d+)?(\/|$)/i;

export default defineCheck({
  title: 'Connections are encrypted and certificates verified',
  control: 'security/transport',
  severity: 'medium',
  cwe: [295, 319],
  standards: ['ASVS v5.0.0-12.3.2', 'ASVS v5.0.0-12.2.1', 'A02:2025'],
  why: 'Encryption without checking the certificate is a letter in an envelope that anybody on the way may open and seal again. Without encryption there is no envelope.',
  remedy:
    'Remove the switch that turns the check off and give the client the certificate of the authority instead (the ca option, or NODE_EXTRA_CA_CERTS); speak to other hosts by https:// only.',
  needs: ['constructs', 'calls'],
  *run({ constructs, calls }) {
    let failed = 0;
    for (const { kind, name, detail, where, within } of constructs.value.constructs) {
      if (kind !== 'unverified-tls') continue;
      failed++;
      const subject = { kind: 'function' as const, name: `${within.replace(/:\d+$/, '')} ${name || 'tls'}` };
      if (detail === 'database')
        yield fail(
          'read',
          subject,
          'The connection to the database is encrypted, but the certificate of the server is not checked (rejectUnauthorized: false).',
          {
            severity: 'low',
            impact:
              'Whoever stands between the application and its database can pose as the database and read everything. Inside the network of one host that is unlikely; across the internet it is not.',
            remedy: 'Download the certificate of the authority from the database host and pass it: ssl: { ca: process.env.DATABASE_CA }.',
            where,
            effect: 'database',
          },
        );
      else if (detail === 'process')
        yield fail(
          'read',
          subject,
          'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the checking of certificates for every connection of the process.',
          {
            severity: /\.(example|sample|template)$|\.env/.test(where.file) ? 'medium' : 'high',
            impact: 'Whoever stands on the way reads and changes what is sent to payment, mail and every other service, keys included.',
            where,
            effect: 'process',
          },
        );
      else
        yield fail(
          'read',
          subject,
          `The certificate of the other side is not checked${name === '' ? '' : ` (${name})`}: rejectUnauthorized is false.`,
          {
            impact: 'Whoever stands on the way can pose as the other side, read what is sent and answer in its place.',
            where,
            effect: detail,
          },
        );
    }
    const outbound = calls.value.calls.filter(({ means }) => means.startsWith('outbound') || means === 'mail' || means === 'http-client');
    const plain = new Set<string>();
    for (const { args, where, within } of outbound) {
      const address = begins(args[0]);
      if (address === null || !/^http:\/\/[^/]/i.test(address) || own.test(address)) continue;
      const host = /^http:\/\/([^/:?#]+)/i.exec(address)?.[1] ?? address;
      if (plain.has(`${within} ${host}`)) continue;
      plain.add(`${within} ${host}`);
      failed++;
      const carries = args.some(
        (arg) => arg.kind === 'object' && Object.keys(arg.keys).some((key) => /^(body|data|headers|auth)$/i.test(key)),
      );
      yield fail(
        'read',
        { kind: 'function', name: `${within.replace(/:\d+$/, '')} ${host}` },
        `Requests to ${host} are sent without encryption (http://).`,
        {
          severity: carries ? 'medium' : 'low',
          impact: 'Everybody on the way reads what is sent and can change what comes back.',
          remedy: `Use https://${host}.`,
          where,
          effect: 'http',
        },
      );
    }
    if (failed > 0) return;
    if (constructs.gaps.length > 0)
      yield unknown('read', application, 'No unchecked or unencrypted connection was found, but some code could not be read.');
    else if (outbound.length > 0 || calls.value.calls.some(({ means }) => means === 'database')) yield pass('read', application);
    else yield notApplicable('The code opens no connection to another host or to a database.');
  },
});

/** How an address begins, as far as it is known. */
function begins(value: AbstractValue | undefined): string | null {
  if (value?.kind === 'literal') return typeof value.value === 'string' ? value.value : null;
  if (value?.kind === 'template') return value.parts[0] === '' ? begins(value.holes[0]) : (value.parts[0] ?? null);
  if (value?.kind === 'object') return begins(value.keys['url'] ?? value.keys['baseURL']);
  return null;
}
