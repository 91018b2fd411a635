import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { configFile, describeProblem, parseConfig } from '../config/read.ts';
import { withConfirmation, withRules } from '../config/write-access.ts';
import { SeaworthyError } from '../index.ts';
import type { Report } from '../index.ts';
import { allows, covers, isExact } from '../model/access-rule.ts';
import type { AccessRule } from '../model/access-rule.ts';
import { accessText } from '../report/access.ts';
import { asJson } from './json.ts';
import type { Options } from './options.ts';
import { readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';

type Intended = NonNullable<Report['intended']>;

/** Shows who the last audit thinks every endpoint is meant for; writes it to `seaworthy.json`, or confirms rules there. */
export async function accessCommand(options: Options, terminal: Terminal): Promise<number> {
  const dir = resolve(terminal.cwd, options.arguments[0] ?? '.');
  const report = await readReport(resolve(terminal.cwd, options.report ?? join(dir, '.seaworthy', 'report.json')));
  const { intended } = report;
  if (!intended) throw new SeaworthyError('usage', 'The last audit could not draft who may do what: it found no endpoints.');
  const file = join(dir, configFile);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new SeaworthyError('config-invalid', `${file} could not be read.`, { cause });
  });
  const rules = rulesIn(text);
  const confirming = options.confirm.length > 0 || options.all;
  if (!confirming && !options.write) {
    terminal.out(options.format === 'json' ? `${JSON.stringify(intended, null, 2)}\n` : accessText(report, intended, terminal.style));
    return 0;
  }
  const changed = confirming ? confirmed(text, report, intended, options) : written(text, rules, intended);
  if (changed.text !== null && changed.text !== text) {
    // What we write, we can read again.
    rulesIn(changed.text);
    await writeFile(file, changed.text);
  }
  terminal.out(
    options.format === 'json'
      ? asJson({ file, written: changed.text !== null && changed.text !== text, rules: rulesIn(changed.text) })
      : `${changed.said.join('\n')}\n`,
  );
  return 0;
}

interface Changed {
  readonly text: string | null;
  readonly said: readonly string[];
}

function rulesIn(text: string | null): readonly AccessRule[] {
  if (text === null) return [];
  return parsed(text).access?.rules ?? [];
}

function parsed(text: string) {
  const { config, problems } = parseConfig(text);
  if (config === null) throw new SeaworthyError('config-invalid', problems.map(describeProblem).join('\n'));
  return config;
}

/** Adds the drafts about which the file says nothing yet; what stands there, confirmed or not, is left alone. */
function written(text: string | null, rules: readonly AccessRule[], { drafts, endpoints }: Intended): Changed {
  const spoken = (endpoint: string): boolean => rules.some((rule) => covers(rule.endpoint, endpoint));
  const fresh = drafts.filter(
    (draft) =>
      !rules.some((rule) => rule.endpoint === draft.endpoint) &&
      endpoints.some(({ endpoint }) => covers(draft.endpoint, endpoint) && !spoken(endpoint)),
  );
  if (fresh.length === 0)
    return { text, said: [`${configFile} has a rule for every endpoint that could be drafted; nothing was written.`] };
  const added = fresh.map(({ endpoint, allow, why }) => ({ endpoint, allow, why }));
  const next = withRules(text, text === null ? undefined : parsed(text).access, added);
  return {
    text: next,
    said: [
      `Wrote ${added.length} drafts to ${configFile}; they decide nothing until somebody confirms them:`,
      ...added.map(({ endpoint, allow }) => `  ${endpoint}: ${allow.join(', ')}`),
    ],
  };
}

/** Confirms rules of the file and drafts of the report in somebody's name. */
function confirmed(text: string | null, report: Report, intended: Intended, options: Options): Changed {
  const rules = rulesIn(text);
  if (options.by === null || options.by.trim().length < 3)
    throw new SeaworthyError('usage', 'Confirming takes a name: --by "Ann Lee". It stands in the report beside what it allows.');
  const { allow } = options;
  if (allow && options.confirm.length !== 1)
    throw new SeaworthyError('usage', '--allow says who may use one endpoint: give it one --confirm.');
  const drafts = [
    ...rules.filter((rule) => !rule.confirmed).map(({ endpoint }) => endpoint),
    ...intended.drafts.map(({ endpoint }) => endpoint),
  ];
  const wanted = new Set([...options.confirm, ...(options.all ? drafts : [])]);
  const confirmation = { by: options.by.trim(), on: new Date().toISOString().slice(0, 10) };
  const said: string[] = [];
  let next = text;
  for (const pattern of wanted) {
    const now = rulesIn(next);
    const at = now.findIndex((rule) => rule.endpoint === pattern);
    const there = now[at];
    const leaks = excused(report, pattern, allow ?? there?.allow ?? draftOf(pattern, intended, allow).allow);
    if (leaks.length > 0 && !there?.confirmed) {
      const whose = `the last audit saw a leak to ${leaks.map(({ actor }) => actor).join(', ')} there`;
      if (!options.confirm.includes(pattern)) {
        said.push(`${pattern}: left out, ${whose}; confirm it by itself if that is meant`);
        continue;
      }
      said.push(`${pattern}: ${whose}; it counts as meant from now on, where it only reads or stays in the organisation`);
    }
    if (next !== null && there) {
      if (there.confirmed && !allow) {
        said.push(`${pattern}: ${there.allow.join(', ')}, confirmed before by ${there.confirmed.by} on ${there.confirmed.on}`);
        continue;
      }
      next = withConfirmation(next, at, confirmation, allow);
    } else {
      const draft = draftOf(pattern, intended, allow);
      next = withRules(next, next === null ? undefined : parsed(next).access, [{ ...draft, confirmed: confirmation }]);
    }
    const rule = rulesIn(next).find(({ endpoint }) => endpoint === pattern);
    said.push(`${pattern}: ${rule?.allow.join(', ')}, confirmed by ${confirmation.by} on ${confirmation.on}`);
  }
  return { text: next, said: [...said, `${configFile} holds it; the next audit goes by it.`] };
}

/** Leaks of the last audit that a rule would make intended. */
function excused({ matrix }: Report, pattern: string, allow: readonly string[]): Report['matrix']['cells'] {
  const parts = new Map(matrix.actors.map(({ name, part, role }) => [name, { part: part ?? '', role }]));
  return matrix.cells.filter((cell) => {
    const caller = parts.get(cell.actor);
    return cell.outcome === 'leak' && caller !== undefined && isExact(pattern, cell.endpoint) && allows(allow, caller, true) === true;
  });
}

function draftOf(pattern: string, { drafts, endpoints }: Intended, allow: readonly string[] | null): AccessRule {
  if (allow) {
    if (!endpoints.some(({ endpoint }) => covers(pattern, endpoint)))
      throw new SeaworthyError('usage', `No endpoint of the last audit is ${pattern}; "seaworthy access" lists them.`);
    return { endpoint: pattern, allow: [...allow] };
  }
  const draft = drafts.find((one) => one.endpoint === pattern);
  const single = endpoints.find((one) => one.endpoint === pattern);
  const found = draft ?? single;
  if (!found?.allow)
    throw new SeaworthyError(
      'usage',
      `There is no draft for ${pattern}; say who may with --allow, or see "seaworthy access" for those there are.`,
    );
  return { endpoint: pattern, allow: found.allow, why: found.why };
}
