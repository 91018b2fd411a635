import { roleWord } from '../model/access-rule.ts';
import type { Report } from '../model/report.ts';
import { oneLine } from './visible.ts';
import { count } from './words.ts';
import { wrap } from './wrap.ts';

type Intended = NonNullable<Report['intended']>;
type Style = (format: 'bold' | 'dim' | 'cyan', text: string) => string;

/** The questions beyond these are counted; the JSON has all of them. */
const most = 20;

/** Who may do what as `seaworthy access` shows it: what only the owner can say first, then the draft, then what was confirmed. */
export function accessText({ target, startedAt }: Report, intended: Intended, style: Style): string {
  const { questions, drafts, endpoints, stray } = intended;
  const confirmed = endpoints.filter((one) => one.confirmed !== null);
  const shown = questions.slice(0, most);
  const lines = [
    ...wrap(`Who may do what in ${oneLine(target.name)}, drafted from the audit of ${startedAt.slice(0, 10)}`, ''),
    '',
    style('bold', questions.length === 0 ? 'No open question' : `${count(questions.length, 'question')} that only you can answer`),
    ...shown.flatMap(({ ask, today, endpoints: where }, index) => [
      ...wrap(`${ask} Today: ${today}.`, '   ', `${String(index + 1).padStart(2)} `),
      ...wrap(where.length > 3 ? `${where.slice(0, 3).join(', ')} and ${where.length - 3} more` : where.join(', '), '     ').map((line) =>
        style('dim', line),
      ),
    ]),
    ...(questions.length > most ? [`   and ${questions.length - most} more: seaworthy access --format json`] : []),
    '',
    style('bold', drafts.length === 0 ? 'Nothing is left to confirm' : `${count(drafts.length, 'draft')}, which nobody has confirmed`),
    ...drafts.flatMap(({ endpoint, allow, why, covers }) => [
      ...wrap(`${endpoint}${covers > 1 ? ` (${covers} endpoints)` : ''}: ${allow.join(', ')}`, '    ', '  '),
      ...wrap(why, '      ').map((line) => style('dim', line)),
    ]),
    ...(confirmed.length === 0
      ? []
      : ['', style('bold', `${count(confirmed.length, 'endpoint')} confirmed`), ...confirmed.flatMap(confirmedLine)]),
    ...(stray.length === 0 ? [] : ['', ...wrap(`Rules of seaworthy.json that are about no endpoint: ${stray.join(', ')}`, '  ', '')]),
    '',
    'Put the draft into seaworthy.json, and confirm what is right:',
    ...commandsFor(intended).map((command) => style('cyan', `  ${command}`)),
    ...wrap(
      'With --allow somebody else is meant: anyone, signed-in (also other customers), tenant (the same organisation), owner (whoever it belongs to), nobody, or roles.',
      '',
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function confirmedLine({ endpoint, allow, confirmed }: Intended['endpoints'][number]): string[] {
  return wrap(`${endpoint}: ${(allow ?? []).join(', ')} (${confirmed?.by}, ${confirmed?.on})`, '    ', '  ');
}

/** What to type; with an endpoint of the application only where no shell would take its path for more. */
function commandsFor({ questions, drafts, roles }: Intended): string[] {
  const all = [...questions.flatMap(({ endpoints }) => endpoints), ...drafts.map(({ endpoint }) => endpoint)];
  // Short enough for a line.
  const endpoint = all.find((one) => /^[\w\s/:.*{}-]{1,26}$/.test(one)) ?? 'GET /path';
  const role = roles.find((one) => /^[\w-]{1,6}$/.test(one));
  return [
    'seaworthy access --write',
    'seaworthy access --all --by "Ann"',
    `seaworthy access --confirm "${endpoint}" --by "Ann"`,
    `seaworthy access --confirm "${endpoint}" --allow ${role === undefined ? 'owner' : roleWord(role)} --by "Ann"`,
  ];
}
