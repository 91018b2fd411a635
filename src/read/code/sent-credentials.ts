import type { Place } from '../../model/words.ts';
import type { Machine } from './machine.ts';
import { eachNode, isExpr } from './nodes.ts';
import { valueInText } from './text-values.ts';
import type { SourceFile, Value } from './value.ts';

/** A header by which code says who it is, where its value stands in the code or in a variable of the build. */
export interface SentCredential {
  readonly where: Place;
  /** The variable; null for a text in the code, whose value is not kept. */
  readonly variable: string | null;
}

const scheme = /^(?:bearer|basic|token|bot|apikey|api-key)\s+/i;

/** The `Authorization` headers that a file writes down with a value of their own, in objects wherever they stand. */
export function sentCredentials(machine: Machine, file: SourceFile): SentCredential[] {
  const found = new Map<number, SentCredential>();
  const { facts } = file;
  for (const { b } of facts.functions)
    eachNode(facts, b, (node) => {
      if (!isExpr(node, 'obj') || node.l === undefined) return;
      const header = node.p.find(([name]) => /^authorization$/i.test(name));
      if (header === undefined) return;
      const variable = credentialIn(valueInText(machine, file, header[1]));
      if (variable !== undefined) found.set(node.l, { where: { file: file.path, line: node.l, endLine: node.l }, variable });
    });
  return [...found.values()];
}

/** Undefined where the header holds what was asked for or computed. */
function credentialIn(value: Value): string | null | undefined {
  if (value.k === 'lit') {
    const text = String(value.v ?? '').replace(scheme, '');
    return text.length >= 12 && !/\s/.test(text) && /\d/.test(text) && !isMeantForPages(text) ? null : undefined;
  }
  if (value.k === 'env') return value.name;
  if (value.k !== 'tpl' || value.holes.length !== 1 || !scheme.test(value.parts[0] ?? '')) return undefined;
  const [hole] = value.holes;
  return hole?.k === 'env' ? hole.name : undefined;
}

/** Keys that their provider makes for pages: publishable ones, and a Supabase token whose role is `anon`. */
function isMeantForPages(text: string): boolean {
  if (/^(pk_|pk\.|sb_publishable_)/.test(text)) return true;
  const [, payload] = text.startsWith('eyJ') ? text.split('.') : [];
  return payload !== undefined && /"role":\s*"anon"/.test(Buffer.from(payload, 'base64url').toString('utf8'));
}
