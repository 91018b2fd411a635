import type { EvidenceValue } from '../../model/evidence/index.ts';

type Cell = EvidenceValue<'access'>['cells'][number];

/** Somebody who may more than another, and the endpoints that show it. */
export interface Above {
  readonly name: string;
  /** Endpoints that refuse the one below and work for this one, those that change least first. */
  readonly witnesses: readonly string[];
}

/**
 * Who of these actors may more than `below`, by what the application answered: something works for them that is refused there, and nothing the
 * other way round. Roles that only differ (who sells may not buy) stand beside each other, not above. The mightiest come first.
 */
export function thoseAbove(cells: readonly Cell[], below: string, names: readonly string[]): Above[] {
  const mine = new Map(cells.filter(({ actor }) => actor === below).map((cell) => [cell.endpoint, cell]));
  return names
    .flatMap((name): Above[] => {
      const pairs = cells.flatMap((cell) => {
        const own = cell.actor === name ? mine.get(cell.endpoint) : undefined;
        return own ? [{ endpoint: cell.endpoint, own, other: cell }] : [];
      });
      const witnesses = pairs.filter(({ own, other }) => refused(own) && worked(other)).map(({ endpoint }) => endpoint);
      const contrary = pairs.some(({ own, other }) => worked(own) && refused(other));
      return name === below || contrary || witnesses.length === 0 ? [] : [{ name, witnesses: witnesses.toSorted(byHarm) }];
    })
    .toSorted((a, b) => b.witnesses.length - a.witnesses.length || (a.name < b.name ? -1 : 1));
}

function refused({ status, outcome }: Cell): boolean {
  return outcome === 'refused' && (status === 401 || status === 403);
}

function worked({ status, outcome }: Cell): boolean {
  return status !== null && status >= 200 && status < 300 && outcome !== 'refused' && outcome !== 'unknown';
}

/** Reads before writes, writes before deletions, lists before single objects. */
function byHarm(a: string, b: string): number {
  const harm = (endpoint: string): number =>
    (endpoint.startsWith('GET ') ? 0 : endpoint.startsWith('DELETE ') ? 4 : 2) + (endpoint.includes(':') ? 1 : 0);
  return harm(a) - harm(b) || (a < b ? -1 : 1);
}
