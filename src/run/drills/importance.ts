import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { SchemaTable } from '../../model/evidence/run.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { credential, financial, personal } from './data-names.ts';

/** What tells how much an endpoint matters; what is not there says nothing. */
export interface Known {
  readonly routes: readonly Route[];
  readonly tables: readonly SchemaTable[];
  readonly ownership: EvidenceValue<'ownership'>;
  readonly queries?: EvidenceValue<'queries'> | undefined;
  readonly access?: EvidenceValue<'access'> | undefined;
}

const delicatePath =
  /pay|invoice|billing|charge|refund|wallet|balance|transfer|order|checkout|account|user|member|customer|profile|patient|admin|export/i;

/**
 * How much an endpoint matters, for the order in which time is spent: 3 it touches money, personal data or credentials that
 * somebody owns, 2 other data that somebody owns, 1 it writes, picks an object or asks who calls, 0 a public page.
 */
export function importanceOf(known: Known): (route: Route) => number {
  const owned = new Map<string, boolean>();
  for (const { table: name, user, tenant } of known.ownership.tables) {
    if (user === null && tenant === null) continue;
    const columns = known.tables.find((table) => table.name === name)?.columns ?? [];
    const delicate = columns.some(({ name: column }) => credential.test(column) || personal.test(column) || financial.test(column));
    owned.set(bare(name), delicate || owned.get(bare(name)) === true);
  }
  // A statement that a third of all endpoints reach looks the caller up; its tables say nothing about one of them.
  const few = Math.max(2, known.routes.length / 3);
  const touched = Map.groupBy(
    [
      ...(known.queries?.queries ?? [])
        .filter((query) => query.routes.length <= few)
        .flatMap((query) => query.routes.flatMap((route) => query.tables.map((table) => ({ route, table })))),
      ...(known.access?.cells ?? []).flatMap((cell) =>
        [...cell.read, ...cell.changed].map(({ table }) => ({ route: cell.endpoint, table })),
      ),
    ],
    ({ route }) => route,
  );
  return (route) => {
    const tables = (touched.get(route.id) ?? []).flatMap(({ table }) => owned.get(bare(table)) ?? []);
    const asks = [...route.guards, ...route.inline].some((guard) => guard.refuses);
    const acts = asks || route.path.includes(':') || !['GET', 'HEAD'].includes(route.method);
    if (tables.includes(true) || (acts && delicatePath.test(route.path))) return 3;
    if (tables.length > 0) return 2;
    return acts ? 1 : 0;
  };
}

/** The routes with what matters most first; equals stay in their order. */
export function byImportance(routes: readonly Route[], known: Known): Route[] {
  const importance = importanceOf(known);
  return routes.toSorted((a, b) => importance(b) - importance(a));
}

/** `public.orders`, as the catalogue names it, and `orders`, as statements do. */
function bare(name: string): string {
  return name.slice(name.indexOf('.') + 1).toLowerCase();
}
