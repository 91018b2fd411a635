/** Figures of an answer that are looked at. */
const most = 5_000;
/** Numbers, also those that drivers send as text (sums of `numeric` and `bigint`). */
const number = /^-?\d{1,18}(?:\.\d{1,12})?$/;

/** The figures of an answer by where they stand: `totals.revenue` in JSON, `#3` for the third number of another text. */
export function figuresIn(body: string): Map<string, number> {
  const figures = new Map<string, number>();
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    for (const [index, [text]] of [...body.slice(0, 1_000_000).matchAll(/-?\d{1,18}(?:\.\d{1,12})?/g)].entries()) {
      if (index >= most) break;
      figures.set(`#${index + 1}`, Number(text));
    }
    return figures;
  }
  const walk = (value: unknown, path: string, depth: number): void => {
    if (figures.size >= most || depth > 20) return;
    if (typeof value === 'number') figures.set(path, value);
    else if (typeof value === 'string' && number.test(value)) figures.set(path, Number(value));
    else if (value !== null && typeof value === 'object')
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`, depth + 1);
  };
  walk(parsed, '', 0);
  return figures;
}

/** A figure while something was changed, and the sum that was added there. */
interface Moved {
  readonly figure: number | undefined;
  readonly by: number;
}

/** Whether a figure stood still but for the changes, and moved in proportion to them: with two sums that are not multiples, no coincidence does that. */
export function movesAlone(still: readonly (number | undefined)[], moved: readonly Moved[]): boolean {
  const [base] = still;
  if (base === undefined || still.some((figure) => figure !== base)) return false;
  const slopes = moved.map(({ figure, by }) => (figure === undefined ? Number.NaN : (figure - base) / by));
  const [first = Number.NaN] = slopes;
  return first !== 0 && slopes.every((slope) => Number.isFinite(slope) && Math.abs(slope - first) <= Math.abs(first) * 1e-3);
}
