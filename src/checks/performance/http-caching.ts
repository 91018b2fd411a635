import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';

export default defineCheck({
  title: 'Read-mostly answers are cacheable, private ones never shared',
  control: 'performance/http-caching',
  severity: 'medium',
  cwe: [524, 525],
  standards: ['ASVS v5.0.0-14.2.2'],
  why: "A cache between the application and its users hands one person's answer to the next when the answer says that it may. Files that never change, on the other hand, are asked for again with every page.",
  remedy:
    'Answer `Cache-Control: private, no-store` where the answer depends on who asks, and a long `max-age` for files with a hash in their name.',
  needs: ['calls', 'routes'],
  *run({ calls, routes }) {
    const byId = new Map(routes.value.routes.map((route) => [route.id, route]));
    let examined = 0;
    for (const { means, args, where, routes: ids } of calls.value.calls) {
      if (means !== 'set-header') continue;
      const text = cacheControl(args);
      if (text === undefined) continue;
      examined++;
      const personal = ids.filter(
        (id) => byId.get(id)?.guards.some(({ does, refuses }) => refuses && does.includes('authentication')) ?? false,
      );
      const subject = { kind: 'function', name: `${where.file} Cache-Control ${text ?? ''}`.trim() } as const;
      if (text === null) yield unknown('read', subject, 'What the header says could not be followed.', { where });
      else if (personal.length > 0 && personal.length === ids.length && shared(text))
        yield fail(
          'read',
          subject,
          `Answers that depend on who asks (${personal.slice(0, 2).join(', ')}) may be kept by shared caches: \`${text}\`.`,
          {
            impact: 'Behind a CDN or a proxy one user is shown what was meant for another.',
            where,
            effect: 'shared-private',
          },
        );
      else yield pass('read', subject);
    }
    const bare = calls.value.calls.filter(({ symbol, args }) => symbol === 'npm:express#static' && args.length < 2);
    const [first] = bare;
    if (first !== undefined) {
      examined++;
      yield fail(
        'read',
        { kind: 'file', name: `${first.where.file} static` },
        'Static files are sent without a time for which they may be kept.',
        {
          severity: 'low',
          impact: 'Every page asks again for every file, also for those that never change.',
          where: first.where,
          effect: 'static-uncached',
        },
      );
    }
    if (examined === 0)
      yield calls.gaps.length > 0
        ? unknown('read', application, 'No header for caches was found, but not all of the code could be followed.')
        : notApplicable('The code says nothing to caches; answers of frameworks are not kept by shared ones then.');
  },
});

/** The text of a Cache-Control header that is set; null when it could not be followed, undefined for other headers. */
function cacheControl(args: readonly AbstractValue[]): string | null | undefined {
  const [name, value] = args;
  if (name?.kind === 'object') {
    const key = Object.keys(name.keys).find((one) => one.toLowerCase() === 'cache-control');
    return key === undefined ? undefined : textOf(name.keys[key]);
  }
  if (name?.kind !== 'literal' || String(name.value).toLowerCase() !== 'cache-control') return undefined;
  return textOf(value);
}

function textOf(value: AbstractValue | undefined): string | null {
  if (value?.kind === 'literal') return String(value.value);
  return value?.kind === 'template' ? value.parts.join('…') : null;
}

function shared(text: string): boolean {
  return /\bpublic\b|\bs-maxage=[1-9]/i.test(text) && !/\b(private|no-store)\b/i.test(text);
}
