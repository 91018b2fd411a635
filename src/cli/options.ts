import { parseArgs } from 'node:util';
import { limitOf } from '../model/duration.ts';
import type { TimeLimit } from '../model/duration.ts';
import { SeaworthyError, messageOf } from '../model/errors.ts';
import { profiles, triggers } from '../model/words.ts';
import type { Profile, Trigger } from '../model/words.ts';

/** What `--format` takes: text for a terminal, or the name of a writer of files. */
export const formats = ['text', 'json', 'html', 'markdown', 'sarif', 'junit', 'cyclonedx'] as const;
export type Format = (typeof formats)[number];

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
  /** Who confirms. */
  readonly by: string | null;
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
  readonly help: boolean;
  readonly version: boolean;
}

export const defaultSeed = 'seaworthy';

/** Parses the command line; throws a usage error with one sentence. */
export function parse(argv: readonly string[]): Options {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      allowNegative: true,
      options: {
        for: { type: 'string', multiple: true },
        profile: { type: 'string' },
        seed: { type: 'string' },
        run: { type: 'boolean' },
        unsealed: { type: 'boolean' },
        install: { type: 'boolean' },
        online: { type: 'boolean' },
        budget: { type: 'string' },
        fresh: { type: 'boolean' },
        format: { type: 'string' },
        out: { type: 'string' },
        report: { type: 'string' },
        focus: { type: 'string', multiple: true },
        write: { type: 'boolean' },
        confirm: { type: 'string', multiple: true },
        all: { type: 'boolean' },
        by: { type: 'string' },
        allow: { type: 'string', multiple: true },
        'as-test': { type: 'boolean' },
        force: { type: 'boolean' },
        base: { type: 'string' },
        baseline: { type: 'string' },
        update: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (thrown) {
    throw new SeaworthyError('usage', messageOf(thrown));
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
    allow: values.allow?.flatMap((text) => text.split(',')).map((text) => text.trim()) ?? null,
    asTest: values['as-test'] ?? false,
    force: values.force ?? false,
    base: values.base ?? null,
    baseline: values.baseline ?? null,
    update: values.update ?? false,
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

export const usage = `Usage
  seaworthy audit [dir]      read the application, run it, judge it
  seaworthy replay <finding> run the experiment of a finding again
  seaworthy explain <id>     a check, control, trigger or finding in plain words
  seaworthy access [dir]     who each endpoint seems meant for, and what only
                             the owner of the application can say
  seaworthy gate [dir]       does this change make anything worse? stops what
                             is new since the baseline

  seaworthy export [dir]     the last report without anything of the source,
                             for an investor or a buyer

Options
  --no-run, --run            only read, or run without a terminal too
  --for <trigger>            ${triggers.join(', ')}
  --profile <profile>        ${profiles.join(', ')} (default public)
  --budget <time>            time for experimenting: 90s, 5m (default) or full
  --fresh                    start over, not where an interrupt stopped
  --focus "GET /path"        only these endpoints in the drills
  --seed <text>              decides every invented value (default ${defaultSeed})
  --format <format>          what is printed on standard output:
                             ${formats.join(', ')}
  --out <dir>                where the report's files go
  --report <file>            the report that replay, explain, access and
                             export read
  --write                    access: put the draft into seaworthy.json
  --confirm "GET /path"      access: this rule is meant; needs --by <name>
  --allow <who>              with --confirm: who may instead (owner,admin)
  --all                      access: every draft is meant; needs --by <name>
  --as-test                  replay: write the finding as a test of the
                             app's own runner (--out <file>, --force)
  --base <ref>               gate: what the change is counted from (default:
                             the baseline's commit)
  --baseline <file>          gate: where the baseline lies (default
                             seaworthy.baseline.json)
  --update                   gate: what is there today is known from now on
  --install                  install missing dependencies from the registry
  --online                   ask the registry for known weaknesses of packages
  --unsealed                 run even where the app cannot be sealed in
  --help, --version

Exit codes
  0 go or conditional; for gate: nothing is worse; for replay: the effect
    no longer shows
  1 no-go or unproven; for gate: something is worse; for replay: the
    effect shows again, or could not be staged
  2 wrong usage, or the tool itself failed
`;
