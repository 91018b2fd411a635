import type { EvidenceValue } from '../model/evidence/index.ts';
import { bin } from '../model/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { Severity, Trigger } from '../model/words.ts';
import { binOf } from './bins.ts';
import type { SettledFinding } from './types.ts';
import { dataClassOf, speaksOfMoney } from './words.ts';
import type { DataClass } from './words.ts';

/** What the ranking may know beside the findings. */
export interface RankContext {
  readonly endpoints: readonly RankedEndpoint[];
  readonly access?: EvidenceValue<'access'> | undefined;
  /** Triggers whose blocking sets decide the bins. */
  readonly triggers: readonly Trigger[];
  readonly modelCalls: boolean;
}

/** What of an endpoint matters to the ranking. */
export interface RankedEndpoint {
  readonly id: string;
  readonly intended: string;
  readonly tables: readonly string[];
}

/** The scales, as data. A finding's rank is the product of one number of each. */
export const scales = {
  severity: { critical: 16, high: 6, medium: 3, low: 1, info: 0.3 } satisfies Record<Severity, number>,
  reachability: { public: 4, 'signed-in': 3, role: 2, internal: 1 },
  data: { secrets: 4, personal: 3, money: 2, other: 1 } satisfies Record<DataClass, number>,
  /** On the path of money, or not. */
  money: { on: 2, off: 1 },
  /** Everyone without signing in; each further kind of person adds a half, up to that. */
  actors: { everyone: 3, one: 1, further: 0.5 },
} as const;

/** Controls whose findings are about who got in, so that the access experiment's cells speak for them. */
const aboutAccess = new Set([
  'security/role-matrix',
  'security/object-authorization',
  'security/tenant-isolation',
  'security/property-authorization',
]);

type Reach = keyof typeof scales.reachability;

/**
 * The findings with their factors, rank and bin: faults before open questions, what must be mended before launch first
 * (so that no hygiene outranks a leak), then by rank; equal ranks stand in the order of class, then id.
 */
export function rank(findings: readonly SettledFinding[], context: RankContext): Finding[] {
  const classes = ['ran', 'read', 'stated'];
  return findings
    .map((finding) => ({ ...finding, factors: factorsOf(finding, context), bin: binOf(finding, context) }))
    .toSorted(
      (a, b) =>
        order(a.status) - order(b.status) ||
        bin.options.indexOf(a.bin) - bin.options.indexOf(b.bin) ||
        (b.factors['rank'] ?? 0) - (a.factors['rank'] ?? 0) ||
        classes.indexOf(a.class) - classes.indexOf(b.class) ||
        (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
}

function order(status: Finding['status']): number {
  return status === 'fail' ? 0 : 1;
}

function factorsOf(finding: SettledFinding, context: RankContext): Record<string, number> {
  const endpoint = endpointOf(finding, context);
  const tables = tablesOf(finding, endpoint);
  const factors = {
    severity: scales.severity[finding.severity],
    reachability: scales.reachability[reachOf(finding, endpoint, context)],
    data: scales.data[dataOf(finding, tables, context)],
    money: [...tables, endpoint?.id ?? '', finding.subject.name].some(speaksOfMoney) ? scales.money.on : scales.money.off,
    actors: actorsFactor(finding, context),
  };
  const product = Object.values(factors).reduce((all, one) => all * one, 1);
  return { ...factors, rank: Math.round(product * 10) / 10 };
}

function endpointOf(finding: SettledFinding, context: RankContext): RankedEndpoint | undefined {
  const id = idOf(finding);
  return context.endpoints.find((endpoint) => endpoint.id === id);
}

function tablesOf(finding: SettledFinding, endpoint: RankedEndpoint | undefined): string[] {
  const effect = finding.proof?.scenario?.effect;
  const shown = effect && 'table' in effect ? [effect.table] : [];
  // What the experiment touched is exact; the ledger's tables are all that the endpoint may touch.
  return shown.length > 0 ? shown : [...(endpoint?.tables ?? [])];
}

function dataOf(finding: SettledFinding, tables: readonly string[], context: RankContext): DataClass {
  if (finding.subject.kind === 'secret') return 'secrets';
  const effect = finding.proof?.scenario?.effect;
  if (effect?.shows === 'stored-password') return 'secrets';
  const named = ['table', 'column', 'variable', 'query'].includes(finding.subject.kind) ? [finding.subject.name] : [];
  const shown = leaksOf(finding, context).flatMap((cell) => cell.columns);
  const column = effect?.shows === 'column-shown' ? [effect.column] : [];
  return dataClassOf([...tables, ...named, ...shown, ...column]);
}

/** Who can get there. A proof shows who did; else the ledger says who was meant to. */
function reachOf(finding: SettledFinding, endpoint: RankedEndpoint | undefined, context: RankContext): Reach {
  const scenario = finding.proof?.scenario;
  const last = scenario?.steps.findLast((step) => step.do === 'request');
  const part = last ? scenario?.actors[last.as]?.part : undefined;
  if (part === 'anonymous') return 'public';
  if (part === 'owner' || part === 'stranger') return 'signed-in';
  if (part === 'role') return 'role';
  if (endpoint) return intendedReach(endpoint);
  // A secret in the files is read by everyone who ever sees the code.
  if (finding.subject.kind === 'secret') return 'signed-in';
  const table = finding.subject.name.split('.').at(finding.subject.kind === 'column' ? -2 : -1) ?? '';
  const touching = context.endpoints.filter((one) => one.tables.some((name) => name.split('.').at(-1) === table));
  const widest = touching.map((one) => intendedReach(one)).toSorted((a, b) => scales.reachability[b] - scales.reachability[a])[0];
  return ['table', 'column'].includes(finding.subject.kind) ? (widest ?? 'internal') : 'internal';
}

function intendedReach(endpoint: RankedEndpoint): Reach {
  if (endpoint.intended === 'signed-in' || endpoint.intended === 'role') return endpoint.intended;
  return 'public';
}

function actorsFactor(finding: SettledFinding, context: RankContext): number {
  const { everyone, one, further } = scales.actors;
  const broke = new Set(leaksOf(finding, context).map((cell) => cell.actor));
  if (broke.has('anonymous')) return everyone;
  return Math.min(everyone, one + further * Math.max(0, broke.size - 1));
}

/** What the access experiment saw leak at the finding's endpoint. */
function leaksOf(finding: SettledFinding, context: RankContext): EvidenceValue<'access'>['cells'] {
  if (!aboutAccess.has(finding.control)) return [];
  const id = idOf(finding);
  return (context.access?.cells ?? []).filter((cell) => cell.endpoint === id && cell.outcome === 'leak');
}

function idOf(finding: SettledFinding): string {
  return finding.endpoint ? `${finding.endpoint.method} ${finding.endpoint.path}` : finding.subject.name;
}
