import type { Hazard } from '../model/evidence/supply.ts';
import { statementsIn } from './script.ts';
import { statementTree } from './sql.ts';

/** Something that a migration does to those who use the database meanwhile; the classes stand in docs/migration-hazards.md. */
export interface FoundHazard {
  readonly hazard: Hazard;
  readonly table: string;
  readonly detail: string;
  readonly line: number;
}

/** What is known of the schema from earlier statements, and carried on from one migration to the next. */
export interface SchemaSoFar {
  /** Types of columns by `table.column`. */
  readonly types: Map<string, string>;
  /** Checks for `IS NOT NULL` by name: their column, and whether they were validated. */
  readonly checks: Map<string, { column: string; validated: boolean }>;
}

export interface ReadScript {
  readonly hazards: FoundHazard[];
  /** Tables and columns whose content is deleted for good. */
  readonly loses: { what: string; line: number }[];
  readonly understood: number;
  readonly unread: number;
}

type Tree = Readonly<Record<string, unknown>>;

/** Types that are written differently and are the same for a table: no row is written anew from one to the next. */
const free = new Set(['varchar>text', 'text>varchar', 'varchar>varchar', 'citext>text', 'text>citext', 'cidr>inet', 'numeric>numeric']);
/** Functions that give the same for every row of a statement, so that a default of them is stored once. */
const steady = new Set(
  `now transaction_timestamp statement_timestamp current_setting current_schema lower upper coalesce concat concat_ws length abs round floor ceil
   md5 date_trunc date_part to_timestamp to_date make_interval make_date timezone jsonb_build_object jsonb_build_array json_build_object
   json_build_array to_json to_jsonb array_to_json string_to_array replace substring trim btrim left right lpad rpad encode decode
   current_user session_user current_role current_catalog interval age greatest least nullif digest txid_current pg_catalog`.split(/\s+/),
);

export function emptySchema(): SchemaSoFar {
  return { types: new Map(), checks: new Map() };
}

/** How a tool runs a script: `wrapped` in a transaction of its own, several statements at once as if in one, or one by one. */
export type Running = 'wrapped' | 'at-once' | 'one-by-one';

/** Reads one migration. `loadSqlParser` comes first. Tables that the script itself creates are nobody's yet. */
export function readMigration(script: string, running: Running, schema: SchemaSoFar): ReadScript {
  const out: ReadScript & { understood: number; unread: number } = { hazards: [], loses: [], understood: 0, unread: 0 };
  const statements = statementsIn(script);
  const state: State = {
    own: new Set(),
    opened: null,
    wrapped: running === 'wrapped',
    together: running === 'wrapped' || (running === 'at-once' && statements.length > 1),
    notValid: new Map(),
    line: 0,
    schema,
    out,
  };
  for (const { text, line } of statements) {
    state.line = line;
    let tree: Tree | null;
    try {
      tree = statementTree(text);
    } catch {
      out.unread++;
      continue;
    }
    out.understood++;
    const [kind] = Object.keys(tree ?? {});
    const body = kind === undefined ? null : tree?.[kind];
    if (kind !== undefined && isTree(body)) judge(kind, body, state);
  }
  if (state.opened !== null) add(state, 'unsettled-transaction', '', 'a transaction is begun and never ended', state.opened);
  return out;
}

interface State {
  readonly own: Set<string>;
  opened: number | null;
  readonly wrapped: boolean;
  /** Statements outside of a transaction of their own share one. */
  readonly together: boolean;
  /** Constraints made without validation in the transaction that is open now. */
  readonly notValid: Map<string, string>;
  line: number;
  readonly schema: SchemaSoFar;
  readonly out: ReadScript;
}

function add(state: State, hazard: Hazard, table: string, detail: string, line = state.line): void {
  state.out.hazards.push({ hazard, table, detail, line });
}

function judge(kind: string, body: Tree, state: State): void {
  const table = nameOf(body['relation']);
  const inTransaction = state.opened !== null || state.together;
  switch (kind) {
    case 'TransactionStmt':
      transaction(String(body['kind']), state);
      break;
    case 'CreateStmt':
      state.own.add(table);
      for (const element of treesIn(body['tableElts'])) if (isTree(element['ColumnDef'])) noteType(table, element['ColumnDef'], state);
      break;
    case 'CreateTableAsStmt':
      state.own.add(isTree(body['into']) ? nameOf(body['into']['rel']) : '');
      break;
    case 'AlterTableStmt':
      if (!state.own.has(table) && body['objtype'] !== 'OBJECT_INDEX' && body['objtype'] !== 'OBJECT_VIEW')
        for (const one of treesIn(body['cmds'])) if (isTree(one['AlterTableCmd'])) alter(table, one['AlterTableCmd'], state);
      break;
    case 'IndexStmt':
      if (state.own.has(table)) break;
      if (body['concurrent'] !== true) add(state, 'locks-for-index', table, `an index on ${table} is built while writes to it wait`);
      else if (inTransaction)
        add(
          state,
          'index-in-transaction',
          table,
          `an index on ${table} is built concurrently inside a transaction, which the database refuses`,
        );
      break;
    case 'ReindexStmt':
      // System catalogues cannot be indexed any other way.
      if (body['kind'] === 'REINDEX_OBJECT_SYSTEM') break;
      if (!JSON.stringify(body['params'] ?? '').includes('concurrently'))
        add(state, 'locks-for-index', table, `indexes${table === '' ? '' : ` of ${table}`} are built anew while writes wait`);
      else if (inTransaction)
        add(state, 'index-in-transaction', table, 'an index is built anew concurrently inside a transaction, which the database refuses');
      break;
    case 'RenameStmt':
      rename(table, body, state);
      break;
    case 'DropStmt':
      drop(body, inTransaction, state);
      break;
    case 'DropdbStmt':
      add(state, 'drops-table', String(body['dbname']), `the database ${String(body['dbname'])} is deleted`);
      state.out.loses.push({ what: `database ${String(body['dbname'])}`, line: state.line });
      break;
    case 'TruncateStmt':
      for (const one of treesIn(body['relations'])) {
        const name = nameOf(one['RangeVar']);
        if (state.own.has(name)) continue;
        if (body['behavior'] === 'DROP_CASCADE')
          add(state, 'truncates', name, `all rows of ${name} and of every table that refers to it are deleted`);
        state.out.loses.push({ what: `all rows of ${name}`, line: state.line });
      }
      break;
  }
}

function transaction(kind: string, state: State): void {
  if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') {
    if (state.opened !== null || state.wrapped)
      add(state, 'unsettled-transaction', '', 'a transaction is begun inside another, so that the first end ends both');
    state.opened ??= state.line;
    state.notValid.clear();
  } else if (/^TRANS_STMT_(COMMIT|ROLLBACK)$/.test(kind)) {
    if (state.opened === null || state.wrapped)
      add(state, 'unsettled-transaction', '', 'a transaction is ended that this migration did not begin');
    state.opened = null;
    state.notValid.clear();
  }
}

function rename(table: string, body: Tree, state: State): void {
  if (state.own.has(table)) {
    if (body['renameType'] === 'OBJECT_TABLE') state.own.add(String(body['newname']));
    return;
  }
  if (body['renameType'] === 'OBJECT_TABLE') add(state, 'renames', table, `the table ${table} becomes ${String(body['newname'])}`);
  else if (body['renameType'] === 'OBJECT_COLUMN' && body['relationType'] === 'OBJECT_TABLE')
    add(state, 'renames', table, `the column ${table}.${String(body['subname'])} becomes ${String(body['newname'])}`);
}

function drop(body: Tree, inTransaction: boolean, state: State): void {
  const names = treesIn(body['objects']).map(
    (one) => (isTree(one['List']) ? stringsIn(one['List']['items']) : stringsIn([one])).at(-1) ?? '',
  );
  if (body['removeType'] === 'OBJECT_TABLE')
    for (const name of names) {
      if (state.own.delete(name)) continue;
      add(state, 'drops-table', name, `the table ${name} is deleted`);
      state.out.loses.push({ what: `table ${name}`, line: state.line });
    }
  if (body['removeType'] !== 'OBJECT_INDEX') return;
  if (body['concurrent'] !== true)
    add(state, 'locks-for-removal', '', `the index ${names.join(', ')} is removed under a lock on its whole table`);
  else if (inTransaction)
    add(state, 'index-in-transaction', '', 'an index is removed concurrently inside a transaction, which the database refuses');
}

function alter(table: string, command: Tree, state: State): void {
  const column = String(command['name'] ?? '');
  const definition = isTree(command['def']) ? command['def'] : {};
  switch (command['subtype']) {
    case 'AT_AddColumn':
      if (isTree(definition['ColumnDef'])) addColumn(table, definition['ColumnDef'], state);
      break;
    case 'AT_AddConstraint':
      if (isTree(definition['Constraint'])) addConstraint(table, definition['Constraint'], state);
      break;
    case 'AT_ValidateConstraint': {
      const check = state.schema.checks.get(column);
      if (state.notValid.has(column) && (state.opened !== null || state.together))
        add(
          state,
          'validates-constraint',
          table,
          `the constraint ${column} is made and validated in one transaction, so that the lock of the first part stays for the second`,
        );
      // Made by a migration that was not read, so its column is anybody's guess, and the next `SET NOT NULL` of the table is believed.
      state.schema.checks.set(column, { column: check?.column ?? `${table}.*`, validated: true });
      break;
    }
    case 'AT_SetNotNull':
      if (
        ![...state.schema.checks.values()].some((check) => check.validated && [`${table}.${column}`, `${table}.*`].includes(check.column))
      )
        add(state, 'set-not-null', table, `every row of ${table} is looked at for an empty ${column} while nobody can read or write it`);
      break;
    case 'AT_AlterColumnType':
      if (isTree(definition['ColumnDef'])) changeType(table, column, definition['ColumnDef'], state);
      break;
    case 'AT_DropColumn':
      add(state, 'drops-column', table, `the column ${table}.${column} is deleted`);
      state.out.loses.push({ what: `column ${table}.${column}`, line: state.line });
      break;
    case 'AT_DetachPartition':
      if (!JSON.stringify(definition).includes('"concurrent":true'))
        add(state, 'locks-for-removal', table, `a partition of ${table} is detached under a lock on the whole table`);
      break;
  }
}

function addColumn(table: string, column: Tree, state: State): void {
  const name = String(column['colname']);
  noteType(table, column, state);
  const constraints = treesIn(column['constraints']).flatMap((one) => (isTree(one['Constraint']) ? [one['Constraint']] : []));
  const has = (type: string) => constraints.find(({ contype }) => contype === type);
  const serial = /^(small|big)?serial\d?$/.test(typeOf(column['typeName']));
  const fallback = has('CONSTR_DEFAULT')?.['raw_expr'];
  const generated = has('CONSTR_GENERATED');
  const unsteady = fallback === undefined ? null : unsteadyIn(fallback, 0);
  if (
    serial ||
    has('CONSTR_IDENTITY') !== undefined ||
    (generated !== undefined && generated['generated_kind'] !== 'v') ||
    unsteady !== null
  )
    add(
      state,
      'rewrites-table',
      table,
      `${table} is written anew for ${name}${unsteady === null ? '' : `, whose default ${unsteady}() differs from row to row`}`,
    );
  if (
    has('CONSTR_NOTNULL') !== undefined &&
    fallback === undefined &&
    generated === undefined &&
    !serial &&
    has('CONSTR_IDENTITY') === undefined
  )
    add(
      state,
      'not-null-without-default',
      table,
      `${table}.${name} may not be empty and has no default, so this stops where ${table} has rows, and the running version cannot add any`,
    );
  if (has('CONSTR_FOREIGN') !== undefined)
    add(state, 'validates-constraint', table, `${table}.${name} refers to another table, and writes to both wait until that is checked`);
  if (has('CONSTR_CHECK') !== undefined)
    add(state, 'validates-constraint', table, `every row of ${table} is checked for ${name} while writes wait`);
  if (has('CONSTR_UNIQUE') !== undefined || has('CONSTR_PRIMARY') !== undefined)
    add(state, 'locks-for-index', table, `an index for ${table}.${name} is built while nobody can read or write the table`);
}

function addConstraint(table: string, constraint: Tree, state: State): void {
  const name = String(constraint['conname'] ?? '');
  const type = constraint['contype'];
  const unvalidated = constraint['skip_validation'] === true;
  if (type === 'CONSTR_CHECK') {
    const column = notNullColumn(constraint['raw_expr']);
    if (column !== null) state.schema.checks.set(name, { column: `${table}.${column}`, validated: !unvalidated });
  }
  if (type === 'CONSTR_FOREIGN' || type === 'CONSTR_CHECK') {
    if (unvalidated) state.notValid.set(name, table);
    else
      add(
        state,
        'validates-constraint',
        table,
        `every row of ${table} is checked for ${name === '' ? 'the new constraint' : name} while writes wait`,
      );
  } else if (
    (type === 'CONSTR_UNIQUE' || type === 'CONSTR_PRIMARY' || type === 'CONSTR_EXCLUSION') &&
    constraint['indexname'] === undefined
  )
    add(
      state,
      'locks-for-index',
      table,
      `an index for ${name === '' ? 'the new constraint' : name} is built while nobody can read or write ${table}`,
    );
}

function changeType(table: string, column: string, definition: Tree, state: State): void {
  const key = `${table}.${column}`;
  const before = state.schema.types.get(key);
  const after = typeWithSize(definition['typeName']);
  state.schema.types.set(key, after);
  if (before !== undefined && isFree(before, after)) return;
  add(
    state,
    'changes-type',
    table,
    `${key} becomes ${after}${before === undefined ? '' : ` from ${before}`}, for which the table may be written anew while nobody can read it`,
  );
}

/** Wider or the same, so that no row has to change: `varchar(10)` to `varchar(20)` or `text`. */
function isFree(before: string, after: string): boolean {
  const [from, to] = [before, after].map((type) => /^(\w+)(?:\((\d+)(?:,(\d+))?\))?$/.exec(type));
  if (!from || !to || !free.has(`${from[1]}>${to[1]}`)) return false;
  if (to[2] === undefined) return true;
  return from[2] !== undefined && Number(to[2]) >= Number(from[2]) && from[3] === to[3];
}

function noteType(table: string, column: Tree, state: State): void {
  state.schema.types.set(`${table}.${String(column['colname'])}`, typeWithSize(column['typeName']));
}

function typeOf(type: unknown): string {
  return isTree(type) ? (stringsIn(type['names']).at(-1) ?? '') : '';
}

function typeWithSize(type: unknown): string {
  const sizes = isTree(type)
    ? treesIn(type['typmods']).flatMap((one) => [...JSON.stringify(one).matchAll(/"ival":(\d+)/g)].map((match) => match[1]))
    : [];
  return `${typeOf(type)}${sizes.length > 0 ? `(${sizes.join(',')})` : ''}`;
}

/** The first function in a default that may give another value for every row; null where none does. */
function unsteadyIn(node: unknown, depth: number): string | null {
  if (depth > 40) return null;
  if (Array.isArray(node)) return node.map((one) => unsteadyIn(one, depth + 1)).find((one) => one !== null) ?? null;
  if (!isTree(node)) return null;
  const call = node['FuncCall'];
  if (isTree(call)) {
    const name = stringsIn(call['funcname']).at(-1) ?? '';
    if (!steady.has(name)) return name;
  }
  return (
    Object.values(node)
      .map((one) => unsteadyIn(one, depth + 1))
      .find((one) => one !== null) ?? null
  );
}

/** The column of `column IS NOT NULL`. */
function notNullColumn(node: unknown): string | null {
  const test = isTree(node) ? node['NullTest'] : null;
  if (!isTree(test) || test['nulltesttype'] !== 'IS_NOT_NULL') return null;
  const reference = isTree(test['arg']) ? test['arg']['ColumnRef'] : null;
  return isTree(reference) ? (stringsIn(reference['fields']).at(-1) ?? null) : null;
}

function nameOf(relation: unknown): string {
  return isTree(relation) && typeof relation['relname'] === 'string' ? relation['relname'] : '';
}

function stringsIn(nodes: unknown): string[] {
  return treesIn(nodes).flatMap((one) => (isTree(one['String']) ? [String(one['String']['sval'] ?? '')] : []));
}

function treesIn(nodes: unknown): Tree[] {
  return Array.isArray(nodes) ? nodes.filter(isTree) : [];
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
