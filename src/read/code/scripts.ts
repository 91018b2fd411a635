/** A component's script blocks with everything else blanked, so that lines stay where they are. */
export function scriptsOf(text: string, format: string): string {
  const pattern = format === 'astro' ? /^(---\r?\n)([\s\S]*?)\n---/dg : /(<script\b[^>]*>)([\s\S]*?)<\/script>/dgi;
  let out = '';
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.[2] ?? [0, 0];
    out += text.slice(at, start).replace(/[^\n]/g, ' ') + text.slice(start, end);
    at = end;
  }
  return out;
}
