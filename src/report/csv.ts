import type { Report } from '../model/report.ts';
import { oneLine } from './visible.ts';

const columns = [
  'endpoint',
  'where',
  'actor',
  'part',
  'role',
  'outcome',
  'reason',
  'status',
  'by_id',
  'finding',
  'settle',
  'answer',
  'rule',
  'confirmed_by',
  'confirmed_on',
] as const;

/**
 * The access matrix as comma-separated values (RFC 4180: CRLF, quotes doubled, a header), one line for each pair of endpoint and actor.
 * An empty `status` means no answer; `settle` is filled only where nobody tried, the last three only
 * where a named person confirmed a rule.
 */
export function matrixToCsv({ matrix }: Report): string {
  const places = new Map(matrix.rows.map(({ endpoint, file, line }) => [endpoint, file === null ? '' : `${file}:${line}`]));
  const actors = new Map(matrix.actors.map((actor) => [actor.name, actor]));
  const lines = matrix.cells.map((cell) => [
    cell.endpoint,
    places.get(cell.endpoint) ?? '',
    cell.actor,
    actors.get(cell.actor)?.part ?? '',
    actors.get(cell.actor)?.role ?? '',
    cell.outcome,
    cell.reason,
    cell.status === null ? '' : String(cell.status),
    String(cell.byId),
    cell.finding ?? '',
    cell.settle ?? '',
    cell.answer,
    cell.rule?.endpoint ?? '',
    cell.rule?.by ?? '',
    cell.rule?.on ?? '',
  ]);
  return [columns, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/** Spreadsheets calculate what begins like this, also in full-width letters. */
const formula = /(^|;)(\s*)(?=[=+\-@＝＋－＠])/g;

/**
 * One field on one line. An apostrophe disarms what a spreadsheet would take for a formula; also behind a semicolon, where those of many
 * countries begin a new cell.
 */
function field(text: string): string {
  const safe = oneLine(text).replace(formula, "$1$2'");
  return /[",;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
