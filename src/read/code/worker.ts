import process from 'node:process';
import { extract } from './extract.ts';
import type { Job } from './extract.ts';

// A process that turns source text into facts. It opens no file; it may die of a text that nests too deeply.
process.on('message', (jobs: Job[]) => {
  for (const job of jobs) process.send?.(extract(job));
});
process.send?.('ready');
