import { messageOf, SeaworthyError } from '../model/errors.ts';
import { visible } from '../report/visible.ts';
import { accessCommand } from './access.ts';
import { auditCommand } from './audit.ts';
import { commandNames } from './commands.ts';
import type { CommandName } from './commands.ts';
import { completionCommand } from './completion.ts';
import { checkpointCommand } from './checkpoint.ts';
import { diffCommand } from './diff.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { gateCommand } from './gate.ts';
import { initCommand } from './init.ts';
import { nearest } from './nearest.ts';
import { parse } from './options.ts';
import type { Options } from './options.ts';
import { replayCommand } from './replay.ts';
import { signCommand } from './sign.ts';
import type { Terminal } from './terminal.ts';
import { usageOf } from './usage.ts';
import { verifyCommand } from './verify.ts';

const commands: Readonly<Record<CommandName, (options: Options, terminal: Terminal) => Promise<number>>> = {
  access: accessCommand,
  audit: auditCommand,
  completion: completionCommand,
  checkpoint: checkpointCommand,
  diff: diffCommand,
  explain: explainCommand,
  export: exportCommand,
  gate: gateCommand,
  init: initCommand,
  replay: replayCommand,
  sign: signCommand,
  verify: verifyCommand,
};

/** Runs one command line. Known errors print one line; unknown ones keep their stack; both end with 2. */
export async function main(argv: readonly string[], version: string, terminal: Terminal): Promise<number> {
  try {
    const options = parse(argv);
    if (options.version) {
      terminal.out(`${version}\n`);
      return 0;
    }
    if (options.help || options.command === '' || options.command === 'help') {
      terminal.out(usageOf(options.command === 'help' ? (options.arguments[0] ?? '') : options.command));
      return options.help || options.command === 'help' ? 0 : 2;
    }
    const name = commandNames.find((one) => one === options.command);
    if (name === undefined) throw new SeaworthyError('usage', unknownCommand(options.command));
    return await commands[name](options, options.quiet ? { ...terminal, err: () => {} } : terminal);
  } catch (thrown) {
    if (thrown instanceof SeaworthyError) terminal.err(`seaworthy: ${visible(thrown.message)}\n`);
    else if (terminal.signal.aborted) terminal.err('seaworthy: interrupted; everything that was started has been ended.\n');
    else terminal.err(`seaworthy failed: ${visible(thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown))}\n`);
    return 2;
  }
}

function unknownCommand(name: string): string {
  const near = nearest(name, commandNames);
  return `There is no command "${name}"${near === null ? '; see seaworthy --help.' : `; did you mean "seaworthy ${near}"?`}`;
}
