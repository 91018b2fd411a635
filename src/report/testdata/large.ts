import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Report } from '../../model/report.ts';
import { buildReport } from '../../judge/report.ts';
import type { SettledFinding } from '../../judge/types.ts';
import { sampleFindings } from './findings.ts';
import { sampleInput } from './sample.ts';

type Endpoint = EvidenceValue<'endpoints'>['endpoints'][number];
type Cell = EvidenceValue<'access'>['cells'][number];

const resources = [
  'projects', 'tasks', 'invoices', 'payments', 'customers', 'members', 'teams', 'roles', 'files', 'comments', 'reports', 'exports', 'imports', 'webhooks', 'settings', 'tokens',
  'audit-log', 'notifications', 'calendar', 'contracts', 'offers', 'suppliers', 'warehouses', 'shipments', 'refunds', 'coupons', 'plans',
];
const verbs = ['GET ', 'POST ', 'GET /:id', 'PATCH /:id', 'DELETE /:id', 'GET /:id/history', 'POST /:id/archive', 'GET /search'];

/** 221 endpoints of an invented back office: 27 resources with eight each, and five that stand alone. */
const ids = [
  ...resources.flatMap((resource) => verbs.map((verb) => verb.replace(' ', ` /api/v1/${resource}`))),
  ...['GET /health', 'GET /metrics', 'POST /api/v1/auth/login', 'POST /api/v1/auth/sign-up', 'GET /api/v1/me'],
];

const roles = ['owner', 'admin', 'billing-manager', 'project-manager', 'accountant', 'support-agent', 'auditor-read-only', 'warehouse-clerk', 'sales', 'contractor', 'guest', 'suspended'];
const actors: EvidenceValue<'actors'>['actors'] = [
  ...(['anonymous', 'owner', 'stranger'] as const).map((name) => ({ name, part: name, role: null })),
  ...roles.map((role) => ({ name: `role:${role}`, part: 'role' as const, role })),
].map((actor) => ({ ...actor, tenant: null, obtained: 'signed up', healthy: true, reason: '' }));

const leaking: Readonly<Record<string, readonly string[]>> = {
  'GET /api/v1/invoices/:id': ['stranger'],
  'DELETE /api/v1/tokens/:id': ['anonymous', 'stranger', 'role:guest', 'role:suspended', 'role:contractor'],
  'GET /api/v1/exports/search': ['stranger', 'role:suspended'],
  'PATCH /api/v1/payments/:id': ['stranger'],
};

const settle = 'seaworthy audit --budget full';

function cellOf(endpoint: string, actor: string, index: number): Cell {
  const resource = /v1\/([^/]+)/.exec(endpoint)?.[1] ?? '';
  const write = !endpoint.startsWith('GET');
  const [outcome, reason, status]: [Cell['outcome'], string, number | null] = leaking[endpoint]?.includes(actor)
    ? ['leak', write ? `changed ${resource} of the owner's` : `${resource} of another tenant stand in the answer`, 200]
    : resource === 'webhooks'
      ? ['unknown', 'called by machines; who may call it is a matter of signatures', 401]
      : resource === 'calendar'
        ? ['unknown', 'left out: the budget of 5 min was spent', null]
        : resource === '' || resource === 'auth'
          ? ['shared', 'public by its name, and nothing confidential shows', 200]
          : actor === 'owner'
            ? ['own', 'works for its owner', 200]
            : actor === 'anonymous'
              ? ['refused', 'answered 401', 401]
              : actor === 'stranger' || actor === 'role:suspended' || (write && index % 3 === 0)
                ? ['refused', 'answered 403', 403]
                : ['allowed', `a ${actor.slice(5)} of the owner's tenant may`, 200];
  return {
    endpoint, actor, outcome, reason, status, byId: endpoint.includes(':id'), read: [], changed: [], columns: [], proof: null,
    ...(resource === 'calendar' ? { settle } : {}),
  };
}

const endpoints = ids.map((id, index): Endpoint => {
  const [method = '', path = ''] = id.split(' ');
  return {
    id, unit: '.', method, path, where: { file: `src/routes/${path.split('/')[3] ?? 'health'}.ts`, line: 10 + index, endLine: 20 + index }, guards: [], inputs: [],
    intended: 'signed-in', intendedWhy: '', tables: [], writes: method !== 'GET', works: true, tried: 15, statements: 2,
  };
});

function findingOf(endpoint: string, index: number): SettledFinding {
  const [like] = sampleFindings;
  if (!like) throw new Error('the sample has no finding');
  const [method = '', path = ''] = endpoint.split(' ');
  const fingerprint = (0xabc00000 + index).toString(16);
  return { ...like, id: `${like.check}#${fingerprint}`, fingerprint, subject: { kind: 'endpoint', name: endpoint }, endpoint: { method, path }, impact: `Others get through ${endpoint}.` };
}

/** A report of 221 endpoints and 15 actors, 3315 cells in all, with leaks, open cells, and a group that nobody tried. */
export const largeReport: Report = buildReport({
  ...sampleInput,
  values: {
    ...sampleInput.values,
    endpoints: { endpoints },
    actors: { signUp: null, login: null, actors },
    access: { cells: ids.flatMap((id) => actors.map(({ name }, index) => cellOf(id, name, index))) },
  },
  findings: [...Object.keys(leaking).map(findingOf), ...sampleFindings],
});
