/** A component's script blocks with everything else blanked, so that lines stay where they are. */
export function scriptsOf(text: string, format: string): string {
  const blocks = format === 'astro' ? front(text) : tagged(text);
  let out = '';
  let at = 0;
  for (const [start, end] of blocks) {
    out += text.slice(at, start).replaceAll(/[^\n]/g, ' ') + text.slice(start, end);
    at = end;
  }
  return out;
}

/** What stands between the fences at the top of a component of Astro. */
function front(text: string): [number, number][] {
  const start = /^---\r?\n/.exec(text)?.[0].length;
  const end = start === undefined ? -1 : text.indexOf('\n---', start);
  return start === undefined || end === -1 ? [] : [[start, end]];
}

/** What stands between script tags; a loop, for a pattern would look for the end of each that has none again and again. */
function tagged(text: string): [number, number][] {
  const lower = text.toLowerCase();
  const blocks: [number, number][] = [];
  for (let at = lower.indexOf('<script'); at !== -1; at = lower.indexOf('<script', at + 7)) {
    if (/\w/.test(lower[at + 7] ?? '')) continue;
    const start = lower.indexOf('>', at) + 1;
    const end = start === 0 ? -1 : lower.indexOf('</script>', start);
    if (end === -1) break;
    blocks.push([start, end]);
    at = end;
  }
  return blocks;
}
