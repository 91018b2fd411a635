import type { AuditState, CheckpointPayload } from '../model/checkpoint.ts';
import type { Report } from '../model/report.ts';
import { triggers } from '../model/words.ts';
import type { Trigger } from '../model/words.ts';

/** For how many days the word of a checkpoint counts unless `seaworthy.json` says otherwise: what moves fast ages fast. */
export const usualDays: Readonly<Record<Trigger, number>> = { payments: 90, 'sensitive-data': 90, scale: 180, funding: 60, regulated: 90 };

/** Kinds of subjects whose names say nothing of the source. */
const open = new Set(['endpoint', 'table', 'column', 'package']);

/**
 * What a report came to, as a checkpoint keeps it. `withoutFiles` takes the names of files out of a sentence. Null for a report of before the
 * code was kept as a hash: nothing could be bound to it.
 */
export function stateOf(report: Report, withoutFiles: (sentence: string) => string): AuditState | null {
  const { tree } = report.target;
  if (tree === undefined) return null;
  const named = new Map(report.controls.map(({ id, name }) => [id, name]));
  return {
    tool: { name: report.tool.name, version: report.tool.version },
    application: report.target.name,
    commit: report.target.commit,
    tree: { ...tree },
    startedAt: report.startedAt,
    seed: report.seed,
    profile: report.profile,
    for: [...report.for],
    ran: report.ran.done,
    bounds: {
      budget: report.asked?.budget ?? null,
      focus: [...(report.asked?.focus ?? [])],
      cellsLeftOut: report.coverage.endpoints.leftOut,
      filesUnread: report.coverage.files.of - report.coverage.files.read,
      findingsUnlisted: report.coverage.unlisted,
    },
    verdicts: Object.fromEntries(
      Object.entries(report.verdicts).map(([trigger, { decision, applies, blockers, unproven, open: left }]) => [
        trigger,
        { decision, applies, blockers: [...blockers], unproven: [...unproven], open: [...left] },
      ]),
    ),
    scores: Object.fromEntries(Object.entries(report.scores).map(([id, { passed, of }]) => [id, { passed, of }])),
    controls: report.controls.map(({ id, status, class: by }) => ({ id, status, class: by })),
    findings: report.findings.map((finding) => ({
      id: finding.id,
      fingerprint: finding.fingerprint,
      check: finding.check,
      control: finding.control,
      status: finding.status,
      severity: finding.severity,
      class: finding.class,
      title: withoutFiles(finding.title),
      subject: { kind: finding.subject.kind, name: open.has(finding.subject.kind) ? finding.subject.name : null },
    })),
    endpoints: accessOf(report),
    unproven: report.coverage.notExamined.map(({ control, reason }) => ({
      control,
      name: named.get(control) ?? control,
      reason: withoutFiles(reason),
    })),
    stated: report.controls
      .filter(({ status }) => status === 'stated')
      .map(({ id, reason }) => ({ control: id, reason: withoutFiles(reason) })),
    surface: report.surface ?? null,
    figures: {
      ...Object.fromEntries(Object.entries(report.figures ?? {}).map(([name, { value }]) => [name, value])),
      files: report.coverage.files.read,
      lines: report.coverage.files.lines,
      endpoints: report.coverage.endpoints.read,
      endpointsAnswered: report.coverage.endpoints.answered,
      cells: report.coverage.endpoints.cells,
      cellsUnknown: report.coverage.endpoints.unknown,
      ...(report.works ? { operationsWorking: report.works.operations, operations: report.works.of } : {}),
    },
    advisories: report.advisories ? { asked: report.advisories.asked, open: report.advisories.open.map((one) => ({ ...one })) } : null,
  };
}

/** Every endpoint that is known or was tried, with the actors by what came of them. */
function accessOf({ endpoints, matrix }: Report): AuditState['endpoints'] {
  const cells = Map.groupBy(matrix.cells, ({ endpoint }) => endpoint);
  const intents = new Map(endpoints.map(({ method, path, intended }) => [`${method} ${path}`, intended]));
  const names = new Set([...intents.keys(), ...cells.keys()]);
  return [...names].toSorted().map((endpoint) => {
    const mine = cells.get(endpoint) ?? [];
    const who = (...outcomes: string[]): string[] => mine.filter(({ outcome }) => outcomes.includes(outcome)).map(({ actor }) => actor);
    const intended = intents.get(endpoint);
    return {
      endpoint,
      ...(intended === undefined ? {} : { intended }),
      in: who('allowed', 'intended', 'shared', 'own').toSorted(),
      out: who('refused').toSorted(),
      leaks: who('leak').toSorted(),
      unknown: who('unknown').toSorted(),
    };
  });
}

/** Until when each trigger's word counts, from the day of the audit: those that apply, or all where none does. */
export function expiryOf(audit: AuditState, days: Readonly<Partial<Record<Trigger, number>>>): CheckpointPayload['expires'] {
  const concerned = audit.for.length > 0 ? audit.for : triggers;
  return Object.fromEntries(
    concerned.map((trigger) => {
      const length = days[trigger] ?? usualDays[trigger];
      return [trigger, { days: length, until: dayAfter(audit.startedAt, length) }];
    }),
  );
}

/** The day (UTC) so many days after a moment. */
export function dayAfter(moment: string, days: number): string {
  return new Date(new Date(moment).getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

/** What was not proven for some triggers: the unknowns that somebody signs with. */
export function unknownsOf(audit: AuditState, scope: readonly Trigger[]): AuditState['unproven'] {
  const wanted = new Set(scope.flatMap((trigger) => audit.verdicts[trigger]?.unproven ?? []));
  return audit.unproven.filter(({ control }) => wanted.has(control));
}
