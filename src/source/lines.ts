/** Gives the line, counted from 1, of an offset in a text, and how many lines there are. */
export function linesOf(text: string): { readonly lineOf: (offset: number) => number; readonly lines: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  return { lineOf, lines: starts.length };
}
