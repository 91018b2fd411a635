/** The resources of a generated app: what an endpoint does, and the guards that can be taken away from it. */

/** What kind of guard stands before an endpoint. */
export type GuardKind = 'authentication' | 'role' | 'ownership' | 'tenant';

/** An endpoint of a generated app; `write` gives its code with or without its guards. */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below the path where the router of its resource is mounted. */
  readonly path: string;
  /** Guards that stand between somebody and rows; taking one of them away opens the endpoint. */
  readonly guards: readonly GuardKind[];
  /** The code that registers it. */
  readonly write: (has: (guard: GuardKind) => boolean) => string;
}

/** One resource: its tables, the guard of its whole router, and its endpoints in order of importance. */
export interface Resource {
  readonly name: string;
  readonly mount: string;
  readonly tables: string;
  readonly setUp: string;
  readonly actions: readonly string[];
  readonly endpoints: readonly Endpoint[];
}

/** What a resource is made from. */
export interface Plan {
  /** Plural noun; also the name of its table. */
  readonly name: string;
  /** Column with somebody's personal data. */
  readonly personal: string;
  /** Whether rows have a UUID for a key instead of a number. */
  readonly uuid: boolean;
  /** Roles that may use it, where roles are listed in the code. */
  readonly roles: readonly string[];
  /** Wraps answers in `{ data }`. */
  readonly wrapped: boolean;
}

const states = ['open', 'approved', 'closed'] as const;

const table = ({ name, personal, uuid }: Plan) => `CREATE TABLE ${name} (
  id ${uuid ? 'uuid PRIMARY KEY DEFAULT gen_random_uuid()' : 'serial PRIMARY KEY'},
  organisation_id integer NOT NULL REFERENCES organisations (id),
  user_id integer NOT NULL REFERENCES users (id),
  title text NOT NULL,
  ${personal} text NOT NULL,
  amount numeric(12, 2) NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'open' CHECK (status IN (${states.map((state) => `'${state}'`).join(', ')})),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON ${name} (organisation_id);
CREATE INDEX ON ${name} (user_id);
`;

const lines = ({ name, uuid }: Plan) => `CREATE TABLE ${name}_lines (
  id serial PRIMARY KEY,
  ${name}_id ${uuid ? 'uuid' : 'integer'} NOT NULL REFERENCES ${name} (id) ON DELETE CASCADE,
  description text NOT NULL,
  quantity integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON ${name}_lines (${name}_id);
`;

/** Registers an endpoint: `guards` are middleware in front of the handler. */
const route = (method: string, path: string, guards: readonly string[], body: string) =>
  `router.${method}(${[`'${path}'`, ...guards, `handle(async (req, res) => {\n${body.replace(/^(?=.)/gm, '  ')}\n})`].join(', ')});\n`;

/** Gives the rows of a statement to the caller; one row, or none is there for them. */
const one = ({ wrapped }: Plan) =>
  `if (!rows[0]) return res.status(404).json({ error: 'Not found' });\nres.json(${wrapped ? '{ data: rows[0] }' : 'rows[0]'});`;
const made = ({ wrapped }: Plan) => `res.status(201).json(${wrapped ? '{ data: rows[0] }' : 'rows[0]'});`;
const many = ({ wrapped }: Plan) => `res.json(${wrapped ? '{ data: rows }' : 'rows'});`;
const gone = `if (!rows[0]) return res.status(404).json({ error: 'Not found' });\nres.status(204).end();`;
const query = (text: string, values: string) => `const { rows } = await pool.query(\`${text}\`, [${values}]);`;

const fields = ({ personal }: Plan) => `{ title: 'text', ${personal}: 'text', amount: 'number' }`;
const create = (plan: Plan, guards: readonly string[], valid = true) =>
  route(
    'post',
    '/',
    [...guards, ...(valid ? [`valid(${fields(plan)})`] : [])],
    `const { title, ${plan.personal}, amount } = req.body;
${query(`INSERT INTO ${plan.name} (organisation_id, user_id, title, ${plan.personal}, amount) VALUES ($1, $2, $3, $4, $5) RETURNING *`, `req.user.organisation_id, req.user.id, title, ${plan.personal}, amount`)}
${made(plan)}`,
  );

/** `WHERE id = $1` with what else is asked for; values stand in the same order. */
function where(plan: Plan, conditions: readonly (readonly [string, string] | null)[], first = 1): { text: string; values: string } {
  const all = conditions.filter((condition) => condition !== null);
  return {
    text: all.length === 0 ? '' : ` WHERE ${all.map(([column], index) => `${column} = $${index + first}`).join(' AND ')}`,
    values: all.map(([, value]) => value).join(', '),
  };
}
const byId = ['id', 'req.params.id'] as const;
const ofTenant = ['organisation_id', 'req.user.organisation_id'] as const;
const ofUser = ['user_id', 'req.user.id'] as const;

const status = `valid({ status: [${states.map((state) => `'${state}'`).join(', ')}] })`;
const setFields = ({ personal }: Plan) =>
  `title = COALESCE($1, title), ${personal} = COALESCE($2, ${personal}), status = COALESCE($3, status)`;
const fieldValues = ({ personal }: Plan) => `req.body.title, req.body.${personal}, req.body.status`;

/** Everybody in the organisation reads; who writes stands in the table of permissions. */
export function shared(plan: Plan): Resource {
  const { name } = plan;
  const may = (action: string, asked: boolean) => (asked ? [`requirePermission('${name}.${action}')`] : []);
  const tenant = (has: (guard: GuardKind) => boolean) => (has('tenant') ? ofTenant : null);
  const change = (method: 'post' | 'patch', path: string, action: string, set: string, values: string): Endpoint => ({
    method,
    path,
    guards: ['role', 'tenant'],
    write(has) {
      const at = values === '' ? 1 : 4;
      const only = where(plan, [byId, tenant(has)], at);
      const all = [values, only.values].filter((part) => part !== '').join(', ');
      return route(
        method,
        path,
        [...may(action, has('role'))],
        `${query(`UPDATE ${name} SET ${set}${only.text} RETURNING *`, all)}\n${one(plan)}`,
      );
    },
  });
  const parent = (has: (guard: GuardKind) => boolean) => where(plan, [byId, tenant(has)]);
  const child = `${name}_lines`;
  return {
    name,
    mount: `/api/${name}`,
    tables: table(plan) + lines(plan),
    setUp: 'router.use(requireAuth);\n',
    actions: ['create', 'update', 'delete', 'approve', 'add-line', 'remove-line'].map((action) => `${name}.${action}`),
    endpoints: [
      { method: 'post', path: '/', guards: ['role'], write: (has) => create(plan, may('create', has('role'))) },
      {
        method: 'get',
        path: '/:id',
        guards: ['tenant'],
        write(has) {
          const only = where(plan, [byId, tenant(has)]);
          return route('get', '/:id', [], `${query(`SELECT * FROM ${name}${only.text}`, only.values)}\n${one(plan)}`);
        },
      },
      change('patch', '/:id', 'update', setFields(plan), fieldValues(plan)),
      {
        method: 'get',
        path: '/',
        guards: ['tenant'],
        write(has) {
          const only = where(plan, [tenant(has)]);
          return route('get', '/', [], `${query(`SELECT * FROM ${name}${only.text} ORDER BY id`, only.values)}\n${many(plan)}`);
        },
      },
      {
        method: 'delete',
        path: '/:id',
        guards: ['role', 'tenant'],
        write(has) {
          const only = where(plan, [byId, tenant(has)]);
          return route(
            'delete',
            '/:id',
            may('delete', has('role')),
            `${query(`DELETE FROM ${name}${only.text} RETURNING id`, only.values)}\n${gone}`,
          );
        },
      },
      change('post', '/:id/approve', 'approve', `status = 'approved'`, ''),
      {
        method: 'post',
        path: '/:id/lines',
        guards: ['role', 'tenant'],
        write(has) {
          const only = parent(has);
          return route(
            'post',
            '/:id/lines',
            [...may('add-line', has('role')), `valid({ description: 'text', quantity: 'number' })`],
            `const found = await pool.query(\`SELECT id FROM ${name}${only.text}\`, [${only.values}]);
if (!found.rows[0]) return res.status(404).json({ error: 'Not found' });
${query(`INSERT INTO ${child} (${name}_id, description, quantity) VALUES ($1, $2, $3) RETURNING *`, 'req.params.id, req.body.description, req.body.quantity')}
${made(plan)}`,
          );
        },
      },
      {
        method: 'get',
        path: '/:id/lines',
        guards: ['tenant'],
        write(has) {
          const join = `SELECT l.* FROM ${child} l JOIN ${name} p ON p.id = l.${name}_id WHERE p.id = $1`;
          const text = has('tenant') ? `${join} AND p.organisation_id = $2` : join;
          return route(
            'get',
            '/:id/lines',
            [],
            `${query(text, has('tenant') ? 'req.params.id, req.user.organisation_id' : 'req.params.id')}\n${many(plan)}`,
          );
        },
      },
      {
        method: 'delete',
        path: '/:id/lines/:lineId',
        guards: ['role', 'tenant'],
        write(has) {
          const text = `DELETE FROM ${child} l USING ${name} p WHERE p.id = l.${name}_id AND l.id = $1 AND p.id = $2`;
          const values = 'req.params.lineId, req.params.id';
          const all = has('tenant') ? [`${text} AND p.organisation_id = $3`, `${values}, req.user.organisation_id`] : [text, values];
          return route(
            'delete',
            '/:id/lines/:lineId',
            may('remove-line', has('role')),
            `${query(`${all[0]} RETURNING l.id`, all[1] ?? '')}\n${gone}`,
          );
        },
      },
    ],
  };
}

/**
 * Only some roles see or change it; they are listed in the code. Who may add to it stands in the table of permissions: nothing else tells a
 * form that everybody may fill in from a guard that was forgotten.
 */
export function confidential(plan: Plan): Resource {
  const { name } = plan;
  const only = `requireRole(${plan.roles.map((role) => `'${role}'`).join(', ')})`;
  const role = (has: (guard: GuardKind) => boolean) => (has('role') ? [only] : []);
  const may = (action: string, has: (guard: GuardKind) => boolean) => (has('role') ? [`requirePermission('${name}.${action}')`] : []);
  const tenant = (has: (guard: GuardKind) => boolean) => (has('tenant') ? ofTenant : null);
  const read = (path: string, one_: boolean): Endpoint => ({
    method: 'get',
    path,
    guards: ['role', 'tenant'],
    write(has) {
      const by = where(plan, [...(one_ ? [byId] : []), tenant(has)]);
      return route(
        'get',
        path,
        role(has),
        `${query(`SELECT * FROM ${name}${by.text}${one_ ? '' : ' ORDER BY id'}`, by.values)}\n${one_ ? one(plan) : many(plan)}`,
      );
    },
  });
  const change = (
    method: 'put' | 'post' | 'delete',
    path: string,
    text: (where: string) => string,
    before: string,
    action?: string,
  ): Endpoint => ({
    method,
    path,
    guards: ['role', 'tenant'],
    write(has) {
      const by = where(plan, [byId, tenant(has)], before === '' ? 1 : 4);
      const values = [before, by.values].filter((part) => part !== '').join(', ');
      return route(
        method,
        path,
        action ? may(action, has) : role(has),
        `${query(text(by.text), values)}\n${method === 'delete' ? gone : one(plan)}`,
      );
    },
  });
  const columns = `organisation_id, user_id, title, ${plan.personal}, amount`;
  return {
    name,
    mount: `/api/${name}`,
    tables: table(plan),
    setUp: 'router.use(requireAuth);\n',
    actions: ['create', 'duplicate'].map((action) => `${name}.${action}`),
    endpoints: [
      { method: 'post', path: '/', guards: ['role'], write: (has) => create(plan, may('create', has)) },
      read('/export', false),
      read('/:id', true),
      read('/:id/print', true),
      change('put', '/:id', (at) => `UPDATE ${name} SET ${setFields(plan)}${at} RETURNING *`, fieldValues(plan)),
      change(
        'post',
        '/:id/duplicate',
        (at) => `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${name}${at} RETURNING *`,
        '',
        'duplicate',
      ),
      read('/', false),
      change('delete', '/:id', (at) => `DELETE FROM ${name}${at} RETURNING id`, ''),
      change('post', '/:id/close', (at) => `UPDATE ${name} SET status = 'closed'${at} RETURNING *`, ''),
    ],
  };
}

/** Everybody's own: the owner is compared in the handler (`inline`), or asked for in the statement beside the tenant. */
export function personalOnly(plan: Plan, inline: boolean): Resource {
  const { name } = plan;
  const owner = (has: (guard: GuardKind) => boolean) => (has('ownership') ? ofUser : null);
  const tenant = inline ? null : ofTenant;
  const touch = (method: 'get' | 'put' | 'post' | 'delete', path: string, text: (where: string) => string, before: string): Endpoint => ({
    method,
    path,
    guards: ['ownership'],
    write(has) {
      const by = where(plan, [byId, tenant, inline ? null : owner(has)], before === '' ? 1 : 4);
      const values = [before, by.values].filter((part) => part !== '').join(', ');
      const load = inline
        ? `const { rows: [mine] } = await pool.query('SELECT * FROM ${name} WHERE id = $1', [req.params.id]);
if (!mine) return res.status(404).json({ error: 'Not found' });
${has('ownership') ? `if (mine.user_id !== req.user.id) return res.status(403).json({ error: 'This is not yours' });\n` : ''}`
        : '';
      if (inline && method === 'get')
        return route(method, path, ['requireAuth'], `${load}res.json(${plan.wrapped ? '{ data: mine }' : 'mine'});`);
      return route(method, path, ['requireAuth'], `${load}${query(text(by.text), values)}\n${method === 'delete' ? gone : one(plan)}`);
    },
  });
  return {
    name,
    mount: `/api/${name}`,
    tables: table(plan),
    setUp: '',
    actions: [],
    endpoints: [
      { method: 'post', path: '/', guards: [], write: () => create(plan, ['requireAuth'], false) },
      touch('get', '/:id', (at) => `SELECT * FROM ${name}${at}`, ''),
      touch('get', '/:id/print', (at) => `SELECT * FROM ${name}${at}`, ''),
      touch('put', '/:id', (at) => `UPDATE ${name} SET ${setFields(plan)}${at} RETURNING *`, fieldValues(plan)),
      {
        method: 'get',
        path: '/',
        guards: ['ownership'],
        write(has) {
          const by = where(plan, [tenant, owner(has)]);
          return route('get', '/', ['requireAuth'], `${query(`SELECT * FROM ${name}${by.text} ORDER BY id`, by.values)}\n${many(plan)}`);
        },
      },
      touch('delete', '/:id', (at) => `DELETE FROM ${name}${at} RETURNING id`, ''),
      touch('post', '/:id/close', (at) => `UPDATE ${name} SET status = 'closed'${at} RETURNING *`, ''),
    ],
  };
}

/** Signed-in callers get what their organisation has; the scope of the statement is empty when nobody is signed in. */
export function scoped(plan: Plan): Resource {
  const { name } = plan;
  const touch = (
    method: 'get' | 'put' | 'post' | 'delete',
    path: string,
    text: (scope: string) => string,
    before: string,
    answer: string,
    more: readonly string[] = [],
  ): Endpoint => ({
    method,
    path,
    guards: ['authentication', 'tenant'],
    write(has) {
      const count = before === '' ? 0 : before.split(', ').length;
      const scope = has('tenant') ? `const scope = scopeOf(req, ${count + 1});\n` : `const scope = { text: 'TRUE', values: [] };\n`;
      const statement = `const { rows } = await pool.query(\`${text('${scope.text}')}\`, [${[before, '...scope.values'].filter((part) => part !== '').join(', ')}]);`;
      return route(method, path, [...(has('authentication') ? ['requireAuth'] : []), ...more], `${scope}${statement}\n${answer}`);
    },
  });
  const id = 'req.params.id';
  return {
    name,
    mount: `/api/${name}`,
    tables: table(plan),
    setUp: '',
    actions: [],
    endpoints: [
      { method: 'post', path: '/', guards: [], write: () => create(plan, ['requireAuth']) },
      touch('get', '/:id', (scope) => `SELECT * FROM ${name} WHERE id = $1 AND ${scope}`, id, one(plan)),
      touch(
        'put',
        '/:id/status',
        (scope) => `UPDATE ${name} SET status = $1 WHERE id = $2 AND ${scope} RETURNING *`,
        `req.body.status, ${id}`,
        one(plan),
        [status],
      ),
      touch('get', '/', (scope) => `SELECT * FROM ${name} WHERE ${scope} ORDER BY id`, '', many(plan)),
      touch('delete', '/:id', (scope) => `DELETE FROM ${name} WHERE id = $1 AND ${scope} RETURNING id`, id, gone),
      touch(
        'post',
        '/:id/archive',
        (scope) => `UPDATE ${name} SET status = 'closed' WHERE id = $1 AND ${scope} RETURNING *`,
        id,
        one(plan),
      ),
    ],
  };
}

/** The organisation stands in the path; middleware compares it with the caller's. */
export function nested(plan: Plan): Resource {
  const { name } = plan;
  const member = (has: (guard: GuardKind) => boolean) => (has('tenant') ? ['requireMember'] : []);
  const inPath = ['organisation_id', 'req.params.organisationId'] as const;
  const touch = (
    method: 'get' | 'patch' | 'delete',
    path: string,
    text: (where: string) => string,
    before: string,
    answer: string,
    ids: boolean,
  ): Endpoint => ({
    method,
    path,
    guards: ['tenant'],
    write(has) {
      const by = where(plan, [inPath, ...(ids ? [byId] : [])], before === '' ? 1 : 4);
      return route(
        method,
        path,
        member(has),
        `${query(text(by.text), [before, by.values].filter((part) => part !== '').join(', '))}\n${answer}`,
      );
    },
  });
  return {
    name,
    mount: `/api/organisations/:organisationId/${name}`,
    tables: table(plan),
    setUp: 'router.use(requireAuth);\n',
    actions: [],
    endpoints: [
      { method: 'post', path: '/', guards: [], write: () => create(plan, ['requireMember']) },
      touch('get', '/:id', (at) => `SELECT * FROM ${name}${at}`, '', one(plan), true),
      touch('patch', '/:id', (at) => `UPDATE ${name} SET ${setFields(plan)}${at} RETURNING *`, fieldValues(plan), one(plan), true),
      touch('get', '/', (at) => `SELECT * FROM ${name}${at} ORDER BY id`, '', many(plan), false),
      touch('delete', '/:id', (at) => `DELETE FROM ${name}${at} RETURNING id`, '', gone, true),
    ],
  };
}
