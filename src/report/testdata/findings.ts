import type { CheckMeta } from '../../model/check.ts';
import type { Proof } from '../../model/proof.ts';
import type { SettledFinding } from '../../judge/types.ts';
import type { Severity } from '../../model/words.ts';

function check(title: string, control: string, severity: Severity, cwe: number[], remedy: string): CheckMeta {
  return { title, control, severity, cwe, standards: cwe.length > 0 ? ['API1:2023'] : [], why: '', remedy, needs: [], anyOf: [], uses: control === 'security/object-authorization' || control === 'security/role-matrix' ? ['access'] : [] };
}

/** The checks of the invented version. */
export const sampleChecks: Record<string, CheckMeta> = {
  'security/object-authorization': check("Nobody reads or changes another user's objects by changing an id", 'security/object-authorization', 'critical', [639], 'Add the company of the signed-in user to the WHERE clause.'),
  'security/authentication': check('Every endpoint that is not meant to be public refuses callers who are not signed in', 'security/role-matrix', 'critical', [306], 'Put the same guards in front of this route as in front of its neighbours.'),
  'security/role-authorization': check('Every action checks what the caller may do, not only who the caller is', 'security/role-matrix', 'high', [862], 'Check the role on the server.'),
  'security/sql-injection': check('No value of a caller becomes part of an SQL statement', 'security/sql-injection', 'high', [89], 'Pass the value as a parameter: `$1`.'),
  'security/secrets-in-code': check('No credential stands in the files', 'security/secrets-in-code', 'critical', [798], 'Revoke the key with its provider, then read it from the environment.'),
  'security/cors-origins': check('Only the origins that the application names may read its answers', 'security/cors', 'medium', [942], 'Name the allowed origins.'),
  'security/response-headers': check('Answers carry the headers that tell browsers to be careful', 'security/security-headers', 'low', [693], 'Use `helmet`.'),
  'security/password-storage': check('Passwords are stored so that a stolen table does not give them away', 'security/password-storage', 'high', [916], 'Use argon2id.'),
  'security/uploads': check('Uploaded files are checked before they are kept', 'security/uploads', 'high', [434], 'Check type and size.'),
  'correctness/trusted-values': check('Prices and totals are computed on the server', 'correctness/client-trusted-values', 'high', [602], 'Look up the price in the database and ignore the one that was sent.'),
  'reliability/silent-failure': check('An answer claims success only when the work was done', 'reliability/silent-failure', 'high', [390], 'Let the error reach the error handler.'),
  'performance/query-count': check('The number of queries does not grow with the number of rows', 'performance/queries', 'medium', [], 'Load the customers of all invoices with one query.'),
  'schema/indexes': check('Columns that queries filter on have an index', 'schema/query-plans-and-indexes', 'medium', [], 'Create an index on `invoices (customer_id)`.'),
};

const headers = { authorization: 'Bearer stranger.9c1f...', accept: 'application/json' };

const leak: Proof = {
  scenario: {
    id: 'access/get-invoice/stranger', title: 'B asks for an invoice of A',
    actors: { owner: { part: 'owner', role: null }, stranger: { part: 'stranger', role: null } },
    steps: [
      { do: 'request', as: 'owner', method: 'POST', path: '/api/invoices', body: { amount_cents: 4200 }, save: { id: { json: 'id' } } },
      { do: 'request', as: 'stranger', method: 'GET', path: '/api/invoices/{{id}}' },
    ],
    effect: { shows: 'row-read', table: 'public.invoices', key: { id: '{{id}}' } },
  },
  observed: 'User B (company Beta) asked for invoice 17 of company Alpha and received it: the customer e-mail cnry-4be1@alpha.example and the amount 4200 stood in the answer.',
  exchanges: [
    {
      actor: 'stranger', request: { method: 'GET', path: '/api/invoices/17', headers, body: null },
      response: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":17,"customer_email":"cnry-4be1@alpha.example","amount_cents":4200,"status":"open"}' },
      failure: null, milliseconds: 6.2,
    },
  ],
  statements: [{ text: 'SELECT i.*, c.email AS customer_email FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE i.id = $1', binds: ['17'], rows: 1, tag: 'SELECT 1', error: null }],
  changes: [],
};

const deletion: Proof = {
  scenario: {
    id: 'access/delete-user/anonymous', title: 'Nobody in particular deletes A', actors: { nobody: { part: 'anonymous', role: null } },
    steps: [{ do: 'request', as: 'nobody', method: 'DELETE', path: '/api/admin/users/2' }],
    effect: { shows: 'row-changed', table: 'public.users', key: { id: '2' }, op: 'delete' },
  },
  observed: 'A request without any sign-in deleted user 2.',
  exchanges: [{ actor: 'anonymous', request: { method: 'DELETE', path: '/api/admin/users/2', headers: {}, body: null }, response: { status: 204, headers: {}, body: '' }, failure: null, milliseconds: 4.8 }],
  statements: [{ text: 'DELETE FROM users WHERE id = $1', binds: ['2'], rows: 1, tag: 'DELETE 1', error: null }],
  changes: [{ table: 'public.users', key: { id: '2' }, op: 'delete', before: { id: '2', email: 'cnry-a07c@alpha.example', name: 'cnry-name-a07c' }, after: null }],
};

let made = 0;

function finding(id: string, subject: string, rest: Partial<SettledFinding> & Pick<SettledFinding, 'message'>): SettledFinding {
  const meta = sampleChecks[id];
  if (!meta) throw new Error(`no such check in the sample: ${id}`);
  const [method = '', path = ''] = subject.split(' ');
  made += 1;
  const fingerprint = (made * 0x1f3a5b79).toString(16).padStart(8, '0');
  return {
    id: `${id}#${fingerprint.slice(0, 8)}`, fingerprint, check: id, control: meta.control, status: 'fail', severity: meta.severity, class: 'ran', title: meta.title,
    subject: { kind: path ? 'endpoint' : 'file', name: subject }, impact: '', remedy: meta.remedy, where: null, endpoint: path ? { method, path } : null,
    cwe: [...meta.cwe], standards: [...meta.standards], disagreement: null, settle: null, proof: null, ...rest,
  };
}

const at = (file: string, line: number) => ({ file, line, endLine: line + 6 });

/** What the checks found. */
export const sampleFindings: SettledFinding[] = [
  finding('security/object-authorization', 'GET /api/invoices/:id', {
    message: 'The query looks the invoice up by its id alone; the company of the caller is not compared.',
    impact: "Any signed-in customer can read every other company's invoices, with names, e-mail addresses and amounts, by counting up the number in the address.",
    where: at('src/routes/invoices.ts', 44), proof: leak, disagreement: 'Reading the code found nothing wrong here; the experiment shows otherwise.',
  }),
  finding('security/authentication', 'DELETE /api/admin/users/:id', {
    message: 'No guard stands in front of this route, while `GET /api/admin/users` in the same file has two.',
    impact: 'Anyone on the internet can delete any user without signing in.', where: at('src/routes/admin.ts', 31), proof: deletion,
  }),
  finding('security/secrets-in-code', 'src/routes/checkout.ts', {
    class: 'read', message: 'A live Stripe key (`sk_live_51N...`, sha256 4b0f3c77a1e2) stands in the file and is tracked by git.',
    impact: 'Everyone who has ever seen the code can move money on your Stripe account.', where: at('src/routes/checkout.ts', 4), subject: { kind: 'secret', name: 'Stripe live key 4b0f3c77a1e2' },
  }),
  finding('correctness/trusted-values', 'POST /api/checkout', {
    message: 'The amount of the payment is taken from the request body.', impact: 'A buyer can choose the price: 1 cent was charged for an order of 42.00.', where: at('src/routes/checkout.ts', 29),
    proof: { ...leak, scenario: null, observed: 'The stub of the payment provider was asked for 1 cent; the order says 4200.', statements: [] },
  }),
  finding('security/sql-injection', 'GET /api/customers/search', {
    class: 'read', message: "The search text `q` is pasted into the statement: `... WHERE name ILIKE '%${q}%'`.", impact: 'A signed-in user can read the whole database through the search field.', where: at('src/routes/customers.ts', 21),
  }),
  finding('reliability/silent-failure', 'POST /api/invoices', {
    message: 'When the INSERT fails the answer is still 201.', impact: 'Users believe that an invoice was saved while it was lost.', where: at('src/routes/invoices.ts', 70),
    proof: { ...leak, scenario: null, observed: 'The INSERT was made to fail; the answer said 201 and no row exists.' },
  }),
  finding('performance/query-count', 'GET /api/invoices', {
    message: 'One query per invoice: 10 invoices made 11 queries, 100 made 101.', impact: 'The list gets slower with every invoice; at 2,000 it takes seconds.', where: at('src/routes/invoices.ts', 18),
  }),
  finding('schema/indexes', 'public.invoices.customer_id', {
    message: 'Two queries filter on `customer_id`, which has no index.', where: null, subject: { kind: 'column', name: 'public.invoices.customer_id' },
  }),
  finding('security/response-headers', 'src/server.ts', { severity: 'low', message: 'No `content-security-policy` and no `x-content-type-options`.', where: at('src/server.ts', 12), subject: { kind: 'application', name: 'application' } }),
  finding('security/role-authorization', 'POST /api/webhooks/stripe', {
    status: 'unknown', severity: 'info', message: 'The request never succeeded, so nothing was exercised.', remedy: '', settle: 'seaworthy audit --run --budget full',
  }),
  finding('security/cors-origins', 'src/server.ts', {
    status: 'unknown', severity: 'info', class: 'read', message: 'The list of origins comes from `CORS_ORIGINS`, which nothing documents.', remedy: '', subject: { kind: 'application', name: 'application' },
  }),
];

const readers = ['GET /api/invoices', 'GET /api/customers/search', 'GET /api/me'];

/** What was examined and is true. */
export const samplePasses = [
  { check: 'security/object-authorization', title: sampleChecks['security/object-authorization']?.title ?? '', class: 'ran' as const, subjects: readers, disagreements: [] },
  { check: 'security/authentication', title: sampleChecks['security/authentication']?.title ?? '', class: 'ran' as const, subjects: [...readers, 'POST /api/invoices', 'POST /api/checkout', 'GET /api/admin/users'], disagreements: [] },
  { check: 'security/password-storage', title: sampleChecks['security/password-storage']?.title ?? '', class: 'ran' as const, subjects: ['public.users.password_hash'], disagreements: [] },
  { check: 'security/sql-injection', title: sampleChecks['security/sql-injection']?.title ?? '', class: 'ran' as const, subjects: ['GET /api/invoices/:id', 'POST /api/invoices'], disagreements: ['POST /api/invoices: Reading the code says otherwise (a value is put into the text), but the experiment exercised it and it held.'] },
];
