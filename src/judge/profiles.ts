import { atLeast } from '../model/words.ts';
import type { Profile, Severity } from '../model/words.ts';
import type { SettledFinding } from './types.ts';

interface ProfilePolicy {
  /** One sentence for people. */
  readonly says: string;
  /** Controls that this profile does not ask for. */
  readonly leavesOut: readonly string[];
  /** A finding at least this severe counts although its control is left out. */
  readonly unless: Severity;
  /** Milder faults are not listed; of open questions those that could be graver are. */
  readonly mildest: Severity;
}

const atScale = [
  'performance/growth',
  'performance/load',
  'performance/soak',
  'performance/http-caching',
  'performance/web-vitals',
  'performance/prerenderable-pages',
  'performance/cost-model',
  'performance/sizing',
  'reliability/two-instances',
  'observability/traces',
  'observability/metrics',
  'dependencies/licences',
  'dependencies/sbom',
  'schema/json-columns',
  'operability/single-points-of-failure',
  'architecture/explainability',
  'compliance/sector-packs',
];

const forStrangers = ['security/enumeration', 'security/lockout', 'security/identity-strings', 'compliance/consent'];

/** What each profile leaves out: a prototype is not nagged, and a tool for thirty colleagues is not judged like a shop. */
export const profilePolicies: Readonly<Record<Profile, ProfilePolicy>> = {
  public: { says: 'Anyone on the internet may use it.', leavesOut: [], unless: 'info', mildest: 'info' },
  internal: { says: 'Colleagues use it.', leavesOut: [...atScale, ...forStrangers], unless: 'high', mildest: 'medium' },
  prototype: {
    says: 'It is shown around, without real data.',
    leavesOut: [
      ...atScale,
      ...forStrangers,
      'security/step-up-authentication',
      'security/limiter-failure-mode',
      'security/security-headers',
      'security/secret-management',
      'dependencies/outdated-dependencies',
      'dependencies/build-pipeline',
      'performance/queries',
      'performance/limits',
      'performance/connection-pool',
      'schema/query-plans-and-indexes',
      'schema/migration-rehearsal',
      'reliability/dependency-failure',
      'reliability/database-failure',
      'reliability/timeouts-and-retries',
      'reliability/crash-and-shutdown',
      'reliability/jobs',
      'correctness/time-zones',
      'correctness/api-contract',
      'observability/structured-logs',
      'observability/alerts',
      'observability/fault-locatability',
      'observability/honest-health',
      'operability/ci-gates',
      'operability/rollback',
      'operability/config-and-parity',
      'operability/container',
      'operability/repeatable-build',
      'operability/runbooks-and-recovery-plan',
      'operability/backup-and-restore',
      'architecture/duplication',
      'architecture/dead-code',
      'architecture/boundaries',
      'architecture/hotspots',
      'architecture/consistency',
      'architecture/types-and-lint',
      'architecture/state-and-data-flow',
      'tests/presence',
      'tests/hollow-tests',
      'tests/coverage-and-abnormal-cases',
      'tests/independent-oracle',
      'compliance/retention',
      'compliance/audit-trail',
      'ai/evaluation',
      'ai/audit-trail',
    ],
    unless: 'high',
    mildest: 'medium',
  },
};

/** Whether a finding is listed under a profile: its control is asked for, or it is too grave to be left out. */
export function isListed(finding: SettledFinding, profile: Profile): boolean {
  const { leavesOut, unless, mildest } = profilePolicies[profile];
  const leftOut = leavesOut.includes(finding.control);
  if (finding.status === 'unknown') return !leftOut;
  return atLeast(finding.severity, leftOut ? unless : mildest);
}
