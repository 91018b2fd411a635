// Written by scripts/generate.ts (npm run generate). Do not edit.
import type { Check } from '../model/check.ts';
import architectureBoundaries from './architecture/boundaries.ts';
import architectureDeadCode from './architecture/dead-code.ts';
import architectureExplainability from './architecture/explainability.ts';
import architectureTypes from './architecture/types.ts';
import dependenciesExistingPackages from './dependencies/existing-packages.ts';
import dependenciesPinnedVersions from './dependencies/pinned-versions.ts';
import operabilityCi from './operability/ci.ts';
import operabilityDocumentedEnvironment from './operability/documented-environment.ts';
import reliabilitySilentFailure from './reliability/silent-failure.ts';
import schemaForeignKeys from './schema/foreign-keys.ts';
import schemaMoneyColumns from './schema/money-columns.ts';
import schemaTimestamps from './schema/timestamps.ts';
import securityAccountEnumeration from './security/account-enumeration.ts';
import securityAuthentication from './security/authentication.ts';
import securityClientSideAuthorization from './security/client-side-authorization.ts';
import securityCookieFlags from './security/cookie-flags.ts';
import securityCorsOrigins from './security/cors-origins.ts';
import securityCsrf from './security/csrf.ts';
import securityGuardConsistency from './security/guard-consistency.ts';
import securityLoginRateLimit from './security/login-rate-limit.ts';
import securityMassAssignment from './security/mass-assignment.ts';
import securityObjectAuthorization from './security/object-authorization.ts';
import securityPasswordStorage from './security/password-storage.ts';
import securityResetRateLimit from './security/reset-rate-limit.ts';
import securityResetToken from './security/reset-token.ts';
import securityResponseFields from './security/response-fields.ts';
import securityResponseHeaders from './security/response-headers.ts';
import securityRoleAuthorization from './security/role-authorization.ts';
import securitySecretsInCode from './security/secrets-in-code.ts';
import securitySelfPromotion from './security/self-promotion.ts';
import securitySessionRevocation from './security/session-revocation.ts';
import securitySessionVerification from './security/session-verification.ts';
import securitySqlInjection from './security/sql-injection.ts';
import securityStepUpAuthentication from './security/step-up-authentication.ts';
import securitySuspendedAccounts from './security/suspended-accounts.ts';
import securityTenantIsolation from './security/tenant-isolation.ts';
import securityTokenSecret from './security/token-secret.ts';
import securityTransport from './security/transport.ts';
import securityWebhookSignature from './security/webhook-signature.ts';
import securityWebsocketAuthorization from './security/websocket-authorization.ts';
import testsAssertions from './tests/assertions.ts';
import testsIndependentOracle from './tests/independent-oracle.ts';
import testsPresence from './tests/presence.ts';

/** Every check, by its id: its path below this folder. */
export const checks: Readonly<Record<string, Check>> = {
  'architecture/boundaries': architectureBoundaries,
  'architecture/dead-code': architectureDeadCode,
  'architecture/explainability': architectureExplainability,
  'architecture/types': architectureTypes,
  'dependencies/existing-packages': dependenciesExistingPackages,
  'dependencies/pinned-versions': dependenciesPinnedVersions,
  'operability/ci': operabilityCi,
  'operability/documented-environment': operabilityDocumentedEnvironment,
  'reliability/silent-failure': reliabilitySilentFailure,
  'schema/foreign-keys': schemaForeignKeys,
  'schema/money-columns': schemaMoneyColumns,
  'schema/timestamps': schemaTimestamps,
  'security/account-enumeration': securityAccountEnumeration,
  'security/authentication': securityAuthentication,
  'security/client-side-authorization': securityClientSideAuthorization,
  'security/cookie-flags': securityCookieFlags,
  'security/cors-origins': securityCorsOrigins,
  'security/csrf': securityCsrf,
  'security/guard-consistency': securityGuardConsistency,
  'security/login-rate-limit': securityLoginRateLimit,
  'security/mass-assignment': securityMassAssignment,
  'security/object-authorization': securityObjectAuthorization,
  'security/password-storage': securityPasswordStorage,
  'security/reset-rate-limit': securityResetRateLimit,
  'security/reset-token': securityResetToken,
  'security/response-fields': securityResponseFields,
  'security/response-headers': securityResponseHeaders,
  'security/role-authorization': securityRoleAuthorization,
  'security/secrets-in-code': securitySecretsInCode,
  'security/self-promotion': securitySelfPromotion,
  'security/session-revocation': securitySessionRevocation,
  'security/session-verification': securitySessionVerification,
  'security/sql-injection': securitySqlInjection,
  'security/step-up-authentication': securityStepUpAuthentication,
  'security/suspended-accounts': securitySuspendedAccounts,
  'security/tenant-isolation': securityTenantIsolation,
  'security/token-secret': securityTokenSecret,
  'security/transport': securityTransport,
  'security/webhook-signature': securityWebhookSignature,
  'security/websocket-authorization': securityWebsocketAuthorization,
  'tests/assertions': testsAssertions,
  'tests/independent-oracle': testsIndependentOracle,
  'tests/presence': testsPresence,
};
