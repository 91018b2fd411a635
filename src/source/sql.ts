/** Where the other side of a comparison comes from. */
type SqlRef = { param: number } | { hole: number } | { value: string | number | boolean | null } | null;

/** What a statement says, without its values. */
export interface Statement {
  verb: 'select' | 'insert' | 'update' | 'delete' | 'ddl' | 'transaction' | 'other' | 'unknown';
  tables: string[];
  filters: { table: string | null; column: string; ref: SqlRef }[];
  /** What is written; `atomic` where the database calculates it from what stands there. */
  sets: { column: string; ref: SqlRef; atomic: boolean }[];
  /** Selected columns by name; `count(*)` and the like are none. */
  columns: string[];
  star: boolean;
  limited: boolean;
  ordered: boolean;
  /** `FOR UPDATE` and its kin. */
  locks: boolean;
  /** `ON CONFLICT`, or an insert that selects what is not there yet. */
  conflict: boolean;
}

const marker = 'seaworthy_hole_';
let parseSql: ((text: string) => unknown) | null = null;

/** Loads the parser; needed before `readStatement`. Late, because a warm cache needs none. */
export async function loadSqlParser(): Promise<void> {
  if (parseSql !== null) return;
  const { loadModule, parseSync } = await import('libpg-query');
  await loadModule();
  parseSql = parseSync;
}

/** The syntax tree of one statement, as `{ NodeName: fields }`; throws where PostgreSQL's grammar says no. */
export function statementTree(text: string): Readonly<Record<string, unknown>> | null {
  if (parseSql === null) throw new Error('loadSqlParser() comes first');
  if (text.length > 200_000 || deep(text)) throw new Error('too long or too deep to be parsed');
  const tree = parseSql(text);
  const first = isTree(tree) && Array.isArray(tree['stmts']) ? (tree['stmts'] as unknown[])[0] : null;
  return isTree(first) && isTree(first['stmt']) ? first['stmt'] : null;
}

/** Reads a statement given as the text between its holes. Falls back to patterns where PostgreSQL's grammar says no. */
export function readStatement(parts: readonly string[]): Statement {
  if (parseSql === null) throw new Error('loadSqlParser() comes first');
  const blank = new Set<number>();
  for (let tries = 0; tries <= Math.min(parts.length, 12); tries++) {
    let text = parts[0] ?? '';
    const starts: number[] = [];
    for (let i = 1; i < parts.length; i++) {
      starts.push(text.length);
      text += (blank.has(i - 1) ? ' ' : `${marker}${i - 1}`) + (parts[i] ?? '');
    }
    if (text.length > 60_000 || deep(text)) break;
    try {
      return fromTree(parseSql(text));
    } catch (error) {
      const at = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition ?? -1;
      // The hole at or before the complaint is no expression there (a direction, a clause): leave it out.
      let guess = -1;
      starts.forEach((start, index) => {
        if (start <= at + 1 && !blank.has(index)) guess = index;
      });
      if (guess === -1) break;
      blank.add(guess);
    }
  }
  return byPattern(parts);
}

function deep(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '(' && ++depth > 200) return true;
    if (char === ')') depth--;
  }
  return false;
}

type Tree = Record<string, unknown>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const verbs: Record<string, Statement['verb']> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  TransactionStmt: 'transaction',
};

function fromTree(tree: unknown): Statement {
  const found: Statement = {
    verb: 'unknown',
    tables: [],
    filters: [],
    sets: [],
    columns: [],
    star: false,
    limited: false,
    ordered: false,
    locks: false,
    conflict: false,
  };
  const statements = isTree(tree) && Array.isArray(tree['stmts']) ? (tree['stmts'] as unknown[]) : [];
  for (const one of statements) {
    const statement = isTree(one) && isTree(one['stmt']) ? one['stmt'] : {};
    const kind = Object.keys(statement)[0] ?? '';
    const verb = verbs[kind] ?? (/^(Create|Alter|Drop|Truncate|Index|Rename|Comment|Grant|Define)/.test(kind) ? 'ddl' : 'other');
    if (found.verb === 'unknown') found.verb = verb;
    const body = statement[kind];
    if (isTree(body)) {
      if (kind === 'SelectStmt') selects(body, found);
      else writes(kind, body, found);
      walk(body, found, new Map(), 0);
    }
  }
  found.tables = [...new Set(found.tables)].filter((name) => !name.startsWith(marker)).sort();
  return found;
}

/** What a SELECT at the top says of the rows that come. */
function selects(body: Tree, found: Statement): void {
  const list = Array.isArray(body['targetList']) ? (body['targetList'] as unknown[]) : [];
  const targets = list.flatMap((one) => (isTree(one) && isTree(one['ResTarget']) ? [one['ResTarget']] : []));
  const counts = targets.length > 0 && targets.every(({ val }) => isTree(val) && 'FuncCall' in val) && body['groupClause'] === undefined;
  if (body['limitCount'] !== undefined || counts) found.limited = true;
  found.ordered = body['sortClause'] !== undefined;
  found.locks = body['lockingClause'] !== undefined;
  for (const { val } of targets) {
    const column = columnOf(val);
    if (column !== null) found.columns.push(column.name);
  }
}

/** What an INSERT or UPDATE writes. */
function writes(kind: string, body: Tree, found: Statement): void {
  const named = (list: unknown) =>
    (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one) => (isTree(one) && isTree(one['ResTarget']) ? [one['ResTarget']] : []));
  if (kind === 'UpdateStmt') {
    for (const { name, val } of named(body['targetList']))
      if (typeof name === 'string') found.sets.push({ column: name, ref: refOf(val), atomic: mentionsColumn(val, 0) });
  } else if (kind === 'InsertStmt') {
    const select = isTree(body['selectStmt']) && isTree(body['selectStmt']['SelectStmt']) ? body['selectStmt']['SelectStmt'] : {};
    const rows = Array.isArray(select['valuesLists']) ? (select['valuesLists'] as unknown[]) : [];
    const row = isTree(rows[0]) && isTree(rows[0]['List']) ? rows[0]['List']['items'] : [];
    const values = Array.isArray(row) ? (row as unknown[]) : [];
    named(body['cols']).forEach(({ name }, index) => {
      if (typeof name === 'string') found.sets.push({ column: name, ref: refOf(values[index]), atomic: false });
    });
    found.conflict = body['onConflictClause'] !== undefined || select['whereClause'] !== undefined;
  }
}

function mentionsColumn(node: unknown, depth: number): boolean {
  if (depth > 12) return false;
  if (Array.isArray(node)) return node.some((one) => mentionsColumn(one, depth + 1));
  if (!isTree(node)) return false;
  if (isTree(node['ColumnRef'])) return columnOf(node)?.name.startsWith(marker) === false;
  return Object.values(node).some((one) => mentionsColumn(one, depth + 1));
}

function walk(node: unknown, found: Statement, outer: ReadonlyMap<string, string>, depth: number): void {
  if (depth > 60) return;
  if (Array.isArray(node)) {
    for (const one of node) walk(one, found, outer, depth + 1);
    return;
  }
  if (!isTree(node)) return;
  let aliases = outer;
  if ('fromClause' in node || 'relation' in node || 'usingClause' in node) {
    const own = new Map(outer);
    names(node['fromClause'], own, 0);
    names(node['usingClause'], own, 0);
    if (isTree(node['relation'])) names({ RangeVar: node['relation'] }, own, 0);
    aliases = own;
    for (const [alias, table] of own) if (outer.get(alias) !== table) found.tables.push(table);
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'whereClause' || key === 'quals') filters(value, found, aliases, 0);
    if (key === 'A_Star') found.star = true;
    if (key === 'FuncCall') {
      const inner = isTree(value) ? value : {};
      // `count(*)` is no `SELECT *`.
      walk(inner['args'], found, aliases, depth + 1);
      continue;
    }
    walk(value, found, aliases, depth + 1);
  }
}

function names(node: unknown, into: Map<string, string>, depth: number): void {
  if (depth > 20) return;
  if (Array.isArray(node)) {
    for (const one of node) names(one, into, depth + 1);
  } else if (isTree(node)) {
    const range = node['RangeVar'];
    if (isTree(range) && typeof range['relname'] === 'string') {
      const alias = isTree(range['alias']) ? range['alias']['aliasname'] : undefined;
      into.set(typeof alias === 'string' ? alias : range['relname'], range['relname']);
    }
    const join = node['JoinExpr'];
    if (isTree(join)) {
      names(join['larg'], into, depth + 1);
      names(join['rarg'], into, depth + 1);
    }
  }
}

function filters(node: unknown, found: Statement, aliases: ReadonlyMap<string, string>, depth: number): void {
  if (!isTree(node) || depth > 40) return;
  const bool = node['BoolExpr'];
  if (isTree(bool) && Array.isArray(bool['args'])) for (const arg of bool['args'] as unknown[]) filters(arg, found, aliases, depth + 1);
  const expr = node['A_Expr'];
  if (!isTree(expr)) return;
  const operator = Array.isArray(expr['name']) ? stringOf((expr['name'] as unknown[]).at(-1)) : '';
  if (!/^(AEXPR_OP|AEXPR_IN|AEXPR_OP_ANY)$/.test(String(expr['kind'])) || operator !== '=') return;
  for (const [one, other] of [
    [expr['lexpr'], expr['rexpr']],
    [expr['rexpr'], expr['lexpr']],
  ]) {
    const column = columnOf(one);
    if (column === null || column.name.startsWith(marker)) continue;
    const tables = [...new Set(aliases.values())];
    const table = column.table === null ? (tables.length === 1 ? (tables[0] ?? null) : null) : (aliases.get(column.table) ?? column.table);
    const list = Array.isArray(other)
      ? (other as unknown[])
      : isTree(other) && isTree(other['List']) && Array.isArray(other['List']['items'])
        ? (other['List']['items'] as unknown[])
        : [other];
    found.filters.push({ table, column: column.name, ref: refOf(list[0]) });
  }
}

function columnOf(node: unknown): { table: string | null; name: string } | null {
  let at = node;
  for (let i = 0; i < 3 && isTree(at); i++) {
    if (isTree(at['TypeCast'])) at = at['TypeCast']['arg'];
    else if (
      isTree(at['FuncCall']) &&
      Array.isArray(at['FuncCall']['args']) &&
      /^(lower|upper|trim|btrim)$/.test(stringOf((at['FuncCall']['funcname'] as unknown[] | undefined)?.at(-1)))
    )
      at = (at['FuncCall']['args'] as unknown[])[0];
    else break;
  }
  if (!isTree(at) || !isTree(at['ColumnRef'])) return null;
  const fields = Array.isArray(at['ColumnRef']['fields']) ? (at['ColumnRef']['fields'] as unknown[]).map(stringOf) : [];
  const name = fields.at(-1);
  return name === undefined || name === '' ? null : { table: fields.length > 1 ? (fields.at(-2) ?? null) : null, name };
}

function refOf(node: unknown): SqlRef {
  let at = node;
  for (let i = 0; i < 4 && isTree(at); i++) {
    if (isTree(at['TypeCast'])) at = at['TypeCast']['arg'];
    else if (isTree(at['FuncCall']) && Array.isArray(at['FuncCall']['args'])) at = (at['FuncCall']['args'] as unknown[])[0];
    else break;
  }
  if (!isTree(at)) return null;
  if (isTree(at['ParamRef']) && typeof at['ParamRef']['number'] === 'number') return { param: at['ParamRef']['number'] };
  const column = columnOf(at);
  if (column !== null && column.name.startsWith(marker)) return { hole: Number(column.name.slice(marker.length)) };
  const constant = at['A_Const'];
  if (isTree(constant)) {
    if (isTree(constant['sval'])) {
      const text = String(constant['sval']['sval'] ?? '');
      const hole = new RegExp(`${marker}(\\d+)`).exec(text);
      return hole === null ? { value: text } : { hole: Number(hole[1]) };
    }
    if (isTree(constant['ival'])) return { value: Number(constant['ival']['ival'] ?? 0) };
    if (isTree(constant['boolval'])) return { value: constant['boolval']['boolval'] === true };
    if (constant['isnull'] === true) return { value: null };
  }
  return null;
}

function stringOf(node: unknown): string {
  return isTree(node) && isTree(node['String']) ? String(node['String']['sval'] ?? '') : '';
}

function byPattern(parts: readonly string[]): Statement {
  const text = parts.reduce((all, part, index) => `${all}${marker}${index - 1}${part}`);
  const word = /^[\s(]*(?:with\b[\s\S]*?\)\s*)?([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? '';
  const verb: Statement['verb'] =
    word === 'select' || word === 'insert' || word === 'update' || word === 'delete'
      ? word
      : /^(create|alter|drop|truncate)$/.test(word)
        ? 'ddl'
        : /^(begin|commit|rollback|start)$/.test(word)
          ? 'transaction'
          : word === ''
            ? 'unknown'
            : 'other';
  const tables = new Set<string>();
  for (const match of text.matchAll(/\b(?:from|join|into|update)\s+"?([a-z_][a-z0-9_.]*)"?/gi)) {
    const name = match[1]?.split('.').at(-1);
    if (name !== undefined && !name.startsWith(marker) && !/^(select|set|only|lateral)$/i.test(name)) tables.add(name);
  }
  const only = tables.size === 1 ? ([...tables][0] ?? null) : null;
  const filters: Statement['filters'] = [];
  const where = /\bwhere\b([\s\S]*)$/i.exec(text)?.[1] ?? '';
  for (const match of where.matchAll(new RegExp(`\\b([a-z_][a-z0-9_]*)\\s*=\\s*(?:\\$(\\d+)|'?[^'\\s]*?${marker}(\\d+))`, 'gi'))) {
    filters.push({
      table: only,
      column: match[1] ?? '',
      ref: match[2] !== undefined ? { param: Number(match[2]) } : { hole: Number(match[3]) },
    });
  }
  return {
    verb,
    tables: [...tables].sort(),
    filters,
    sets: setsByPattern(text, verb),
    columns: [],
    star: /\bselect\s+(\w+\.)?\*/i.test(text),
    limited: /\blimit\b/i.test(text) || /^\s*select\s+(count|sum|max|min|avg|exists)\s*\(/i.test(text),
    ordered: /\border\s+by\b/i.test(text),
    locks: /\bfor\s+(no\s+key\s+)?update\b|\bfor\s+share\b/i.test(text),
    conflict: /\bon\s+(conflict|duplicate\s+key)\b|\binsert\s+(or\s+)?(ignore|replace)\b/i.test(text),
  };
}

/** Of a statement with `?` for its values, or in another dialect. */
function setsByPattern(text: string, verb: Statement['verb']): Statement['sets'] {
  if (verb !== 'update') return [];
  const list = /\bset\b([\s\S]*?)(?:\bwhere\b|\breturning\b|$)/i.exec(text)?.[1] ?? '';
  return [...list.matchAll(/\b([a-z_][a-z0-9_]*)[`"]?\s*=\s*([^,]*)/gi)].map(([, column = '', value = '']) => ({
    column,
    ref: null,
    atomic: new RegExp(`\\b${column}\\b`, 'i').test(value),
  }));
}
