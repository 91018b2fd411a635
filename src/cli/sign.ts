import {
  addToChainFolder,
  configuredSigners,
  dayAfter,
  existingOwnKey,
  isCheckpoint,
  isSignOff,
  nextEntry,
  plainHand,
  refuseFaults,
  SeaworthyError,
  unknownsOf,
} from '../index.ts';
import type { Chain, Hand, Signer } from '../index.ts';
import { triggers } from '../model/words.ts';
import type { Trigger } from '../model/words.ts';
import { count } from '../report/words.ts';
import { hashLine, row, wrap } from '../report/wrap.ts';
import { chainAt, chainPlace, codeAt, handOf } from './chain.ts';
import { asJson, printsJson } from './json.ts';
import type { Options } from './options.ts';
import type { Terminal } from './terminal.ts';

const usualStatement = 'I have read what was found and what was not proven, and answer for the scope named here.';

/** Adds a person's sign-off of the last checkpoint: for which triggers, knowing what was not proven, until when. */
export async function signCommand(options: Options, terminal: Terminal): Promise<number> {
  const json = printsJson(options);
  const { by, key: file } = options;
  if (by === null || file === null)
    throw new SeaworthyError('usage', 'sign takes who signs and with which key: --by "Ann Lee" --key ~/.ssh/id_ed25519');
  const place = chainPlace(options.arguments[0], terminal);
  const chain = chainAt(place);
  refuseFaults(chain);
  const about = chain.entries.findLast(isCheckpoint);
  if (!about) throw new SeaworthyError('checkpoint', 'There is no checkpoint to sign yet: "seaworthy checkpoint" keeps the last report.');
  const { audit, expires } = about.payload;
  const scope = scopeOf(options, Object.keys(expires));
  const until = options.until ?? scope.flatMap((one) => expires[one]?.until ?? []).toSorted()[0] ?? dayAfter(audit.startedAt, 90);
  const now = terminal.now().toISOString();
  if (!/^\d{4}-\d\d-\d\d$/.test(until) || Number.isNaN(Date.parse(until)) || until < now.slice(0, 10))
    throw new SeaworthyError('usage', `--until takes a day to come, as YYYY-MM-DD, not "${until}".`);
  const code = await codeAt(place);
  const known = configuredSigners(code?.config.signers ?? []);
  const hand = await handOf(file, terminal);
  refuseTool(hand, chain, known);
  refuseOthers(hand, by, known);
  const unknowns = unknownsOf(audit, scope);
  const content = {
    kind: 'sign-off' as const,
    date: now,
    about: about.hash,
    by,
    role: options.role ?? '',
    scope,
    unknowns,
    statement: options.statement ?? usualStatement,
    until,
  };
  addToChainFolder(place.folder, await nextEntry(chain, content, hand));
  const added = chainAt(place).entries.findLast(isSignOff);
  if (!added) throw new SeaworthyError('checkpoint', 'The sign-off was written, but cannot be read again.');
  if (json) {
    terminal.out(asJson({ entry: added.name, sequence: added.payload.sequence, hash: added.hash, payload: added.payload }));
    return 0;
  }
  if (options.quiet) {
    terminal.out(`${added.hash}\n`);
    return 0;
  }
  const refusedFor = scope.filter((one) => audit.verdicts[one]?.decision === 'no-go');
  const stranger = known.every(({ id }) => id !== hand.key.id);
  terminal.out(
    [
      ...wrap(`Signed off: checkpoint ${about.payload.sequence}, as entry ${added.payload.sequence}.`, '').map((line) =>
        terminal.style('bold', line),
      ),
      ...row('by', options.role === null ? by : `${by}, ${options.role}`),
      ...row('for', scope.map((one) => `${one} (${audit.verdicts[one]?.decision ?? 'unproven'})`).join(', ')),
      ...row('until', until),
      ...row('says', content.statement),
      ...row('knowing of', `${count(unknowns.length, 'control')} not proven${unknowns.length > 0 ? ':' : ''}`),
      ...unknowns.flatMap(({ control, reason }) => wrap(`${control}: ${reason}`, '      ', '    - ')),
      ...(refusedFor.length > 0
        ? row('mind', `the verdict for ${refusedFor.join(', ')} is no-go; a signature keeps that on record and does not change it`)
        : []),
      ...row('signed with', hand.key.id),
      hashLine('head', added.hash),
      ...(stranger && place.app !== null
        ? [
            '',
            ...wrap('Nobody listed that key yet, so verify will not know it. Into seaworthy.json:', ''),
            `  "signers": [{ "name": ${JSON.stringify(by)},`,
            `    "key": "${hand.key.line}" }]`,
          ]
        : []),
      '',
    ].join('\n'),
  );
  return 0;
}

function scopeOf(options: Options, offered: readonly string[]): Trigger[] {
  const stray = options.for.find((one) => !offered.includes(one));
  if (stray !== undefined)
    throw new SeaworthyError('usage', `The checkpoint says nothing about ${stray}; it is about ${offered.join(', ')}.`);
  return triggers.filter((one) => (options.for.length > 0 ? options.for.includes(one) : offered.includes(one)));
}

/** What the tool found and what a person answers for are two words: they take two keys. */
function refuseTool({ key }: Hand, chain: Chain, known: readonly Signer[]): void {
  const own = existingOwnKey();
  const tool =
    chain.entries.filter(isCheckpoint).some((one) => one.key.id === key.id) ||
    known.some(({ id, tool: machine }) => machine && id === key.id) ||
    (own !== null && plainHand(own).key.id === key.id);
  if (tool)
    throw new SeaworthyError('checkpoint', 'This is the key of the tool, which signs checkpoints. A person signs with a key of their own.');
}

function refuseOthers({ key }: Hand, by: string, known: readonly Signer[]): void {
  const others = known.filter(({ id }) => id === key.id);
  const same = others.some(({ names }) => names.some((name) => name.toLowerCase() === by.toLowerCase()));
  if (others.length > 0 && !same)
    throw new SeaworthyError(
      'checkpoint',
      `seaworthy.json says that this is the key of ${others[0]?.names[0] ?? 'another'}, not of ${by}.`,
    );
}
