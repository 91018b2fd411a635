import { describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { judgeLive } from './live-judgement.ts';
import type { ChangedRow, HeardRow, LiveTrial } from './live-judgement.ts';
import { loosestOf } from './same-site.ts';

type Cell = EvidenceValue<'access'>['cells'][number];

const notes: HeardRow = { table: 'public.notes', key: { id: '1' }, columns: ['text'], words: true, concernsHearer: false };
const figures: HeardRow = { ...notes, columns: ['position'], words: false };
const trial = (part: LiveTrial['part'], more: Partial<LiveTrial> = {}): LiveTrial => ({
  part,
  taken: true,
  why: '',
  heard: [],
  changed: [],
  ownTables: [],
  news: 0,
  ...more,
});
const owner = trial('owner', { heard: [notes] });
const silent = trial('anonymous');

/** `GET /notes`, which shows the owner their notes, and what others get there. */
const elsewhere = (actor: string, outcome: Cell['outcome'], shows = false): Cell[] => {
  const row = { table: 'public.notes', key: { id: '1' } };
  const cell = { endpoint: 'GET /notes', reason: '', status: 200, changed: [], byId: false, columns: [], proof: null };
  return [
    { ...cell, actor: 'owner', outcome: 'own', read: [row] },
    { ...cell, actor, outcome, read: shows ? [row] : [] },
  ];
};
const judge = (mine: LiveTrial, access: Cell[] = [], anonymous: LiveTrial = silent, tenants = false) =>
  judgeLive(mine, owner, mine.part === 'anonymous' ? mine : anonymous, { tenants, access }).outcome;
const hears = (part: LiveTrial['part'], heard = [notes]) => trial(part, { heard });

describe('what was heard', () => {
  it('leaks where every other endpoint keeps such rows from that caller', () => {
    expect(judge(hears('stranger'), elsewhere('stranger', 'refused'))).toBe('leak');
    expect(judge(hears('anonymous'), elsewhere('anonymous', 'refused'))).toBe('leak');
    expect(judge(hears('stranger'), elsewhere('stranger', 'leak', true))).toBe('leak');
  });

  it('is shared where the application shows it elsewhere, and open where it says nothing of it', () => {
    expect(judge(hears('stranger'), elsewhere('stranger', 'shared', true))).toBe('shared');
    expect(judge(hears('anonymous'), elsewhere('anonymous', 'unknown', true))).toBe('shared');
    expect(judge(hears('stranger'))).toBe('unknown');
  });

  it('is open where the matrix was cut short: what was not tried may show it to everybody', () => {
    const [own, other] = elsewhere('stranger', 'refused');
    if (!own || !other) throw new Error('two cells');
    const untried = { ...other, endpoint: 'GET /feed', outcome: 'unknown' as const, settle: 'seaworthy audit --budget full' };
    expect(judge(hears('stranger'), [own, other, untried])).toBe('unknown');
    expect(judge(hears('stranger'), [own, other, untried], silent, true)).toBe('leak');
  });

  it('needs no other endpoint between tenants', () => {
    expect(judge(hears('stranger'), [], silent, true)).toBe('leak');
    expect(judge(hears('stranger'), elsewhere('stranger', 'shared', true), silent, true)).toBe('shared');
  });

  it('must tell something: figures that a market shows everybody are a question', () => {
    expect(judge(hears('anonymous', [figures]), elsewhere('anonymous', 'refused'))).toBe('unknown');
    expect(judge(hears('anonymous', [{ ...figures, columns: ['balance'] }]), elsewhere('anonymous', 'refused'))).toBe('leak');
  });

  it('is judged as what everybody hears where everybody hears it', () => {
    const all = hears('anonymous');
    expect(judge(hears('stranger'), elsewhere('anonymous', 'unknown', true), all, true)).toBe('shared');
    expect(judge(hears('stranger'), elsewhere('anonymous', 'refused'), all)).toBe('leak');
    expect(judge(hears('impostor'), [], all)).toBe('unknown');
  });

  it('with a token that proves nothing is a leak', () => {
    expect(judge(hears('impostor'))).toBe('leak');
  });

  it('is no leak where it is about whoever hears it', () => {
    expect(judge(hears('stranger', [{ ...notes, concernsHearer: true }]), elsewhere('stranger', 'refused'))).toBe('shared');
  });
});

describe('what was changed', () => {
  const change: ChangedRow = { table: 'public.notes', op: 'update', columns: ['text'] };

  it('by a message of somebody else is a leak', () => {
    expect(judge(trial('stranger', { changed: [change] }))).toBe('leak');
    expect(judge(trial('stranger', { changed: [{ ...change, op: 'delete', columns: [] }] }))).toBe('leak');
  });

  it('is a question where it counts, adds, or moves something between both sides', () => {
    expect(judge(trial('stranger', { changed: [{ ...change, columns: ['view_count'] }] }))).toBe('unknown');
    expect(judge(trial('stranger', { changed: [{ ...change, op: 'insert' }] }))).toBe('unknown');
    expect(judge(trial('stranger', { changed: [change], ownTables: ['public.notes'] }))).toBe('unknown');
  });
});

describe('silence', () => {
  it('is a refusal only where the owner heard something', () => {
    expect(judge(trial('stranger'))).toBe('refused');
    expect(judgeLive(trial('stranger'), trial('owner'), silent, { tenants: false, access: [] }).outcome).toBe('unknown');
    expect(judgeLive(trial('owner'), trial('owner'), silent, { tenants: false, access: [] }).outcome).toBe('unknown');
  });

  it('about rows is shared where everybody hears that something has changed', () => {
    const [mine, all] = [trial('owner', { news: 2 }), trial('anonymous', { news: 2 })];
    for (const one of [mine, all]) expect(judgeLive(one, mine, all, { tenants: false, access: [] }).outcome).toBe('shared');
    expect(judgeLive(mine, mine, silent, { tenants: false, access: [] }).outcome).toBe('unknown');
  });
});

it('takes the loosest cookie of a session, and silence for silence', () => {
  expect(loosestOf(['sid=1; Path=/; SameSite=Lax', 'csrf=2; samesite=strict'])).toBe('lax');
  expect(loosestOf(['sid=1; SameSite=None; Secure', 'csrf=2'])).toBe('none');
  expect(loosestOf(['sid=1; HttpOnly', 'csrf=2; SameSite=Lax'])).toBeNull();
  expect(loosestOf([])).toBeNull();
});
