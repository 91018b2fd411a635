import { describe, expect, it } from 'vitest';
import { toHtml } from './html.ts';
import { toText } from './text.ts';
import { hostile, suffixed } from './testdata/hostile.ts';
import { sampleInput, sampleReport } from './testdata/sample.ts';
import { buildReport } from '../judge/report.ts';

const page = toHtml(sampleReport);

/** Tag names (but not where lines may break) and the number of quotation marks: what hostile text would change if it could break out. */
function structure(markup: string): string[] {
  return [...markup.matchAll(/<\/?[a-zA-Z!][^\s>]*|"/g)].map(([token]) => token).filter((token) => token !== '<wbr');
}

describe('toHtml', () => {
  it('answers first: ready for what, and what to do', () => {
    expect(page).toContain('<h1>Not ready to take money or hold personal data.</h1>');
    const order = [
      'id="first"',
      'id="verdict"',
      'id="before-launch"',
      'id="questions"',
      'id="matrix"',
      'id="endpoints"',
      'id="controls"',
      'id="modules"',
      'id="plan"',
      'id="coverage"',
      'id="how"',
    ].map((id) => page.indexOf(id));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThan(0);
  });

  it('needs no script, no network and no other file', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`);
    expect(page).not.toMatch(/<(?:script|img|link|iframe|object|embed|base|form)\b|\son\w+=|url\(|@import|https?:\/\//i);
  });

  it('keeps hostile text inside its place, wherever it comes from', () => {
    const attacked = toHtml(suffixed(hostile));
    expect(attacked).not.toMatch(/<(?:script|img)/i);
    expect(attacked).not.toMatch(/(?![\n\t])\p{Cc}|\p{Cf}/u);
    expect(attacked).toContain('\\u{202e}gpj.exe');
    expect(structure(attacked)).toEqual(structure(toHtml(suffixed('harmless `code`'))));
  });

  it('has headings without gaps, one first heading, and links that lead somewhere', () => {
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, index) => index > 0 && level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
    expect(page).toContain('<a class="skip" href="#main">');
  });

  it('gives every table a caption and every header cell a scope', () => {
    expect(page.match(/<table>/g)?.length).toBe(page.match(/<table><caption>/g)?.length);
    expect(page.match(/<th(?! scope=)[\s>]/g)).toBeNull();
  });

  it('claims nothing that it cannot know', () => {
    expect(page).not.toMatch(/\b(?:certified|compliant|secure)\b/i);
  });

  it('shows every control, whatever its state', () => {
    for (const control of sampleReport.controls) expect(page).toContain(`<code>${control.id}</code>`);
  });

  it('says what time left out, what would try it, and that an interrupted audit was gone on with', () => {
    const settle = 'seaworthy audit --budget full';
    const gap = { file: null, reason: 'the access matrix: 3 of 4 endpoints left out', settle };
    const resumed = { startedAt: '2026-11-21T07:00:00.000Z', keptAt: '2026-11-21T07:01:00.000Z', finished: ['actors', 'access'] };
    const cells = (sampleInput.values.access?.cells ?? []).map((cell, index) =>
      index < 5 ? cell : { ...cell, outcome: 'unknown' as const, settle },
    );
    const report = buildReport({
      ...sampleInput,
      ran: { ...sampleInput.ran, resumed },
      evidence: { ...sampleInput.evidence, access: { present: { class: 'ran', gaps: [gap] } } },
      values: { ...sampleInput.values, access: { cells } },
    });
    expect(report.coverage.endpoints).toMatchObject({ cells: 5, leftOut: cells.length - 5 });
    const shown = toHtml(report);
    expect(shown).toContain(`; ${cells.length - 5} more left out for want of time`);
    expect(shown).toContain(`${gap.reason}; <code>${settle}</code>`);
    expect(shown).toContain(`interrupted after ${resumed.keptAt}; it had finished actors, access`);
    const words = toText(report).replace(/\s+/g, ' ');
    expect(words).toContain(`${gap.reason}.`);
    expect(words).toContain(`interrupted after actors, access (${resumed.keptAt})`);
  });

  it.each([
    ['rows', 'the rows and statements of its database'],
    ['sqlite', 'the rows of its SQLite file; its statements cannot be seen'],
    ['responses', 'only be judged by its responses'],
  ] as const)('says by what experiments were judged: %s', (kind, how) => {
    const report = buildReport({ ...sampleInput, ran: { ...sampleInput.ran, oracle: { kind, detail: 'seen so' } } });
    expect(report.ran.oracle).toEqual({ kind, detail: 'seen so' });
    expect(toHtml(report)).toContain(`${how}: seen so.`);
    expect(toText(report).replace(/\s+/g, ' ')).toContain(`${how}: seen so.`);
  });

  it('says so when the application was not run', () => {
    const read = toHtml(
      buildReport({ ...sampleInput, values: {}, ran: { asked: true, done: false, seal: null, reason: 'the build failed' } }),
    );
    expect(read).toContain('he application was not run (the build failed), so none of it was tried out.');
    expect(read).toContain('Not measured: the application was not run with several people signed in.');
  });
});
