import { describe, expect, it } from 'vitest';
import { buildReport } from '../judge/report.ts';
import { toJson } from './json.ts';
import { hostile, suffixed } from './testdata/hostile.ts';
import { largeReport } from './testdata/large.ts';
import { sampleInput, sampleReport } from './testdata/sample.ts';
import { toText } from './text.ts';

describe('toText', () => {
  it('answers in its first line, and fits 80 columns', () => {
    const text = toText(sampleReport, { written: '.seaworthy/report.html' });
    expect(text).toMatchSnapshot();
    expect(text.split('\n')[0]).toBe('Not ready to take money');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('sums the access matrix up: leaks, what is open and why, and the command that would try the rest', () => {
    const text = toText(largeReport);
    expect(text.slice(text.indexOf('Who can reach what'), text.indexOf('Not proven\n'))).toMatchInlineSnapshot(`
      "Who can reach what
        221 endpoints x 15 actors: 3315 cells
        leaks             9 at 4 endpoints, to stranger (4), role:suspended (2),
                          anonymous (1), role:contractor (1) and 1 more
        not proven        120 at 8 endpoints: called by machines; who may call it is a
                          matter of signatures (120)
        not tried         120 at 8 endpoints
                          seaworthy audit --budget full
        to answer         1 question that only the owner can: seaworthy access
        otherwise         1810 let in, 60 shared, 201 own, 995 refused

      "
    `);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(toText(buildReport({ ...sampleInput, values: {} }))).not.toContain('Who can reach what');
  });

  it('lets nothing of the application command the terminal', () => {
    expect(toText(suffixed(hostile))).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
  });

  it('paints only through the style that it is given', () => {
    const painted = toText(sampleReport, { style: (format, text) => `{${format}:${text}}` });
    expect(painted.split('\n')[0]).toBe('{bold:{red:Not ready to take money}}');
  });

  it('says go only as what it is, and what stands open', () => {
    const calm = buildReport({ ...sampleInput, findings: [], values: {}, ran: { asked: false, done: false, seal: null, reason: null } });
    const text = toText(calm);
    expect(text.split('\n')[0]).toBe('No launch trigger was detected; choose one with --for to get a verdict.');
    expect(text).toContain('The application was not run.');
  });
});

describe('toJson', () => {
  it('writes the same report the same way, whatever the order of its keys', () => {
    const turned = Object.fromEntries(Object.entries(sampleReport).toReversed()) as typeof sampleReport;
    expect(toJson(turned)).toBe(toJson(sampleReport));
    expect(JSON.parse(toJson(sampleReport))).toEqual(sampleReport);
  });
});
