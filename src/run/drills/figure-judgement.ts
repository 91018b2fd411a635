import type { Proof } from '../../model/proof.ts';
import { shownTable } from '../../model/words.ts';
import type { JudgedCell, RawCell } from './access-judgement.ts';

/** Figures in somebody's answer that move with the owner's rows. */
export interface Dependence {
  /** The tables that move some figure of the answer. */
  readonly tables: readonly string[];
  /** It moves with what stands in the rows, not only with how many there are. */
  readonly ofValues: boolean;
  /** Where one of them stands, as people would say it. */
  readonly figure: string;
  readonly proof: Proof;
}

interface Setting {
  /** Rows belong to tenants, and the stranger is of another one. */
  readonly tenants: boolean;
  /** Endpoints that nobody tried, for want of time. */
  readonly unseen: number;
}

/**
 * What to make of figures that are made of the owner's rows. Between tenants they are a leak, where the application asks who is calling and
 * shows such rows to nobody else. Without a session they are one only where the application contradicts itself: it keeps those rows from such
 * callers, the figures tell what stands in them, and every endpoint beside this one refuses them. Everything else may be meant, and is asked about.
 */
export function judgeFigures(
  judged: readonly JudgedCell[],
  found: ReadonlyMap<RawCell, Dependence>,
  { tenants, unseen }: Setting,
): JudgedCell[] {
  const cells = judged.map(({ raw }) => raw);
  const open = new Map(
    [...found].flatMap(([cell, dependence]) =>
      cell.part === 'anonymous' ? [[cell.route.id, isMissingGuard(cells, cell, dependence, unseen)] as const] : [],
    ),
  );
  return judged.map((one) => {
    const { raw } = one;
    const dependence = found.get(raw);
    if (!dependence) return one;
    const what = `${madeOf(dependence)} of ${tenants ? 'other tenants' : 'others'}`;
    const leak = (why: string): JudgedCell => ({ raw, outcome: 'leak', reason: `${what}${why}` });
    const asked: JudgedCell = {
      raw,
      outcome: 'unknown',
      reason: `${what}; whether that is meant, only the owner of the application can say`,
    };
    if (raw.part === 'anonymous')
      return open.get(raw.route.id) ? leak(', and every endpoint beside it refuses callers who are not signed in') : asked;
    if (raw.part !== 'stranger' || !tenants) return asked;
    const anonymous = cells.find((cell) => cell.part === 'anonymous' && cell.route.id === raw.route.id);
    const closed = anonymous?.status === 401 || anonymous?.status === 403 || open.get(raw.route.id) === true;
    return closed && areKept(cells, dependence.tables, 'stranger', raw, unseen) ? leak('') : asked;
  });
}

/**
 * Roles whom an endpoint lets through that lacks its guard altogether, while all that is read beside it refuses them: it would refuse them too.
 * @param bare cells of callers without a session that were judged leaks
 */
export function rolesLetThrough(judged: readonly JudgedCell[], bare: readonly RawCell[]): RawCell[] {
  const cells = judged.map(({ raw }) => raw);
  return judged.flatMap(({ raw, outcome }) => {
    if (raw.part !== 'role' || outcome !== 'allowed' || !bare.some(({ route }) => route.id === raw.route.id)) return [];
    const reading = beside(cells, raw).filter(({ route }) => route.method === 'GET');
    return reading.length >= 2 && reading.every(refuses) ? [raw] : [];
  });
}

/** Roles of the owner's tenant whose figures were seen to move: reached only where the guard is missing. */
export function judgeRoles(judged: readonly JudgedCell[], found: ReadonlyMap<RawCell, Dependence>): JudgedCell[] {
  return judged.map((one) => {
    const dependence = one.raw.part === 'role' ? found.get(one.raw) : undefined;
    if (!dependence) return one;
    return {
      raw: one.raw,
      outcome: 'leak',
      reason: `${madeOf(dependence)}; no guard stands here, and all that is read beside it refuses the same role`,
    };
  });
}

function madeOf({ figure, tables }: Dependence): string {
  return `figures (${figure}) are made of ${tables.map(shownTable).join(', ')}`;
}

function isMissingGuard(cells: readonly RawCell[], cell: RawCell, { ofValues, tables }: Dependence, unseen: number): boolean {
  const others = beside(cells, cell);
  return ofValues && others.length >= 2 && others.every(refuses) && areKept(cells, tables, 'anonymous', cell, unseen);
}

/** The same actor's cells of the other endpoints of the folder: `/api/admin/settings` beside `/api/admin/stats`. */
function beside(cells: readonly RawCell[], { route, actor }: RawCell): RawCell[] {
  const folder = route.path.slice(0, route.path.lastIndexOf('/') + 1);
  if (/^(?:\/(?:api|v\d+))*\/$/.test(folder)) return [];
  return cells.filter(
    (cell) => cell.actor === actor && cell.route.id !== route.id && cell.untried === null && cell.route.path.startsWith(folder),
  );
}

function refuses({ status }: RawCell): boolean {
  return status === 401 || status === 403;
}

/** At least one of these tables is one whose rows the application mostly keeps from such callers. */
function areKept(cells: readonly RawCell[], tables: readonly string[], part: RawCell['part'], but: RawCell, unseen: number): boolean {
  return tables.some((table) => {
    const showing = cells.filter(
      (cell) =>
        cell.control &&
        cell.success &&
        !cell.capability &&
        cell.route.method === 'GET' &&
        cell.route.id !== but.route.id &&
        cell.read.some((row) => row.table === table),
    );
    const open = showing.filter(({ route }) =>
      cells.some((cell) => cell.part === part && cell.route.id === route.id && cell.read.some((row) => row.table === table)),
    ).length;
    return showing.length - open >= 1 && showing.length - open >= open + unseen;
  });
}
