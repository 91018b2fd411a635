import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import {
  addToChainFolder,
  codeOf,
  expiryOf,
  isCheckpoint,
  nextEntry,
  ownKey,
  plainHand,
  refuseFaults,
  SeaworthyError,
  stateOf,
  stepsUp,
} from '../index.ts';
import type { Entry, Report } from '../index.ts';
import type { AuditState, CheckpointPayload } from '../model/checkpoint.ts';
import { triggers } from '../model/words.ts';
import { withoutFiles } from '../report/without-source.ts';
import { count, decisionLabel, triggerLabel } from '../report/words.ts';
import { hashLine, row, stepLines, wrap } from '../report/wrap.ts';
import { chainAt, handOf, ownFolder } from './chain.ts';
import { asJson, printsJson } from './json.ts';
import type { Options } from './options.ts';
import { readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';

/** Adds the last report to the chain of checkpoints, signed with the tool's key. */
export async function checkpointCommand(options: Options, terminal: Terminal): Promise<number> {
  const json = printsJson(options);
  const app = resolve(terminal.cwd, options.arguments[0] ?? '.');
  const report = await readReport(resolve(terminal.cwd, options.report ?? join(app, '.seaworthy', 'report.json')));
  const audit = keepable(report);
  if (audit.bounds.focus.length > 0 && audit.ran)
    throw new SeaworthyError(
      'checkpoint',
      'The last report is about a part of the application (a gate, or --focus): run "seaworthy audit" first.',
    );
  const code = await codeOf(app);
  if (code.tree.digest !== audit.tree.digest || code.tree.settings !== audit.tree.settings)
    throw new SeaworthyError('checkpoint', 'The code or seaworthy.json has changed since the last audit: run "seaworthy audit" first.');
  const place = { folder: join(app, '.seaworthy', 'checkpoints'), app };
  const chain = chainAt(place);
  refuseFaults(chain);
  const before = chain.entries.findLast(isCheckpoint);
  if (before && before.payload.audit.startedAt === audit.startedAt && before.payload.audit.tree.digest === audit.tree.digest) {
    terminal.out(json ? asJson(described(before)) : `This audit is kept already, as checkpoint ${before.payload.sequence}.\n`);
    return 0;
  }
  const hand = options.key === null ? plainHand(ownKey()) : await handOf(options.key, terminal);
  const content = {
    kind: 'checkpoint' as const,
    date: terminal.now().toISOString(),
    audit,
    expires: expiryOf(audit, code.config.checkpoints?.days ?? {}),
  };
  addToChainFolder(place.folder, await nextEntry(chain, content, hand));
  await ownFolder(app);
  const added = chainAt(place).entries.filter(isCheckpoint).at(-1);
  if (!added) throw new SeaworthyError('checkpoint', 'The checkpoint was written, but cannot be read again.');
  const steps = stepsUp(before?.payload.audit.surface, audit.surface);
  if (json) terminal.out(asJson({ ...described(added), steps }));
  else if (options.quiet) terminal.out(`${added.hash}\n`);
  else {
    const file = relative(terminal.cwd, join(place.folder, added.name));
    const stepped = steps.flatMap(({ sentence, triggers }) => stepLines(sentence, triggers));
    terminal.out(
      [
        ...keptLines(added, file, terminal),
        ...(stepped.length > 0 ? ['', `Since checkpoint ${before?.payload.sequence ?? 0}`, ...stepped] : []),
        ...nextLines(app),
        '',
      ].join('\n'),
    );
  }
  return 0;
}

/** What a checkpoint keeps of a report. Throws for reports of before the code was kept as a hash. */
export function keepable(report: Report): AuditState {
  const state = stateOf(report, withoutFiles(report));
  if (state) return state;
  throw new SeaworthyError('checkpoint', 'The last report does not say which code it is about: run "seaworthy audit" again.');
}

function described({ name, hash, payload }: Entry<CheckpointPayload>) {
  return { entry: name, sequence: payload.sequence, hash, payload };
}

function keptLines(
  { payload: { sequence, audit, expires }, key, hash }: Entry<CheckpointPayload>,
  file: string,
  { style }: Terminal,
): string[] {
  return [
    ...wrap(`Kept as checkpoint ${sequence}: ${file}`, '').map((line) => style('bold', line)),
    ...row('application', `${audit.application}${audit.commit === null ? '' : `, commit ${audit.commit.slice(0, 10)}`}`),
    ...row('audit', `${moment(audit.startedAt)}, ${audit.ran ? 'read and run' : 'only read'}`),
    ...triggers.flatMap((trigger) => {
      const until = expires[trigger]?.until;
      const { decision, applies } = audit.verdicts[trigger] ?? { decision: 'unproven', applies: false };
      const says = `${decisionLabel[decision]}${applies ? '' : ', if it applied'}; counts until ${until}`;
      return until === undefined ? [] : row(triggerLabel[trigger], says);
    }),
    ...row('not proven', count(audit.unproven.length, 'control')),
    ...row('signed with', key.id),
    hashLine('head', hash),
  ];
}

/** `2026-11-21 20:45 UTC`. */
export function moment(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function nextLines(app: string): string[] {
  const ignored = existsSync(join(app, '.gitignore')) && /^\/?\.seaworthy\/?\**$/m.test(readFileSync(join(app, '.gitignore'), 'utf8'));
  return [
    '',
    ...wrap('Keep the head elsewhere too: only against it shows that entries were cut off.', ''),
    ...wrap(
      ignored
        ? 'Your .gitignore leaves .seaworthy out: take that line away (the folder ignores itself but for checkpoints), and commit them.'
        : 'Commit .seaworthy/checkpoints; git ignores what else is in .seaworthy.',
      '',
    ),
    ...wrap('A person puts their name under it: seaworthy sign --by "Ann Lee" --key FILE', ''),
  ];
}
