import type { Check } from '../model/check.ts';
import type { NotApplicable, Passed, SettledFinding } from '../judge/types.ts';
import type { Claim, Subject } from '../model/finding.ts';
import { severities } from '../model/words.ts';
import type { EvidenceClass, Place, Severity } from '../model/words.ts';

/** What the claims of one check came to. */
export interface Settlement {
  readonly findings: SettledFinding[];
  readonly passes: Passed[];
  readonly notApplicable: NotApplicable[];
}

/** Further places that a finding lists. */
const mostPlaces = 50;

type Hash = (text: string) => string;

/** One finding per (check, subject): where reading and running meet. */
export function settle(checkId: string, check: Check, claims: readonly Claim[], hash: Hash): Settlement {
  const findings: SettledFinding[] = [];
  const passed = new Map<EvidenceClass, { subjects: string[]; disagreements: string[] }>();
  const notApplicable: { check: string; reason: string }[] = [];
  for (const group of bySubject(claims)) {
    const met = meet(group);
    if (met.claim.status === 'pass') {
      const entry = passed.get(met.claim.class) ?? { subjects: [], disagreements: [] };
      entry.subjects.push(met.claim.subject.name);
      if (met.disagreement !== null) entry.disagreements.push(`${met.claim.subject.name}: ${met.disagreement}`);
      passed.set(met.claim.class, entry);
    } else if (met.claim.status === 'not-applicable') {
      notApplicable.push({ check: checkId, reason: met.claim.message });
    } else {
      findings.push(toFinding(checkId, check, met, hash));
    }
  }
  const passes = [...passed].map(([evidence, { subjects, disagreements }]) => ({
    check: checkId,
    title: check.title,
    class: evidence,
    subjects: subjects.toSorted(),
    disagreements: disagreements.toSorted(),
  }));
  return { findings, passes, notApplicable };
}

interface Met {
  readonly claim: Claim;
  readonly disagreement: string | null;
}

function bySubject(claims: readonly Claim[]): Claim[][] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = subjectKey(claim.subject);
    groups.set(key, [...(groups.get(key) ?? []), claim]);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/**
 * An experiment that exercised the claim (its status is pass or fail) overrides reading, and the difference is said.
 * One that did not (`unknown`) leaves what reading says.
 */
function meet(group: readonly Claim[]): Met {
  const read = worst(group.filter((claim) => claim.class !== 'ran'));
  const ran = worst(group.filter((claim) => claim.class === 'ran'));
  if (!ran) return { claim: read ?? unreachable(), disagreement: null };
  if (!read || read.status === 'not-applicable') return { claim: ran, disagreement: null };
  if (ran.status === 'unknown' || ran.status === 'not-applicable') {
    return read.status === 'fail' ? { claim: read, disagreement: null } : { claim: strictest(read, ran), disagreement: null };
  }
  const claim = { ...ran, where: ran.where ?? read.where };
  if (read.status === 'fail' && ran.status === 'pass') {
    return {
      claim,
      disagreement: `Reading the code says otherwise (${trimmed(read.message)}), but the experiment exercised it and it held.`,
    };
  }
  if (read.status === 'pass' && ran.status === 'fail') {
    return { claim, disagreement: 'Reading the code found nothing wrong here; the experiment shows otherwise.' };
  }
  return { claim, disagreement: null };
}

function strictest(read: Claim, ran: Claim): Claim {
  return read.status === 'pass' ? read : ran;
}

const order: readonly Claim['status'][] = ['fail', 'unknown', 'pass', 'not-applicable'];

/** The worst of several claims of one class; further failures are counted in its message. */
function worst(claims: readonly Claim[]): Claim | undefined {
  const [first, ...others] = claims.toSorted(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || severityRank(a.severity) - severityRank(b.severity),
  );
  if (!first) return undefined;
  if (first.status !== 'fail') return first;
  const same = others.filter((claim) => claim.status === first.status);
  const also = furtherPlaces(first, same);
  const more = same.filter((claim) => claim.message !== first.message);
  if (more.length === 0) return { ...first, ...also };
  const told = more.slice(0, 3).map((claim) => trimmed(claim.message));
  const rest = more.length > 3 ? ` and ${more.length - 3} more` : '';
  return { ...first, ...also, message: `${first.message} Also: ${told.join('; ')}${rest}.` };
}

/** Where else the same fault stands, each place once. */
function furtherPlaces(first: Claim, same: readonly Claim[]): Pick<Claim, 'also'> {
  const key = ({ file, line }: Place) => `${file}:${line}`;
  const places = new Map(same.flatMap(({ where }) => (where === undefined ? [] : [[key(where), where] as const])));
  if (first.where !== undefined) places.delete(key(first.where));
  const also = [...places.values()].slice(0, mostPlaces);
  return also.length > 0 ? { also } : {};
}

function severityRank(severity: Severity | undefined): number {
  return severity ? severities.indexOf(severity) : severities.length;
}

function trimmed(message: string): string {
  return message.replace(/\.\s*$/, '');
}

function toFinding(checkId: string, check: Check, { claim, disagreement }: Met, hash: Hash): SettledFinding {
  const fingerprint = hash(JSON.stringify([checkId, claim.subject.kind, claim.subject.name, claim.actor ?? '', claim.effect ?? '']));
  const [method, ...path] = (claim.endpoint ?? '').split(' ');
  return {
    id: `${checkId}#${fingerprint.slice(0, 8)}`,
    fingerprint,
    check: checkId,
    control: check.control,
    status: claim.status === 'fail' ? 'fail' : 'unknown',
    severity: claim.status === 'fail' ? (claim.severity ?? check.severity) : 'info',
    class: claim.class,
    title: check.title,
    subject: claim.subject,
    message: claim.message,
    impact: claim.impact ?? '',
    remedy: claim.remedy ?? (claim.status === 'fail' ? check.remedy : ''),
    where: claim.where ?? null,
    ...(claim.also ? { also: [...claim.also] } : {}),
    endpoint: method && path.length > 0 ? { method, path: path.join(' ') } : null,
    cwe: [...check.cwe],
    standards: [...check.standards],
    disagreement,
    settle: claim.settle ?? null,
    proof: claim.proof ?? null,
  };
}

function subjectKey(subject: Subject): string {
  return `${subject.kind} ${subject.name}`;
}

function unreachable(): never {
  throw new Error('a group of claims is never empty');
}
