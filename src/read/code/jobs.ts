import type { z } from 'zod';
import type { jobs } from '../../model/evidence/read.ts';
import type { Place } from '../../model/words.ts';
import type { Expr } from './facts.ts';
import type { Settings } from './frameworks/settings.ts';
import type { Machine } from './machine.ts';
import type { KnownCall } from './listener.ts';
import { exportedValue } from './exports.ts';
import { compare } from './queries.ts';
import { UNKNOWN } from './value.ts';
import type { SourceFile, Value } from './value.ts';
import { reach } from './visit.ts';

export type Job = z.infer<typeof jobs>['jobs'][number];

/** A job before it is known how its queue tries again, and what it reaches. */
interface Noted extends Omit<Job, 'reaches' | 'endpoint'> {
  readonly fn: Value | undefined;
}

/** What a queue says of all its jobs, or one job that is added says of itself. */
interface Retries {
  readonly attempts: number | null;
  readonly backoff: boolean;
}

const nest = /^npm:@nestjs\/(?:schedule|bull|bullmq)#/;

/** Collects consumers of queues and what runs at certain times. */
export class Jobs {
  private readonly noted = new Map<string, Noted>();
  private readonly retries = new Map<string, Retries[]>();
  private readonly schedules = new Map<string, string>();
  /** True while modules are loaded: what starts a clock then does so with the process. */
  loading = true;

  /** Takes note of a call. */
  register(call: KnownCall): void {
    const { means, args, receiver, symbol } = call;
    const [first, second, third] = args;
    const options = args.findLast((one) => one.k === 'obj');
    if (symbol === 'global:setInterval') {
      const browser = /\.[jt]sx$/.test(call.where.file);
      if (this.loading && !browser)
        this.note(call, 'interval', nameOf(first), first, { schedule: second === undefined ? null : `${textOf(second)} ms` });
      return;
    }
    if (!means.startsWith('job-')) return;
    switch (means) {
      case 'job-queue':
        this.tries(textOf(first), retriesOf(field(options, 'defaultJobOptions') ?? options));
        break;
      case 'job-add': {
        const queue = receiver?.k === 'inst' && receiver.symbol.endsWith('Queue') ? textOf(receiver.args[0]) : textOf(first);
        this.tries(queue, retriesOf(options));
        const repeat = field(options, 'repeat') ?? (symbol.endsWith('upsertJobScheduler') ? second : undefined);
        const pattern = field(repeat, 'pattern') ?? field(repeat, 'cron') ?? field(repeat, 'every');
        if (pattern !== undefined) this.schedules.set(queue, textOf(pattern));
        break;
      }
      case 'job-worker':
        this.note(call, 'queue-consumer', textOf(first), second, { concurrency: numberOf(field(third, 'concurrency')) });
        break;
      case 'job-process': {
        const queue = receiver?.k === 'inst' ? textOf(receiver.args[0]) : '';
        const named = first?.k === 'lit' && typeof first.v === 'string' ? `${queue}:${first.v}` : queue;
        this.note(call, 'queue-consumer', named, args.findLast(isFunction), {
          concurrency: args.map(numberOf).find((one) => one !== null) ?? null,
        });
        if (named !== queue) for (const one of this.retries.get(queue) ?? []) this.tries(named, one);
        break;
      }
      case 'job-work': {
        const at = field(options, 'teamSize') ?? field(options, 'localConcurrency') ?? field(options, 'concurrency');
        this.note(call, 'queue-consumer', textOf(first), args.findLast(isFunction), { concurrency: numberOf(at) });
        break;
      }
      case 'job-cron-named': {
        // pg-boss names the queue first, agenda when.
        const [name, when] = symbol.startsWith('npm:pg-boss') ? [first, second] : [second, first];
        this.schedules.set(textOf(name), textOf(when));
        break;
      }
      case 'job-cron': {
        const settings = first?.k === 'obj' ? first : undefined;
        const fn = field(settings, 'onTick') ?? args.find(isFunction);
        if (fn !== undefined)
          this.note(call, 'cron', nameOf(fn), fn, { schedule: textOf(field(settings, 'cronTime') ?? args.find((one) => one.k !== 'fn')) });
        break;
      }
      case 'job-inngest': {
        const cron = field(second, 'cron');
        this.note(call, cron === undefined ? 'queue-consumer' : 'cron', textOf(field(first, 'id') ?? field(first, 'name')), third, {
          schedule: cron === undefined ? null : textOf(cron),
          concurrency: numberOf(field(field(first, 'concurrency'), 'limit') ?? field(first, 'concurrency')),
          // Inngest tries four times more unless told otherwise.
          attempts: (numberOf(field(first, 'retries')) ?? 4) + 1,
          backoff: true,
        });
        break;
      }
      case 'job-task': {
        const cron = field(field(first, 'cron'), 'pattern') ?? field(first, 'cron');
        this.note(call, cron === undefined ? 'queue-consumer' : 'cron', textOf(field(first, 'id')), field(first, 'run'), {
          schedule: cron === undefined ? null : textOf(cron),
          concurrency: numberOf(field(field(first, 'queue'), 'concurrencyLimit')),
          attempts: numberOf(field(field(first, 'retry'), 'maxAttempts')),
          backoff: field(field(first, 'retry'), 'factor') !== undefined,
        });
        break;
      }
    }
  }

  private tries(queue: string, retries: Retries): void {
    this.retries.set(queue, [...(this.retries.get(queue) ?? []), retries]);
  }

  private note(call: KnownCall, kind: Job['kind'], name: string, fn: Value | undefined, more: Partial<Noted>): void {
    const { where, frame, symbol } = call;
    const library = symbol.startsWith('npm:') ? symbol.slice(4, symbol.indexOf('#')) : 'node';
    this.noted.set(`${where.file}:${call.expr.i}:${name}`, {
      unit: frame.file.unit,
      name,
      kind,
      library,
      where,
      schedule: null,
      concurrency: null,
      attempts: null,
      backoff: false,
      fn,
      ...more,
    });
  }

  /** All jobs, in the order of the files. */
  rows(machine: Machine, files: readonly SourceFile[], settings: Settings): Job[] {
    const rows = [...this.noted.values(), ...nestJobs(machine, files), ...lambdaJobs(machine, files, settings)].map(
      ({ fn, ...job }): Job => {
        const visit = fn?.k === 'fn' ? machine.apply(fn, [jobValue, UNKNOWN]) : null;
        const retries = this.retries.get(job.name) ?? [];
        const attempts = retries.map((one) => one.attempts).find((one) => one !== null) ?? null;
        return {
          ...job,
          schedule: job.schedule ?? this.schedules.get(job.name) ?? null,
          attempts: job.attempts ?? attempts,
          backoff: job.backoff || retries.some((one) => one.backoff),
          endpoint: null,
          reaches:
            visit === null ? [] : [...new Set([...reach(visit)].map(({ id }) => id))].filter((id) => !id.endsWith(':0')).sort(compare),
        };
      },
    );
    for (const { file, line, path, schedule } of settings.crons) {
      const where = { file, line, endLine: line };
      rows.push({
        unit: files.find((one) => one.path.startsWith(file.slice(0, file.lastIndexOf('/') + 1)))?.unit ?? '.',
        name: path,
        kind: 'cron',
        library: 'vercel',
        where,
        schedule,
        concurrency: null,
        attempts: null,
        backoff: false,
        endpoint: `GET ${path}`,
        reaches: [],
      });
    }
    return rows.sort((a, b) => compare(a.where.file, b.where.file) || a.where.line - b.where.line || compare(a.name, b.name));
  }
}

/** What a processor is called with. */
const jobValue: Value = { k: 'obj', id: 'job', open: true, keys: new Map() };

function retriesOf(options: Value | undefined): Retries {
  const attempts = numberOf(field(options, 'attempts'));
  const more = numberOf(field(options, 'retryLimit') ?? field(options, 'retries'));
  return {
    attempts: attempts ?? (more === null ? null : more + 1),
    backoff: ['backoff', 'retryBackoff', 'retryDelay'].some((name) => field(options, name) !== undefined),
  };
}

function field(value: Value | undefined, name: string): Value | undefined {
  return value?.k === 'obj' ? value.keys.get(name) : undefined;
}

function isFunction(value: Value): boolean {
  return value.k === 'fn';
}

function numberOf(value: Value | undefined): number | null {
  if (value?.k === 'env') return numberOf(value.fallback ?? undefined);
  if (value?.k === 'guarded') return numberOf(value.of);
  return value?.k === 'lit' && Number.isInteger(Number(value.v)) && typeof value.v !== 'boolean' && value.v !== null
    ? Number(value.v)
    : null;
}

/** A value as it would be written; what cannot be known is `?`. */
function textOf(value: Value | undefined): string {
  switch (value?.k) {
    case 'lit':
      return String(value.v);
    case 'tpl':
      return value.parts.reduce((text, part, index) => text + textOf(value.holes[index - 1]) + part);
    case 'lib':
      return value.symbol.slice(value.symbol.lastIndexOf('.') + 1);
    case 'env':
      return value.fallback === null ? `$${value.name}` : textOf(value.fallback);
    case 'either':
      return textOf(value.of.find((one) => one.k === 'lit') ?? value.of[0]);
    case 'guarded':
      return textOf(value.of);
    default:
      return '?';
  }
}

function nameOf(value: Value | undefined): string {
  const name = value?.k === 'fn' ? (value.file.facts.functions[value.fn]?.n ?? '') : '';
  return name === '' || name.startsWith('<') ? 'anonymous' : name;
}

/** `@Cron('0 * * * *')`, `@Processor('mail')` of Nest. */
function nestJobs(machine: Machine, files: readonly SourceFile[]): Noted[] {
  return files.flatMap((file) => {
    const { frame } = machine.module(file);
    return file.facts.classes.flatMap((cls, index) => {
      if (cls.d === undefined) return [];
      const said = (decorators: readonly Expr[]) =>
        decorators.map((e) => machine.lazily(frame, e)).flatMap((one) => (one.k === 'result' && nest.test(one.symbol) ? [one] : []));
      const queue = said(cls.d.c).find(({ symbol }) => symbol.endsWith('#Processor'));
      const self: Value = { k: 'own', file, cls: index, frame, args: [], site: `job:${file.path}:${index}` };
      return Object.entries(cls.m).flatMap(([name, fn]): Noted[] => {
        const line = file.facts.functions[fn]?.l ?? cls.l;
        const where: Place = { file: file.path, line, endLine: file.facts.functions[fn]?.e ?? line };
        const job = {
          unit: file.unit,
          where,
          concurrency: null,
          attempts: null,
          backoff: false,
          fn: { k: 'fn', file, fn, frame, self } as Value,
        };
        const own = said(cls.d?.m[name]?.d ?? []).find(({ symbol }) => /#(?:Cron|Interval|Process)$/.test(symbol));
        if (queue !== undefined && (own?.symbol.endsWith('#Process') === true || (own === undefined && name === 'process'))) {
          const task = field(own?.args[0], 'name') ?? own?.args[0];
          const inner = task?.k === 'lit' ? `:${textOf(task)}` : '';
          const concurrency = numberOf(field(queue.args.at(-1), 'concurrency') ?? field(own?.args.at(-1), 'concurrency'));
          return [
            {
              ...job,
              name: `${textOf(field(queue.args[0], 'name') ?? queue.args[0])}${inner}`,
              kind: 'queue-consumer',
              library: 'nestjs',
              schedule: null,
              concurrency,
            },
          ];
        }
        if (own === undefined || own.symbol.endsWith('#Process')) return [];
        const interval = own.symbol.endsWith('#Interval');
        const schedule = `${textOf(own.args.find((one) => !interval || numberOf(one) !== null))}${interval ? ' ms' : ''}`;
        return [{ ...job, name: `${cls.n}.${name}`, kind: interval ? 'interval' : 'cron', library: 'nestjs', schedule }];
      });
    });
  });
}

/** Functions of serverless.yml that a clock or a queue calls. */
function lambdaJobs(machine: Machine, files: readonly SourceFile[], { lambdas }: Settings): Noted[] {
  return [...lambdas].flatMap(([key, events]) => {
    const at = key.lastIndexOf('.');
    const file = files.find(({ path }) => path.replace(/\.[cm]?[jt]sx?$/, '') === key.slice(0, at));
    if (file === undefined) return [];
    return events.flatMap(({ name, schedule, queue }): Noted[] => {
      if (schedule === null && !queue) return [];
      const fn = exportedValue(machine, file, key.slice(at + 1));
      const line = fn.k === 'fn' ? (fn.file.facts.functions[fn.fn]?.l ?? 1) : 1;
      const where = { file: file.path, line, endLine: line };
      return [
        {
          unit: file.unit,
          name,
          kind: schedule === null ? 'queue-consumer' : 'cron',
          library: 'lambda',
          where,
          schedule,
          concurrency: null,
          attempts: null,
          backoff: false,
          fn,
        },
      ];
    });
  });
}
