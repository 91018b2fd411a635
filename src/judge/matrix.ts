import type { CheckMeta } from '../model/check.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { AccessOutcome } from '../model/evidence/run.ts';
import type { Finding } from '../model/finding.ts';
import { answerOf, outcomeMeanings } from '../model/matrix.ts';
import type { Matrix } from '../model/matrix.ts';

type Cell = EvidenceValue<'access'>['cells'][number];

export interface MatrixInput {
  readonly access: EvidenceValue<'access'> | undefined;
  readonly actors: EvidenceValue<'actors'> | undefined;
  readonly endpoints: readonly { readonly method: string; readonly path: string; readonly file: string; readonly line: number }[];
  /** Ranked, the worst first. */
  readonly findings: readonly Finding[];
  readonly checks: Readonly<Record<string, CheckMeta>>;
}

/** The access matrix as reports show it, every leak joined to the finding that proves it. */
export function matrixOf(input: MatrixInput): Matrix {
  const cells = input.access?.cells ?? [];
  const leaks = input.findings.filter((finding) => isOfAccess(finding, input.checks));
  const outcomes = Object.keys(outcomeMeanings) as AccessOutcome[];
  const places = new Map(input.endpoints.map((one) => [`${one.method} ${one.path}`, one]));
  return {
    actors: actorsOf(cells, input.actors),
    outcomes: outcomes.map((outcome) => ({
      outcome,
      answer: answerOf[outcome],
      meaning: outcomeMeanings[outcome],
      cells: cells.filter((cell) => cell.outcome === outcome).length,
    })),
    rows: [...Map.groupBy(cells, (cell) => cell.endpoint)].map(([endpoint, mine]) => ({
      endpoint,
      file: places.get(endpoint)?.file ?? null,
      line: places.get(endpoint)?.line ?? null,
      cells: Object.fromEntries([...Map.groupBy(mine, (cell) => cell.outcome)].map(([outcome, some]) => [outcome, some.length])),
    })),
    cells: cells.map((cell) => ({
      endpoint: cell.endpoint,
      actor: cell.actor,
      outcome: cell.outcome,
      answer: answerOf[cell.outcome],
      reason: cell.reason,
      status: cell.status,
      byId: cell.byId,
      finding: cell.outcome === 'leak' ? (findingOf(cell, leaks)?.id ?? null) : null,
      settle: cell.settle ?? null,
      rule: cell.rule ? { endpoint: cell.rule.endpoint, lets: cell.rule.lets, by: cell.rule.by, on: cell.rule.on } : null,
    })),
  };
}

/** In the order in which they were signed up; after them those that the evidence does not name. */
function actorsOf(cells: readonly Cell[], actors: EvidenceValue<'actors'> | undefined): Matrix['actors'] {
  const acting = new Set(cells.map((cell) => cell.actor));
  const named = (actors?.actors ?? []).filter((actor) => acting.has(actor.name));
  const others = acting.difference(new Set(named.map((actor) => actor.name)));
  return [
    ...named.map(({ name, part, role }) => ({ name, part, role })),
    ...[...others].toSorted().map((name) => ({ name, part: null, role: null })),
  ];
}

/** A failure that an experiment showed, by a check that was handed the cells. */
function isOfAccess(finding: Finding, checks: MatrixInput['checks']): boolean {
  const meta = checks[finding.check];
  return (
    finding.status === 'fail' &&
    finding.class === 'ran' &&
    meta !== undefined &&
    [...meta.needs, ...meta.anyOf, ...meta.uses].includes('access')
  );
}

/**
 * The finding that tells of a leak: best the one about this endpoint with this very experiment, then one with this experiment, one about
 * the endpoint, and last one about a table whose rows leaked here. A table has one finding, proven through one of its endpoints.
 */
function findingOf(cell: Cell, findings: readonly Finding[]): Finding | undefined {
  const scenario = cell.proof?.scenario?.id;
  const touched = new Set([...cell.read, ...cell.changed].map((row) => row.table));
  const fit = ({ subject, proof }: Finding): number =>
    (scenario !== undefined && proof?.scenario?.id === scenario ? 4 : 0) +
    (subject.kind === 'endpoint' && subject.name === cell.endpoint ? 2 : 0) +
    (subject.kind === 'table' && touched.has(subject.name) ? 1 : 0);
  const [best] = findings
    .map((finding) => ({ finding, fits: fit(finding) }))
    .filter(({ fits }) => fits > 0)
    .toSorted((a, b) => b.fits - a.fits);
  return best?.finding;
}
