import type { Check } from '../model/check.ts';
import { application, unknown } from '../model/check.ts';
import { messageOf } from '../model/errors.ts';
import { isPresent } from '../model/evidence/index.ts';
import type { Kind } from '../model/evidence/index.ts';
import type { Claim } from '../model/finding.ts';
import { firstAbsent, give } from './produce.ts';
import type { EvidenceStore } from './produce.ts';

/** The claims of one check over the evidence: what is missing or thrown becomes `unknown`. */
export function claimsOf(check: Check, store: EvidenceStore): Claim[] {
  const missing = firstAbsent(store, check.needs);
  if (missing) return [unknown('read', application, `Not examined: ${missing.reason}.`, { settle: missing.settle })];
  if (check.anyOf.length > 0 && !check.anyOf.some((kind) => present(store, kind))) {
    const first = firstAbsent(store, check.anyOf);
    return [unknown('read', application, `Not examined: ${first?.reason ?? 'no evidence'}.`, { settle: first?.settle })];
  }
  try {
    const claims = [...check.run(give(store, check.needs, [...check.anyOf, ...check.uses]))].map(capped);
    const open = leftOut(store, [...check.needs, ...check.anyOf, ...check.uses]);
    // Nothing may be said of the application as a whole by who did not see all of it.
    if (open) return [...claims.filter(({ status, subject }) => status === 'fail' || subject.kind !== 'application'), open];
    return claims.length > 0 ? claims : [unknown('read', application, 'The check examined nothing and did not say why.')];
  } catch (thrown) {
    return [unknown('read', application, `The check itself failed: ${messageOf(thrown)}.`)];
  }
}

function present(store: EvidenceStore, kind: Parameters<EvidenceStore['get']>[0]): boolean {
  const evidence = store.get(kind);
  return evidence !== undefined && isPresent(evidence);
}

/** One open question about what experiments left out, when a check was handed evidence of such: no pass may rest on it. */
function leftOut(store: EvidenceStore, kinds: readonly Kind[]): Claim | null {
  const gaps = kinds.flatMap((kind) => {
    const evidence = store.get(kind);
    return evidence && isPresent(evidence) ? evidence.gaps.filter((gap) => gap.settle !== undefined) : [];
  });
  const [first] = gaps;
  if (!first) return null;
  const reasons = [...new Set(gaps.map((gap) => gap.reason))];
  return unknown('ran', application, `Not examined to the end: ${reasons.join('; ')}.`, { settle: first.settle });
}

/** A pattern alone never makes a critical: it takes an experiment or a fact certain from the files. */
function capped(claim: Claim): Claim {
  const earned = claim.class === 'ran' || claim.certain;
  return claim.severity === 'critical' && !earned ? { ...claim, severity: 'high' } : claim;
}
