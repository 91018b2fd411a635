import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../model/report.ts';
import { matrixToCsv } from './csv.ts';
import { hostile, suffixed } from './testdata/hostile.ts';
import { largeReport } from './testdata/large.ts';
import { sampleReport } from './testdata/sample.ts';
import { oneLine } from './visible.ts';

/** Reads what RFC 4180 says; throws on anything else. */
function parsed(csv: string): string[][] {
  const records: string[][] = [[]];
  const token = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (token.lastIndex < csv.length) {
    const at = token.lastIndex;
    const found = token.exec(csv);
    if (!found) throw new Error(`not RFC 4180 at ${at}: ${csv.slice(at, at + 40)}`);
    records.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}

/** The sample with one cell whose reason is the given text. */
function saying(reason: string): Report {
  const [first] = sampleReport.matrix.cells;
  if (!first) throw new Error('the sample has no cells');
  return { ...sampleReport, matrix: { ...sampleReport.matrix, cells: [{ ...first, reason }] } };
}

describe('matrixToCsv', () => {
  it('has every pair of endpoint and actor once, as the JSON has', () => {
    const { cells, rows, actors } = largeReport.matrix;
    const pairs = rows.flatMap((row) => actors.map((actor) => `${row.endpoint} ${actor.name}`)).toSorted();
    expect(pairs).toHaveLength(221 * 15);
    expect(cells.map((cell) => `${cell.endpoint} ${cell.actor}`).toSorted()).toEqual(pairs);
    const [header, ...lines] = parsed(matrixToCsv(largeReport));
    expect(header?.join()).toBe(
      'endpoint,where,actor,part,role,outcome,reason,status,by_id,finding,settle,answer,rule,confirmed_by,confirmed_on',
    );
    expect(lines.map(([endpoint, , actor]) => `${endpoint} ${actor}`).toSorted()).toEqual(pairs);
    expect(lines.every((line) => line.length === header?.length)).toBe(true);
  });

  it('says of a cell where its code stands, who acted, what came out, and which finding proves it', () => {
    const of = (report: Report, endpoint: string, actor: string) =>
      parsed(matrixToCsv(report)).find((line) => line[0] === endpoint && line[2] === actor);
    const leak = largeReport.matrix.cells.find((cell) => cell.outcome === 'leak' && cell.actor === 'role:guest');
    expect(leak?.finding).toMatch(/^security\/object-authorization#/);
    expect(of(largeReport, 'DELETE /api/v1/tokens/:id', 'role:guest')).toEqual([
      'DELETE /api/v1/tokens/:id',
      'src/routes/tokens.ts:134',
      'role:guest',
      'role',
      'guest',
      'leak',
      "changed tokens of the owner's",
      '200',
      'true',
      leak?.finding,
      '',
      'leak',
      '',
      '',
      '',
    ]);
    expect(of(largeReport, 'GET /api/v1/calendar', 'anonymous')?.slice(5)).toEqual([
      'unknown',
      'left out: the budget of 5 min was spent',
      '',
      'false',
      '',
      'seaworthy audit --budget full',
      'unknown',
      '',
      '',
      '',
    ]);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', 'fine;=1', 'fine; @x', '"=1', ' =1'])('disarms %j', (text) => {
    const [, line] = parsed(matrixToCsv(saying(text)));
    const reason = line?.[6] ?? '';
    // A spreadsheet of a country that writes decimal commas begins a cell behind each semicolon.
    for (const cell of reason.split(';')) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
    expect(reason.replaceAll("'", '')).toBe(oneLine(text));
  });

  it('keeps any text in its field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [header, line, ...more] = parsed(matrixToCsv(saying(text)));
        expect(more).toEqual([]);
        expect(line).toHaveLength(header?.length ?? 0);
        expect(line?.[6]?.replaceAll("'", '')).toBe(oneLine(text).replaceAll("'", ''));
      }),
    );
    const lines = parsed(matrixToCsv(suffixed(hostile)));
    expect(lines).toHaveLength(sampleReport.matrix.cells.length + 1);
    expect(lines.flat().filter((text) => /^[=+\-@]|\p{Cc}|\p{Cf}/u.test(text))).toEqual([]);
  });
});
