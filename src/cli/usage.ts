import { wrap } from '../report/wrap.ts';
import { commandNamed, commandNames, commandTable } from './commands.ts';
import type { CommandRow } from './commands.ts';
import { optionRows, optionsOf } from './options.ts';

/** Where what is said of a command or an option begins. */
const column = 29;

/** How the tool is used, or one of its commands; at most 80 columns. */
export function usageOf(command: string): string {
  const row = commandNamed(command);
  return `${(row ? ofCommand(command, row) : ofAll()).join('\n')}\n`;
}

function ofAll(): string[] {
  return [
    'Usage',
    ...commandNames.flatMap((name) => entry(`seaworthy ${name} ${commandTable[name].takes}`, commandTable[name].says)),
    '',
    'Options (seaworthy <command> --help shows those of one command)',
    ...optionRows.flatMap(({ name, shown, says, of }) =>
      entry(shown ?? `--${name}`, of !== undefined && of.length <= 2 && !of.includes('audit') ? `${of.join(', ')}: ${says}` : says),
    ),
    '',
    'Exit codes',
    ...wrap('audit: go or conditional; gate, diff: nothing is worse; replay: the effect no longer shows; verify: valid', '    ', '  0 '),
    ...wrap(
      'audit: no-go or unproven; gate, diff: something is worse; replay: the effect shows again, or could not be staged; verify: anything but valid',
      '    ',
      '  1 ',
    ),
    '  2 wrong usage, or the tool itself failed',
  ];
}

function ofCommand(name: string, { takes, says, formats, exits }: CommandRow): string[] {
  return [
    `Usage: seaworthy ${name} ${takes}`.trimEnd(),
    ...wrap(`${says[0]?.toUpperCase() ?? ''}${says.slice(1)}.`, ''),
    '',
    'Options',
    ...optionsOf(name).flatMap((option) =>
      option.name === 'format'
        ? entry('--format <format>', `what is printed on standard output: ${formats.join(', ')}`)
        : entry(option.shown ?? `--${option.name}`, option.says),
    ),
    '',
    'Exit codes',
    ...wrap(exits[0], '    ', '  0 '),
    ...(exits[1] === undefined ? [] : wrap(exits[1], '    ', '  1 ')),
    '  2 wrong usage, or the tool itself failed',
  ];
}

function entry(label: string, says: string): string[] {
  const lines = wrap(says, ' '.repeat(column));
  const left = `  ${label}`;
  return left.length < column ? [left.padEnd(column) + (lines[0] ?? '').trimStart(), ...lines.slice(1)] : [left, ...lines];
}
