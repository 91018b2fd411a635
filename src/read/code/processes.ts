import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { extract, tooDeep, unread } from './extract.ts';
import type { Extracted, Job } from './extract.ts';

/** Starting a process costs about as much as reading this many bytes of source. */
const worthProcess = 600_000;
const batchBytes = 100_000;
const mostProcesses = 7;
/** So many texts may end their process before the rest is left unread. */
const mostDeaths = 20;
const longestWait = 60_000;

/**
 * Reads all jobs, here when they are few, else with up to `processors` processes that each start afresh: the garbage of
 * parsing dies with them. What could exhaust the parser's stack is never read here: the death of a process costs one text.
 * The order of the answers is that of the jobs.
 */
export async function extractAll(jobs: readonly Job[], processors: number): Promise<Extracted[]> {
  const bytes = jobs.reduce((sum, job) => sum + job.text.length, 0);
  const deep = batches(jobs.filter((job) => !job.shallow));
  const shallow = batches(jobs.filter((job) => job.shallow));
  const wanted = Math.min(processors, Math.floor(bytes / worthProcess), mostProcesses);
  const helpers = Math.max(wanted, deep.length > 0 ? 1 : 0);
  if (helpers === 0) return jobs.map(extract);

  const done = new Map<string, Extracted>();
  const finish = (result: Extracted) => void done.set(result.key, result);
  let deaths = 0;
  const help = async () => {
    let helper: ChildProcess | null = null;
    for (let batch = deep.pop() ?? shallow.pop(); batch !== undefined; batch = deep.pop() ?? shallow.pop()) {
      helper ??= deaths < mostDeaths ? await start() : null;
      if (helper === null) break;
      const answered = await answers(helper, batch, finish);
      if (answered === batch.length) continue;
      const [victim, ...rest] = batch.slice(answered);
      if (victim !== undefined) finish(unread(victim.key, tooDeep));
      if (rest.length > 0) deep.push(rest);
      helper.kill('SIGKILL');
      helper = null;
      deaths++;
    }
    helper?.kill();
  };
  await Promise.all(Array.from({ length: helpers }, help));
  const left =
    deaths < mostDeaths
      ? 'could not be read: no process could be started for it'
      : 'not read, because too many files before it ended the parser';
  return jobs.map((job) => done.get(job.key) ?? (job.shallow ? extract(job) : unread(job.key, left)));
}

/** Small batches, so that all processes end at about the same time. */
function batches(jobs: readonly Job[]): Job[][] {
  const out: Job[][] = [];
  let room = 0;
  for (const job of jobs) {
    if (room <= 0) {
      out.push([]);
      room = batchBytes;
    }
    out.at(-1)?.push(job);
    room -= job.text.length;
  }
  return out.reverse();
}

/** A process that is ready to read; null when none can be started. */
function start(): Promise<ChildProcess | null> {
  return new Promise((resolve) => {
    const path = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url));
    const { PATH, TMPDIR } = process.env;
    // Syntax trees are garbage at once; a large nursery would only hold more of them.
    const helper = fork(path, {
      execArgv: ['--max-semi-space-size=16'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH, TMPDIR, NODE_COMPILE_CACHE: getCompileCacheDir() },
    });
    helper.once('message', () => resolve(helper));
    helper.once('error', () => resolve(null));
    helper.once('exit', () => resolve(null));
  });
}

/** Has a batch read; resolves to how many of its jobs were answered when the last was, or when the process ended or hung. */
function answers(helper: ChildProcess, batch: readonly Job[], finish: (result: Extracted) => void): Promise<number> {
  return new Promise((resolve) => {
    let count = 0;
    const settle = () => {
      clearTimeout(waiting);
      helper.off('message', onMessage).off('error', settle).off('exit', settle);
      resolve(count);
    };
    const waiting = setTimeout(settle, longestWait);
    const onMessage = (result: Extracted) => {
      finish(result);
      waiting.refresh();
      if (++count === batch.length) settle();
    };
    helper.on('message', onMessage).on('error', settle).on('exit', settle);
    helper.send([...batch], (error) => {
      if (error !== null) settle();
    });
  });
}
