import type { EvidenceValue } from '../../model/evidence/index.ts';
import { schemaColumn, schemaTable } from '../../model/evidence/schema.testing.ts';
import type { Report } from '../../model/report.ts';
import type { ReportInput } from '../../judge/report.ts';
import { buildReport } from '../../judge/report.ts';
import { sampleChecks, sampleFindings, samplePasses } from './findings.ts';

const guard = (name: string, does: 'authentication' | 'role') => ({ name, where: null, does: [does], refuses: true, roles: does === 'role' ? ['admin'] : [] });
const signedIn = [guard('requireUser', 'authentication')];
const adminOnly = [...signedIn, guard('requireAdmin', 'role')];

type Endpoint = EvidenceValue<'endpoints'>['endpoints'][number];

function endpoint(id: string, file: string, line: number, rest: Partial<Endpoint>): Endpoint {
  const [method = '', path = ''] = id.split(' ');
  return {
    id, unit: '.', method, path, where: { file, line, endLine: line + 18 }, guards: signedIn, inputs: [], intended: 'signed-in',
    intendedWhy: 'a guard asks for a signed-in caller', tables: [], writes: method !== 'GET', works: true, tried: 5, statements: 2, ...rest,
  };
}

const endpoints: Endpoint[] = [
  endpoint('POST /api/auth/sign-up', 'src/routes/auth.ts', 14, { guards: [], intended: 'public', tables: ['public.users', 'public.companies'] }),
  endpoint('POST /api/auth/login', 'src/routes/auth.ts', 41, { guards: [], intended: 'public', tables: ['public.users'] }),
  endpoint('GET /api/me', 'src/routes/auth.ts', 66, { tables: ['public.users'] }),
  endpoint('GET /api/invoices', 'src/routes/invoices.ts', 12, { tables: ['public.invoices', 'public.customers'] }),
  endpoint('GET /api/invoices/:id', 'src/routes/invoices.ts', 38, { tables: ['public.invoices', 'public.customers'] }),
  endpoint('POST /api/invoices', 'src/routes/invoices.ts', 61, { tables: ['public.invoices'] }),
  endpoint('POST /api/checkout', 'src/routes/checkout.ts', 22, { tables: ['public.orders', 'public.payments'] }),
  endpoint('POST /api/webhooks/stripe', 'src/routes/webhooks.ts', 9, { guards: [], intended: 'public', tables: ['public.payments'], works: null }),
  endpoint('GET /api/customers/search', 'src/routes/customers.ts', 15, { tables: ['public.customers'] }),
  endpoint('DELETE /api/admin/users/:id', 'src/routes/admin.ts', 31, { guards: [], intended: 'role', tables: ['public.users'] }),
  endpoint('GET /api/admin/users', 'src/routes/admin.ts', 11, { guards: adminOnly, intended: 'role', tables: ['public.users'] }),
  endpoint('GET /health', 'src/server.ts', 27, { guards: [], intended: 'public' }),
];

const actors = ['anonymous', 'owner', 'stranger', 'manager', 'accountant', 'viewer', 'admin'];

type Cell = EvidenceValue<'access'>['cells'][number];

function outcomeOf(one: Endpoint, actor: string): Cell['outcome'] {
  if (one.works === null) return 'unknown';
  if (one.id === 'GET /api/invoices/:id' && (actor === 'stranger' || actor === 'viewer')) return 'leak';
  if (one.id === 'DELETE /api/admin/users/:id') return actor === 'admin' ? 'own' : 'leak';
  if (one.intended === 'public') return 'shared';
  if (actor === 'anonymous') return 'refused';
  if (actor === 'owner') return 'own';
  if (one.intended === 'role') return actor === 'admin' ? 'allowed' : 'refused';
  if (one.id === 'GET /api/customers/search' && actor === 'stranger') return 'unknown';
  return actor === 'stranger' ? 'refused' : 'allowed';
}

const cells: Cell[] = endpoints.flatMap((one) =>
  actors.map((actor): Cell => {
    const outcome = outcomeOf(one, actor);
    const leak = outcome === 'leak';
    const proof = sampleFindings.find((finding) => finding.subject.name === one.id && finding.class === 'ran')?.proof ?? null;
    return {
      endpoint: one.id, actor, outcome, byId: one.path.includes(':id'), status: leak ? 200 : outcome === 'refused' ? 403 : 200,
      reason: leak ? 'row 17 of company Alpha was in the answer' : outcome === 'unknown' ? 'the request never succeeded, so nothing was exercised' : 'as its rows show',
      read: leak ? [{ table: 'public.invoices', key: { id: '17' } }] : [], changed: [], columns: leak ? ['customer_email', 'amount_cents'] : [],
      proof: leak && actor === 'stranger' ? proof : null,
    };
  }),
);

const table = (name: string, ...columns: string[]) =>
  schemaTable(`public.${name}`, ['id', ...columns].map((one) => schemaColumn(one)), { oid: 16000 + name.length });

const sources = [
  ['src/server.ts', 64], ['src/db.ts', 31], ['src/routes/auth.ts', 98], ['src/routes/invoices.ts', 142], ['src/routes/checkout.ts', 87], ['src/routes/webhooks.ts', 44],
  ['src/routes/customers.ts', 70], ['src/routes/admin.ts', 66], ['src/lib/mailer.ts', 52], ['web/src/App.tsx', 210], ['web/src/pages/Invoices.tsx', 188], ['src/routes/invoices.test.ts', 35],
] as const;

/** What an engine would hand to the judge after auditing an invented invoicing application. */
export const sampleInput: ReportInput = {
  version: '0.1.0',
  target: { dir: '/home/ada/tidepool', name: 'tidepool', commit: '4f2c1ab09d7e3b5561c2a8f7e0d94b3316aa7c58' },
  startedAt: '2026-11-21T08:00:00.000Z',
  durationMs: 47_312,
  seed: 'b7e1',
  profile: 'public',
  for: [],
  ran: { asked: true, done: true, seal: 'full', reason: null, oracle: { kind: 'rows', detail: "the app is connected to the ground's Postgres" } },
  evidence: {
    files: { present: { class: 'read', gaps: [{ file: 'web/public/bundle.min.js', reason: 'larger than 1 MiB' }] } },
    routes: { present: { class: 'read', gaps: [] } },
    access: { present: { class: 'ran', gaps: [{ file: null, reason: 'no request to POST /api/webhooks/stripe could be signed' }] } },
    delivery: { absent: { reason: 'no workflow file was found' } },
  },
  values: {
    files: {
      root: '/home/ada/tidepool', commit: '4f2c1ab09d7e3b5561c2a8f7e0d94b3316aa7c58',
      files: sources.map(([path, lines]) => ({ path, bytes: lines * 32, lines, hash: path, language: path.endsWith('x') ? 'tsx' : 'typescript' })),
    },
    units: {
      units: [{ dir: '.', name: 'tidepool', kind: 'full-stack', frameworks: ['express', 'react'], packageManager: 'npm', moduleType: 'module', scripts: { start: 'node dist/server.js' } }],
    },
    endpoints: { endpoints },
    access: { cells },
    'intended-access': {
      roles: ['manager', 'viewer'], stray: [],
      endpoints: [{ endpoint: 'GET /api/admin/users', allow: ['admin'], why: 'its guard requireAdmin asks for role admin', confirmed: null }],
      drafts: [{ endpoint: '* /api/admin/*', allow: ['admin'], why: 'its guard requireAdmin asks for role admin', covers: 2 }],
      questions: [
        { ask: 'May a `viewer` change invoices that others of the same company made?', today: 'yes', endpoints: ['PATCH /api/invoices/:id'], yes: ['viewer'] },
      ],
    },
    'guard-styles': {
      clusters: [...Map.groupBy(endpoints, ({ guards }) => guards.map(({ name, does }) => `${name}: ${does.join(', ')}`).join('\n'))].map(([asks, some]) => ({
        asks: asks === '' ? [] : asks.split('\n'), endpoints: some.map(({ id }) => id),
      })),
      rivals: [],
      outliers: [
        {
          endpoints: ['DELETE /api/admin/users/:id'], where: { file: 'src/routes/admin.ts', line: 31, endLine: 49 }, lacks: 'role', peers: ['GET /api/admin/users'],
          compared: 1, by: { kind: 'path', name: '/api/admin' }, asked: ['requireAdmin'], sure: true,
        },
      ],
    },
    actors: {
      signUp: 'POST /api/auth/sign-up', login: 'POST /api/auth/login',
      actors: actors.map((name) => ({
        name, ...(name === 'anonymous' || name === 'owner' || name === 'stranger' ? { part: name, role: null } : { part: 'role', role: name }), tenant: null, obtained: 'signed up', healthy: true, reason: '',
      })),
    },
    schema: {
      database: 'postgres',
      from: 'npm run migrate',
      tables: [table('users', 'email', 'name', 'password_hash'), table('companies', 'name'), table('customers', 'company_id', 'name', 'email', 'phone'), table('invoices', 'customer_id', 'amount_cents', 'status'), table('payments', 'invoice_id', 'amount_cents')],
    },
    dependencies: {
      units: [{
        dir: '.', manifest: 'package.json', lockfile: 'package-lock.json', locked: {},
        declared: ['express', 'pg', 'stripe', 'zod'].map((name) => ({ name, range: '*', kind: 'runtime' as const })), imports: [],
        lookalikes: [], unused: [],
      }],
    },
  },
  checks: sampleChecks,
  findings: sampleFindings,
  passes: samplePasses,
  notApplicable: [{ check: 'security/uploads', reason: 'No endpoint accepts a file.' }],
  timings: { read: 812, run: 46_500 },
};

/** The report of it. */
export const sampleReport: Report = buildReport(sampleInput);
