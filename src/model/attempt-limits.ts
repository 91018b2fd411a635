import { application, endpointSubject, fail, notApplicable, pass, unknown } from './check.ts';
import type { Detail } from './check.ts';
import type { EvidenceValue, Present } from './evidence/index.ts';
import type { AccountEndpoint } from './evidence/derived.ts';
import type { Claim } from './finding.ts';

interface About {
  /** The endpoints that the check asks about. */
  readonly endpoints: readonly AccountEndpoint[];
  /** What is said of one that nothing limits. */
  readonly says: (endpoint: AccountEndpoint) => { readonly message: string } & Detail;
  /** What they are together: `login`. */
  readonly what: string;
  /** Why there is none where others keep the accounts, by their names. */
  readonly elsewhere: (providers: string) => string;
  /** Why there is nothing to examine. */
  readonly nothing: string;
  /** The same when some code could not be read. */
  readonly unread: string;
}

interface Given {
  readonly 'account-endpoints': Present<'account-endpoints'>;
  readonly calls: { readonly value: EvidenceValue<'calls'> };
  readonly routes: { readonly value: EvidenceValue<'routes'> };
}

/** Claims about limits of endpoints at which secrets can be tried, and one question about limiters that could not be followed to them. */
export function* claimsOfLimits({ 'account-endpoints': doors, calls, routes }: Given, about: About): Iterable<Claim> {
  // A limiter that was made but seen in front of nothing may stand where it could not be followed.
  const made = calls.value.calls.find(({ means }) => means === 'guard:rate-limit');
  const followed = routes.value.routes.some(({ guards }) => guards.some(({ does }) => does.includes('rate-limit')));
  let open = 0;
  for (const endpoint of about.endpoints) {
    const subject = endpointSubject(endpoint.id);
    if (endpoint.limit !== 'none') yield pass('read', subject);
    else if (made && !followed) open++;
    else {
      const { message, ...detail } = about.says(endpoint);
      yield fail('read', subject, message, { where: endpoint.where, effect: 'no-limit', ...detail });
    }
  }
  if (open > 0 && made)
    yield unknown(
      'read',
      application,
      `A limiter is made in ${made.where.file}, but whether it stands in front of the ${about.what} could not be followed.`,
      { where: made.where },
    );
  if (about.endpoints.length > 0) return;
  if (doors.value.providers.length > 0) yield notApplicable(about.elsewhere(doors.value.providers.join(', ')));
  else yield doors.gaps.length > 0 ? unknown('read', application, about.unread) : notApplicable(about.nothing);
}
