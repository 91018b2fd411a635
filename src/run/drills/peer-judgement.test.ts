import { beforeAll, describe, expect, it } from 'vitest';
import { playedOf, routeOf, statementOf } from '../ground/play/played.testing.ts';
import { parserReady } from '../ground/play/statement.ts';
import { cellOf, changeOf, rowOf } from './cells.testing.ts';
import type { JudgedCell, RawCell } from './access-judgement.ts';
import { judgePeers } from './peer-judgement.ts';
import { missingQuestion } from './policy.ts';
import type { Policy } from './policy.ts';

beforeAll(() => parserReady);

type Facts = Partial<Pick<RawCell, 'status' | 'read' | 'changed'>> & { readonly text?: string };

const refused: Facts = { status: 403 };
const [row, change] = [rowOf, changeOf];

function raw(id: string, actor: string, { status = 200, read = [], changed = [], text }: Facts): RawCell {
  const made = { table: 'papers', name: 's1.papers', key: { id: '1' }, values: { id: '1' }, by: 'owner' };
  const played = playedOf({ actor, status });
  return cellOf(id, actor, actor === 'owner' ? 'owner' : 'role', {
    request: {
      step: { do: 'request', as: actor, method: '', path: '' },
      objects: id.includes(':id') ? [{ parameter: 'id', row: made, column: 'id' }] : [],
      missing: [],
    },
    played: text === undefined ? played : { ...played, statements: [statementOf({ text })] },
    status,
    read,
    changed,
    byId: id.includes(':id'),
  });
}

/** Endpoint -> what it does for whom it is meant, and what for a clerk and a guest. */
type App = Readonly<Record<string, readonly [owner: Facts, clerk: Facts, guest?: Facts]>>;

/** The leaks of roles: `role:clerk GET /papers` -> why. */
function leaks(app: App, setting: Partial<Parameters<typeof judgePeers>[1]> = {}): Record<string, string> {
  const judged = Object.entries(app).flatMap(([id, [owner, clerk, guest]]) =>
    [raw(id, 'owner', owner), raw(id, 'role:clerk', clerk), ...(guest ? [raw(id, 'role:guest', guest)] : [])].map((cell): JudgedCell => ({
      raw: cell,
      outcome: cell.control ? 'own' : cell.success ? 'allowed' : 'refused',
      reason: '',
    })),
  );
  const found = judgePeers(judged, {
    ownership: { users: { table: 'public.users', key: 'id', password: null, role: 'role' }, tenants: null },
    policy: null,
    routes: Object.keys(app).map(routeOf),
    unseen: 0,
    ...setting,
  });
  return Object.fromEntries(
    found.filter(({ outcome }) => outcome === 'leak').map((one) => [`${one.raw.actor} ${one.raw.route.id}`, one.reason]),
  );
}

const paper = { read: [row('papers', 'text', 'email')] };
const title = { read: [row('papers', 'text')] };
const edited = { changed: [change('papers', 'update', 'text')] };
const deleted = { changed: [change('papers', 'delete')] };

describe('a role that sees', () => {
  it('by one id what another endpoint refuses it by the same id, is let through by mistake', () => {
    const app: App = { 'GET /papers/:id': [paper, paper], 'GET /papers/:id/print': [paper, refused] };
    expect(leaks(app)).toEqual({ 'role:clerk GET /papers/:id': 'shows papers that GET /papers/:id/print refuses the same role' });
  });

  it('less than what is refused, may be meant to', () => {
    expect(leaks({ 'GET /papers': [title, title], 'GET /papers/:id': [paper, refused] })).toEqual({});
    expect(leaks({ 'GET /papers': [paper, paper], 'GET /papers/:id': [paper, refused] })).not.toEqual({});
  });

  it('one by its id though not all of them, may be meant to', () => {
    expect(leaks({ 'GET /papers': [paper, refused], 'GET /papers/:id': [paper, paper] })).toEqual({});
  });

  it('what only the area of administrators refuses, is meant to', () => {
    expect(leaks({ 'GET /papers': [paper, paper], 'GET /admin/papers': [paper, refused] })).toEqual({});
  });

  it('what more endpoints show than refuse, is meant to', () => {
    const app: App = {
      'GET /papers': [paper, paper],
      'GET /papers/:id': [paper, paper],
      'GET /papers/:id/print': [paper, refused],
    };
    expect(leaks(app)).toEqual({});
  });

  it('is not judged while endpoints are untried that might show it too', () => {
    const app: App = { 'GET /papers/:id': [paper, paper], 'GET /papers/:id/print': [paper, refused] };
    expect(leaks(app, { unseen: 1 })).toEqual({});
    expect(leaks(app, { routes: [...Object.keys(app), 'GET /papers'].map(routeOf) })).toEqual({});
  });
});

describe('a role that changes', () => {
  it('what it is not even shown, is let through by mistake', () => {
    const app: App = { 'GET /papers/:id': [paper, refused], 'PUT /papers/:id': [edited, edited] };
    expect(leaks(app)).toEqual({
      'role:clerk PUT /papers/:id': 'changes papers that GET /papers/:id refuses even to show to the same role',
    });
    expect(leaks({ ...app, 'GET /papers': [paper, paper] })).not.toHaveProperty(['role:clerk PUT /papers/:id']);
  });

  it('what the same path refuses to show, though no value of it stands out, is let through by mistake', () => {
    const text = 'SELECT threshold FROM papers';
    const app: App = { 'GET /settings': [{ text }, refused], 'PUT /settings': [edited, edited], 'POST /settings': [edited, edited] };
    expect(Object.keys(leaks(app))).toEqual(['role:clerk PUT /settings']);
  });

  it('may be meant to when others may not delete, and not the other way round', () => {
    expect(leaks({ 'PATCH /papers/:id': [edited, edited], 'DELETE /papers/:id': [deleted, refused] })).toEqual({});
    expect(leaks({ 'PATCH /papers/:id': [edited, refused], 'DELETE /papers/:id': [deleted, deleted] })).not.toEqual({});
  });

  it('by deleting, is a moderator where only some may', () => {
    const app: App = { 'PATCH /papers/:id': [edited, refused, refused], 'DELETE /papers/:id': [deleted, deleted, refused] };
    expect(leaks(app)).toEqual({});
  });

  it('a sum that every other endpoint keeps from it, is let through by mistake; with one of them it may be meant', () => {
    const moved = { changed: [change('wallets', 'update', 'balance')] };
    const app: App = { 'POST /wallet/withdraw': [moved, moved], 'POST /wallet/deposit': [moved, refused] };
    expect(leaks(app)).toEqual({});
    expect(Object.keys(leaks({ ...app, 'POST /wallet/transfer': [moved, refused] }))).toEqual(['role:clerk POST /wallet/withdraw']);
  });

  it('roles, as everybody may, can have what is refused to it', () => {
    const sets = { changed: [change('public.users', 'update')], text: 'UPDATE users SET role = $1 WHERE id = $2' };
    const app: App = { 'PATCH /members/:id': [sets, sets, sets], 'DELETE /papers': [deleted, refused, refused] };
    expect(Object.keys(leaks(app))).toEqual(['role:clerk PATCH /members/:id', 'role:guest PATCH /members/:id']);
    expect(leaks({ ...app, 'PATCH /members/:id': [sets, sets, refused] })).toEqual({});
  });
});

describe('a table of permissions', () => {
  const policy: Policy = {
    table: 'public.grants',
    grants: new Map([['admin', new Set(['papers.create', 'papers.update', 'papers.add-line'])]]),
    asked: new Map([['PATCH /papers/:id', new Set(['papers.update'])]]),
  };
  const routes = ['POST /papers', 'PATCH /papers/:id', 'POST /papers/:id/lines', 'POST /papers/:id/comments'].map(routeOf);
  const missing = (id: string, of = policy): string | null => missingQuestion(of, routeOf(id), routes);

  it('says which question is missing', () => {
    expect(missing('POST /papers')).toBe('papers.create');
    expect(missing('POST /papers/:id/lines')).toBe('papers.add-line');
  });

  it('says nothing of endpoints that ask, and of those that nothing in it is about', () => {
    expect(missing('PATCH /papers/:id')).toBeNull();
    expect(missing('POST /papers/:id/comments')).toBeNull();
    expect(missing('GET /papers/:id')).toBeNull();
  });

  it('makes a leak of what a role does without the grant', () => {
    const added = { changed: [change('papers', 'insert', 'text')] };
    const reason = 'grants grants papers.create to others only, and this endpoint does not ask';
    expect(leaks({ 'POST /papers': [added, added] }, { policy })).toEqual({ 'role:clerk POST /papers': reason });
    const granted = { ...policy, grants: new Map([['clerk', new Set(['papers.create'])]]) };
    expect(leaks({ 'POST /papers': [added, added] }, { policy: granted })).toEqual({});
  });
});
