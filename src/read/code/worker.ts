import { parentPort } from 'node:worker_threads';
import { extract } from './extract.ts';
import type { Job } from './extract.ts';

// A thread that turns source text into facts; it opens no file itself.
parentPort?.on('message', (jobs: Job[]) => parentPort?.postMessage(jobs.map(extract)));
