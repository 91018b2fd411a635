import { z } from 'zod';
import { evidenceClass, gap } from '../words.ts';
import type { EvidenceClass, Gap } from '../words.ts';
import * as constructs from './constructs.ts';
import * as derived from './derived.ts';
import * as fields from './fields.ts';
import * as flows from './flows.ts';
import * as health from './health.ts';
import * as live from './live.ts';
import * as operation from './operation.ts';
import * as read from './read.ts';
import * as run from './run.ts';
import { samples } from './samples.ts';
import * as screens from './screens.ts';
import * as stated from './stated.ts';
import { tests } from './tests.ts';
import * as supply from './supply.ts';

/** The schema of every kind of evidence. Adding a kind is adding a row here. */
export const evidenceSchemas = {
  files: read.files,
  units: read.units,
  routes: read.routes,
  'live-endpoints': live.liveEndpoints,
  calls: read.calls,
  queries: read.queries,
  flows: flows.flows,
  sequences: read.sequences,
  catches: read.catches,
  constructs: constructs.constructs,
  'declared-columns': constructs.declaredColumns,
  'declared-keys': constructs.declaredKeys,
  jobs: read.jobs,
  'direct-tables': read.directTables,
  secrets: read.secrets,
  environment: read.environment,
  dependencies: supply.dependencies,
  delivery: supply.delivery,
  operation: operation.operation,
  samples,
  tests,
  structure: health.structure,
  clones: health.clones,
  history: health.history,
  typing: health.typing,
  packages: supply.packages,
  advisories: supply.advisories,
  runtimes: supply.runtimes,
  hosting: supply.hosting,
  migrations: supply.migrations,
  'former-secrets': supply.formerSecrets,
  'client-code': supply.clientCode,
  schema: run.schema,
  boot: run.boot,
  actors: run.actors,
  'stored-passwords': run.storedPasswords,
  access: run.access,
  sessions: run.sessions,
  live: live.live,
  revocations: run.revocations,
  promotions: run.promotions,
  injection: run.injection,
  'mass-assignment': fields.massAssignment,
  'response-fields': fields.responseFields,
  faults: run.faults,
  'access-rules': stated.accessRules,
  screens: screens.screens,
  'screen-limits': screens.screenLimits,
  ownership: derived.ownership,
  endpoints: derived.endpoints,
  'guard-styles': derived.guardStyles,
  'intended-access': derived.intendedAccess,
  'account-endpoints': derived.accountEndpoints,
  'personal-data': derived.personalData,
} as const;

export type Kind = keyof typeof evidenceSchemas;

/** The value that evidence of a kind carries. */
export type EvidenceValue<K extends Kind> = z.infer<(typeof evidenceSchemas)[K]>;

/** Evidence that is there. What it could not see is listed in `gaps`. */
export interface Present<K extends Kind> {
  readonly kind: K;
  readonly class: EvidenceClass;
  readonly value: EvidenceValue<K>;
  readonly gaps: readonly Gap[];
}

/** Evidence that is not there, with the reason, and the command that would bring it where there is one. */
export interface Absent<K extends Kind = Kind> {
  readonly kind: K;
  readonly reason: string;
  readonly settle?: string;
}

export type Evidence<K extends Kind = Kind> = Present<K> | Absent<K>;

/** True when the evidence is there. */
export function isPresent<K extends Kind>(evidence: Evidence<K>): evidence is Present<K> {
  return 'value' in evidence;
}

/** The summary of evidence that a report carries. */
export const evidenceStatus = z.union([
  z.strictObject({ present: z.strictObject({ class: evidenceClass, gaps: z.array(gap) }) }),
  z.strictObject({ absent: z.strictObject({ reason: z.string(), settle: z.string().optional() }) }),
]);
export type EvidenceStatus = z.infer<typeof evidenceStatus>;
