import type { EvidenceValue } from './evidence/index.ts';
import { application } from './check.ts';
import type { Subject } from './finding.ts';

type Unit = EvidenceValue<'units'>['units'][number];

/** A part of the repository that answers requests, with its files. */
export interface Serving {
  readonly unit: Unit;
  readonly files: readonly string[];
  /** The application where there is one such part, else the part's folder. */
  readonly subject: Subject;
}

/** The units that hold server code; libraries, screens without a server and empty units are none. */
export function servingUnits(units: EvidenceValue<'units'>, operation: EvidenceValue<'operation'>): Serving[] {
  const dirs = units.units.map(({ dir }) => dir).sort((a, b) => b.length - a.length);
  const owner = (file: string) => dirs.find((dir) => dir === '.' || file.startsWith(`${dir}/`));
  const byDir = Map.groupBy(operation.server, owner);
  const running = new Set(operation.entries.map(owner));
  const found = units.units.flatMap((unit) => {
    const files = byDir.get(unit.dir) ?? [];
    // A package with endpoints that another one serves is no server.
    const serves = running.has(unit.dir) || (isHosted(unit) && Object.hasOwn(unit.scripts, 'start'));
    return files.length > 0 && serves && unit.kind !== 'library' ? [{ unit, files }] : [];
  });
  return found.map((one) => ({
    ...one,
    subject: found.length === 1 ? application : { kind: 'file', name: one.unit.dir },
  }));
}

/** The unit is run by a framework whose host starts and stops it: there is no process of one's own to look after. */
export function isHosted({ frameworks, kind }: Unit): boolean {
  if (frameworks.some((name) => /^(express|fastify|koa|nestjs|hapi)$/.test(name))) return false;
  // Functions beside an application in the browser are run by whoever hosts them.
  return (
    kind === 'web' || frameworks.some((name) => /^(next|nuxt|remix|react-router|sveltekit|astro|solid-start|tanstack-start)$/.test(name))
  );
}
