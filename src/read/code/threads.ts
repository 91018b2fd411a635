import { Worker } from 'node:worker_threads';
import { extract } from './extract.ts';
import type { Extracted, Job } from './extract.ts';

/** Starting a thread costs about as much as reading this many bytes of source. */
const worthThread = 600_000;
const batchBytes = 100_000;

/** Extracts all jobs on up to `threads` threads, this one included. The order of the answers is that of the jobs. */
export async function extractAll(jobs: readonly Job[], threads: number): Promise<Extracted[]> {
  const bytes = jobs.reduce((sum, job) => sum + job.text.length, 0);
  const helpers = Math.min(threads - 1, Math.floor(bytes / worthThread), 7);
  if (helpers < 1) return jobs.map(extract);

  const batches = cut(jobs);
  const done = new Map<string, Extracted>();
  const finish = (results: readonly Extracted[]) => {
    for (const result of results) done.set(result.key, result);
  };
  let next = 0;
  const help = async () => {
    const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url), {
      // Syntax trees are garbage at once; a large nursery would only hold more of them.
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    try {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) finish(await answer(worker, batch));
    } finally {
      await worker.terminate();
    }
  };
  const own = async () => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      finish(batch.map(extract));
      // Lets the answers of the other threads in, so that they get their next batch.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  // A thread that dies leaves its batch undone; this thread then does what is missing.
  await Promise.allSettled([...Array.from({ length: helpers }, help), own()]);
  return jobs.map((job) => done.get(job.key) ?? extract(job));
}

function cut(jobs: readonly Job[]): Job[][] {
  const batches: Job[][] = [];
  let batch: Job[] = [];
  let bytes = 0;
  for (const job of jobs) {
    batch.push(job);
    bytes += job.text.length;
    if (bytes >= batchBytes) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function answer(worker: Worker, batch: readonly Job[]): Promise<Extracted[]> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      work();
    };
    const onMessage = (results: Extracted[]) => settle(() => resolve(results));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('the reading thread ended')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(batch);
  });
}
