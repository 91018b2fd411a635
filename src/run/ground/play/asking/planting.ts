import type { EvidenceValue } from '../../../../model/evidence/index.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import type { RequestStep, SqlStep } from '../interpreter.ts';
import { quote } from '../quote.ts';
import { isJournal } from '../journals.ts';
import type { Json, Player } from '../people/players.ts';
import { firstRow, refer } from './synthesis.ts';
import type { PoolRow, Synthesis } from './synthesis.ts';
import { tableNamed } from './tables-named.ts';
import { fillText } from '../templates.ts';
import { isList, isNumeric, plainField, valueFor } from './values.ts';

type Column = SchemaTable['columns'][number];

/** Numbers of which there should be enough for what requests take from them, whatever the default is; a limit lies above what is used of it. */
const funds = /balance|amount|credit|stock|quantity|limit|points|total/i;
const bounds = /limit|max|capacity|quota|allowance/i;
/** What a text must not be set to by us: it is compared, decoded or checked. */
const secrets = /hash|token|secret|salt|password|digest|signature/i;

/** Who or what put an end to an object: a row that bears it is one that the application no longer serves. */
const ended =
  /(?:^|_)(?:banned|deleted|removed|revoked|rejected|cancell?ed|archived|blocked|suspended|disabled|declined|expired)_?(?:by|at|on)(?:_|$)/i;

/** Where rows are planted. */
interface Bed {
  readonly synthesis: Synthesis;
  readonly ownership: EvidenceValue<'ownership'>;
  readonly owner: Player;
  /** Whoever comes may have made anything: every table is worth a row. */
  readonly open: boolean;
  /** What made the owner's rows so far; what is planted is added. */
  readonly steps: (RequestStep | SqlStep)[];
}

/**
 * Plants one row of each table that leads to the owner and of which no request has made one (approved by an administrator, made by a
 * job, imported). Rows name rows that are there already, so that parents come before their children. Returns how many were planted.
 */
export async function plantRows(bed: Bed): Promise<number> {
  const { synthesis, ownership, owner, open } = bed;
  const people = open ? [] : [ownership.users?.table, ownership.tenants?.table];
  const wanted = ownership.tables.flatMap(({ table: name, user, tenant }) => {
    const table = synthesis.lab.tables.byName(name);
    const leads = open || user !== null || tenant !== null;
    return table && leads && table.primaryKey.length > 0 && !people.includes(name) && !isJournal(name) ? [table] : [];
  });
  const done = new Set<string>();
  let planted = 0;
  for (let before = -1; planted > before;) {
    before = planted;
    for (const table of wanted) {
      if (done.has(table.name) || synthesis.pool.some((row) => row.table === table.name && row.by === owner.name)) continue;
      const outcome = await plant(bed, table);
      if (outcome !== 'later') done.add(table.name);
      if (outcome === 'planted') planted += 1;
    }
  }
  return planted;
}

/** Inserts one row of the owner's; `later` while a row that it must name is not there. */
async function plant({ synthesis, owner, steps }: Bed, table: SchemaTable): Promise<'planted' | 'refused' | 'later'> {
  const planted = await plantRow(synthesis, table, owner);
  if (planted === undefined) return 'later';
  if (planted === null) return 'refused';
  const { lab } = synthesis;
  steps.push(planted.step);
  const name = `s${steps.length}.${table.name.slice(table.name.indexOf('.') + 1)}`;
  synthesis.pool.push({ table: table.name, name, key: planted.key, values: planted.values, by: owner.name });
  for (const [column, text] of Object.entries(planted.values))
    lab.saved.set(`${name}.${column}`, lab.tables.json(table.name, column, text));
  return 'planted';
}

/** A row that was planted, and the step that plants the like of it again. */
interface Planted {
  readonly step: SqlStep;
  readonly key: PoolRow['key'];
  readonly values: PoolRow['values'];
}

/** Inserts a row of somebody's; null when the database refused it, undefined when a row that it must name is not there. `given`: cells to be set so. */
export async function plantRow(
  synthesis: Synthesis,
  table: SchemaTable,
  owner: Player,
  given: ReadonlyMap<string, string> = new Map(),
): Promise<Planted | null | undefined> {
  const { lab } = synthesis;
  for (const attempt of [0, 1]) {
    const cells = cellsOf(synthesis, table, owner, attempt, given);
    if (cells === null) return undefined;
    const step = insertion(table, new Map([...cells, ...given]));
    const parameters = (step.parameters ?? []).map((text) => fillText(text, owner, { saved: lab.saved, players: lab.players }));
    // What the database refuses it may take in a plainer form.
    const [row] = await lab.ground.sql(step.text, parameters).catch(() => []);
    if (row) return { step, key: Object.fromEntries(table.primaryKey.map((column) => [column, row[column] ?? null])), values: row };
  }
  return null;
}

function insertion(table: SchemaTable, cells: ReadonlyMap<string, string>): SqlStep {
  const target = quote(table.name);
  const columns = [...cells.keys()];
  const values = columns.length === 0 ? 'DEFAULT VALUES' : `VALUES (${columns.map((_column, index) => `$${index + 1}`).join(', ')})`;
  const names = columns.length === 0 ? '' : ` (${columns.map(quote).join(', ')})`;
  return { do: 'sql', text: `INSERT INTO ${target}${names} ${values} RETURNING *`, parameters: [...cells.values()] };
}

/** The cells of a row as templates; null when a row that it must name is not there. The second attempt sets what must be set only. */
function cellsOf(
  synthesis: Synthesis,
  table: SchemaTable,
  owner: Player,
  attempt: number,
  given: ReadonlyMap<string, string>,
): Map<string, string> | null {
  const cells = new Map<string, string>();
  synthesis.made += 1;
  for (const [index, column] of table.columns.entries()) {
    if (column.generated || given.has(column.name)) continue;
    const target = targetOf(synthesis, table, column);
    const required = !column.nullable && column.default === null;
    if (!required && ended.test(column.name)) continue;
    if (target) {
      const row = firstRow(synthesis, target.table, owner);
      if (row && row.values[target.column] != null) cells.set(column.name, String(refer(synthesis, row, target.column)));
      else if (required) return null;
      continue;
    }
    if (!required && attempt === 0 && column.default === null && /^jsonb?$/.test(column.type))
      cells.set(column.name, isList(column.name) ? '[]' : '{}');
    if (!required && (attempt > 0 || !worthSetting(table, column))) continue;
    const serial = synthesis.made * 10 + index;
    cells.set(
      column.name,
      textOf(table.primaryKey.includes(column.name) ? keyFor(column, serial) : value(column, attempt, serial), owner.name),
    );
  }
  return cells;
}

/** The row that a column names: by its foreign key, else by its name. */
function targetOf({ lab }: Synthesis, table: SchemaTable, column: Column): { table: SchemaTable; column: string } | null {
  const foreign = table.foreignKeys.find((key) => key.columns.length === 1 && key.columns[0] === column.name);
  const target = foreign ? lab.tables.byName(foreign.table) : tableNamed(lab, column.name);
  const key = foreign?.references[0] ?? target?.primaryKey[0];
  return target && key !== undefined && target !== table ? { table: target, column: key } : null;
}

/** Free texts, which show where they surface, and funds. */
function worthSetting(table: SchemaTable, column: Column): boolean {
  if (table.primaryKey.includes(column.name)) return false;
  if (isNumeric(column.type)) return funds.test(column.name) || bounds.test(column.name);
  return (
    /^(?:text|character varying|citext)/.test(column.type) &&
    column.values.length === 0 &&
    column.default === null &&
    !secrets.test(column.name)
  );
}

function keyFor(column: Column, serial: number): Json {
  if (isNumeric(column.type)) return 900_000 + serial;
  return value(column, 0, serial);
}

function value(column: Column, attempt: number, serial: number): Json {
  if (column.type.endsWith('[]')) return '{}';
  if (isNumeric(column.type) && bounds.test(column.name)) return 90_000;
  if (isNumeric(column.type) && funds.test(column.name)) return 9_311 + (serial % 100) * 7;
  return valueFor({ field: plainField(column.name), column, attempt, serial });
}

/** A cell as the database reads it, with the owner's templates. */
function textOf(cell: Json, owner: string): string {
  const text = cell !== null && typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  return text.replaceAll('{{me.', `{{${owner}.`);
}
