import { parseArgs } from 'node:util';
import { limitOf } from '../model/duration.ts';
import type { TimeLimit } from '../model/duration.ts';
import { SeaworthyError, messageOf } from '../model/errors.ts';
import { profiles, triggers } from '../model/words.ts';
import type { Profile, Trigger } from '../model/words.ts';
import type { CommandName } from './commands.ts';
import { nearest } from './nearest.ts';

/** What `--format` takes: text for a terminal, or the name of a writer of files. */
export const formats = ['text', 'json', 'html', 'markdown', 'sarif', 'junit', 'cyclonedx'] as const;
export type Format = (typeof formats)[number];

/** Services for which init writes a workflow. */
export const ciChoices = ['github', 'gitlab', 'none'] as const;
export type CiChoice = (typeof ciChoices)[number];

export interface Options {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly for: readonly Trigger[];
  readonly profile: Profile | null;
  /** Null when it was not said. */
  readonly seed: string | null;
  /** true: `--run`; false: `--no-run`; null: neither was said. */
  readonly run: boolean | null;
  readonly unsealed: boolean;
  readonly install: boolean;
  /** Ask the package registry about known weaknesses. */
  readonly online: boolean;
  /** The time for experimenting; null when it was not said. */
  readonly budget: TimeLimit | null;
  /** Start over, whatever an interrupted audit left. */
  readonly fresh: boolean;
  readonly format: Format;
  readonly out: string | null;
  readonly report: string | null;
  readonly focus: readonly string[];
  /** Put the draft of intended access into `seaworthy.json`. */
  readonly write: boolean;
  /** Endpoints whose rules somebody confirms. */
  readonly confirm: readonly string[];
  /** Confirm every draft. */
  readonly all: boolean;
  /** Who confirms or signs. */
  readonly by: string | null;
  /** What the one who signs is to the application. */
  readonly role: string | null;
  /** What they say. */
  readonly statement: string | null;
  /** The last day of a sign-off. */
  readonly until: string | null;
  /** The key that signs: PEM of Ed25519, or a key of OpenSSH. */
  readonly key: string | null;
  /** A file of those whose signatures are known, instead of `seaworthy.json`. */
  readonly signers: string | null;
  /** The hash of an entry that somebody kept elsewhere. */
  readonly head: string | null;
  /** Who may use the confirmed endpoint, where that is not what the draft says. */
  readonly allow: readonly string[] | null;
  /** Write the finding as a test instead of running its experiment. */
  readonly asTest: boolean;
  /** Overwrite what is there. */
  readonly force: boolean;
  /** gate: the commit, branch or tag that the change is counted from. */
  readonly base: string | null;
  /** gate: where the baseline lies. */
  readonly baseline: string | null;
  /** gate: take up what is there today as the baseline. */
  readonly update: boolean;
  /** init: take the defaults and ask nothing. */
  readonly yes: boolean;
  /** init: the service that runs the workflow; null when it was not said. */
  readonly ci: CiChoice | null;
  /** init: true: write a hook that runs the gate before a push; false: none; null when it was not said. */
  readonly hook: boolean | null;
  /** Print the answer alone, and nothing on standard error but what went wrong. */
  readonly quiet: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export const defaultSeed = 'seaworthy';

/** What is known of an option: the parser, usage and completion go by it. */
interface OptionRow {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  readonly short?: string;
  /** How usage writes it; the name alone when not given. */
  readonly shown?: string;
  readonly says: string;
  /** Where it takes one of few values, all of them; `files` and `folders` complete as such. */
  readonly values?: readonly string[] | 'files' | 'folders';
  /** The commands that it means something to; all when not given. */
  readonly of?: readonly CommandName[];
}

const experiments = ['audit', 'gate', 'replay'] as const;

/** Every option. */
export const optionTable = {
  run: { type: 'boolean', shown: '--no-run, --run', says: 'only read, or run without a terminal too', of: ['audit', 'gate'] },
  for: {
    type: 'string',
    multiple: true,
    shown: '--for <trigger>',
    says: triggers.join(', '),
    values: triggers,
    of: ['audit', 'gate', 'sign'],
  },
  profile: {
    type: 'string',
    shown: '--profile <profile>',
    says: `${profiles.join(', ')} (default public)`,
    values: profiles,
    of: ['audit', 'gate', 'init'],
  },
  budget: { type: 'string', shown: '--budget <time>', says: 'time for experimenting: 90s, 5m (default) or full', of: experiments },
  fresh: { type: 'boolean', says: 'start over, not where an interrupt stopped', of: ['audit'] },
  focus: { type: 'string', multiple: true, shown: '--focus "GET /path"', says: 'only these endpoints in the drills', of: ['audit'] },
  seed: { type: 'string', shown: '--seed <text>', says: `decides every invented value (default ${defaultSeed})`, of: ['audit', 'gate'] },
  format: {
    type: 'string',
    shown: '--format <format>',
    says: `what is printed on standard output: ${formats.join(', ')}`,
    values: formats,
  },
  out: {
    type: 'string',
    shown: '--out <dir>',
    says: "where the report's files go",
    values: 'files',
    of: ['audit', 'gate', 'export', 'replay'],
  },
  report: {
    type: 'string',
    shown: '--report <file>',
    says: 'the report that a command reads instead of .seaworthy/report.json',
    values: 'files',
    of: ['replay', 'explain', 'access', 'export', 'checkpoint', 'verify', 'diff'],
  },
  write: { type: 'boolean', says: 'put the draft into seaworthy.json', of: ['access'] },
  confirm: {
    type: 'string',
    multiple: true,
    shown: '--confirm "GET /path"',
    says: 'this rule is meant; needs --by <name>',
    of: ['access'],
  },
  allow: { type: 'string', multiple: true, shown: '--allow <who>', says: 'with --confirm: who may instead (owner,admin)', of: ['access'] },
  all: { type: 'boolean', says: 'every draft is meant; needs --by <name>', of: ['access'] },
  by: { type: 'string', shown: '--by <name>', says: 'who says so', of: ['access', 'sign'] },
  key: {
    type: 'string',
    shown: '--key <file>',
    says: 'the key that signs: PEM of Ed25519, or any of OpenSSH (ssh-keygen then signs)',
    values: 'files',
    of: ['checkpoint', 'sign'],
  },
  role: { type: 'string', shown: '--role <text>', says: 'what the one who signs is to the application', of: ['sign'] },
  statement: { type: 'string', shown: '--statement <text>', says: 'what the one who signs says', of: ['sign'] },
  until: { type: 'string', shown: '--until <day>', says: 'the last day on which the sign-off counts, as YYYY-MM-DD', of: ['sign'] },
  signers: {
    type: 'string',
    shown: '--signers <file>',
    says: 'whose keys are known, instead of seaworthy.json (allowed_signers of OpenSSH)',
    values: 'files',
    of: ['verify', 'export'],
  },
  head: { type: 'string', shown: '--head <hash>', says: 'the hash of an entry that you kept elsewhere', of: ['verify'] },
  'as-test': {
    type: 'boolean',
    says: "write the finding as a test of the app's own runner (--out <file>, --force)",
    of: ['replay'],
  },
  force: { type: 'boolean', says: 'overwrite what is there', of: ['replay'] },
  base: {
    type: 'string',
    shown: '--base <ref>',
    says: "what the change is counted from (default: the baseline's commit)",
    of: ['gate'],
  },
  baseline: {
    type: 'string',
    shown: '--baseline <file>',
    says: 'where the baseline lies (default seaworthy.baseline.json)',
    values: 'files',
    of: ['gate'],
  },
  update: { type: 'boolean', says: 'what is there today is known from now on', of: ['gate'] },
  yes: { type: 'boolean', short: 'y', says: 'take the defaults, ask nothing', of: ['init'] },
  ci: {
    type: 'string',
    shown: '--ci <service>',
    says: `${ciChoices.join(', ')} (default: what the repository uses)`,
    values: ciChoices,
    of: ['init'],
  },
  hook: { type: 'boolean', says: 'run the gate before every push too', of: ['init'] },
  install: { type: 'boolean', says: 'install missing dependencies from the registry', of: experiments },
  online: { type: 'boolean', says: 'ask the registry for known weaknesses of packages', of: ['audit', 'gate'] },
  unsealed: { type: 'boolean', says: 'run even where the app cannot be sealed in', of: experiments },
  quiet: { type: 'boolean', short: 'q', says: 'the answer alone, and errors' },
  help: { type: 'boolean', short: 'h', says: 'this, or the same for one command' },
  version: { type: 'boolean', short: 'v', says: 'the version' },
} as const satisfies Record<string, OptionRow>;

/** Options with their names, as rows that all have one shape. */
export const optionRows: readonly (OptionRow & { readonly name: string })[] = Object.entries<OptionRow>(optionTable).map(([name, row]) => ({
  name,
  ...row,
}));

/** The options that mean something to a command. */
export function optionsOf(command: string): typeof optionRows {
  return optionRows.filter(({ of }) => of === undefined || of.some((one) => one === command));
}

/** Parses the command line; throws a usage error with one sentence. */
export function parse(argv: readonly string[]): Options {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], allowPositionals: true, allowNegative: true, options: optionTable });
  } catch (thrown) {
    throw new SeaworthyError('usage', unknownOption(thrown) ?? messageOf(thrown));
  }
  const { values, positionals } = parsed;
  const [command = '', ...rest] = positionals;
  return {
    command,
    arguments: rest,
    for: (values.for ?? []).flatMap((text) => text.split(',')).map((text) => oneOf('--for', text, triggers)),
    profile: values.profile === undefined ? null : oneOf('--profile', values.profile, profiles),
    seed: values.seed ?? null,
    run: values.run ?? null,
    unsealed: values.unsealed ?? false,
    install: values.install ?? false,
    online: values.online ?? false,
    budget: values.budget === undefined ? null : time('--budget', values.budget),
    fresh: values.fresh ?? false,
    format: oneOf('--format', values.format ?? 'text', formats),
    out: values.out ?? null,
    report: values.report ?? null,
    focus: values.focus ?? [],
    write: values.write ?? false,
    confirm: values.confirm ?? [],
    all: values.all ?? false,
    by: values.by ?? null,
    role: values.role ?? null,
    statement: values.statement ?? null,
    until: values.until ?? null,
    key: values.key ?? null,
    signers: values.signers ?? null,
    head: values.head ?? null,
    allow: values.allow?.flatMap((text) => text.split(',')).map((text) => text.trim()) ?? null,
    asTest: values['as-test'] ?? false,
    force: values.force ?? false,
    base: values.base ?? null,
    baseline: values.baseline ?? null,
    update: values.update ?? false,
    yes: values.yes ?? false,
    ci: values.ci === undefined ? null : oneOf('--ci', values.ci, ciChoices),
    hook: values.hook ?? null,
    quiet: values.quiet ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
  };
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new SeaworthyError('usage', `${option} takes one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

function time(option: string, value: string): TimeLimit {
  const limit = limitOf(value);
  if (limit === null) throw new SeaworthyError('usage', `${option} takes a time such as 5m or 90s, or full, not "${value}".`);
  return limit;
}

/** What to say of an option that there is none of; null for other mistakes. */
function unknownOption(thrown: unknown): string | null {
  const name = /^Unknown option '(-[^' ]*)/.exec(messageOf(thrown))?.[1];
  if (name === undefined) return null;
  const near = nearest(
    name,
    optionRows.map((option) => `--${option.name}`),
  );
  return `There is no option "${name}"${near === null ? '; see seaworthy --help.' : `; did you mean ${near}?`}`;
}
