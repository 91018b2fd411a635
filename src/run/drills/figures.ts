import type { SchemaTable } from '../../model/evidence/run.ts';
import type { Proof } from '../../model/proof.ts';
import { shownTable } from '../../model/words.ts';
import { plantRow } from '../ground/play/asking/planting.ts';
import { tableNamed } from '../ground/play/asking/tables-named.ts';
import { isNumeric } from '../ground/play/asking/values.ts';
import { figuresIn, movesAlone } from '../ground/play/figures.ts';
import { succeeded } from '../ground/play/interpreter.ts';
import type { Played, SqlStep } from '../ground/play/interpreter.ts';
import { isJournal } from '../ground/play/journals.ts';
import type { Json } from '../ground/play/people/players.ts';
import { quote } from '../ground/play/quote.ts';
import { holesOf, stepsBefore } from '../ground/play/scene.ts';
import type { Stage, StageStep } from '../ground/play/scene.ts';
import { shapeOf } from '../ground/play/statement.ts';
import type { JudgedCell, RawCell } from './access-judgement.ts';
import { whileTimeLasts } from './budget.ts';
import type { Turn } from './budget.ts';
import { judgeFigures, judgeRoles, rolesLetThrough } from './figure-judgement.ts';
import type { Dependence } from './figure-judgement.ts';
import type { Owners } from './owners.ts';
import { recorded, scenarioOf } from './proof.ts';
import { send } from './unasked-fields.ts';

/** The cells, judged again where a figure of the answer is made of the owner's rows, and what showed it. */
interface WithFigures {
  readonly judged: readonly JudgedCell[];
  readonly dependences: ReadonlyMap<RawCell, Dependence>;
  /** Cells for which there was no time. */
  readonly leftOut: ReadonlySet<RawCell>;
}

/**
 * Non-interference (Goguen and Meseguer 1982), for answers that hold no row: sums, counts, averages. The same request is sent before, while and
 * after the owner has one row more, twice with different sums in it; what moves in step with the sums is made of the owner's rows.
 * @param unseen endpoints that nobody tried
 */
export async function withFigures(
  stage: Stage,
  owners: Owners,
  judged: readonly JudgedCell[],
  { turn, tenants, unseen }: { readonly turn: Turn; readonly tenants: boolean; readonly unseen: number },
): Promise<WithFigures> {
  const candidates = judged.flatMap((one): Candidate[] => {
    const tables = isSilent(one) ? countedTables(stage, owners, one.raw) : [];
    return tables.length > 0 ? [{ cell: one.raw, tables }] : [];
  });
  const moving = turn.over() ? candidates : await thoseThatMove(stage, candidates);
  const dependences = new Map<RawCell, Dependence>();
  const tryOut = async (candidate: Candidate): Promise<void> => {
    const dependence = await dependenceOf(stage, candidate);
    if (dependence) dependences.set(candidate.cell, dependence);
  };
  const leftOut = await whileTimeLasts(turn, moving, tryOut);
  const between = judgeFigures(judged, dependences, { tenants, unseen });
  const bare = between.flatMap(({ raw, outcome }) => (raw.part === 'anonymous' && outcome === 'leak' && dependences.has(raw) ? [raw] : []));
  const peers = rolesLetThrough(between, bare).map((cell) => ({ cell, tables: countedTables(stage, owners, cell) }));
  leftOut.push(...(await whileTimeLasts(turn, peers, tryOut)));
  return {
    judged: judgeRoles(between, dependences),
    dependences,
    leftOut: new Set(leftOut.map(({ cell }) => cell)),
  };
}

interface Candidate {
  readonly cell: RawCell;
  readonly tables: readonly SchemaTable[];
}

/** It worked for somebody of another side, and no row of the owner's stands in the answer. */
function isSilent({ raw, outcome }: JudgedCell): boolean {
  const others = raw.part === 'stranger' || raw.part === 'anonymous';
  const told = outcome !== 'allowed' && outcome !== 'refused';
  return others && !told && raw.untried === null && raw.route.method === 'GET' && raw.success && !raw.capability && raw.read.length === 0;
}

/** The tables with rows of the owner's that the statements behind an answer ask. */
function countedTables({ lab, ownership }: Stage, { separate }: Owners, { played }: RawCell): SchemaTable[] {
  const names = new Set(played.statements.flatMap((statement) => shapeOf(statement.text)?.tables ?? []));
  const tables = [...names].flatMap((name) => lab.tables.byRelation(name) ?? []);
  return tables.filter(({ name, primaryKey }) => {
    const chain = ownership.tables.find((one) => one.table === name)?.[separate] ?? [];
    return chain.length > 0 && primaryKey.length > 0 && !isJournal(name);
  });
}

/** One more row of the owner's in every table at once: what stays as it was need not be looked at one by one. */
async function thoseThatMove(stage: Stage, candidates: readonly Candidate[]): Promise<Candidate[]> {
  if (candidates.length === 0) return [];
  const before = new Map<Candidate, string>();
  for (const candidate of candidates) before.set(candidate, bodyOf(await ask(stage, candidate)));
  const planted: Planted[] = [];
  for (const table of new Set(candidates.flatMap(({ tables }) => tables))) {
    const one = await plantWith(stage, table, sums[0]);
    if (one) planted.push(one);
  }
  const moving: Candidate[] = [];
  for (const candidate of candidates) if (bodyOf(await ask(stage, candidate)) !== before.get(candidate)) moving.push(candidate);
  for (const one of planted.toReversed()) await remove(stage, one);
  return moving;
}

function ask(stage: Stage, { cell }: Candidate): Promise<Played> {
  return send(stage, cell.request.step);
}

function bodyOf(played: Played): string {
  return succeeded(played) ? (played.exchange.response?.body ?? '') : '';
}

/** Two primes that no application adds by itself; smaller ones where columns are narrow. */
const sums = [
  [7_919_431, 4_611_379],
  [7_919, 4_603],
] as const;

interface Planted {
  readonly table: SchemaTable;
  readonly step: SqlStep;
  readonly key: Record<string, string | null>;
  readonly values: Record<string, string | null>;
  /** What stands in its columns for sums; null where the table has none or takes none. */
  readonly by: number | null;
}

/** Adds a row of the owner's with the first of these sums in every column that could hold one. */
async function plantWith(stage: Stage, table: SchemaTable, pair: readonly [number, number], which: 0 | 1 = 0): Promise<Planted | null> {
  const owner = stage.cast.owner;
  if (!owner) return null;
  const columns = sumColumns(stage, table);
  const given = new Map(columns.map((column) => [column, String(pair[which])]));
  const planted = await plantRow(stage.synthesis, table, owner, given);
  return planted ? { ...planted, table, by: columns.length > 0 ? pair[which] : null } : null;
}

async function plantPlain(stage: Stage, table: SchemaTable): Promise<Planted | null> {
  const owner = stage.cast.owner;
  const planted = owner && (await plantRow(stage.synthesis, table, owner));
  return planted ? { ...planted, table, by: null } : null;
}

async function remove(stage: Stage, { table, key, values }: Planted): Promise<void> {
  await stage.lab.ground.undo([{ table: table.name, op: 'insert', key, before: null, after: values, transaction: '' }]);
}

/** Columns that hold a number of something, and name no other row. */
function sumColumns({ lab }: Stage, table: SchemaTable): string[] {
  const keys = new Set([...table.primaryKey, ...table.foreignKeys.flatMap(({ columns }) => columns), ...table.uniques.flat()]);
  return table.columns.flatMap(({ name, type, generated, values }) =>
    isNumeric(type) && !generated && values.length === 0 && !keys.has(name) && !tableNamed(lab, name) && !/id$/i.test(name) ? [name] : [],
  );
}

/** The experiment for one cell: before, with a row, without it, with another row. */
async function dependenceOf(stage: Stage, candidate: Candidate): Promise<Dependence | null> {
  const shown: { table: SchemaTable; trial: Trial; moves: Moves }[] = [];
  for (const table of candidate.tables) {
    for (const plant of plantings(stage, table)) {
      const trial = await tryTable(stage, candidate, plant);
      const moves = trial && movesIn(trial);
      if (trial && moves) shown.push({ table, trial, moves });
      if (trial) break;
    }
  }
  const best = shown.find(({ moves }) => moves.ofValues) ?? shown[0];
  if (!best) return null;
  const proof = proofOf(stage, candidate, best.table, best.trial, best.moves);
  return {
    tables: shown.map(({ table }) => table.name),
    ofValues: best.moves.ofValues,
    figure: best.moves.at.startsWith('#') ? `number ${best.moves.at.slice(1)} of the answer` : `"${best.moves.at}"`,
    proof,
  };
}

type Planting = (which: 0 | 1) => Promise<Planted | null>;

/** Ways of adding rows, the most telling first: what a constraint forbids is tried with smaller sums, and then with none. */
function plantings(stage: Stage, table: SchemaTable): Planting[] {
  return [
    ...sums.map(
      (pair): Planting =>
        (which) =>
          plantWith(stage, table, pair, which),
    ),
    () => plantPlain(stage, table),
  ];
}

interface Trial {
  readonly rows: readonly [Planted, Planted];
  readonly still: readonly Played[];
  readonly moved: readonly [Played, Played];
}

/** Null where the database takes no such row. */
async function tryTable(stage: Stage, candidate: Candidate, plant: Planting): Promise<Trial | null> {
  const still = [await ask(stage, candidate), await ask(stage, candidate)];
  const first = await plant(0);
  if (!first) return null;
  const [withFirst] = [await ask(stage, candidate)];
  await remove(stage, first);
  still.push(await ask(stage, candidate));
  const second = await plant(1);
  if (!second) return null;
  const withSecond = await ask(stage, candidate);
  await remove(stage, second);
  return { rows: [first, second], still, moved: [withFirst, withSecond] };
}

interface Moves {
  readonly at: string;
  readonly by: readonly [number, number];
  readonly ofValues: boolean;
}

/** The figure that moves with the rows, best one that moves with the sums in them. */
function movesIn({ rows, still, moved }: Trial): Moves | null {
  const before = still.map((played) => figuresIn(bodyOf(played)));
  const after = moved.map((played) => figuresIn(bodyOf(played)));
  const [{ by: one }, { by: other }] = rows;
  const scales: { by: [number, number]; ofValues: boolean }[] = [
    ...(one !== null && other !== null
      ? [1, 2].map((power) => ({ by: [one ** power, other ** power] as [number, number], ofValues: true }))
      : []),
    { by: [1, 1], ofValues: false },
  ];
  for (const { by, ofValues } of scales) {
    for (const at of before[0]?.keys() ?? []) {
      const steps = after.map((figures, index) => ({ figure: figures.get(at), by: by[index] ?? 1 }));
      if (
        movesAlone(
          before.map((figures) => figures.get(at)),
          steps,
        )
      )
        return { at, by, ofValues };
    }
  }
  return null;
}

function proofOf(stage: Stage, { cell }: Candidate, table: SchemaTable, { rows, moved }: Trial, { at, by, ofValues }: Moves): Proof {
  const { step } = cell.request;
  const asked = (name: string): StageStep => ({ ...step, name });
  const added = rows.map(({ step: plant }, index): StageStep => {
    const save = Object.fromEntries(table.primaryKey.map((column) => [`added${index}.${column}`, { column }]));
    return { ...plant, save, expect: { rows: 'some' } };
  });
  const removed = rows.map((_row, index): StageStep => ({
    do: 'sql',
    text: `DELETE FROM ${quote(table.name)} WHERE ${table.primaryKey.map((column, place) => `CAST(${quote(column)} AS text) = $${place + 1}`).join(' AND ')}`,
    parameters: table.primaryKey.map((column) => `{{added${index}.${column}}}`),
  }));
  const holes = added.flatMap(holesOf).map((hole) => `{{${hole}}}`);
  const [first, second] = [added[0], added[1]];
  const [gone] = removed;
  const steps = [
    ...stepsBefore(stage, { ...step, body: [step.body ?? null, ...holes] as Json }),
    asked('before'),
    asked('again'),
    ...(first ? [first] : []),
    asked('with one row more'),
    ...(gone ? [gone] : []),
    asked('without it'),
    ...(second ? [second] : []),
    asked('with another row'),
  ];
  const scenario = scenarioOf(
    stage,
    `figures ${cell.actor} ${cell.route.id}`,
    `${cell.actor} calls ${cell.route.id} while the owner's rows change`,
    steps,
    {
      shows: 'answer-depends',
      at,
      still: ['before', 'again', 'without it'],
      moved: [
        { request: 'with one row more', by: by[0] },
        { request: 'with another row', by: by[1] },
      ],
    },
  );
  const what = ofValues ? `the sums ${rows[0].by} and ${rows[1].by} in them` : 'their number';
  const observed = `${cell.actor} sent ${cell.route.id} five times while rows were added to ${shownTable(table.name)} for the owner and taken away: ${at.startsWith('#') ? `number ${at.slice(1)} of the answer` : `"${at}"`} moved with ${what}, and went back.`;
  return recorded(scenario, observed, moved[1]);
}
