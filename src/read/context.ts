import { defineCollectorIn } from '../model/producer.ts';
import type { Tree } from '../world/tree.ts';

/** All that a collector may touch besides the evidence it needs. */
export interface ReadContext {
  readonly tree: Tree;
  /** Outside the audited tree; null when there is nowhere to write. */
  readonly cacheDir: string | null;
  /** How many threads a collector may use. */
  readonly jobs: number;
  /** Part of every cache key. */
  readonly toolVersion: string;
  readonly now: Date;
  /** Whether the package registry may be asked; without it reading opens no connection. */
  readonly online: boolean;
}

/** Declares a collector: it reads the repository and executes nothing of it. */
export const defineCollector = defineCollectorIn<ReadContext>();
