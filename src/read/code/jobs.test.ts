import { describe, expect, it } from 'vitest';
import { read } from './program.testing.ts';

async function jobs(files: Record<string, string>): Promise<string[]> {
  return (await read(files)).jobs.map(
    ({ kind, name, schedule, concurrency, attempts, backoff, endpoint, reaches }) =>
      `${kind} ${name} ${schedule ?? '-'} at once ${concurrency ?? '-'} tries ${attempts ?? '-'}${backoff ? ' backoff' : ''} ${endpoint === null ? '' : `${endpoint} `}reaches ${reaches.length}`,
  );
}

describe('jobs', () => {
  it('reads consumers of queues with what their queues say of trying again', async () => {
    expect(
      await jobs({
        'src/mail.ts': `import { Queue, Worker } from 'bullmq'; import { send } from './send';
          export const mail = new Queue('mail', { defaultJobOptions: { attempts: 5, backoff: { type: 'exponential', delay: 1 } } });
          new Worker('mail', async (job) => { await send(job.data); }, { concurrency: 10 });`,
        'src/send.ts': `export async function send(data) { await fetch('https://mail.example', { body: data }); }`,
        'src/boss.ts': `import PgBoss from 'pg-boss'; const boss = new PgBoss(process.env.DATABASE_URL);
          await boss.schedule('report', '0 3 * * *'); await boss.send('export', {}, { retryLimit: 2 });
          await boss.work('report', async () => {}); await boss.work('export', { teamSize: 4 }, async ([job]) => {});`,
        'src/bull.js': `const Queue = require('bull'); const video = new Queue('video'); video.process(3, async (job) => {}); video.add({}, { attempts: 2 });`,
        'src/agenda.js': `import Agenda from 'agenda'; const agenda = new Agenda(); agenda.define('sweep', async () => {}); await agenda.every('5 minutes', 'sweep');`,
      }),
    ).toEqual([
      'queue-consumer sweep 5 minutes at once - tries - reaches 1',
      'queue-consumer export - at once 4 tries 3 reaches 1',
      'queue-consumer report 0 3 * * * at once - tries - reaches 1',
      'queue-consumer video - at once 3 tries 2 reaches 1',
      'queue-consumer mail - at once 10 tries 5 backoff reaches 2',
    ]);
  });

  it('reads what runs at certain times', async () => {
    expect(
      await jobs({
        'src/a.ts': `import cron from 'node-cron'; import { Cron } from 'croner'; import { CronJob } from 'cron';
          cron.schedule('*/5 * * * *', sweep); async function sweep() {}
          new Cron('@daily', () => {}); new CronJob('0 0 * * *', () => {}); setInterval(sweep, 60_000);
          export function start(res) { return () => setInterval(() => res.write('x'), 10); }`,
        'src/b.ts': `import { Inngest } from 'inngest'; const inngest = new Inngest({ id: 'x' });
          export const a = inngest.createFunction({ id: 'welcome', retries: 2, concurrency: 3 }, { event: 'user/made' }, async () => {});
          export const b = inngest.createFunction({ id: 'digest' }, { cron: '0 9 * * 1' }, async () => {});`,
        'src/c.ts': `import { schedules, task } from '@trigger.dev/sdk/v3';
          export const t = task({ id: 'resize', retry: { maxAttempts: 3 }, run: async () => {} }); export const s = schedules.task({ id: 'nightly', cron: '0 2 * * *', run: async () => {} });`,
        'vercel.json': `{ "crons": [{ "path": "/api/cron/digest", "schedule": "0 8 * * *" }] }`,
      }),
    ).toEqual([
      'cron sweep */5 * * * * at once - tries - reaches 1',
      'cron anonymous @daily at once - tries - reaches 1',
      'cron anonymous 0 0 * * * at once - tries - reaches 1',
      'interval sweep 60000 ms at once - tries - reaches 1',
      'queue-consumer welcome - at once 3 tries 3 backoff reaches 1',
      'cron digest 0 9 * * 1 at once - tries 5 backoff reaches 1',
      'cron nightly 0 2 * * * at once - tries - reaches 1',
      'queue-consumer resize - at once - tries 3 reaches 1',
      'cron /api/cron/digest 0 8 * * * at once - tries - GET /api/cron/digest reaches 0',
    ]);
  });

  it('reads what Nest runs by its decorators', async () => {
    expect(
      await jobs({
        'src/tasks.ts': `import { Injectable } from '@nestjs/common'; import { Cron, CronExpression, Interval } from '@nestjs/schedule'; import { Processor, Process } from '@nestjs/bull';
          @Injectable() export class Tasks { @Cron(CronExpression.EVERY_HOUR) clean() {} @Interval(5000) poll() {} other() {} }
          @Processor('audio') export class Audio { @Process({ name: 'transcode', concurrency: 2 }) transcode(job) {} }
          @Processor('mail') export class Mail extends WorkerHost { async process(job) {} }`,
      }),
    ).toEqual([
      'cron Tasks.clean EVERY_HOUR at once - tries - reaches 1',
      'interval Tasks.poll 5000 ms at once - tries - reaches 1',
      'queue-consumer audio:transcode - at once 2 tries - reaches 1',
      'queue-consumer mail - at once - tries - reaches 1',
    ]);
  });
});

describe('tables that the browser reaches', () => {
  it('names them with what is done to them, wherever in the screen the call stands', async () => {
    const { reached } = await read({
      'src/integrations/client.ts': `import { createClient } from '@supabase/supabase-js'; export const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_KEY);`,
      'src/server-side.server.ts': `import { createClient } from '@supabase/supabase-js'; createClient(process.env.URL, process.env.SUPABASE_SERVICE_ROLE_KEY).from('secrets').select();`,
      'supabase/functions/x/index.ts': `import { createClient } from 'npm:@supabase/supabase-js@2'; Deno.serve(async () => { await createClient('u', 'k').from('hidden').select(); return new Response(); });`,
      'src/job.ts': `import { createClient } from '@supabase/supabase-js'; const db = createClient(process.env.URL, process.env.SUPABASE_SERVICE_ROLE_KEY); db.from('secrets').select();`,
      'src/notes.tsx': `import { supabase } from './integrations/client'; const table = 'notes';
        export function Notes() {
          const notes = useQuery({ queryFn: async () => { const { data } = await supabase.from('notes').select('*').order('at'); return data; } });
          useEffect(() => { supabase.channel('x').on('postgres_changes', { event: '*', schema: 'public', table: 'likes' }, () => {}).subscribe(); }, []);
          const save = async (file) => { await supabase.from(table).insert({}).select(); await supabase.rpc('count_notes'); await supabase.storage.from('files').upload('a', file); };
          return <button onClick={save}>{[1].from('x').select}</button>;
        }`,
    });
    expect(reached.tables.map(({ name, operations }) => `${name}: ${operations.join()}`)).toEqual([
      'count_notes(): call',
      'likes: listen',
      'notes: insert,select',
      'storage:files: upload',
    ]);
    expect(reached.complete).toBe(true);
  });
});
