import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { checks, controls, hoursFor, questionOf, SeaworthyError, triggerPolicies } from '../index.ts';
import type { Finding } from '../index.ts';
import { areas } from '../model/words.ts';
import type { Area } from '../model/words.ts';
import { explainCheck, explainControl, explainFinding, explainTrigger, explanationText, listed } from '../report/explain.ts';
import type { Explanation } from '../report/explain.ts';
import { oneLine } from '../report/visible.ts';
import { areaLabel, failures, headline } from '../report/words.ts';
import { wrap } from '../report/wrap.ts';
import { nearest } from './nearest.ts';
import type { Options } from './options.ts';
import { findingOf, readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';

const catalogue = { checks, controls, triggers: triggerPolicies, questionOf };
const mostShown = 10;

/**
 * Says in plain words what a check, a control, a trigger or a finding of the last report means; without an id, what can be explained. Offline.
 * Ids may be shortened as long as they stand for one thing.
 */
export async function explainCommand(options: Options, terminal: Terminal): Promise<number> {
  const json = options.format === 'json';
  if (!json && options.format !== 'text') throw new SeaworthyError('usage', `explain prints text or json, not ${options.format}.`);
  const file = resolve(terminal.cwd, options.report ?? join('.seaworthy', 'report.json'));
  const [id] = options.arguments;
  const area = areas.find((one) => one === id?.replace(/\/$/, ''));
  if (id === undefined || area !== undefined) {
    const found = id === undefined && existsSync(file) ? await findingsIn(file) : [];
    const lists = listsOf(area, found);
    terminal.out(json ? `${JSON.stringify(lists, null, 2)}\n` : listsText(lists, area, terminal));
    return 0;
  }
  const explanation = /#|^[0-9a-f]{6,8}$/.test(id) ? ofFinding(findingOf(await readReport(file), id)) : ofId(wholeId(id));
  terminal.out(json ? `${JSON.stringify({ schema: 1, ...explanation }, null, 2)}\n` : explanationText(explanation, terminal.style));
  return 0;
}

/** The faults of a report; none where another version wrote it, for the rest can be listed all the same. */
async function findingsIn(file: string): Promise<Finding[]> {
  try {
    return failures(await readReport(file));
  } catch (thrown) {
    if (thrown instanceof SeaworthyError) return [];
    throw thrown;
  }
}

function ofFinding(finding: Finding): Explanation {
  return explainFinding(finding, hoursFor([finding.check]));
}

function ofId(id: string): Explanation {
  const check = checks[id];
  if (check) return explainCheck(id, check, catalogue);
  const control = controls.find((one) => one.id === id);
  if (control) return explainControl(control, catalogue);
  const policy = Object.values(triggerPolicies).find((one) => one.id === id);
  if (policy) return explainTrigger(policy, catalogue);
  throw new SeaworthyError('finding-not-found', `"${id}" cannot be explained.`);
}

/** The id that a shortened one stands for: its beginning, or the beginning of its last part. Throws `finding-not-found` with what may be meant. */
function wholeId(id: string): string {
  const all = [...new Set([...Object.keys(triggerPolicies), ...Object.keys(checks), ...controls.map((one) => one.id)])].toSorted();
  if (all.includes(id)) return id;
  const last = (one: string): string => one.slice(one.indexOf('/') + 1);
  const ways = [(one: string) => last(one) === id, (one: string) => one.startsWith(id), (one: string) => last(one).startsWith(id)];
  const begun = ways.map((way) => all.filter(way)).find(({ length }) => length > 0) ?? [];
  const [only] = begun;
  if (only !== undefined && begun.length === 1) return only;
  const near = nearest(id, all) ?? nearest(id, all.map(last));
  throw new SeaworthyError(
    'finding-not-found',
    begun.length > 1
      ? `"${id}" may stand for ${begun.slice(0, 8).join(', ')}${begun.length > 8 ? ` and ${begun.length - 8} more` : ''}.`
      : `"${id}" is no check, control, trigger or finding${near === null ? '; "seaworthy explain" lists what can be explained.' : `; did you mean ${near}?`}`,
  );
}

interface Lists {
  readonly triggers: readonly { id: string; says: string }[];
  readonly findings: readonly { id: string; says: string }[];
  readonly controls: readonly { id: string; says: string }[];
  readonly checks: readonly { id: string; says: string }[];
}

/** Everything that can be explained, or what of it belongs to an area. */
function listsOf(area: Area | undefined, found: readonly Finding[]): Lists {
  const within = (id: string): boolean => area === undefined || id.startsWith(`${area}/`);
  return {
    triggers: area === undefined ? Object.values(triggerPolicies).map(({ id, title }) => ({ id, says: title })) : [],
    findings: found.map((finding) => ({ id: finding.id, says: headline(finding) })),
    controls: controls.filter(({ id }) => within(id)).map(({ id, name }) => ({ id, says: name })),
    checks: Object.entries(checks).flatMap(([id, { title }]) => (within(id) ? [{ id, says: title }] : [])),
  };
}

function listsText(lists: Lists, area: Area | undefined, { style }: Terminal): string {
  const section = (title: string, rows: readonly { id: string; says: string }[]): string[] =>
    rows.length === 0 ? [] : ['', style('bold', title), ...rows.flatMap(({ id, says }) => listed(says, id))];
  const more = lists.findings.length - mostShown;
  const ofArea = (one: Area) => [lists.controls, lists.checks].map((rows) => rows.filter(({ id }) => id.startsWith(`${one}/`)).length);
  const lines =
    area === undefined
      ? [
          ...wrap('seaworthy explain <id> says what a trigger, a control, a check or a finding means. An id may be shortened.', ''),
          ...section('Triggers: when being wrong becomes expensive', lists.triggers),
          ...section('Findings of the last report', lists.findings.slice(0, mostShown)),
          ...(more > 0 ? [`  and ${more} more in the report`] : []),
          '',
          style('bold', 'Controls and checks: seaworthy explain <area> lists them'),
          ...areas.map((one) => {
            const [kept = 0, looked = 0] = ofArea(one);
            return oneLine(`${one}: ${areaLabel[one]}, ${kept} controls, ${looked} checks`).replace(/^/, '  ');
          }),
        ]
      : [
          style('bold', areaLabel[area] ?? area),
          ...section('Controls: what must be so', lists.controls),
          ...section('Checks: what looks whether it is', lists.checks),
        ];
  return `${lines.join('\n')}\n`;
}
