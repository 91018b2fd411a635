import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Sample = EvidenceValue<'samples'>['samples'][number];

export default defineCheck({
  title: 'Responses keep their contract',
  control: 'correctness/api-contract',
  severity: 'medium',
  cwe: [440],
  standards: ['API9:2023'],
  why: 'Screens and server are written apart, and by machines that do not remember what the other half is called. A button whose request no endpoint takes fails only when somebody presses it; an endpoint that the documentation promises and nobody wrote fails your first integration partner.',
  remedy:
    'Let the two agree: correct the path or method in the screen or the specification, or write the endpoint that is missing. A client that is generated from the specification keeps them together.',
  needs: ['routes', 'samples'],
  *run({ routes, samples }) {
    const all = routes.value.routes;
    const asked = samples.value.samples.filter(
      ({ source, path }) => (source === 'client-call' || source === 'openapi') && path.startsWith('/'),
    );
    const met = asked.filter(({ endpoint }) => endpoint !== null);
    // What begins as endpoints of ours begin is ours; other addresses may be those of somebody else's server.
    const begins = new Set(met.map(({ path }) => beginning(path)));
    // A path that takes another method is no contradiction that is certain: the method of a call is often a default far away.
    const missing = asked.filter((sample) => sample.endpoint === null && isOurs(sample, begins) && !servedAnyway(sample, all));
    const gaps = [...routes.gaps, ...samples.gaps];
    if (asked.length === 0 || met.length < 3) {
      yield gaps.length > 0 || asked.length > 0
        ? unknown('read', application, "Requests of the application's own screens could not be told from those to other servers.")
        : notApplicable('No screen, client or specification in the repository says what the endpoints are called.');
      return;
    }
    // Endpoints that were not read would make every request for them look lost.
    if (gaps.length > 0 || missing.length > Math.max(3, met.length / 3)) {
      yield missing.length === 0
        ? unknown('read', application, 'Every request that was seen has its endpoint, but some code could not be read.')
        : unknown(
            'read',
            application,
            `${missing.length} requests of screens or specifications (${names(missing)}) have no endpoint that was read; some code could not be followed.`,
            { where: missing[0]?.where },
          );
      return;
    }
    for (const [id, found] of Map.groupBy(missing, ({ method, path }) => `${method} ${path}`)) {
      const [first] = found;
      if (first === undefined) continue;
      const documented = found.every(({ source }) => source === 'openapi');
      yield fail(
        'read',
        { kind: 'file', name: `${first.where.file} ${id}` },
        documented
          ? `The specification promises ${id}, and no endpoint takes this path.`
          : `The screen sends ${id}, and no endpoint takes this path.`,
        {
          severity: documented ? 'low' : 'medium',
          impact: documented ? 'Whoever integrates by the specification gets 404.' : 'What the user does there fails every time.',
          where: first.where,
          effect: 'no-endpoint',
        },
      );
    }
    if (missing.length === 0) yield pass('read', application);
  },
});

function beginning(path: string): string {
  return path.split('/').slice(0, 3).join('/');
}

function isOurs({ path }: Sample, begins: ReadonlySet<string>): boolean {
  return (
    !path.split('/').slice(0, 3).join('/').includes('{}') && begins.has(beginning(path)) && path.split('/').filter(Boolean).length >= 2
  );
}

/** An endpoint of this path, by whatever method, or a handler for everything below it. */
function servedAnyway({ path }: Sample, routes: readonly Route[]): boolean {
  return routes.some((route) => {
    if (/[*]|\.\.\.|\(\.\*\)/.test(route.path)) return path.startsWith(route.path.split(/[*(]|:\w*\.\.\./)[0] ?? '');
    return fits(route.path, path);
  });
}

function fits(route: string, path: string): boolean {
  const [a, b] = [route.split('/'), (path.split('?')[0] ?? '').split('/')];
  return a.length === b.length && a.every((part, at) => part.startsWith(':') || part === b[at] || b[at] === '{}');
}

function names(samples: readonly Sample[]): string {
  const ids = [...new Set(samples.map(({ method, path }) => `${method} ${path}`))];
  return `${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}`;
}
