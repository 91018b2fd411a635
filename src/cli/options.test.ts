import { describe, expect, it } from 'vitest';
import { commandIn } from '../../test/support/command.ts';
import { commandNames } from './commands.ts';
import { optionRows, parse } from './options.ts';
import { usageOf } from './usage.ts';

const seaworthy = commandIn(process.cwd());

describe('the command line', () => {
  it('takes a time for experimenting, and says nothing when none was given', () => {
    expect(parse(['audit', '--budget', '90s']).budget).toBe(90_000);
    expect(parse(['audit', '--budget', 'full']).budget).toBe('full');
    expect(parse(['audit'])).toMatchObject({ budget: null, fresh: false });
    expect(parse(['audit', '--fresh']).fresh).toBe(true);
  });

  it.each(['', '5', 'soon', '-1m'])('refuses the time "%s" with a sentence', (text) => {
    expect(() => parse(['audit', `--budget=${text}`])).toThrow(`--budget takes a time such as 5m or 90s, or full, not "${text}".`);
  });

  it('explains every command and every option in no more than 80 columns', () => {
    const usage = usageOf('');
    for (const name of commandNames) expect(usage).toContain(`  seaworthy ${name}`);
    for (const { name } of optionRows) expect(usage).toContain(`--${name}`);
    for (const text of [usage, ...commandNames.map(usageOf)]) expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('explains one command with its own options alone', async () => {
    const { code, out } = await seaworthy('gate', '--help');
    expect(code).toBe(0);
    expect(out).toContain('--baseline <file>');
    expect(out).not.toContain('--as-test');
    expect(await seaworthy('help', 'gate')).toMatchObject({ code: 0, out });
  });

  it.each([
    [['gat'], 'There is no command "gat"; did you mean "seaworthy gate"?'],
    [['exlpain'], 'There is no command "exlpain"; did you mean "seaworthy explain"?'],
    [['polish'], 'There is no command "polish"; see seaworthy --help.'],
    [['gate', '--baselin', 'x'], 'There is no option "--baselin"; did you mean --baseline?'],
    [['audit', '--formt=json'], 'There is no option "--formt"; did you mean --format?'],
    [['audit', '-x'], 'There is no option "-x"; see seaworthy --help.'],
  ])('says of %j what was meant', async (argv, says) => {
    expect(await seaworthy(...argv)).toEqual({ code: 2, out: '', err: `seaworthy: ${says}\n` });
  });
});
