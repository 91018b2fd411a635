import { enableCompileCache } from 'node:module';
import process from 'node:process';
import type { Job } from './extract.ts';

// A process that turns source text into facts. It opens no file; it may die of a text that nests too deeply.
enableCompileCache();
const { extract } = await import('./extract.ts');
process.on('message', (jobs: Job[]) => {
  for (const job of jobs) process.send?.(extract(job));
});
process.send?.('ready');
