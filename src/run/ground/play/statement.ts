import { loadModule, parseSync } from 'libpg-query';

/** What a statement does with values, read from its parse tree (Postgres' own parser). */
export interface StatementShape {
  /** Values compared with or stored into a column. */
  readonly uses: readonly ColumnUse[];
  readonly tables: readonly string[];
}

export interface ColumnUse {
  /** Relation name without schema; null when the column is not qualified and several relations are in reach. */
  readonly table: string | null;
  readonly column: string;
  readonly how: 'compared' | 'stored';
  /** 1-based bind number, or the literal's text. */
  readonly bind: number | null;
  readonly literal: string | null;
}

type Node = { readonly [key: string]: unknown };

/** Must be awaited once before the synchronous functions below. */
export const parserReady: Promise<void> = loadModule();

const shapes = new Map<string, StatementShape | null>();

/** The shape of a statement; null when Postgres' parser refuses it. Remembered by text, bounded. */
export function shapeOf(text: string): StatementShape | null {
  const known = shapes.get(text);
  if (known !== undefined) return known;
  const shape = readShape(text);
  if (shapes.size > 5_000) shapes.clear();
  shapes.set(text, shape);
  return shape;
}

function readShape(text: string): StatementShape | null {
  let tree: Node;
  try {
    tree = parseSync(text) as unknown as Node;
  } catch {
    return null;
  }
  const relations = new Map<string, string>();
  const tables = new Set<string>();
  walk(tree, (name, node) => {
    if (name !== 'RangeVar' && !(name === 'relation' && 'relname' in node)) return;
    const relation = String(node['relname']);
    tables.add(relation);
    relations.set(String((node['alias'] as Node | undefined)?.['aliasname'] ?? relation), relation);
    relations.set(relation, relation);
  });
  const only = tables.size === 1 ? ([...tables][0] ?? null) : null;
  const uses: ColumnUse[] = [];
  const use = (reference: { table: string | null; column: string } | null, how: ColumnUse['how'], value: unknown): void => {
    if (!reference) return;
    for (const found of valuesIn(value)) uses.push({ ...reference, how, ...found });
  };
  const column = (node: unknown): { table: string | null; column: string } | null => {
    const fields = names((unwrapped(node)?.['ColumnRef'] as Node | undefined)?.['fields']);
    const last = fields.at(-1);
    if (last === undefined) return null;
    const qualifier = fields.length > 1 ? fields.at(-2) : undefined;
    return { table: qualifier ? (relations.get(qualifier) ?? qualifier) : only, column: last };
  };
  walk(tree, (name, node) => {
    if (name === 'A_Expr') {
      use(column(node['lexpr']), 'compared', node['rexpr']);
      use(column(node['rexpr']), 'compared', node['lexpr']);
    } else if (name === 'InsertStmt') {
      const table = String((node['relation'] as Node)['relname']);
      const columns = list(node['cols']).map((target) => String((target['ResTarget'] as Node)['name']));
      const select = (node['selectStmt'] as Node | undefined)?.['SelectStmt'] as Node | undefined;
      for (const row of list(select?.['valuesLists'])) {
        list((row['List'] as Node)['items']).forEach((value, index) => {
          const stored = columns[index];
          if (stored !== undefined) use({ table, column: stored }, 'stored', value);
        });
      }
    } else if (name === 'UpdateStmt') {
      const table = String((node['relation'] as Node)['relname']);
      for (const target of list(node['targetList'])) {
        const assigned = target['ResTarget'] as Node;
        use({ table, column: String(assigned['name']) }, 'stored', assigned['val']);
      }
    }
  });
  return { uses, tables: [...tables] };
}

/**
 * Whether `value`, known to stand in `text`, stands there as data: inside one string constant, or as one quoted name.
 * `syntax` when it became part of the statement's structure, or when the statement no longer parses.
 */
export function standsAs(text: string, value: string): 'data' | 'syntax' {
  let tree: Node;
  try {
    tree = parseSync(text) as unknown as Node;
  } catch {
    return 'syntax';
  }
  let whole = false;
  walk(tree, (_, node) => {
    for (const inner of Object.values(node)) if (typeof inner === 'string' && inner.includes(value)) whole = true;
  });
  return whole ? 'data' : 'syntax';
}

/** Bind numbers and literals directly below an expression (through casts, function calls and lists). */
function valuesIn(node: unknown): { bind: number | null; literal: string | null }[] {
  const found: { bind: number | null; literal: string | null }[] = [];
  walk(node, (name, inner) => {
    if (name === 'ParamRef') found.push({ bind: Number(inner['number']), literal: null });
    if (name === 'A_Const') {
      const constant = (inner['sval'] ?? inner['ival'] ?? inner['fval'] ?? inner['boolval']) as Node | undefined;
      const value = constant && Object.values(constant)[0];
      if (value !== undefined) found.push({ bind: null, literal: String(value) });
    }
    return name !== 'SubLink' && name !== 'ColumnRef';
  });
  return found;
}

function names(fields: unknown): string[] {
  return list(fields).flatMap((field) => {
    const text = (field['String'] as Node | undefined)?.['sval'];
    return typeof text === 'string' ? [text] : [];
  });
}

/** A column reference below casts and one-argument functions such as `lower(email)`. */
function unwrapped(node: unknown): Node | undefined {
  let current = node as Node | undefined;
  for (let depth = 0; current && depth < 4; depth++) {
    if (current['ColumnRef']) return current;
    const cast = current['TypeCast'] as Node | undefined;
    const call = current['FuncCall'] as Node | undefined;
    const args = list(call?.['args']);
    current = (cast?.['arg'] as Node | undefined) ?? (args.length === 1 ? args[0] : undefined);
  }
  return undefined;
}

function list(value: unknown): Node[] {
  return Array.isArray(value) ? (value as Node[]) : [];
}

/** Visits every object under its key; `false` from the visitor prunes what lies below. */
function walk(node: unknown, visit: (name: string, node: Node) => boolean | void, name = '', depth = 0): void {
  if (depth > 400 || node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit, name, depth + 1);
    return;
  }
  if (visit(name, node as Node) === false) return;
  for (const [key, inner] of Object.entries(node)) walk(inner, visit, key, depth + 1);
}
