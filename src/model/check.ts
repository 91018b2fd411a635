import type { Kind } from './evidence/index.ts';
import type { Claim, Subject } from './finding.ts';
import type { Proof } from './proof.ts';
import type { Given } from './producer.ts';
import type { EvidenceClass, Place, Severity } from './words.ts';

/** What a check says of itself. Its path below `src/checks` is its id and stands nowhere in it. */
export interface CheckMeta {
  /** A sentence that is true when the check passes. */
  readonly title: string;
  /** The control it serves, an id of the catalogue. */
  readonly control: string;
  /** Severity of its failures unless a claim says otherwise. */
  readonly severity: Severity;
  /** CWE numbers. */
  readonly cwe: readonly number[];
  /** e.g. `ASVS v5.0.0-8.2.2`, `API1:2023`. A mapping contributes evidence; it never says "complies". */
  readonly standards: readonly string[];
  /** Why it hurts in production: two or three sentences for the docs page. */
  readonly why: string;
  /** What to do, as an imperative sentence. */
  readonly remedy: string;
  /** The evidence it cannot do without. */
  readonly needs: readonly Kind[];
  /** At least one of these must be there. */
  readonly anyOf: readonly Kind[];
  /** Used when there. */
  readonly uses: readonly Kind[];
}

/** A pure function from evidence to claims. */
export interface Check extends CheckMeta {
  readonly run: (given: Given<Kind, Kind>) => Iterable<Claim>;
}

interface CheckSpec<N extends Kind, A extends Kind, U extends Kind> extends Omit<
  CheckMeta,
  'needs' | 'anyOf' | 'uses' | 'cwe' | 'standards'
> {
  readonly needs?: readonly N[];
  readonly anyOf?: readonly A[];
  readonly uses?: readonly U[];
  readonly cwe?: readonly number[];
  readonly standards?: readonly string[];
  readonly run: (given: Given<N, A | U>) => Iterable<Claim>;
}

/** Declares a check. `run` receives only what `needs`, `anyOf` and `uses` name; the compiler sees to it. */
export function defineCheck<N extends Kind = never, A extends Kind = never, U extends Kind = never>(spec: CheckSpec<N, A, U>): Check {
  return {
    ...spec,
    needs: spec.needs ?? [],
    anyOf: spec.anyOf ?? [],
    uses: spec.uses ?? [],
    cwe: spec.cwe ?? [],
    standards: spec.standards ?? [],
    // The engine hands over exactly what was declared, which is what Given<N, A | U> says.
    run: spec.run as Check['run'],
  };
}

/** What more a claim says beside its message. */
export interface Detail {
  readonly severity?: Severity | undefined;
  readonly impact?: string | undefined;
  readonly remedy?: string | undefined;
  readonly where?: Place | null | undefined;
  readonly endpoint?: string | undefined;
  readonly actor?: string | undefined;
  readonly effect?: string | undefined;
  readonly certain?: boolean | undefined;
  readonly proof?: Proof | undefined;
  readonly settle?: string | undefined;
}

function claim(status: Claim['status'], evidence: EvidenceClass, about: Subject, message: string, detail: Detail): Claim {
  return {
    subject: about,
    status,
    class: evidence,
    message,
    severity: detail.severity,
    impact: detail.impact,
    remedy: detail.remedy,
    where: detail.where ?? undefined,
    endpoint: detail.endpoint ?? (about.kind === 'endpoint' ? about.name : undefined),
    actor: detail.actor,
    effect: detail.effect,
    certain: detail.certain ?? false,
    proof: detail.proof,
    settle: detail.settle,
  };
}

/** The statement in the check's title is false for this subject: what is wrong and why it hurts. */
export function fail(evidence: EvidenceClass, about: Subject, message: string, detail: Detail = {}): Claim {
  return claim('fail', evidence, about, message, detail);
}

/** The statement in the check's title was examined and is true for this subject. */
export function pass(evidence: EvidenceClass, about: Subject, message = ''): Claim {
  return claim('pass', evidence, about, message, {});
}

/** The subject could not be judged: why, and what would settle it. */
export function unknown(evidence: EvidenceClass, about: Subject, message: string, detail: Detail = {}): Claim {
  return claim('unknown', evidence, about, message, detail);
}

/** There is nothing for this check to examine in this application, and why. */
export function notApplicable(message: string, evidence: EvidenceClass = 'read'): Claim {
  return claim('not-applicable', evidence, application, message, {});
}

/** The subject of claims about the application as a whole. */
export const application: Subject = { kind: 'application', name: 'application' };

/** An endpoint as a subject; `id` is `METHOD /path`. */
export function endpointSubject(id: string): Subject {
  return { kind: 'endpoint', name: id };
}
