import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** JSON in the one form that RFC 8785 gives every value, as bytes. Throws for what JSON cannot hold. */
export function canonical(value: unknown): Buffer {
  return Buffer.from(canonicalize(value) ?? 'null');
}

/** The value of canonical JSON; undefined for bytes that are anything else, also for the same value written otherwise. */
export function parseCanonical(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return canonical(value).equals(bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256 in lower-case hex. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
