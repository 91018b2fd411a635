import { isPresent } from '../model/evidence/index.ts';
import type { Evidence, Kind, Present } from '../model/evidence/index.ts';
import { messageOf, SeaworthyError } from '../model/errors.ts';
import type { Given, Producer } from '../model/producer.ts';

/** All evidence of an audit so far. */
export type EvidenceStore = Map<Kind, Evidence>;

/** What `given` holds is exactly what was declared: needs, and of the others those that are there. */
export function give(store: EvidenceStore, needs: readonly Kind[], uses: readonly Kind[]): Given<Kind, Kind> {
  const given: Partial<Record<Kind, Present<Kind>>> = {};
  for (const kind of [...needs, ...uses]) {
    const evidence = store.get(kind);
    if (evidence && isPresent(evidence)) given[kind] = evidence;
  }
  return Object.freeze(given) as Given<Kind, Kind>;
}

/** The first needed kind that is not there, with the reason. */
export function firstAbsent(store: EvidenceStore, needs: readonly Kind[]): { kind: Kind; reason: string; settle?: string } | null {
  for (const kind of needs) {
    const evidence = store.get(kind);
    if (!evidence) return { kind, reason: 'nothing in this version yields it' };
    if (!isPresent(evidence)) return evidence;
  }
  return null;
}

/**
 * Runs one producer. Missing needs and failures become *absent with a reason*; nothing aborts the audit
 * but a signal that the caller gave up.
 */
export async function produce<Context>(
  producer: Producer<Context>,
  store: EvidenceStore,
  context: Context,
  signal?: AbortSignal,
): Promise<Evidence> {
  const missing = firstAbsent(store, producer.needs);
  if (missing) {
    return {
      kind: producer.yields,
      reason: `needs ${missing.kind}: ${missing.reason}`,
      ...(missing.settle ? { settle: missing.settle } : {}),
    };
  }
  try {
    const { value, gaps } = await producer.run(give(store, producer.needs, producer.uses), context);
    return { kind: producer.yields, class: producer.class, value, gaps: gaps ?? [] };
  } catch (thrown) {
    signal?.throwIfAborted();
    const settle = thrown instanceof SeaworthyError ? thrown.settle : undefined;
    return { kind: producer.yields, reason: messageOf(thrown), ...(settle === undefined ? {} : { settle }) };
  }
}
