import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { maybe } from '../../model/values.ts';

const changing = /^(POST|PUT|PATCH|DELETE)$/;
const session = /sess|^sid$|token|auth|jwt/i;

export default defineCheck({
  title: 'A foreign site cannot act for a signed-in user',
  control: 'security/csrf',
  severity: 'medium',
  cwe: [352],
  standards: ['ASVS v5.0.0-3.5.1', 'A01:2025'],
  why: 'Browsers send cookies along with requests that other sites make. Where the cookie alone says who is calling, a page that your user happens to visit can press every button of your application.',
  remedy:
    "Set sameSite: 'lax' on the session cookie, so that browsers keep it from foreign POST requests. Where it has to be 'none', refuse state-changing requests whose Origin header is not yours, or ask for a token (csrf-csrf) in each.",
  needs: ['calls', 'routes'],
  *run({ calls, routes }) {
    const all = calls.value.calls;
    const cookies = all.flatMap((call) => {
      if (call.means === 'session' && call.args[0]?.kind === 'object') {
        const given = /cookie-session|koa-session/.test(call.symbol) ? call.args[0] : call.args[0].keys['cookie'];
        return [{ call, options: given }];
      }
      const [name] = call.args;
      return call.means === 'set-cookie' &&
        name?.kind === 'literal' &&
        session.test(String(name.value)) &&
        !/csrf|xsrf/i.test(String(name.value))
        ? [{ call, options: call.args[2] }]
        : [];
    });
    const written = routes.value.routes.filter(({ method }) => changing.test(method));
    if (cookies.length === 0 || written.length === 0) {
      yield calls.gaps.length > 0
        ? unknown('read', application, 'No session in a cookie was found, but some code could not be read.')
        : notApplicable('No session in a cookie of its own was found: a foreign site has nothing to send along.');
      return;
    }
    const asks = routes.value.routes.filter(({ guards, inline }) =>
      [...guards, ...inline].some(({ does, refuses }) => does.includes('csrf') && refuses),
    );
    // A form of a foreign page can be sent without asking; JSON cannot.
    const forms = all.find((call) => call.means === 'body-parser' && /urlencoded|#default$|#text$/.test(call.symbol));
    for (const { call, options } of cookies) {
      const subject = { kind: 'function' as const, name: `${call.within.replace(/:\d+$/, '')} ${call.symbol}` };
      const sameSite = options?.kind === 'object' ? options.keys['sameSite'] : undefined;
      const unclear = options !== undefined && (options.kind !== 'object' || (sameSite === undefined && options.open));
      if (asks.length > 0 || asksInFront(all)) yield pass('read', subject);
      else if (sameSite !== undefined && maybe(sameSite, 'none'))
        yield fail(
          'read',
          subject,
          `The session cookie goes along with requests of foreign sites (sameSite: none), and nothing else tells them from your own: ${written.length} endpoints change something.`,
          {
            severity: forms && sameSite.kind === 'literal' ? 'high' : 'medium',
            impact: 'A page that a signed-in user visits acts in their name: orders, changes, deletions.',
            where: call.where,
            effect: 'same-site-none',
          },
        );
      else if (sameSite === undefined && !unclear && forms)
        yield fail('read', subject, 'The session cookie does not say SameSite, forms are accepted, and no token or origin is asked for.', {
          severity: 'low',
          impact: 'In browsers that do not take Lax for granted (Safari, Firefox), a foreign page acts for whoever is signed in.',
          where: call.where,
          effect: 'same-site-unset',
        });
      else if (unclear || kindOf(sameSite) === 'unknown')
        yield unknown('read', subject, 'Whether the session cookie is kept from foreign sites (SameSite) could not be followed.', {
          where: call.where,
        });
      else yield pass('read', subject);
    }
  },
});

function asksInFront(calls: readonly { readonly means: string }[]): boolean {
  return calls.some(({ means }) => means === 'guard:csrf');
}

function kindOf(value: AbstractValue | undefined): AbstractValue['kind'] | null {
  return value?.kind ?? null;
}
