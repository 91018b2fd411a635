import { application, defineCheck, fail, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Severity } from '../../model/words.ts';

type Secret = EvidenceValue<'former-secrets'>['secrets'][number];

const mild: Readonly<Record<string, Severity>> = {
  'stripe-test-key': 'low',
  'clerk-test-key': 'low',
  'google-api-key': 'low',
  'aws-access-key-id': 'low',
};

export default defineCheck({
  title: 'No secret stands in the git history',
  control: 'security/secrets-in-history',
  severity: 'high',
  cwe: [798, 540],
  standards: ['ASVS v5.0.0-13.3.1', 'A07:2025'],
  why: 'Git keeps what a later commit deletes. Everyone with a copy of the repository, also one from years ago, can read it there, and programs search public repositories for exactly that.',
  remedy: 'Revoke the secret at its provider and issue a new one; only then is it worth taking it out of the history (git filter-repo).',
  needs: ['former-secrets'],
  *run({ 'former-secrets': { value, gaps } }) {
    const certain = value.secrets.filter((secret) => secret.certain || secret.inUse !== null);
    for (const secret of certain) {
      const what = `${secret.type.replaceAll('-', ' ')} (${secret.masked === '…' ? '' : `${secret.masked}, `}sha256 ${secret.hash})`;
      yield fail(
        'read',
        { kind: 'secret', name: `history: ${secret.type} ${secret.hash}` },
        `A ${what} was committed in ${secret.file}, line ${secret.line} (commit ${secret.commit.slice(0, 10)}, ${secret.date}) and removed since. The history keeps it.${secret.inUse === null ? '' : ` It is still in use: ${secret.inUse} on this machine holds the same value.`}`,
        {
          severity: severityOf(secret),
          impact: `Anyone who ever gets a copy of the repository can use it${secret.inUse === null ? ', unless it was revoked' : ''}.`,
          effect: secret.hash,
          certain: secret.certain && secret.inUse !== null,
        },
      );
    }
    const likely = value.secrets.filter(
      (secret) => !certain.includes(secret) && !['test', 'example', 'documentation'].includes(secret.context),
    );
    for (const [file, all] of Map.groupBy(likely, (one) => one.file)) {
      const [first] = all;
      if (first === undefined) continue;
      yield fail(
        'read',
        { kind: 'secret', name: `history: ${file}` },
        `${all.length === 1 ? 'What looks like a secret' : `${all.length} values that look like secrets`} stood in ${file} (${[...new Set(all.map(({ type }) => type.replaceAll('-', ' ')))].slice(0, 4).join(', ')}; line ${first.line} in commit ${first.commit.slice(0, 10)}, ${first.date}) and ${all.length === 1 ? 'was' : 'were'} removed since. The history keeps ${all.length === 1 ? 'it' : 'them'}.`,
        {
          severity: all.some((one) => severityOf(one) === 'medium') ? 'medium' : 'low',
          impact: 'If one of them was ever in use and not replaced, anyone with a copy of the repository can use it.',
          remedy: 'Replace each that was ever in use.',
          effect: 'likely',
        },
      );
    }
    if (gaps.length > 0)
      yield unknown('read', application, `The history was not searched to its end: ${gaps.map(({ reason }) => reason).join('; ')}.`);
    else if (certain.length === 0 && likely.length === 0)
      yield pass('read', application, `${value.contents} former contents of files in ${value.commits} commits were searched.`);
  },
});

/** A live key is no critical here: whether it still works is not known, unless it is still in use. */
function severityOf({ type, context, certain, inUse }: Secret): Severity {
  const usual = context === 'test' || context === 'example' || context === 'documentation';
  if (type === 'private-key' && usual) return 'low';
  if (inUse !== null) return certain ? 'critical' : 'high';
  if (certain) return usual ? 'medium' : 'high';
  return mild[type] ?? (context === 'environment-file' || type === 'database-address' ? 'medium' : 'low');
}
