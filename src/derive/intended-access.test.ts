import { describe, expect, it } from 'vitest';
import { produce } from '../engine/produce.ts';
import type { EvidenceStore } from '../engine/produce.ts';
import { evidenceSchemas, isPresent } from '../model/evidence/index.ts';
import type { Evidence, EvidenceValue, Kind } from '../model/evidence/index.ts';
import intendedAccess from './intended-access.ts';

type Endpoint = EvidenceValue<'endpoints'>['endpoints'][number];
type Cell = EvidenceValue<'access'>['cells'][number];
type Rule = EvidenceValue<'access-rules'>['rules'][number];

function endpoint(id: string, facts: Partial<Endpoint> = {}): Endpoint {
  const [method = '', path = ''] = id.split(' ');
  const where = { file: 'app.js', line: 1, endLine: 2 };
  return {
    ...{
      id,
      unit: '.',
      method,
      path,
      where,
      guards: [],
      inputs: [],
      intended: 'signed-in',
      intendedWhy: 'requireUser refuses',
      tables: [],
    },
    ...{ writes: false, works: true, tried: 5, statements: 1, ...facts },
  };
}

const roleGuard = (...roles: string[]): Endpoint['guards'][number] => ({
  name: 'requireRole',
  where: null,
  does: ['role'],
  refuses: true,
  roles,
});

/** What each actor got at an endpoint, all of it about the owner's row 1: `+` let in, `-` refused, `!` leak, `?` not decided, `.` answered without rows. */
function cells(id: string, outcomes: Readonly<Record<string, string>>, row = 'public.projects'): Cell[] {
  const what: Readonly<Record<string, Cell['outcome']>> = {
    '+': 'allowed',
    '-': 'refused',
    '!': 'leak',
    '?': 'unknown',
    '.': 'allowed',
    o: 'own',
    s: 'shared',
  };
  return Object.entries(outcomes).map(([actor, sign]): Cell => {
    const touched = sign === '-' || sign === '.' ? [] : [{ table: row, key: { id: '1' } }];
    const [read, changed] = id.startsWith('GET') ? [touched, []] : [[], touched];
    const op = id.startsWith('DELETE') ? ('delete' as const) : ('update' as const);
    return {
      ...{
        endpoint: id,
        actor,
        outcome: what[sign] ?? 'unknown',
        reason: 'seen',
        status: sign === '-' ? 403 : 200,
        byId: true,
        columns: [],
        proof: null,
      },
      ...{ read, changed: changed.map((one) => ({ ...one, op, columns: ['name'] })) },
    };
  });
}

const everybody = (sign: string, others = '-') => ({
  anonymous: '-',
  owner: 'o',
  stranger: others,
  'role:admin': sign,
  'role:member': sign,
});

async function drafted(endpoints: Endpoint[], seen: Cell[], rules: Rule[] = [], tenants = true): Promise<EvidenceValue<'intended-access'>> {
  const link = [{ from: 'public.projects', column: 'company_id', to: 'public.companies', key: 'id' }];
  const ownership: EvidenceValue<'ownership'> = {
    users: { table: 'public.users', key: 'id', password: null, role: 'role' },
    tenants: tenants ? { table: 'public.companies', key: 'id' } : null,
    roles: ['admin', 'member'],
    tables: [{ table: 'public.projects', user: null, tenant: link }],
  };
  const store: EvidenceStore = new Map<Kind, Evidence>([
    ['endpoints', { kind: 'endpoints', class: 'read', value: { endpoints }, gaps: [] }],
    ['access', { kind: 'access', class: 'ran', value: { cells: seen }, gaps: [] }],
    ['ownership', { kind: 'ownership', class: 'ran', value: ownership, gaps: [] }],
    ['access-rules', { kind: 'access-rules', class: 'stated', value: { rules }, gaps: [] }],
  ]);
  const evidence = await produce(intendedAccess, store, undefined);
  if (!isPresent(evidence)) throw new Error(evidence.reason);
  return evidenceSchemas['intended-access'].parse(evidence.value);
}

const remove = 'DELETE /api/projects/:id';
/** The draft of one endpoint. */
async function draft(facts: Partial<Endpoint>, seen: Cell[], id = remove, tenants = true): Promise<[string[] | null, string]> {
  const [one] = (await drafted([endpoint(id, facts)], seen, [], tenants)).endpoints;
  return [one?.allow ?? null, one?.why ?? ''];
}

describe('the draft', () => {
  it('is what the application lets in, beside what it refuses', async () => {
    const seen = cells(remove, { ...everybody('-'), 'role:admin': '+' });
    expect(await draft({}, seen)).toEqual([['admin'], 'admin is let in, member is refused']);
    expect(await draft({ guards: [roleGuard('admin')] }, seen)).toEqual([
      ['admin'],
      'its guard requireRole asks for role admin; admin is let in, member is refused',
    ]);
  });

  it('never means a leak', async () => {
    expect((await draft({}, cells(remove, everybody('+', '!'))))[0]).toEqual(['tenant']);
    expect((await draft({}, cells(remove, { ...everybody('!'), 'role:admin': '+' })))[0]).toEqual(['admin']);
    expect((await draft({ intended: 'public' }, cells(remove, { ...everybody('-'), anonymous: '!' })))[0]).not.toContain('anyone');
    // Nor what only a person can say.
    expect((await draft({}, cells(remove, everybody('+', '?'))))[0]).toEqual(['tenant']);
  });

  it('means no leak either where nothing else tells but reading, guards or neighbours', async () => {
    const odd = cells(remove, { 'role:admin': '?', 'role:member': '!', stranger: '?' });
    expect(await draft({}, odd)).toEqual([['admin'], 'requireUser refuses; that member got through is a leak']);
    expect((await draft({ guards: [roleGuard('admin', 'member')] }, odd))[0]).toEqual(['admin']);
    expect((await draft({ intended: 'public' }, cells(remove, { stranger: '!' })))[0]).toEqual(['tenant']);
    expect((await draft({}, cells(remove, { 'role:admin': '!', 'role:member': '!' })))[0]).toEqual(['owner']);
  });

  it('keeps users apart where there are no tenants', async () => {
    expect((await draft({}, cells(remove, everybody('-')), remove, false))[0]).toEqual(['owner']);
    expect((await draft({}, cells(remove, { ...everybody('-'), 'role:admin': '+' }), remove, false))[0]).toEqual(['owner', 'admin']);
  });

  it('goes by the guard where nothing worked, then by the neighbours, then by what was read', async () => {
    expect(await draft({ guards: [roleGuard('Admin')] }, [])).toEqual([['admin'], 'its guard requireRole asks for role Admin']);
    expect(await draft({ guards: [roleGuard('admin', 'member'), roleGuard('admin')] }, [])).toEqual([
      ['admin'],
      'its guard requireRole asks for role admin',
    ]);
    const [one, other, third] = ['GET /api/admin/logs', 'GET /api/admin/users', 'POST /api/admin/import'];
    const admins = [one, other].flatMap((id) => cells(id, { ...everybody('-'), 'role:admin': '+' }));
    const { endpoints } = await drafted(
      [one, other, third].map((id) => endpoint(id)),
      admins,
    );
    expect(endpoints[2]).toMatchObject({ allow: ['admin'], why: 'every other endpoint below /api/admin is for admin' });
    expect(await draft({}, [])).toEqual([['tenant'], 'requireUser refuses']);
    expect(await draft({ intended: 'unknown', intendedWhy: 'nothing tells' }, [])).toEqual([null, 'nothing tells']);
  });

  it('knows what is everybody’s own, and what is nobody’s', async () => {
    const me = 'GET /api/me';
    const own = cells(me, everybody('+')).map((cell) => ({ ...cell, read: cell.read.map((row) => ({ ...row, key: { id: cell.actor } })) }));
    expect(await draft({}, own, me)).toEqual([['owner'], 'everybody gets only what is their own']);
    const plans = 'GET /api/plans';
    expect(
      (
        await draft(
          {},
          cells(plans, { anonymous: '-', owner: 'o', stranger: '.' }).map((cell) => ({ ...cell, read: [] })),
          plans,
        )
      )[0],
    ).toEqual(['signed-in']);
  });

  it('shares nothing that belongs to somebody, though none of it showed today', async () => {
    const wallet = 'GET /api/wallet';
    const seen = cells(wallet, everybody('.', '.')).map((cell) => ({ ...cell, read: [] }));
    expect((await draft({ tables: ['projects'] }, seen, wallet))[0]).toEqual(['tenant']);
    expect((await draft({ tables: ['plans'] }, seen, wallet))[0]).toEqual(['signed-in']);
  });

  it('tells adding to what is the owner’s from having one’s own, and leaves logs aside', async () => {
    const add = 'POST /api/projects/:id/notes';
    const adding = (table: string) =>
      cells(add, everybody('+')).map((cell) => ({
        ...cell,
        read: [{ table: 'public.notes', key: { id: cell.actor } }],
        changed: cell.changed.map((row) => ({ ...row, table, op: 'insert' as const, key: { id: cell.actor } })),
      }));
    expect((await draft({}, adding('public.notes'), add))[0]).toEqual(['tenant']);
    const list = cells('GET /api/projects', everybody('+'));
    const logging = list.map((cell) => ({
      ...cell,
      changed: [{ table: 'public.log', key: { id: '9' }, op: 'insert' as const, columns: [] }],
    }));
    const { questions } = await drafted([endpoint(add), endpoint('GET /api/projects')], [...logging, ...adding('public.log')]);
    expect(questions.map(({ ask }) => ask)).toEqual([expect.stringContaining('see projects that others of the same company made')]);
  });

  it('puts endpoints of one path under one rule, and none that differs', async () => {
    const ids = ['GET /api/a', 'GET /api/a/:id', 'PUT /api/a/:id', 'GET /api/b', 'DELETE /api/b'];
    const seen = ids.flatMap((id) => cells(id, id.startsWith('PUT') ? { ...everybody('-'), 'role:admin': '+' } : everybody('+')));
    const { drafts } = await drafted(
      ids.map((id) => endpoint(id)),
      seen,
    );
    expect(drafts.map((one) => `${one.endpoint} ${one.allow.join()} ${one.covers}`)).toEqual([
      'GET /api/a/* tenant 2',
      'PUT /api/a/:id admin 1',
      '* /api/b tenant 2',
    ]);
  });
});

describe('the questions', () => {
  const ask = async (seen: Cell[], rules: Rule[] = [], ids = [...new Set(seen.map((cell) => cell.endpoint))]) =>
    (
      await drafted(
        ids.map((id) => endpoint(id)),
        seen,
        rules,
      )
    ).questions.map((one) => `${one.ask} Today: ${one.today}. ${one.endpoints.join()}`);

  it('are about what no refusal answers', async () => {
    expect(await ask(cells(remove, everybody('+')))).toEqual([
      `May every role (\`admin\` and \`member\`) delete projects that others of the same company made? Today: yes. ${remove}`,
    ]);
    expect(await ask(cells(remove, { ...everybody('-'), 'role:admin': '+' }))).toEqual([]);
  });

  it('put others first, and the same only once', async () => {
    const seen = [
      ...cells('GET /api/projects', everybody('+')),
      ...cells('GET /api/projects/:id', everybody('+', '?')),
      ...cells('PATCH /api/projects/:id', everybody('+')),
    ];
    expect((await ask(seen)).map((text) => text.replace(/ (\(`admin`|Today).*(?=GET|PATCH)/, ' … '))).toEqual(
      [
        'May members of another company see projects of others? … GET /api/projects/:id',
        'May every role … PATCH /api/projects/:id',
        'May every role … GET /api/projects,GET /api/projects/:id',
      ].map((text) => expect.stringContaining(text.split(' … ')[0] ?? '')),
    );
  });

  it('do not ask again what was confirmed', async () => {
    const rule = { endpoint: '* /api/projects/*', allow: ['tenant'], why: null, confirmed: { by: 'Ann Lee', on: '2026-03-01' } };
    expect(await ask(cells(remove, everybody('+')), [rule])).toEqual([]);
    expect(await ask(cells(remove, everybody('+')), [{ ...rule, confirmed: null }])).toHaveLength(1);
  });

  it('ask who may write where nobody is asked who they are, and once only', async () => {
    const add = 'POST /api/skills';
    const open = cells(add, { anonymous: '.', owner: 'o', stranger: '.' }).map((cell) => ({ ...cell, changed: [] }));
    const { questions, endpoints } = await drafted(
      [endpoint(add, { intended: 'unknown', intendedWhy: 'nothing tells', writes: true })],
      open,
    );
    expect(questions.map(({ ask: text }) => text)).toEqual([`May anybody without an account use ${add}?`]);
    expect(endpoints[0]?.allow).not.toContain('anyone');
  });

  it('ask about what stands open among what is kept', async () => {
    const [one, other, stats] = ['GET /api/admin/logs', 'GET /api/admin/users', 'GET /api/admin/stats'];
    const seen = [one, other].flatMap((id) => cells(id, { ...everybody('-'), 'role:admin': '+' }));
    const open = cells(stats, { anonymous: '.', owner: 'o', stranger: '.', 'role:admin': '.', 'role:member': '.' });
    const ledger = [one, other].map((id) => endpoint(id));
    const { questions, endpoints } = await drafted([...ledger, endpoint(stats, { intended: 'unknown' })], [...seen, ...open]);
    expect(questions.map(({ ask: text, today }) => `${text} ${today}`)).toEqual([
      `May anybody without an account use ${stats}? yes; every other endpoint below /api/admin is for admin`,
    ]);
    expect(endpoints[2]?.allow).toEqual(['admin']);
  });
});

it('names rules that are about no endpoint', async () => {
  const rules = ['GET /api/gone', remove].map((id) => ({ endpoint: id, allow: ['owner'], why: null, confirmed: null }));
  expect((await drafted([endpoint(remove)], [], rules)).stray).toEqual(['GET /api/gone']);
});
