import { relative, resolve } from 'node:path';
import {
  appendInside,
  audit,
  baselineOf,
  createInside,
  ownRepository,
  ownVersion,
  placeOf,
  SeaworthyError,
  writtenBaseline,
} from '../index.ts';
import type { FolderPlace, Report } from '../index.ts';
import { messageOf } from '../model/errors.ts';
import { profiles, triggers } from '../model/words.ts';
import { oneLine } from '../report/visible.ts';
import { concerned, count, profileLabel } from '../report/words.ts';
import { wrap } from '../report/wrap.ts';
import { engineOptions } from './audit.ts';
import { detectedCi, planFor } from './init/plan.ts';
import type { Plan, Step, Wanted } from './init/plan.ts';
import { ciChoices } from './options.ts';
import type { Options } from './options.ts';
import { progressOn } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Sets up the gate in a folder: shows what it writes, then writes it; overwrites nothing and executes nothing of the application. */
export async function initCommand(options: Options, terminal: Terminal): Promise<number> {
  const place = placeOf(resolve(terminal.cwd, options.arguments[0] ?? '.'));
  const inText = options.format === 'text';
  if (!inText && options.format !== 'json') throw new SeaworthyError('usage', `init prints text or json, not ${options.format}.`);
  const asking = !options.yes && !options.quiet && inText ? terminal.ask : undefined;
  const progress = progressOn(terminal);
  const read = (): Promise<Report> =>
    audit({
      ...engineOptions(options, terminal),
      dir: place.root,
      run: false,
      whyNot: 'init only reads',
      listen: progress.listen,
    }).finally(progress.end);
  const found = await read();
  const tell = (lines: readonly string[]): void => {
    if (inText && !options.quiet) terminal.out(`${lines.join('\n')}\n`);
  };
  tell(foundLines(found));
  const wanted = asking ? await asked(place, options, asking) : defaults(place, options);
  const plan = planFor(place, wanted, detectedIn(found), { version: ownVersion(), repository: ownRepository() });
  const writes = options.yes || asking !== undefined;
  tell(planLines(plan, terminal, place, !options.yes));
  const nothing = [...plan.steps, plan.baseline].every(({ does }) => does === 'leave');
  let known: number | null = null;
  if (writes && !nothing) {
    for (const step of plan.steps) write(step);
    // Read again, so that what was just written is part of what the gate compares with.
    if (plan.baseline.does === 'create') {
      const baseline = baselineOf(await read());
      known = baseline.findings.length;
      write({ ...plan.baseline, text: writtenBaseline(baseline) });
    }
  }
  if (!inText) terminal.out(`${JSON.stringify(asJson(plan, place, writes && !nothing, known), null, 2)}\n`);
  else if (options.quiet)
    terminal.out(`${nothing ? 'Nothing to write.' : writes ? 'Written.' : 'Nothing was written; --yes writes it.'}\n`);
  else tell(endLines(plan, place, { writes, nothing, known }));
  return 0;
}

function detectedIn(report: Report) {
  const applying = concerned(report).map(({ trigger }) => trigger);
  return triggers.filter((one) => applying.includes(one));
}

function defaults(place: FolderPlace, options: Options): Wanted {
  return { profile: options.profile, ci: options.ci ?? detectedCi(place).ci, hook: options.hook ?? false };
}

/** The three questions, each left out that the command line has answered. */
async function asked(place: FolderPlace, options: Options, ask: NonNullable<Terminal['ask']>): Promise<Wanted> {
  const usual = defaults(place, options);
  const one = async <T extends string>(question: string, choices: readonly T[], preset: T): Promise<T> => {
    const answer = (await ask(`${question} (${choices.join(', ')}) [${preset}] `)).trim().toLowerCase();
    return choices.find((choice) => answer !== '' && choice.startsWith(answer)) ?? preset;
  };
  const profile = options.profile ?? (await one('Who is it for?', profiles, 'public'));
  const { because } = detectedCi(place);
  const ci = options.ci ?? (await one(`Which service checks changes? Here ${because}.`, ciChoices, usual.ci));
  const hook =
    options.hook ?? (place.repository !== null && (await one('Check before every push too?', ['yes', 'no'] as const, 'no')) === 'yes');
  return { profile, ci, hook };
}

function write({ base, path, does, text, mode }: Step): void {
  try {
    if (does === 'create') createInside(base, path, text, mode);
    else if (does === 'append') appendInside(base, path, text);
  } catch (cause) {
    throw new SeaworthyError('usage', messageOf(cause), { cause });
  }
}

/** A file as people here call it: by its way from the application's folder. */
function nameOf({ base, path }: Step, { root }: FolderPlace): string {
  return oneLine(relative(root, resolve(base, path)));
}

function foundLines(report: Report): string[] {
  const frameworks = [...new Set(report.units.flatMap((unit) => unit.frameworks))].join(', ');
  const detected = detectedIn(report);
  return wrap(
    `Read ${oneLine(report.target.name)}: ${count(report.endpoints.length, 'endpoint')}${frameworks === '' ? '' : ` (${oneLine(frameworks)})`}. ${detected.length === 0 ? 'No launch trigger was detected.' : `It seems to concern: ${detected.join(', ')}.`} Judged as ${profileLabel[report.profile]}. Nothing of it was executed.`,
    '',
  );
}

function planLines({ steps, baseline, byHand }: Plan, { style }: Terminal, place: FolderPlace, whole: boolean): string[] {
  const all = [...steps, baseline];
  const line = (step: Step): string[] => {
    const name = nameOf(step, place);
    return name.length > 32
      ? [`  ${name}`, ...wrap(step.says, ' '.repeat(36))]
      : wrap(step.says, ' '.repeat(36)).map((text, index) => (index === 0 ? `  ${name.padEnd(34)}${text.trimStart()}` : text));
  };
  const written = all.filter(({ does }) => does !== 'leave');
  const left = all.filter(({ does }) => does === 'leave');
  return [
    ...(written.length > 0 ? ['', style('bold', 'To write'), ...written.flatMap(line)] : []),
    ...(left.length > 0 ? ['', style('bold', 'Left alone'), ...left.flatMap(line)] : []),
    ...(byHand.length > 0 ? ['', style('bold', 'For you to do'), ...byHand.flatMap((text) => wrap(text, '    ', '  '))] : []),
    ...(whole
      ? steps
          .filter(({ does }) => does !== 'leave')
          .flatMap((step) => [
            '',
            style('bold', nameOf(step, place)),
            ...step.text
              .trim()
              .split('\n')
              .map((text) => `  ${text}`.trimEnd()),
          ])
      : []),
  ];
}

interface Done {
  readonly writes: boolean;
  readonly nothing: boolean;
  readonly known: number | null;
}

function endLines(plan: Plan, place: FolderPlace, { writes, nothing, known }: Done): string[] {
  if (nothing)
    return [
      '',
      ...wrap('Everything is there already; nothing was written. "npx seaworthy gate" says whether a change makes anything worse.', ''),
    ];
  if (!writes) return ['', ...wrap('Nothing was written. To write it: npx seaworthy init --yes (also --profile, --ci and --hook).', '')];
  const files = [...plan.steps, plan.baseline].filter(({ does, path }) => does !== 'leave' && !path.startsWith('hooks/'));
  return [
    '',
    ...wrap(
      known === null
        ? 'Written.'
        : `Written. ${count(known, 'finding')} of today ${known === 1 ? 'is' : 'are'} known to the gate now: known, not forgiven. They still count in every audit.`,
      '',
    ),
    '',
    'Next',
    '  1. Look the files over and commit them:',
    ...(place.repository === null
      ? ['     git init, so that the gate can tell what a change changes']
      : files.map(
          (step, index, { length }) =>
            `${index === 0 ? '     git add ' : '       '}${nameOf(step, place)}${index < length - 1 ? ' \\' : ''}`,
        )),
    '  2. npx seaworthy gate     does a change make anything worse?',
    '  3. npx seaworthy audit    can it be launched, and what to mend first?',
  ];
}

function asJson({ steps, baseline, byHand }: Plan, place: FolderPlace, written: boolean, known: number | null) {
  const all = [...steps, baseline].map((step) => ({ file: nameOf(step, place), does: step.does, says: step.says, text: step.text }));
  return { written, files: all, byHand, known };
}
