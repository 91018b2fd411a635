import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { isCheckpoint, SeaworthyError, verify } from '../index.ts';
import type { Chain } from '../index.ts';
import type { Verification } from '../model/verification.ts';
import { count, decisionLabel, endingWords, stateTitle, triggerLabel } from '../report/words.ts';
import { hashLine, item, row, stepLines } from '../report/wrap.ts';
import { chainAt, chainPlace, codeAt, signersFor } from './chain.ts';
import { asJson, printsJson } from './json.ts';
import type { ChainPlace } from './chain.ts';
import { keepable, moment } from './checkpoint.ts';
import type { Options } from './options.ts';
import { readReport } from './saved.ts';
import type { Terminal } from './terminal.ts';

/** Says whether the last checkpoint still counts, offline; 0 only when it does. */
export async function verifyCommand(options: Options, terminal: Terminal): Promise<number> {
  const json = printsJson(options);
  const place = chainPlace(options.arguments[0], terminal);
  const { verification } = await verified(place, options, terminal);
  const lines = toLines(verification, terminal);
  terminal.out(json ? asJson(verification) : `${(options.quiet ? lines.slice(0, 1) : lines).join('\n')}\n`);
  return verification.state === 'valid' ? 0 : 1;
}

/** Holds a chain against the code, the clock, those who are known, and the report that lies beside it. */
export async function verified(
  place: ChainPlace,
  options: Options,
  terminal: Terminal,
): Promise<{ chain: Chain; verification: Verification }> {
  if (options.head !== null && !/^[0-9a-f]{16,64}$/i.test(options.head))
    throw new SeaworthyError('usage', '--head takes the hash of an entry, or 16 and more of its first digits.');
  const chain = chainAt(place);
  const code = chain.entries.length > 0 ? await codeAt(place) : null;
  const last = chain.entries.findLast(isCheckpoint)?.payload.audit;
  const changed = last?.commit && code && last.tree.digest !== code.tree.digest ? await code.since(last.commit) : null;
  const verification = verify(chain, {
    now: terminal.now(),
    signers: await signersFor(options, terminal, code?.config ?? null),
    code: code && { tree: code.tree, changed },
    later: await laterThan(last?.startedAt, place, options, terminal),
    kept: options.head?.toLowerCase() ?? null,
  });
  return { chain, verification };
}

/** What a report after the checkpoint knows. */
async function laterThan(startedAt: string | undefined, { app }: ChainPlace, options: Options, terminal: Terminal) {
  const file = options.report === null ? app && join(app, '.seaworthy', 'report.json') : resolve(terminal.cwd, options.report);
  if (file === null || startedAt === undefined || (options.report === null && !existsSync(file))) return null;
  const report = await readReport(file);
  if (report.startedAt <= startedAt || report.target.tree === undefined) return null;
  const { advisories, surface } = keepable(report);
  return { advisories, surface };
}

function toLines(found: Verification, { style }: Terminal): string[] {
  const paint = { valid: 'green', expired: 'yellow', 'code-changed': 'yellow' } as const;
  const colour = found.state in paint ? paint[found.state as keyof typeof paint] : 'red';
  const { checkpoint: last } = found;
  return [
    style('bold', style(colour, stateTitle[found.state])),
    ...[...found.faults, ...found.strangers].flatMap(({ entry, what }) => item(`${entry} ${what}`.trim())),
    ...(last
      ? [
          ...row(
            'checkpoint',
            `${last.sequence} of ${moment(last.date)}${last.commit === null ? '' : `, commit ${last.commit.slice(0, 10)}`}, ${last.ran ? 'read and run' : 'only read'}`,
          ),
          ...row('chain', `${count(found.entries, 'entry', 'entries')}${found.faults.length === 0 ? ', none changed' : ' that hold'}`),
          ...row('code', codeWords(found.code)),
          ...found.triggers.flatMap(({ trigger, decision, applies, until, ended }) =>
            row(
              triggerLabel[trigger],
              `${decisionLabel[decision]}${applies ? '' : ', if it applied'}; ${ended === null ? `counts until ${until}` : `counts ${endingWords[ended]}`}`,
            ),
          ),
          ...(found.signOffs.length === 0
            ? row('signed off', 'by nobody')
            : found.signOffs.flatMap((one) => row('signed off', signOffWords(one)))),
          ...found.advisories.flatMap((one) => row('known since', `${one.package}: weakness ${one.id} (${one.severity})`)),
          ...(found.steps.length > 0
            ? ['  since then', ...found.steps.flatMap(({ sentence, triggers }) => stepLines(sentence, triggers))]
            : []),
          hashLine('head', found.head ?? ''),
        ]
      : []),
  ];
}

function codeWords({ compared, changed, files, settings }: Verification['code']): string {
  if (!compared) return 'not compared: there is none here';
  if (!changed) return 'as it was';
  const named = files?.slice(0, 5).join(', ') ?? '';
  const more = files && files.length > 5 ? ` and ${files.length - 5} more` : '';
  const which =
    files === null
      ? ['changed; which files, git does not know']
      : files.length > 0
        ? [`${count(files.length, 'file')} changed: ${named}${more}`]
        : [];
  return [...which, ...(settings ? ['seaworthy.json judges otherwise'] : [])].join('; ');
}

function signOffWords(one: Verification['signOffs'][number]): string {
  const role = one.role === '' ? '' : `, ${one.role}`;
  const unknowns = one.unknowns === 0 ? 'nothing left unproven' : `knowing of ${count(one.unknowns, 'control')} not proven`;
  return `by ${one.by}${role}, for ${one.scope.join(', ')}, ${one.over ? 'until' : 'counts until'} ${one.until}, ${unknowns}`;
}
