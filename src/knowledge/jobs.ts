import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** Queues, and what runs at certain times. */
export default [
  library(['bullmq'], {
    Worker: { means: 'job-worker' },
    Queue: { means: 'job-queue', returns: 'Queue' },
    ...all('job-add', 'Queue.add Queue.addBulk Queue.upsertJobScheduler'),
  }),
  library(['bull', 'bee-queue'], {
    default: { means: 'job-queue', returns: 'Queue' },
    Queue: { means: 'job-queue', returns: 'Queue' },
    'Queue.add': { means: 'job-add' },
    'Queue.createJob': { means: 'job-add' },
    'Queue.process': { means: 'job-process' },
  }),
  library(['pg-boss'], {
    default: { means: 'job-server', returns: 'Boss' },
    PgBoss: { means: 'job-server', returns: 'Boss' },
    'Boss.work': { means: 'job-work' },
    'Boss.createQueue': { means: 'job-queue' },
    ...all('job-add', 'Boss.send Boss.sendAfter Boss.insert'),
    'Boss.schedule': { means: 'job-cron-named' },
  }),
  library(['agenda', '@hokify/agenda'], {
    default: { means: 'job-server', returns: 'Agenda' },
    Agenda: { means: 'job-server', returns: 'Agenda' },
    'Agenda.define': { means: 'job-work' },
    ...all('job-add', 'Agenda.now Agenda.schedule'),
    'Agenda.every': { means: 'job-cron-named' },
  }),
  library(['node-cron', 'node-schedule', 'cron', 'croner'], {
    ...all('job-cron', 'schedule scheduleJob default.schedule default.scheduleJob CronJob Cron default CronJob.from'),
  }),
  library(['inngest'], {
    Inngest: { means: 'job-server', returns: 'Inngest' },
    'Inngest.createFunction': { means: 'job-inngest' },
    'Inngest.send': { means: 'job-add' },
  }),
  library(['@trigger.dev/sdk', '@trigger.dev/sdk/v3', '@trigger.dev/sdk/v4'], {
    ...all('job-task', 'task schemaTask'),
    'schedules.task': { means: 'job-task' },
  }),
  library(['@nestjs/schedule', '@nestjs/bull', '@nestjs/bullmq'], all('job-decorator', 'Cron Interval Timeout Processor Process')),
] satisfies Library;
