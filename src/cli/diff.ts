import { join, resolve } from 'node:path';
import { difference, isCheckpoint, refuseFaults, SeaworthyError } from '../index.ts';
import type { Chain, Difference } from '../index.ts';
import type { AuditState } from '../model/checkpoint.ts';
import { item, stepLines, wrap } from '../report/wrap.ts';
import { chainAt, chainPlace } from './chain.ts';
import { asJson, printsJson } from './json.ts';
import { keepable } from './checkpoint.ts';
import type { Options } from './options.ts';
import { readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';

/**
 * What changed between two checkpoints (numbers or hashes), or from one to the last report (`now`): by what the application does. Without
 * names, from the last checkpoint to the last report. 0 when nothing got worse, else 1.
 */
export async function diffCommand(options: Options, terminal: Terminal): Promise<number> {
  const json = printsJson(options);
  const references = options.arguments.filter(isReference);
  const [dir, ...stray] = options.arguments.filter((one) => !isReference(one));
  if (stray.length > 0 || references.length > 2)
    throw new SeaworthyError('usage', 'diff takes two of: the number of a checkpoint, its hash, now; and a folder.');
  const place = chainPlace(dir, terminal);
  const chain = chainAt(place);
  refuseFaults(chain);
  const [from, to] = [references[0] ?? 'last', references[1] ?? 'now'];
  const report =
    options.report === null ? join(place.app ?? place.folder, '.seaworthy', 'report.json') : resolve(terminal.cwd, options.report);
  const state = async (reference: string): Promise<AuditState> =>
    reference === 'now' ? keepable(await readReport(report)) : checkpointOf(chain, reference);
  const [before, after] = [await state(from), await state(to)];
  const found = difference(before, after);
  const [one, other] = [label(from, before), label(to, after)];
  if (json) terminal.out(asJson({ from: one, to: other, ...found }));
  else if (options.quiet) terminal.out(`${answerOf(found)}\n`);
  else terminal.out(`${toLines(found, one, other, terminal).join('\n')}\n`);
  return found.worse ? 1 : 0;
}

/** Folders are named with a slash or a dot where they look like one of these. */
function isReference(text: string): boolean {
  return text === 'now' || text === 'last' || /^\d{1,6}$/.test(text) || /^[0-9a-f]{8,64}$/i.test(text);
}

function checkpointOf(chain: Chain, reference: string): AuditState {
  const all = chain.entries.filter(isCheckpoint);
  const found =
    reference === 'last'
      ? all.at(-1)
      : all.find(({ payload, hash }) =>
          /^\d{1,6}$/.test(reference) ? payload.sequence === Number(reference) : hash.startsWith(reference.toLowerCase()),
        );
  if (found) return found.payload.audit;
  const there = all.map(({ payload }) => payload.sequence).join(', ');
  throw new SeaworthyError(
    'checkpoint',
    there === '' ? 'There is no checkpoint yet.' : `There is no checkpoint ${reference}; there are: ${there}.`,
  );
}

function label(reference: string, state: AuditState): string {
  const what =
    reference === 'now' ? 'the last report' : reference === 'last' ? 'the last checkpoint' : `checkpoint ${reference.slice(0, 12)}`;
  return `${what} (${state.startedAt.slice(0, 10)}${state.commit === null ? '' : `, ${state.commit.slice(0, 10)}`})`;
}

const mostShown = 20;

function toLines(found: Difference, from: string, to: string, { style }: Terminal): string[] {
  const { findings, endpoints } = found;
  const access = found.opened.map(
    ({ endpoint, actor, was, leak }) =>
      `${endpoint}: ${actor} ${leak ? "reaches what is someone else's" : 'gets in'}, was ${was === 'out' ? 'kept out' : 'unknown'}`,
  );
  const lines = [
    ...group('Who gets in that did not', access, (line) => style('red', line)),
    ...group(
      'Who is kept out now',
      found.closed.map(({ endpoint, actor }) => `${endpoint}: ${actor}`),
    ),
    ...group(
      'Endpoints that ask less of their callers',
      found.weaker.map(({ endpoint, from: was, to: is }) => `${endpoint}: ${was} -> ${is}`),
      (line) => style('red', line),
    ),
    ...group('Faults that are new', findings.added.map(named), (line) => style('red', line)),
    ...group(
      'Faults that are graver',
      findings.worse.map(({ finding, was }) => `${named(finding)}; was ${was}`),
      (line) => style('red', line),
    ),
    ...group(
      'Faults that no longer show',
      findings.gone.map(({ finding, open }) => `${named(finding)}${open ? '; not proven to be mended' : ''}`),
    ),
    ...group(
      'Verdicts',
      found.verdicts.map(({ trigger, from: was, to: is }) => `${trigger}: ${was} -> ${is}`),
    ),
    ...group(
      'Controls',
      found.controls.map(({ id, from: was, to: is }) => `${id}: ${was} -> ${is}`),
    ),
    ...group('Endpoints that are new', endpoints.added),
    ...group('Endpoints that are gone', endpoints.gone),
    ...(found.steps.length > 0
      ? ['', 'Harder to answer for', ...found.steps.flatMap(({ sentence, triggers }) => stepLines(sentence, triggers))]
      : []),
  ];
  return [
    ...wrap(`From ${from} to ${to}: ${answerOf(found)}.`, '').map((line) => style('bold', line)),
    ...found.notes.flatMap((note) => wrap(note, '')),
    ...lines,
  ];
}

function answerOf({ worse, notes: _notes, ...lists }: Difference): string {
  if (worse) return 'something got worse';
  return somethingIn(lists) ? 'nothing got worse' : 'nothing changed';
}

function somethingIn(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null && Object.values(value).some(somethingIn);
}

function named({ severity, title, subject, id }: Difference['findings']['added'][number]): string {
  return `${severity}, not so: ${title}${subject.name === null ? '' : ` (${subject.name})`}; ${id}`;
}

function group(title: string, items: readonly string[], paint: (line: string) => string = (line) => line): string[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, mostShown).flatMap((one) => item(one).map(paint));
  return ['', `${title} (${items.length})`, ...shown, ...(items.length > mostShown ? [`    and ${items.length - mostShown} more`] : [])];
}
