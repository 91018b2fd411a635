import type { Format } from './options.ts';

/** What is known of a command: usage, help and completion are written from it. */
export interface CommandRow {
  /** What it is about, as usage shows it; empty for nothing. */
  readonly takes: string;
  readonly says: string;
  readonly formats: readonly Format[];
  /** What its exit code 0 means, and 1 where it has that. */
  readonly exits: readonly [zero: string, one?: string];
}

const plain: readonly Format[] = ['text', 'json'];

/** Every command, in the order in which somebody new meets them. */
export const commandTable = {
  init: {
    takes: '[dir]',
    says: 'set up the gate: configuration, workflow, baseline',
    formats: plain,
    exits: ['written, or shown what it would write'],
  },
  audit: {
    takes: '[dir]',
    says: 'read the application, run it, judge it',
    formats: ['text', 'json', 'html', 'markdown', 'sarif', 'junit', 'cyclonedx'],
    exits: ['go or conditional', 'no-go or unproven'],
  },
  explain: {
    takes: '[id]',
    says: 'a check, control, trigger or finding in plain words',
    formats: plain,
    exits: ['explained'],
  },
  replay: {
    takes: '<finding>',
    says: 'run the experiment of a finding again',
    formats: plain,
    exits: ['the effect no longer shows', 'it shows again, or could not be staged'],
  },
  access: {
    takes: '[dir]',
    says: 'who each endpoint seems meant for, and what only the owner of the application can say',
    formats: plain,
    exits: ['shown, or written'],
  },
  gate: {
    takes: '[dir]',
    says: 'does this change make anything worse? stops what is new since the baseline',
    formats: ['text', 'json', 'markdown', 'sarif', 'junit'],
    exits: ['nothing is worse', 'something is worse'],
  },
  export: {
    takes: '[dir]',
    says: 'the last report without anything of the source, for an investor or a buyer',
    formats: ['text', 'json', 'html', 'markdown', 'junit', 'cyclonedx'],
    exits: ['written'],
  },
  checkpoint: {
    takes: '[dir]',
    says: 'keep what the last report shows, signed with the key of the tool',
    formats: plain,
    exits: ['kept'],
  },
  sign: {
    takes: '[dir]',
    says: "put a person's name under the last checkpoint: --by <name> --key <file>",
    formats: plain,
    exits: ['signed'],
  },
  verify: {
    takes: '[dir]',
    says: 'whether the last checkpoint still counts; dir may be the folder of the checkpoints alone, without the code',
    formats: plain,
    exits: ['valid', 'expired, code changed, unknown signer, tampered, or nothing there'],
  },
  diff: {
    takes: '[a] [b] [dir]',
    says: 'what changed between two checkpoints (numbers or hashes), or until the last report (now)',
    formats: plain,
    exits: ['nothing got worse', 'something got worse'],
  },
  completion: {
    takes: '<shell>',
    says: 'a script that completes commands, options and ids: bash, zsh or fish',
    formats: ['text'],
    exits: ['printed'],
  },
} as const satisfies Record<string, CommandRow>;

export type CommandName = keyof typeof commandTable;

export const commandNames = Object.keys(commandTable) as readonly CommandName[];

/** The row of a command; undefined for what is no command. */
export function commandNamed(name: string): CommandRow | undefined {
  return commandNames.some((one) => one === name) ? commandTable[name as CommandName] : undefined;
}
