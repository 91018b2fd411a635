import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../config/read.ts';
import type { Present } from '../model/evidence/index.ts';
import type { UnfinishedAudit } from '../model/unfinished.ts';
import { openTree } from '../world/tree.ts';
import type { AuditOptions } from './audit.ts';
import { openUnfinished } from './unfinished.ts';
import type { Unfinished } from './unfinished.ts';

let work = '';
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'seaworthy-unfinished-'));
  mkdirSync(join(work, 'app'));
  writeFileSync(join(work, 'app', 'server.js'), 'one');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const cache = (): string => join(work, 'cache');

async function open(options: Partial<AuditOptions> = {}): Promise<Unfinished> {
  const tree = await openTree(join(work, 'app'));
  const all: AuditOptions = {
    dir: tree.root,
    run: true,
    for: [],
    profile: null,
    seed: 'a',
    unsealed: false,
    install: false,
    budget: null,
    fresh: false,
    jobs: 1,
    now: () => new Date('2026-11-21T10:00:00.000Z'),
    clock: () => 0,
    signal: new AbortController().signal,
    listen: () => {},
    ...options,
  };
  return openUnfinished(tree, await readConfig(tree), all, cache());
}

const injection: Present<'injection'> = { kind: 'injection', class: 'ran', value: { trials: [] }, gaps: [{ file: null, reason: 'a gap' }] };
const learned = {
  made: 7,
  routes: [
    {
      id: 'GET /a',
      columns: [['params:id', { table: 'public.a', column: 'id', how: 'compared' }]],
      extra: [],
      values: [['body:a', 1]],
      wants: [['body:a', [{ kind: 'type', type: 'integer' }]]],
      sample: 0,
    },
  ],
} satisfies UnfinishedAudit['memory'];

/** An audit that finished one drill and was then interrupted. */
async function interrupted(options: Partial<AuditOptions> = {}): Promise<void> {
  expect((await open(options)).keep(injection, 12, 3_456, learned)).toBe(true);
}

/** What the file on disk becomes. */
function change(edit: (kept: UnfinishedAudit) => unknown): void {
  const dir = join(cache(), 'unfinished');
  const [name = ''] = readdirSync(dir);
  const kept = JSON.parse(readFileSync(join(dir, name), 'utf8')) as UnfinishedAudit;
  writeFileSync(join(dir, name), JSON.stringify(edit(kept)));
}

describe('an interrupted audit', () => {
  it('is gone on with: evidence, times and what the stage had learned', async () => {
    await interrupted();
    const again = await open({ now: () => new Date('2026-11-21T10:05:00.000Z') });
    const at = '2026-11-21T10:00:00.000Z';
    expect(again).toMatchObject({ resumed: { startedAt: at, keptAt: at, finished: ['injection'] }, spent: 3_456, learned });
    expect(again.take('injection')).toEqual({ evidence: injection, milliseconds: 12 });
    expect(again.take('access')).toBeNull();
  });

  it('keeps what it was given before when it is interrupted once more', async () => {
    await interrupted();
    const again = await open({ now: () => new Date('2026-11-21T10:05:00.000Z') });
    again.keep({ kind: 'faults', class: 'ran', value: { trials: [] }, gaps: [] }, 1, 4_000, learned);
    const { resumed, spent } = await open();
    expect({ resumed, spent }).toEqual({
      resumed: { startedAt: '2026-11-21T10:00:00.000Z', keptAt: '2026-11-21T10:05:00.000Z', finished: ['injection', 'faults'] },
      spent: 4_000,
    });
  });

  it('keeps no drill that failed: it is tried again', async () => {
    expect((await open()).keep({ kind: 'faults', reason: 'it broke' }, 1, 1, null)).toBe(false);
    expect((await open()).resumed).toBeUndefined();
  });

  it('is forgotten when an audit comes to its end', async () => {
    await interrupted();
    (await open()).forget();
    expect((await open()).resumed).toBeUndefined();
  });

  it('is ignored, for good, when asked to start over', async () => {
    await interrupted();
    expect((await open({ fresh: true })).resumed).toBeUndefined();
    expect((await open()).resumed).toBeUndefined();
  });
});

describe('the key', () => {
  it.each<[string, Partial<AuditOptions>]>([
    ['the seed', { seed: 'b' }],
    ['the focus', { focus: { endpoints: ['GET /a'] } }],
    ['the budget', { budget: 'full' }],
    ['the seal', { unsealed: true }],
  ])('changes with %s', async (_, options) => {
    await interrupted();
    expect((await open(options)).resumed).toBeUndefined();
    // What does not fit any more is removed.
    expect((await open()).resumed).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['what a file holds', 'server.js', 'two'],
    ['which files there are', 'other.js', 'one'],
    ['the configuration', 'seaworthy.json', '{ "port": 4000 }'],
  ])('changes with %s', async (_, name, content) => {
    await interrupted();
    writeFileSync(join(work, 'app', name), content);
    expect((await open()).resumed).toBeUndefined();
  });

  it('does not change with what decides nothing in the ground', async () => {
    await interrupted({ for: ['payments'], profile: 'internal', jobs: 8 });
    expect((await open()).resumed?.finished).toEqual(['injection']);
  });
});

describe('what stands on the disk', () => {
  it.each<[string, (kept: UnfinishedAudit) => unknown]>([
    ['no object', () => 'x'],
    ['something more', (kept) => ({ ...kept, more: 1 })],
    ['a kind that is none', (kept) => ({ ...kept, drills: kept.drills.map((drill) => ({ ...drill, kind: 'verdict' })) })],
    [
      'evidence of another shape',
      (kept) => ({ ...kept, drills: kept.drills.map((drill) => ({ ...drill, value: { trials: [{ outcome: 'fine' }] } })) }),
    ],
    ['a memory of another shape', (kept) => ({ ...kept, memory: { made: -1, routes: [] } })],
  ])('is nothing when it is %s', async (_, edit) => {
    await interrupted();
    change(edit);
    const again = await open();
    expect([again.resumed, again.take('injection')]).toEqual([undefined, null]);
  });

  it('is left to the audit that is still at work, which is not interrupted', async () => {
    await interrupted();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const stat = (): string => readFileSync(`/proc/${other.pid}/stat`, 'latin1');
      const started =
        stat()
          .slice(stat().lastIndexOf(')') + 2)
          .split(' ')[19] ?? '';
      change((kept) => ({ ...kept, by: kept.by && { ...kept.by, pid: other.pid, started } }));
      const beside = await open({ seed: 'b' });
      expect([beside.resumed, beside.keep(injection, 1, 1, null)]).toEqual([undefined, false]);
      beside.forget();
    } finally {
      other.kill();
    }
    await new Promise((resolve) => other.once('exit', resolve));
    expect((await open()).resumed?.finished).toEqual(['injection']);
  });
});
