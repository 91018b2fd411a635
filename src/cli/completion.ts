import { checks, controls, SeaworthyError, triggerPolicies } from '../index.ts';
import { commandNames, commandTable } from './commands.ts';
import type { CommandName } from './commands.ts';
import { optionRows, optionsOf } from './options.ts';
import type { Options } from './options.ts';
import { nearest } from './nearest.ts';
import type { Terminal } from './terminal.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** Prints a script by which a shell completes commands, options, their values and what can be explained. */
export async function completionCommand(options: Options, terminal: Terminal): Promise<number> {
  const [name] = options.arguments;
  const shell = shells.find((one) => one === name);
  if (shell === undefined) {
    const near = name === undefined ? null : nearest(name, shells);
    throw new SeaworthyError(
      'usage',
      `completion takes one of ${shells.join(', ')}${name === undefined ? '' : `, not "${name}"`}${near === null ? '' : `; did you mean ${near}?`}`,
    );
  }
  terminal.out(`${{ bash, zsh, fish }[shell]().join('\n')}\n`);
  return 0;
}

/** Words that stand behind a command: fixed ones, else folders. */
function argumentsOf(command: CommandName): readonly string[] | 'folders' | 'nothing' {
  if (command === 'explain')
    return [...new Set([...Object.keys(triggerPolicies), ...Object.keys(checks), ...controls.map(({ id }) => id)])].toSorted();
  if (command === 'completion') return shells;
  return command === 'replay' ? 'nothing' : 'folders';
}

const flagsOf = (command: string): string[] =>
  optionsOf(command).flatMap(({ name }) => (name === 'run' ? ['--no-run', '--run'] : [`--${name}`]));

const anyFlags = ['--help', '--version'];
/** Options that take a value: those with fixed ones, those that take a file, the others. */
const taking = optionRows.filter(({ type }) => type === 'string');
const fixed = taking.flatMap(({ name, values }) => (Array.isArray(values) ? [{ name, values: values as readonly string[] }] : []));
const files = taking.filter(({ values }) => values === 'files').map(({ name }) => `--${name}`);
const free = taking.filter(({ values }) => values === undefined).map(({ name }) => `--${name}`);

/** The lines of a `case` that sh, bash and zsh understand, in which `offer` says how words are offered. */
function cases(offer: { words: (words: readonly string[]) => string; files: string; folders: string; nothing: string }): string[] {
  return [
    '  case "$prev" in',
    '    --format)',
    '      case "$command" in',
    ...commandNames.map((name) => `        ${name}) ${offer.words(commandTable[name].formats)} ;;`),
    '      esac',
    '      return ;;',
    ...fixed.filter(({ name }) => name !== 'format').map(({ name, values }) => `    --${name}) ${offer.words(values)}; return ;;`),
    `    ${files.join('|')}) ${offer.files}; return ;;`,
    `    ${free.join('|')}) return ;;`,
    '  esac',
    '  case "$cur" in',
    '    -*)',
    '      case "$command" in',
    ...commandNames.map((name) => `        ${name}) ${offer.words(flagsOf(name))} ;;`),
    `        *) ${offer.words(anyFlags)} ;;`,
    '      esac',
    '      return ;;',
    '  esac',
    '  case "$command" in',
    `    '') ${offer.words(commandNames)} ;;`,
    ...commandNames.map((name) => {
      const words = argumentsOf(name);
      return `    ${name}) ${words === 'folders' ? offer.folders : words === 'nothing' ? offer.nothing : offer.words(words)} ;;`;
    }),
    '  esac',
  ];
}

function bash(): string[] {
  return [
    '# Completes seaworthy in bash: put  eval "$(seaworthy completion bash)"  into ~/.bashrc.',
    '_seaworthy() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="" command="" word at',
    '  if ((COMP_CWORD > 0)); then prev="${COMP_WORDS[COMP_CWORD - 1]}"; fi',
    '  if [[ $cur == "=" ]]; then cur=""; fi',
    '  if [[ $prev == "=" ]]; then prev="${COMP_WORDS[COMP_CWORD - 2]}"; fi',
    '  for ((at = 1; at < COMP_CWORD; at++)); do',
    '    word="${COMP_WORDS[at]}"',
    '    if [[ $word != -* ]]; then command="$word"; break; fi',
    '  done',
    '  COMPREPLY=()',
    ...cases({
      words: (words) => `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur"))`,
      files: 'COMPREPLY=($(compgen -f -- "$cur"))',
      folders: 'COMPREPLY=($(compgen -d -- "$cur"))',
      nothing: 'return',
    }),
    '}',
    'complete -o filenames -F _seaworthy seaworthy',
  ];
}

function zsh(): string[] {
  return [
    '#compdef seaworthy',
    '# Completes seaworthy in zsh: put  eval "$(seaworthy completion zsh)"  into ~/.zshrc, after compinit.',
    '_seaworthy() {',
    '  local cur="${words[CURRENT]}" prev="${words[CURRENT-1]}" command="" word',
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    '    if [[ $word != -* ]]; then command="$word"; break; fi',
    '  done',
    ...cases({ words: (words) => `compadd -- ${words.join(' ')}`, files: '_files', folders: '_files -/', nothing: 'return' }),
    '}',
    'if [[ ${funcstack[1]} == _seaworthy ]]; then _seaworthy "$@"; else compdef _seaworthy seaworthy; fi',
  ];
}

function fish(): string[] {
  const said = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return [
    '# Completes seaworthy in fish: seaworthy completion fish > ~/.config/fish/completions/seaworthy.fish',
    'complete -c seaworthy -f',
    ...commandNames.map((name) => `complete -c seaworthy -n __fish_use_subcommand -a ${name} -d ${said(commandTable[name].says)}`),
    ...commandNames.flatMap((name) => {
      const when = `complete -c seaworthy -n '__fish_seen_subcommand_from ${name}'`;
      const words = argumentsOf(name);
      return [
        ...optionsOf(name).flatMap(({ name: option, type, values, says }) => {
          const takes =
            option === 'format'
              ? ` -xa ${said(commandTable[name].formats.join(' '))}`
              : type === 'boolean'
                ? ''
                : values === 'files'
                  ? ' -rF'
                  : Array.isArray(values)
                    ? ` -xa ${said(values.join(' '))}`
                    : ' -x';
          return (option === 'run' ? ['no-run', 'run'] : [option]).map((flag) => `${when} -l ${flag}${takes} -d ${said(says)}`);
        }),
        words === 'folders'
          ? `${when} -a '(__fish_complete_directories)'`
          : words === 'nothing'
            ? `${when} -a ''`
            : `${when} -a ${said(words.join(' '))}`,
      ];
    }),
  ];
}
