import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Unit = EvidenceValue<'units'>['units'][number];

export default defineCheck({
  title: 'Pages and APIs send protective headers',
  control: 'security/security-headers',
  severity: 'low',
  cwe: [693, 1021],
  standards: ['ASVS v5.0.0-3.4.1', 'ASVS v5.0.0-3.4.3', 'A02:2025'],
  why: 'A few headers tell browsers what a page may do: which scripts run, who may show it in a frame, that it is only ever reached by HTTPS. Without them one injected tag or one foreign frame has everything that the page has.',
  remedy:
    "Express, Fastify, Koa: add helmet as the first middleware. Next.js: return Content-Security-Policy, X-Frame-Options, X-Content-Type-Options and Strict-Transport-Security from headers() in next.config. Start with a policy of default-src 'self' and add what breaks.",
  needs: ['units', 'calls', 'constructs', 'routes'],
  *run({ units, calls, constructs, routes }) {
    const all = units.value.units;
    const unitOf = (file: string): string => {
      const holding = all.filter(({ dir }) => dir === '.' || file.startsWith(`${dir}/`)).toSorted((a, b) => b.dir.length - a.dir.length);
      return holding[0]?.dir ?? '.';
    };
    const servers = all
      // An application for phones answers no browser.
      .filter(
        ({ dir, frameworks }) =>
          !frameworks.some((one) => /expo|react-native/i.test(one)) && !/(^|\/)(expo|mobile|native|ios|android)$/.test(dir),
      )
      .filter(({ dir, kind }) => (kind !== 'library' && routes.value.routes.some(({ unit }) => unit === dir)) || kind === 'full-stack');
    // What a server in front sends (nginx, the host) counts for every unit.
    const inFront = constructs.value.constructs.filter(
      ({ kind, where }) =>
        kind === 'protective-header' && /nginx|\.conf|Caddyfile|_headers|netlify|vercel\.json|firebase\.json|staticwebapp/.test(where.file),
    );
    for (const { dir, frameworks } of servers) {
      const subject = { kind: 'application' as const, name: dir === '.' ? 'application' : dir };
      const middleware = calls.value.calls.find(
        ({ means, symbol, where }) =>
          (means === 'security-headers' || (means === 'set-header' && symbol === 'py:response#header')) && unitOf(where.file) === dir,
      );
      const sent = [
        ...inFront,
        ...constructs.value.constructs.filter(({ kind, where }) => kind === 'protective-header' && unitOf(where.file) === dir),
      ];
      const policies = sent.filter(({ name }) => name.startsWith('content-security-policy'));
      const pages = showsPages(dir, frameworks, all, calls.value.calls, unitOf);
      const options = middleware?.args[0];
      const policyOff =
        options?.kind === 'object' &&
        options.keys['contentSecurityPolicy']?.kind === 'literal' &&
        options.keys['contentSecurityPolicy'].value === false;
      if (!middleware && sent.length === 0)
        yield fail(
          'read',
          subject,
          `No protective headers are sent${pages ? ' with the pages' : ''}: neither a middleware nor a setting for them was found.`,
          {
            severity: pages ? 'medium' : 'low',
            impact: pages
              ? 'The pages can be shown in a frame of a stranger who has users press buttons unseen, and an injected script meets no obstacle.'
              : 'Answers may be read by browsers as something else than they are; mostly hygiene, for no pages are served.',
            where: firstPlace(dir, routes.value.routes),
            effect: 'none',
          },
        );
      else if (pages && policies.length === 0 && (policyOff || !middleware))
        yield fail(
          'read',
          subject,
          policyOff
            ? 'The Content-Security-Policy of helmet is switched off.'
            : 'Protective headers are sent, but no Content-Security-Policy.',
          {
            impact: 'An injected script runs with everything that the page may do.',
            where: middleware?.where ?? sent[0]?.where,
            effect: 'no-policy',
          },
        );
      else {
        const weak = policies.find(({ detail }) => detail !== '');
        if (weak)
          yield fail('read', subject, `The Content-Security-Policy allows '${weak.detail}', which lets injected scripts run.`, {
            impact: 'The policy is there but does not hold what it is for.',
            where: weak.where,
            effect: weak.detail,
          });
        else yield pass('read', subject);
      }
    }
    if (servers.length > 0) return;
    yield routes.gaps.length > 0
      ? unknown('read', application, 'No server was found, but some code could not be read.')
      : notApplicable('Nothing here answers requests of browsers.');
  },
});

function showsPages(
  dir: string,
  frameworks: readonly string[],
  units: readonly Unit[],
  calls: EvidenceValue<'calls'>['calls'],
  unitOf: (file: string) => string,
): boolean {
  if (frameworks.some((one) => /next|remix|nuxt|svelte|astro|react|vue/i.test(one))) return true;
  if (units.find((unit) => unit.dir === dir)?.kind === 'full-stack') return true;
  return calls.some(({ means, where }) => means === 'static-files' && unitOf(where.file) === dir);
}

function firstPlace(
  dir: string,
  routes: EvidenceValue<'routes'>['routes'],
): EvidenceValue<'routes'>['routes'][number]['where'] | undefined {
  return routes.find(({ unit }) => unit === dir)?.where;
}
