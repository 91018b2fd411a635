import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Finding } from '../model/finding.ts';
import type { LiveRow } from '../model/matrix.ts';

export interface LiveInput {
  readonly endpoints: EvidenceValue<'live-endpoints'> | undefined;
  readonly live: EvidenceValue<'live'> | undefined;
  readonly findings: readonly Finding[];
}

/** Live connections as reports show them, every leak joined to the finding about its endpoint. */
export function liveOf({ endpoints, live, findings }: LiveInput): LiveRow[] {
  return (endpoints?.endpoints ?? []).map(({ id, transport, where, guards }) => {
    const page = live?.foreign.find((one) => one.endpoint === id);
    const finding = findings.find(
      ({ check, status, class: shown, subject }) =>
        check === 'security/websocket-authorization' && status === 'fail' && shown === 'ran' && subject.name === id,
    );
    return {
      endpoint: id,
      transport,
      file: where.file,
      line: where.line,
      guards: guards.map(({ name }) => name),
      cells: (live?.cells ?? [])
        .filter((cell) => cell.endpoint === id)
        .map(({ actor, outcome, reason, settle }) => ({
          actor,
          outcome,
          reason,
          finding: outcome === 'leak' ? (finding?.id ?? null) : null,
          settle: settle ?? null,
        })),
      foreign: page ? { outcome: page.outcome, reason: page.reason } : null,
    };
  });
}
