import type { CheckMeta } from '../../model/check.ts';
import type { Severity } from '../../model/words.ts';
import { controls } from '../catalogue/index.ts';
import type { Passed, SettledFinding, Signals } from '../types.ts';

/** What a check of the catalogue would say of itself. */
export function meta(control: string, severity: Severity = 'high'): CheckMeta {
  return { title: `title of a check for ${control}`, control, severity, cwe: [], standards: [], why: '', remedy: 'mend it', needs: [], anyOf: [], uses: [] };
}

/** Every planned check of the given controls, as if this version had them all. */
export function checksOf(...ids: string[]): Record<string, CheckMeta> {
  const chosen = controls.filter((control) => ids.length === 0 || ids.includes(control.id));
  return Object.fromEntries(chosen.flatMap((control) => control.planned.map((check) => [check, meta(control.id)] as const)));
}

export function found(check: string, control: string, rest: Partial<SettledFinding> = {}): SettledFinding {
  const subject = rest.subject ?? { kind: 'endpoint', name: 'GET /a' };
  return {
    id: `${check}#${subject.name}`, fingerprint: subject.name, check, control, status: 'fail', severity: 'high', class: 'ran', title: 'a title', subject, message: 'a message.', impact: '',
    remedy: 'mend it', where: null, endpoint: null, cwe: [], standards: [], disagreement: null, settle: null, proof: null, ...rest,
  };
}

export function passed(check: string, evidence: Passed['class'] = 'ran', subjects: readonly string[] = ['GET /b']): Passed {
  return { check, title: 'a title', class: evidence, subjects, disagreements: [] };
}

/** An application about which nothing special is known. */
export const quiet: Signals = { money: [], personal: [], modelCalls: null, sawTables: false, sawPackages: false };
