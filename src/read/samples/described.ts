import type { EvidenceValue } from '../../model/evidence/index.ts';
import { onlyDescribed } from '../../model/specification.ts';
import type { Gap } from '../../model/words.ts';

type Route = Pick<EvidenceValue<'routes'>['routes'][number], 'unit' | 'id' | 'framework' | 'method'>;
type Sample = EvidenceValue<'samples'>['samples'][number];

const shown = 6;
/** What a specification of the interface would hardly describe. */
const unusual = new Set(['graphql', 'trpc']);

/** Says once which endpoints of the code a specification of the repository leaves out. */
export function leftOutOfSpecification(samples: readonly Sample[], routes: readonly Route[]): Gap[] {
  const described = samples.filter(({ source }) => source === 'openapi');
  const told = new Set(described.flatMap(({ endpoint }) => (endpoint === null ? [] : [`${endpoint.unit}\0${endpoint.id}`])));
  // A specification of somebody else's interface describes nothing of this one.
  const files = new Set(described.map(({ where }) => where.file)).difference(new Set(onlyDescribed(samples).foreign));
  const units = new Set(described.flatMap(({ endpoint, where }) => (endpoint !== null && files.has(where.file) ? [endpoint.unit] : [])));
  const left = routes.filter(
    ({ unit, id, framework, method }) => units.has(unit) && !unusual.has(framework) && method !== 'ALL' && !told.has(`${unit}\0${id}`),
  );
  const [file] = files;
  if (file === undefined || left.length === 0) return [];
  const names = left.slice(0, shown).map(({ id }) => id);
  const more = left.length > shown ? ' and others' : '';
  return [{ file, reason: `leaves out ${left.length} endpoints of the code: ${names.join(', ')}${more}` }];
}
