import type { EvidenceValue } from './evidence/index.ts';

type Sample = Pick<EvidenceValue<'samples'>['samples'][number], 'source' | 'where' | 'method' | 'path' | 'endpoint'>;

/**
 * Operations that specifications of the repository describe and the code does not have, as `METHOD /path`, by file. A specification
 * of which the code has less than half is of somebody else's interface (`foreign`).
 */
export function onlyDescribed(samples: readonly Sample[]): { missing: ReadonlyMap<string, readonly string[]>; foreign: readonly string[] } {
  const byFile = new Map<string, Map<string, boolean>>();
  for (const { source, where, method, path, endpoint } of samples) {
    if (source !== 'openapi') continue;
    const operations = byFile.get(where.file) ?? new Map<string, boolean>();
    byFile.set(where.file, operations.set(`${method} ${path}`, endpoint !== null));
  }
  const missing = new Map<string, readonly string[]>();
  const foreign: string[] = [];
  for (const [file, operations] of byFile) {
    const left = [...operations].flatMap(([id, found]) => (found ? [] : [id]));
    if (left.length * 2 > operations.size) foreign.push(file);
    else if (left.length > 0) missing.set(file, left);
  }
  return { missing, foreign };
}
