// Written by scripts/generate.ts (npm run generate). Do not edit.
import type { Check } from '../model/check.ts';
import aiAuditTrail from './ai/audit-trail.ts';
import aiContextIsolation from './ai/context-isolation.ts';
import aiCostCeiling from './ai/cost-ceiling.ts';
import aiEvaluation from './ai/evaluation.ts';
import aiOutputHandling from './ai/output-handling.ts';
import aiPromptInjection from './ai/prompt-injection.ts';
import architectureBoundaries from './architecture/boundaries.ts';
import architectureConsistency from './architecture/consistency.ts';
import architectureDeadCode from './architecture/dead-code.ts';
import architectureDuplication from './architecture/duplication.ts';
import architectureExplainability from './architecture/explainability.ts';
import architectureHotspots from './architecture/hotspots.ts';
import architectureState from './architecture/state.ts';
import architectureTypes from './architecture/types.ts';
import architectureUnusedPackages from './architecture/unused-packages.ts';
import complianceAuditTrail from './compliance/audit-trail.ts';
import complianceCardData from './compliance/card-data.ts';
import complianceConsent from './compliance/consent.ts';
import complianceEncryptionAtRest from './compliance/encryption-at-rest.ts';
import complianceErasure from './compliance/erasure.ts';
import compliancePersonalDataMap from './compliance/personal-data-map.ts';
import complianceRetention from './compliance/retention.ts';
import complianceSectorDuties from './compliance/sector-duties.ts';
import correctnessApiContract from './correctness/api-contract.ts';
import correctnessAtomicity from './correctness/atomicity.ts';
import correctnessCheckThenAct from './correctness/check-then-act.ts';
import correctnessIdempotency from './correctness/idempotency.ts';
import correctnessLostUpdate from './correctness/lost-update.ts';
import correctnessMoneyType from './correctness/money-type.ts';
import correctnessTimeZone from './correctness/time-zone.ts';
import correctnessTrustedValues from './correctness/trusted-values.ts';
import dependenciesBillOfMaterials from './dependencies/bill-of-materials.ts';
import dependenciesExistingPackages from './dependencies/existing-packages.ts';
import dependenciesKnownVulnerabilities from './dependencies/known-vulnerabilities.ts';
import dependenciesLicences from './dependencies/licences.ts';
import dependenciesPinnedVersions from './dependencies/pinned-versions.ts';
import dependenciesSupportedVersions from './dependencies/supported-versions.ts';
import dependenciesWorkflowPermissions from './dependencies/workflow-permissions.ts';
import observabilityErrorReporting from './observability/error-reporting.ts';
import observabilityHealthEndpoint from './observability/health-endpoint.ts';
import observabilityLogContent from './observability/log-content.ts';
import observabilityLogForging from './observability/log-forging.ts';
import observabilityMetrics from './observability/metrics.ts';
import observabilityRequestId from './observability/request-id.ts';
import observabilityStructuredLogs from './observability/structured-logs.ts';
import observabilityTraces from './observability/traces.ts';
import operabilityCi from './operability/ci.ts';
import operabilityContainerUser from './operability/container-user.ts';
import operabilityDocumentedEnvironment from './operability/documented-environment.ts';
import operabilityEnvironmentParity from './operability/environment-parity.ts';
import operabilitySinglePoints from './operability/single-points.ts';
import operabilityValidatedEnvironment from './operability/validated-environment.ts';
import performanceConnectionPool from './performance/connection-pool.ts';
import performanceGraphqlLimits from './performance/graphql-limits.ts';
import performanceHttpCaching from './performance/http-caching.ts';
import performancePrerendering from './performance/prerendering.ts';
import performanceQueryCount from './performance/query-count.ts';
import performanceRequestLimits from './performance/request-limits.ts';
import performanceRequestWaterfall from './performance/request-waterfall.ts';
import performanceResultLimit from './performance/result-limit.ts';
import performanceSelectedColumns from './performance/selected-columns.ts';
import performanceSizing from './performance/sizing.ts';
import reliabilityBackgroundJobs from './reliability/background-jobs.ts';
import reliabilityConnectionLoss from './reliability/connection-loss.ts';
import reliabilityErrorLeak from './reliability/error-leak.ts';
import reliabilityGracefulShutdown from './reliability/graceful-shutdown.ts';
import reliabilityInputValidation from './reliability/input-validation.ts';
import reliabilityOutboundTimeout from './reliability/outbound-timeout.ts';
import reliabilityRetries from './reliability/retries.ts';
import reliabilitySeveralInstances from './reliability/several-instances.ts';
import reliabilitySilentFailure from './reliability/silent-failure.ts';
import reliabilityUnhandledErrors from './reliability/unhandled-errors.ts';
import schemaForeignKeys from './schema/foreign-keys.ts';
import schemaIndexes from './schema/indexes.ts';
import schemaJsonColumns from './schema/json-columns.ts';
import schemaMoneyColumns from './schema/money-columns.ts';
import schemaReversibleMigrations from './schema/reversible-migrations.ts';
import schemaSafeMigrations from './schema/safe-migrations.ts';
import schemaTimestamps from './schema/timestamps.ts';
import securityAccountEnumeration from './security/account-enumeration.ts';
import securityAuthentication from './security/authentication.ts';
import securityClientSideAuthorization from './security/client-side-authorization.ts';
import securityCommandInjection from './security/command-injection.ts';
import securityCookieFlags from './security/cookie-flags.ts';
import securityCorsOrigins from './security/cors-origins.ts';
import securityCsrf from './security/csrf.ts';
import securityDebugEndpoints from './security/debug-endpoints.ts';
import securityDefaultAccounts from './security/default-accounts.ts';
import securityGuardConsistency from './security/guard-consistency.ts';
import securityHtmlInjection from './security/html-injection.ts';
import securityLoginRateLimit from './security/login-rate-limit.ts';
import securityMassAssignment from './security/mass-assignment.ts';
import securityNosqlInjection from './security/nosql-injection.ts';
import securityObjectAuthorization from './security/object-authorization.ts';
import securityOpenRedirect from './security/open-redirect.ts';
import securityPasswordStorage from './security/password-storage.ts';
import securityPathTraversal from './security/path-traversal.ts';
import securityPrototypePollution from './security/prototype-pollution.ts';
import securityRegularExpressions from './security/regular-expressions.ts';
import securityResetRateLimit from './security/reset-rate-limit.ts';
import securityResetToken from './security/reset-token.ts';
import securityResponseFields from './security/response-fields.ts';
import securityResponseHeaders from './security/response-headers.ts';
import securityRoleAuthorization from './security/role-authorization.ts';
import securitySecretManagement from './security/secret-management.ts';
import securitySecretsInCode from './security/secrets-in-code.ts';
import securitySecretsInHistory from './security/secrets-in-history.ts';
import securitySelfPromotion from './security/self-promotion.ts';
import securityServerKeysInClient from './security/server-keys-in-client.ts';
import securitySessionRevocation from './security/session-revocation.ts';
import securitySessionVerification from './security/session-verification.ts';
import securitySqlInjection from './security/sql-injection.ts';
import securitySsrf from './security/ssrf.ts';
import securityStepUpAuthentication from './security/step-up-authentication.ts';
import securitySuspendedAccounts from './security/suspended-accounts.ts';
import securityTemplateInjection from './security/template-injection.ts';
import securityTenantIsolation from './security/tenant-isolation.ts';
import securityTokenSecret from './security/token-secret.ts';
import securityTransport from './security/transport.ts';
import securityUploads from './security/uploads.ts';
import securityWebhookSignature from './security/webhook-signature.ts';
import securityWebsocketAuthorization from './security/websocket-authorization.ts';
import testsAssertions from './tests/assertions.ts';
import testsCriticalCoverage from './tests/critical-coverage.ts';
import testsIndependentOracle from './tests/independent-oracle.ts';
import testsPresence from './tests/presence.ts';

/** Every check, by its id: its path below this folder. */
export const checks: Readonly<Record<string, Check>> = {
  'ai/audit-trail': aiAuditTrail,
  'ai/context-isolation': aiContextIsolation,
  'ai/cost-ceiling': aiCostCeiling,
  'ai/evaluation': aiEvaluation,
  'ai/output-handling': aiOutputHandling,
  'ai/prompt-injection': aiPromptInjection,
  'architecture/boundaries': architectureBoundaries,
  'architecture/consistency': architectureConsistency,
  'architecture/dead-code': architectureDeadCode,
  'architecture/duplication': architectureDuplication,
  'architecture/explainability': architectureExplainability,
  'architecture/hotspots': architectureHotspots,
  'architecture/state': architectureState,
  'architecture/types': architectureTypes,
  'architecture/unused-packages': architectureUnusedPackages,
  'compliance/audit-trail': complianceAuditTrail,
  'compliance/card-data': complianceCardData,
  'compliance/consent': complianceConsent,
  'compliance/encryption-at-rest': complianceEncryptionAtRest,
  'compliance/erasure': complianceErasure,
  'compliance/personal-data-map': compliancePersonalDataMap,
  'compliance/retention': complianceRetention,
  'compliance/sector-duties': complianceSectorDuties,
  'correctness/api-contract': correctnessApiContract,
  'correctness/atomicity': correctnessAtomicity,
  'correctness/check-then-act': correctnessCheckThenAct,
  'correctness/idempotency': correctnessIdempotency,
  'correctness/lost-update': correctnessLostUpdate,
  'correctness/money-type': correctnessMoneyType,
  'correctness/time-zone': correctnessTimeZone,
  'correctness/trusted-values': correctnessTrustedValues,
  'dependencies/bill-of-materials': dependenciesBillOfMaterials,
  'dependencies/existing-packages': dependenciesExistingPackages,
  'dependencies/known-vulnerabilities': dependenciesKnownVulnerabilities,
  'dependencies/licences': dependenciesLicences,
  'dependencies/pinned-versions': dependenciesPinnedVersions,
  'dependencies/supported-versions': dependenciesSupportedVersions,
  'dependencies/workflow-permissions': dependenciesWorkflowPermissions,
  'observability/error-reporting': observabilityErrorReporting,
  'observability/health-endpoint': observabilityHealthEndpoint,
  'observability/log-content': observabilityLogContent,
  'observability/log-forging': observabilityLogForging,
  'observability/metrics': observabilityMetrics,
  'observability/request-id': observabilityRequestId,
  'observability/structured-logs': observabilityStructuredLogs,
  'observability/traces': observabilityTraces,
  'operability/ci': operabilityCi,
  'operability/container-user': operabilityContainerUser,
  'operability/documented-environment': operabilityDocumentedEnvironment,
  'operability/environment-parity': operabilityEnvironmentParity,
  'operability/single-points': operabilitySinglePoints,
  'operability/validated-environment': operabilityValidatedEnvironment,
  'performance/connection-pool': performanceConnectionPool,
  'performance/graphql-limits': performanceGraphqlLimits,
  'performance/http-caching': performanceHttpCaching,
  'performance/prerendering': performancePrerendering,
  'performance/query-count': performanceQueryCount,
  'performance/request-limits': performanceRequestLimits,
  'performance/request-waterfall': performanceRequestWaterfall,
  'performance/result-limit': performanceResultLimit,
  'performance/selected-columns': performanceSelectedColumns,
  'performance/sizing': performanceSizing,
  'reliability/background-jobs': reliabilityBackgroundJobs,
  'reliability/connection-loss': reliabilityConnectionLoss,
  'reliability/error-leak': reliabilityErrorLeak,
  'reliability/graceful-shutdown': reliabilityGracefulShutdown,
  'reliability/input-validation': reliabilityInputValidation,
  'reliability/outbound-timeout': reliabilityOutboundTimeout,
  'reliability/retries': reliabilityRetries,
  'reliability/several-instances': reliabilitySeveralInstances,
  'reliability/silent-failure': reliabilitySilentFailure,
  'reliability/unhandled-errors': reliabilityUnhandledErrors,
  'schema/foreign-keys': schemaForeignKeys,
  'schema/indexes': schemaIndexes,
  'schema/json-columns': schemaJsonColumns,
  'schema/money-columns': schemaMoneyColumns,
  'schema/reversible-migrations': schemaReversibleMigrations,
  'schema/safe-migrations': schemaSafeMigrations,
  'schema/timestamps': schemaTimestamps,
  'security/account-enumeration': securityAccountEnumeration,
  'security/authentication': securityAuthentication,
  'security/client-side-authorization': securityClientSideAuthorization,
  'security/command-injection': securityCommandInjection,
  'security/cookie-flags': securityCookieFlags,
  'security/cors-origins': securityCorsOrigins,
  'security/csrf': securityCsrf,
  'security/debug-endpoints': securityDebugEndpoints,
  'security/default-accounts': securityDefaultAccounts,
  'security/guard-consistency': securityGuardConsistency,
  'security/html-injection': securityHtmlInjection,
  'security/login-rate-limit': securityLoginRateLimit,
  'security/mass-assignment': securityMassAssignment,
  'security/nosql-injection': securityNosqlInjection,
  'security/object-authorization': securityObjectAuthorization,
  'security/open-redirect': securityOpenRedirect,
  'security/password-storage': securityPasswordStorage,
  'security/path-traversal': securityPathTraversal,
  'security/prototype-pollution': securityPrototypePollution,
  'security/regular-expressions': securityRegularExpressions,
  'security/reset-rate-limit': securityResetRateLimit,
  'security/reset-token': securityResetToken,
  'security/response-fields': securityResponseFields,
  'security/response-headers': securityResponseHeaders,
  'security/role-authorization': securityRoleAuthorization,
  'security/secret-management': securitySecretManagement,
  'security/secrets-in-code': securitySecretsInCode,
  'security/secrets-in-history': securitySecretsInHistory,
  'security/self-promotion': securitySelfPromotion,
  'security/server-keys-in-client': securityServerKeysInClient,
  'security/session-revocation': securitySessionRevocation,
  'security/session-verification': securitySessionVerification,
  'security/sql-injection': securitySqlInjection,
  'security/ssrf': securitySsrf,
  'security/step-up-authentication': securityStepUpAuthentication,
  'security/suspended-accounts': securitySuspendedAccounts,
  'security/template-injection': securityTemplateInjection,
  'security/tenant-isolation': securityTenantIsolation,
  'security/token-secret': securityTokenSecret,
  'security/transport': securityTransport,
  'security/uploads': securityUploads,
  'security/webhook-signature': securityWebhookSignature,
  'security/websocket-authorization': securityWebsocketAuthorization,
  'tests/assertions': testsAssertions,
  'tests/critical-coverage': testsCriticalCoverage,
  'tests/independent-oracle': testsIndependentOracle,
  'tests/presence': testsPresence,
};
