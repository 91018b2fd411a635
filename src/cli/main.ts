import { messageOf, SeaworthyError } from '../model/errors.ts';
import { visible } from '../report/visible.ts';
import { accessCommand } from './access.ts';
import { auditCommand } from './audit.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { gateCommand } from './gate.ts';
import { parse, usage } from './options.ts';
import { replayCommand } from './replay.ts';
import type { Terminal } from './terminal.ts';

const commands: Readonly<Record<string, (options: ReturnType<typeof parse>, terminal: Terminal) => Promise<number>>> = {
  access: accessCommand,
  audit: auditCommand,
  explain: explainCommand,
  export: exportCommand,
  gate: gateCommand,
  replay: replayCommand,
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
      terminal.out(usage);
      return options.help || options.command === 'help' ? 0 : 2;
    }
    const command = commands[options.command];
    if (!command) throw new SeaworthyError('usage', `There is no command "${options.command}"; see seaworthy --help.`);
    return await command(options, terminal);
  } catch (thrown) {
    if (thrown instanceof SeaworthyError) terminal.err(`seaworthy: ${visible(thrown.message)}\n`);
    else if (terminal.signal.aborted) terminal.err('seaworthy: interrupted; everything that was started has been ended.\n');
    else terminal.err(`seaworthy failed: ${visible(thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown))}\n`);
    return 2;
  }
}
