import type { EvidenceValue } from './evidence/index.ts';

type Route = Pick<EvidenceValue<'routes'>['routes'][number], 'method' | 'framework'>;

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ALL']);
/** Functions that a host runs beside the application, not its own server. */
const elsewhere = new Set(['supabase', 'netlify', 'lambda', 'workers']);

/** Whether a request of this method only asks, by what the method means: a query of GraphQL as a GET. */
export function isRead(method: string): boolean {
  return /^(GET|HEAD|OPTIONS|QUERY|SUBSCRIPTION)$/.test(method);
}

/** Whether the application's own server answers this endpoint to a request of its method and path: fields of GraphQL and functions of a host are others'. */
export function answersRequests({ method, framework }: Route): boolean {
  return methods.has(method) && !elsewhere.has(framework);
}
