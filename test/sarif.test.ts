import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gateToSarif } from '../src/report/gate.ts';
import { toSarif } from '../src/report/sarif.ts';
import { hostile, suffixed } from '../src/report/testdata/hostile.ts';
import { sampleReport } from '../src/report/testdata/sample.ts';
import { audited, hardened, harbor } from './support/audited.ts';
import { changing } from './support/changing.ts';

/*
 * A second reader of what we write: Microsoft's SARIF SDK, with the rules by which code scanning takes files in. It knows more than the
 * schema: that a rule's index fits its id, that places are relative, that fingerprints are there.
 */

const work = mkdtempSync(join(tmpdir(), 'seaworthy-sarif-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const multitool = createRequire(import.meta.url)('@microsoft/sarif-multitool') as string;

interface Told {
  ruleId: string;
  level?: 'error' | 'warning' | 'note' | 'none';
  message: { arguments?: string[] };
}

/** What the reader has against a file, notes on style left out. */
function against(sarif: string): string[] {
  const [file, told] = [join(work, 'log.sarif'), join(work, 'told.sarif')];
  writeFileSync(file, sarif);
  const kinds = ['--rule-kind', 'Sarif;Gh', '--level', 'Error;Warning', '--output', told, '--log', 'ForceOverwrite'];
  const { status, stdout, stderr } = spawnSync(multitool, ['validate', file, ...kinds], {
    encoding: 'utf8',
    // It is a .NET program, which else wants the machine's tables of languages.
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
  });
  if (status === null || !stdout.includes('1 files scanned')) throw new Error(`the reader did not read: ${stdout}${stderr}`);
  const log = JSON.parse(readFileSync(told, 'utf8')) as { runs: { results?: Told[] }[] };
  // Where nothing is said of a level, it is a warning.
  return log.runs.flatMap(({ results = [] }) =>
    results.flatMap(({ ruleId, level = 'warning', message }) =>
      level === 'note' || level === 'none' ? [] : [`${level} ${ruleId} ${(message.arguments ?? []).join(', ')}`],
    ),
  );
}

describe('a second reader of SARIF', () => {
  it('has something against a file that is wrong, so that the others can fail', () => {
    const log = JSON.parse(toSarif(sampleReport)) as { runs: { results: { ruleIndex: number }[] }[] };
    for (const result of log.runs[0]?.results ?? []) result.ruleIndex = 999;
    expect(against(JSON.stringify(log))).not.toEqual([]);
  });

  it.each([
    ['the sample', () => sampleReport],
    ['a report without findings', () => ({ ...sampleReport, findings: [], excerpts: [] })],
    ['a hostile application', () => suffixed(hostile)],
    ['the flawed example', () => audited(harbor, false)],
  ])('has nothing against %s', async (_, report) => {
    expect(against(toSarif(await report()))).toEqual([]);
  });

  it('has nothing against what the gate writes, with what is new told from what was there', async () => {
    const app = await changing(hardened);
    try {
      app.edit('src/app.ts', 'origin: settings.CORS_ORIGINS', 'origin: true, credentials: true');
      const sarif = gateToSarif(await app.gate());
      expect(against(sarif)).toEqual([]);
      const log = JSON.parse(sarif) as { runs: { results: { baselineState: string }[] }[] };
      expect(new Set(log.runs[0]?.results.map(({ baselineState }) => baselineState))).toEqual(new Set(['new']));
    } finally {
      app.remove();
    }
  });
});
