import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvidenceValue, Kind } from '../model/evidence/index.ts';
import type { Producer } from '../model/producer.ts';
import { writeFiles } from '../world/folder.testing.ts';
import { openTree } from '../world/tree.ts';
import type { ReadContext } from './context.ts';

/** For tests: the context of a collector over a folder, without a cache. */
export async function contextAt(dir: string): Promise<ReadContext> {
  return { tree: await openTree(dir), cacheDir: null, jobs: 1, toolVersion: 'test', now: new Date('2026-11-01'), online: false };
}

/** For tests: what one collector, which needs no other evidence, yields for an app of these files. */
export async function collected<K extends Kind>(
  collector: Producer<ReadContext, K>,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<EvidenceValue<K>> {
  const dir = mkdtempSync(join(tmpdir(), 'seaworthy-read-'));
  try {
    writeFiles(dir, files);
    const { value } = await collector.run({} as never, await contextAt(dir));
    return value;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
