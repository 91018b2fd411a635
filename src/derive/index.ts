import accountEndpoints from './account-endpoints.ts';
import endpoints from './endpoints.ts';
import guardStyles from './guard-styles.ts';
import intendedAccess from './intended-access.ts';
import ownership from './ownership.ts';
import personalData from './personal-data.ts';
import screenLimits from './screen-limits.ts';

/** Every derivation; the engine orders them by what they need. */
export const derivations = [accountEndpoints, endpoints, guardStyles, intendedAccess, ownership, personalData, screenLimits] as const;
