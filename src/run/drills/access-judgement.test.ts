import { describe, expect, it } from 'vitest';
import { judgeCells } from './access-judgement.ts';
import type { RawCell } from './access-judgement.ts';
import { cellOf, changeOf, rowOf } from './cells.testing.ts';

type Facts = Partial<Omit<RawCell, 'route' | 'played' | 'request'>>;

/** What one actor's request did: by default nothing of the owner's, with 200. */
const cell = (id: string, part: RawCell['part'], facts: Facts = {}): RawCell => cellOf(id, part, part, facts);
const [row, change] = [rowOf, changeOf];

/** `endpoint part` -> outcome, and the reason beside it where a test asks for it. */
function judged(
  cells: RawCell[],
  tenants = true,
  unseen = 0,
  statements = true,
): { outcomes: Record<string, string>; why: Record<string, string> } {
  const all = judgeCells(cells, { tenants, tables: [], unseen, statements, changes: true });
  const name = ({ raw }: (typeof all)[number]): string => `${raw.route.id} ${raw.actor}`;
  return {
    outcomes: Object.fromEntries(all.map((one) => [name(one), one.outcome])),
    why: Object.fromEntries(all.map((one) => [name(one), one.reason])),
  };
}
const outcome = (cells: RawCell[], of: string, tenants = true, unseen = 0): string | undefined =>
  judged(cells, tenants, unseen).outcomes[of];

const order = row('orders', 'customer_name');
const ownOrder = cell('GET /orders/:id', 'owner', { read: [order] });

describe('reading rows of another tenant', () => {
  it('is a leak when they stand in the answer', () => {
    const { outcomes, why } = judged([ownOrder, cell('GET /orders/:id', 'stranger', { read: [order] })]);
    expect(outcomes).toEqual({ 'GET /orders/:id owner': 'own', 'GET /orders/:id stranger': 'leak' });
    expect(why['GET /orders/:id stranger']).toContain('orders of another tenant');
  });

  it.each([
    ['a refusal', { status: 404 }],
    ['an answer with nothing in it', { status: 200 }],
  ])('is refused by %s', (_, facts) => {
    expect(outcome([ownOrder, cell('GET /orders/:id', 'stranger', facts)], 'GET /orders/:id stranger')).toBe('refused');
  });

  it('is no leak when the rows stand on a page that everybody sees', () => {
    const page = row('products', 'name');
    const outcomes = judged([
      cell('GET /shop/:slug', 'owner', { read: [page] }),
      cell('GET /shop/:slug', 'stranger', { read: [page] }),
      cell('GET /shop/:slug', 'anonymous', { read: [page] }),
    ]).outcomes;
    expect(outcomes).toMatchObject({ 'GET /shop/:slug stranger': 'shared', 'GET /shop/:slug anonymous': 'unknown' });
  });

  it('is allowed to colleagues, whose rights are a matter of roles', () => {
    const member = { actor: 'role:member', read: [order] };
    expect(outcome([ownOrder, cell('GET /orders/:id', 'role', member)], 'GET /orders/:id role:member')).toBe('allowed');
    const refused = { actor: 'role:member', status: 403 };
    expect(outcome([ownOrder, cell('GET /orders/:id', 'role', refused)], 'GET /orders/:id role:member')).toBe('refused');
  });
});

describe('callers who are not signed in', () => {
  const people = row('users', 'email');
  const list = [cell('GET /members', 'owner', { read: [people] }), cell('GET /members', 'anonymous', { status: 401 })];
  const exported = [cell('GET /export', 'owner', { read: [people] }), cell('GET /export', 'anonymous', { read: [people] })];

  it('may see what is public by its name', () => {
    const shown = { read: [row('products', 'name')] };
    const cells = [cell('GET /public/shop', 'owner', shown), cell('GET /public/shop', 'anonymous', shown)];
    expect(outcome(cells, 'GET /public/shop anonymous')).toBe('shared');
  });

  it('may not see there what is secret everywhere', () => {
    const shown = { read: [row('users', 'password_hash')] };
    const cells = [cell('GET /public/shop', 'owner', shown), cell('GET /public/shop', 'anonymous', shown)];
    expect(outcome(cells, 'GET /public/shop anonymous')).toBe('leak');
  });

  it('leak e-mail addresses that other endpoints keep from them', () => {
    expect(outcome([...list, ...exported], 'GET /export anonymous')).toBe('leak');
    expect(outcome([...list, ...exported], 'GET /members anonymous')).toBe('refused');
  });

  it('do not leak addresses that every endpoint shows: a directory may be meant', () => {
    expect(outcome(exported, 'GET /export anonymous')).toBe('unknown');
  });
});

describe('what is nobody’s secret', () => {
  it('is not called a leak to callers who are not signed in, even where other endpoints refuse it', () => {
    const shown = { read: [row('products', 'name')] };
    const cells = [
      cell('GET /stock', 'owner', shown),
      cell('GET /stock', 'anonymous', { status: 401 }),
      cell('GET /products', 'owner', shown),
      cell('GET /products', 'anonymous', shown),
    ];
    expect(outcome(cells, 'GET /products anonymous')).toBe('unknown');
  });
});

describe('an unguessable link', () => {
  it('is shared with whoever holds it', () => {
    const link = { read: [order], capability: true, byId: true };
    const cells = (['owner', 'stranger', 'anonymous'] as const).map((part) => cell('GET /shared/:token', part, link));
    expect(judged(cells).outcomes).toMatchObject({ 'GET /shared/:token stranger': 'shared', 'GET /shared/:token anonymous': 'shared' });
  });

  it('does not excuse the same rows under a key', () => {
    const byKey = { read: [order], capability: false, byId: true };
    const cells = (['owner', 'stranger'] as const).map((part) => cell('GET /shared/:id', part, byKey));
    expect(outcome(cells, 'GET /shared/:id stranger')).toBe('leak');
  });
});

describe('changing rows of somebody else', () => {
  const own = (id: string): RawCell => cell(id, 'owner', { changed: [change('notes', 'update', 'body')] });

  it.each([
    ['DELETE /notes/:id', change('notes', 'delete', 'id', 'body')],
    ['PATCH /notes/:id', change('notes', 'update', 'body')],
  ])('is a leak in %s', (id, changed) => {
    expect(outcome([own(id), cell(id, 'stranger', { changed: [changed] })], `${id} stranger`)).toBe('leak');
    expect(outcome([own(id), cell(id, 'stranger', { changed: [changed] })], `${id} stranger`, false)).toBe('leak');
  });

  it('is what a transfer does, when rows of both sides changed', () => {
    const both = { changed: [change('wallets', 'update', 'balance')], ownTables: ['wallets'] };
    const { outcomes, why } = judged([cell('POST /transfer', 'owner', both), cell('POST /transfer', 'stranger', both)]);
    expect(outcomes['POST /transfer stranger']).toBe('unknown');
    expect(why['POST /transfer stranger']).toContain('transfer');
    const oneSided = { ...both, ownTables: ['payments'] };
    expect(outcome([cell('POST /transfer', 'owner', both), cell('POST /transfer', 'stranger', oneSided)], 'POST /transfer stranger')).toBe(
      'leak',
    );
  });

  it('is not called a leak when a counter went up or a line was added', () => {
    const id = 'POST /posts/:id/like';
    for (const changed of [change('posts', 'update', 'likes', 'updated_at'), change('comments', 'insert', 'id', 'body')]) {
      expect(outcome([own(id), cell(id, 'stranger', { changed: [changed] })], `${id} stranger`)).toBe('unknown');
    }
    const title = change('posts', 'update', 'likes', 'title');
    expect(outcome([own(id), cell(id, 'stranger', { changed: [title] })], `${id} stranger`)).toBe('leak');
  });

  it('is a leak when a row is gone, whatever it counted', () => {
    const id = 'DELETE /scores/:id';
    expect(outcome([own(id), cell(id, 'stranger', { changed: [change('scores', 'delete', 'score')] })], `${id} stranger`)).toBe('leak');
  });

  it('is left to reading when a GET did it: opening a page may mark it as seen', () => {
    const seen = { changed: [change('notes', 'update', 'body')] };
    expect(outcome([ownOrder, cell('GET /orders/:id', 'stranger', seen)], 'GET /orders/:id stranger')).not.toBe('leak');
  });
});

describe('what proves nothing', () => {
  it('is the rate limit', () => {
    expect(outcome([ownOrder, cell('GET /orders/:id', 'stranger', { status: 429 })], 'GET /orders/:id stranger')).toBe('unknown');
  });

  it('is no answer', () => {
    const { outcomes, why } = judged([ownOrder, cell('GET /orders/:id', 'stranger', { status: null })]);
    expect(outcomes['GET /orders/:id stranger']).toBe('unknown');
    expect(why['GET /orders/:id stranger']).toContain('timed out');
  });

  it('is a refusal of what never worked for its owner', () => {
    const cells = [cell('POST /pay', 'owner', { status: 400 }), cell('POST /pay', 'stranger', { status: 403 })];
    expect(judged(cells).outcomes).toEqual({ 'POST /pay owner': 'unknown', 'POST /pay stranger': 'unknown' });
  });

  it('is a cell that was not tried, which keeps its reason', () => {
    const untried = { untried: 'called by machines', status: null };
    expect(judged([cell('POST /hook', 'anonymous', untried)]).why['POST /hook anonymous']).toBe('called by machines');
  });
});

describe('a request that worked when the stage was set', () => {
  const again = cell('POST /shop', 'owner', { status: 409, workedBefore: true });

  it('works for its owner, though a repeat is a duplicate', () => {
    expect(outcome([again], 'POST /shop owner')).toBe('own');
  });

  it('measures refusals of another kind, not the same duplicate', () => {
    expect(outcome([again, cell('POST /shop', 'stranger', { status: 403 })], 'POST /shop stranger')).toBe('refused');
    expect(outcome([again, cell('POST /shop', 'stranger', { status: 409 })], 'POST /shop stranger')).toBe('unknown');
  });
});

describe('a repeat that finds nothing any more', () => {
  it('says nothing when the other is told the same', () => {
    const gone = cell('POST /invitations/:id/accept', 'owner', { status: 404, workedBefore: true });
    const same = cell('POST /invitations/:id/accept', 'stranger', { status: 404 });
    expect(outcome([gone, same], 'POST /invitations/:id/accept stranger')).toBe('unknown');
  });
});

describe('a role that may where the owner of the objects may not', () => {
  const cells = [
    cell('POST /approve/:id', 'owner', { status: 403, control: false }),
    cell('POST /approve/:id', 'role', { actor: 'role:admin', control: true, changed: [change('orders', 'update', 'status')] }),
  ];

  it('measures the refusals of others', () => {
    const { outcomes } = judged([...cells, cell('POST /approve/:id', 'stranger', { status: 403 })]);
    expect(outcomes).toEqual({
      'POST /approve/:id owner': 'refused',
      'POST /approve/:id role:admin': 'own',
      'POST /approve/:id stranger': 'refused',
    });
  });
});

describe('users without tenants', () => {
  const post = { read: [row('posts', 'body')] };
  const sees = (id: string, facts: Facts): RawCell[] => [cell(id, 'owner', facts), cell(id, 'stranger', facts)];
  const refused = (id: string, facts: Facts): RawCell[] => [cell(id, 'owner', facts), cell(id, 'stranger', { status: 404 })];

  it('see posts of a community everywhere: whether that is meant, nobody can tell', () => {
    const { outcomes } = judged([...sees('GET /posts', post), ...sees('GET /posts/:id', post)], false);
    expect(outcomes).toMatchObject({ 'GET /posts stranger': 'unknown', 'GET /posts/:id stranger': 'unknown' });
  });

  it('leak orders through the one endpoint that does not refuse them', () => {
    const mine = { read: [order] };
    const cells = [...refused('GET /orders', mine), ...sees('GET /orders/:id', mine)];
    expect(outcome(cells, 'GET /orders/:id stranger', false)).toBe('leak');
  });

  it('are not judged by a rate limit that stood elsewhere', () => {
    const limited = [cell('GET /posts', 'owner', post), cell('GET /posts', 'stranger', { status: 429 })];
    expect(outcome([...limited, ...sees('GET /posts/:id', post)], 'GET /posts/:id stranger', false)).toBe('unknown');
  });

  it('are not judged by links that were handed out', () => {
    const mine = { read: [order] };
    const link = sees('GET /shared/:token', { ...mine, capability: true });
    const cells = [...refused('GET /orders', mine), ...sees('GET /orders/:id', mine), ...link];
    expect(outcome(cells, 'GET /orders/:id stranger', false)).toBe('leak');
  });

  it('leak e-mail addresses unless every endpoint shows them', () => {
    const people = { read: [row('users', 'email')] };
    const open = [...sees('GET /people', people), ...sees('GET /people/:id', people)];
    expect(outcome(open, 'GET /people stranger', false)).toBe('unknown');
    expect(outcome([...open, ...refused('GET /contacts', people)], 'GET /people stranger', false)).toBe('leak');
  });

  it('leak what is secret, and money picked by id, without any comparison', () => {
    expect(outcome(sees('GET /users/:id', { read: [row('users', 'api_key')] }), 'GET /users/:id stranger', false)).toBe('leak');
    expect(outcome(sees('GET /accounts/:id', { read: [row('accounts', 'balance')] }), 'GET /accounts/:id stranger', false)).toBe('leak');
    expect(outcome(sees('GET /leaders', { read: [row('accounts', 'balance')] }), 'GET /leaders stranger', false)).toBe('unknown');
  });
});

describe('comparing with endpoints that nobody tried, for want of time', () => {
  const post = { read: [row('posts', 'body')] };
  const cells = [
    cell('GET /posts', 'owner', post),
    cell('GET /posts', 'stranger', { status: 404 }),
    cell('GET /posts/:id', 'owner', post),
    cell('GET /posts/:id', 'stranger', post),
  ];

  it('calls nobody the odd one out whom the others might join', () => {
    expect(outcome(cells, 'GET /posts/:id stranger', false)).toBe('leak');
    expect(outcome(cells, 'GET /posts/:id stranger', false, 1)).toBe('unknown');
  });

  it('does not say that other endpoints keep what they might show', () => {
    const people = { read: [row('users', 'email')] };
    const posted = [cell('POST /find', 'owner', people), cell('POST /find', 'anonymous', people)];
    expect(outcome(posted, 'POST /find anonymous')).toBe('leak');
    expect(outcome(posted, 'POST /find anonymous', true, 1)).toBe('unknown');
  });

  it('leaves what needs no comparison', () => {
    expect(outcome([ownOrder, cell('GET /orders/:id', 'stranger', { read: [order] })], 'GET /orders/:id stranger', true, 9)).toBe('leak');
  });
});

describe('without statements', () => {
  const plain = [cell('GET /settings', 'owner'), cell('GET /settings', 'stranger')];

  it('does not say that no row of the owner was involved', () => {
    expect(outcome(plain, 'GET /settings stranger')).toBe('allowed');
    expect(judged(plain, true, 0, false).outcomes['GET /settings stranger']).toBe('unknown');
  });

  it('still knows a refusal where the owner saw rows', () => {
    const list = [cell('GET /orders', 'owner', { read: [order] }), cell('GET /orders', 'stranger')];
    expect(judged(list, true, 0, false).outcomes['GET /orders stranger']).toBe('refused');
  });
});
