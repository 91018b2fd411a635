import { application, defineCheck, fail, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Severity } from '../../model/words.ts';

type Secret = EvidenceValue<'secrets'>['secrets'][number];

/** Kinds that are less than they seem: they move no money, are meant for browsers, or are half of a pair. */
const mild: Readonly<Record<string, Severity>> = {
  'stripe-test-key': 'low',
  'clerk-test-key': 'low',
  'google-api-key': 'low',
  'aws-access-key-id': 'medium',
};
const signing = new Set(['signing-secret', 'guessable-signing-secret']);

export default defineCheck({
  title: 'No secret stands in the code',
  control: 'security/secrets-in-code',
  severity: 'high',
  cwe: [798, 321, 540],
  standards: ['ASVS v5.0.0-13.3.1', 'A07:2021'],
  why: 'Everyone who ever sees the repository, a build, a laptop or a page that ships it holds the secret for good: git keeps it after it is deleted. With it they act as the application itself, and nothing in its logs tells them apart from it.',
  remedy:
    'Revoke the secret at its provider first, then issue a new one, keep it in the environment or a secret store, and refuse to start when it is missing.',
  needs: ['secrets'],
  *run({ secrets: { value, gaps } }) {
    let live = 0;
    const seen = new Set<string>();
    for (const secret of value.secrets) {
      const name = `${secret.where.file}: ${secret.type} ${secret.hash}`;
      if (seen.has(name)) continue;
      seen.add(name);
      live++;
      const about = { kind: 'secret', name } as const;
      const what = `${secret.type.replaceAll('-', ' ')} (${secret.masked === '…' ? '' : `${secret.masked}, `}sha256 ${secret.hash})`;
      if (secret.context === 'environment-file' && secret.tracked === null) {
        yield unknown('read', about, `An environment file holds a ${what}. Without git it cannot be told whether the file is committed.`, {
          where: secret.where,
          settle: 'git init && seaworthy audit',
        });
        continue;
      }
      const severity = severityOf(secret);
      yield fail('read', about, `${sentence(secret, what)} ${consequence(secret)}`, {
        where: secret.where,
        severity,
        certain: secret.certain,
        impact: `Anyone who can read ${secret.context === 'client' ? 'the page' : 'the code'} can use this ${secret.type.replaceAll('-', ' ')}${secret.certain ? '' : '; whether it is in use was not tried'}.`,
        effect: secret.hash,
      });
    }
    if (live > 0) return;
    if (gaps.length > 0)
      yield unknown(
        'read',
        application,
        `No secret was found, but ${gaps.length} ${gaps.length === 1 ? 'entry was' : 'entries were'} not read: ${gaps
          .slice(0, 3)
          .map(({ file, reason }) => `${file ?? 'the tree'} (${reason})`)
          .join(', ')}.`,
      );
    else yield pass('read', application, 'Every text file was searched.');
  },
});

/** Where a live secret stands decides as much as what it is; a made-up one is usual in tests and documents. */
function severityOf({ type, context, certain, tracked }: Secret): Severity {
  const usual = context === 'test' || context === 'example' || context === 'documentation';
  if (type === 'private-key' && usual) return 'low';
  if (certain) return usual ? 'high' : tracked === false ? 'medium' : 'critical';
  if (usual) return 'low';
  return mild[type] ?? (signing.has(type) ? 'high' : 'medium');
}

function sentence({ context, tracked }: Secret, what: string): string {
  const place = {
    source: 'the source code',
    client: 'code or a page that reaches the browser',
    configuration: 'a configuration file',
    test: 'a test',
    example: 'an example',
    documentation: 'a document',
    'environment-file': 'a committed environment file',
  }[context];
  return `A ${what} stands in ${place}${tracked === false ? ' that git does not track yet' : ''}.`;
}

function consequence({ type, context }: Secret): string {
  if (type === 'guessable-signing-secret')
    return 'It is short or made of words, so whoever guesses it signs in as any user: the application accepts a token or cookie that they made themselves.';
  if (type === 'signing-secret') return 'Whoever reads it can make tokens or cookies that the application accepts as any user.';
  if (context === 'client') return 'Every visitor can read it with the developer tools of the browser.';
  return 'It must be considered known to everyone who had access to the code, and git keeps it after it is deleted.';
}
