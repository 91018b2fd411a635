import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { textsIn } from '../../model/values.ts';

type Call = EvidenceValue<'calls'>['calls'][number];

const unknownAccount =
  /\bno (such |matching )?(account|user|member|email|customer)|(account|user|e-?mail|member|username|customer)[\w\s'"-]{0,30}(not[ _-]?found|not[ _-]?registered|does ?n.?t exist|not[ _-]?exists?|unknown)|unknown (user|account|e-?mail)|not[ _-]?found|(could ?n.?t|cannot|unable to) find (an? |your |this )?(account|user)|invalid (e-?mail|username)(?! (address )?(and|or|\/))|incorrect (e-?mail|username)(?! (and|or|\/))|^emailNotExists$/i;
const wrongPassword =
  /(wrong|incorrect|invalid|bad)[ _-]?(old |current )?password|password[\w\s'"]{0,12}(is |was )?(wrong|incorrect|invalid|mismatch|does ?n.?t match|not match)/i;
const both =
  /(e-?mail|user(name)?|login|account|identifier)( address)? ?(,|and|or|\/|&) ?(the )?password|password (and|or) (e-?mail|user)|credentials/i;
const taken = /already|exists|\btaken\b|in use|registered|duplicate/i;

export default defineCheck({
  title: 'Nobody can learn who has an account',
  control: 'security/enumeration',
  severity: 'medium',
  cwe: [204, 203],
  standards: ['ASVS v5.0.0-6.3.8', 'A07:2025'],
  why: 'An answer that differs for known and unknown addresses lets anybody test lists of people: who is your customer is personal data, and the list of those who are is what password guessing starts from.',
  remedy:
    'Answer a login in one way for an unknown account and a wrong password (same status, same text; compare against a dummy hash so that it takes as long), and a reset request always with "if there is an account, a mail is on its way".',
  needs: ['account-endpoints', 'calls'],
  *run({ 'account-endpoints': doors, calls }) {
    const entrances = doors.value.endpoints.filter(({ purpose }) => /^(login|forgot|sign-up)$/.test(purpose));
    let silent = 0;
    for (const { id, purpose, limit } of entrances) {
      const answers = calls.value.calls
        .filter((call) => (call.means === 'answer' || call.means === 'throw') && call.routes.includes(id) && call.routes.length <= 4)
        .map(answerOf);
      const refusals = answers.filter(({ status }) => status === null || (status >= 400 && status < 500 && status !== 429));
      const telling = refusals.find(({ text, status }) =>
        purpose === 'sign-up'
          ? taken.test(text) && !/admin|setup|install/i.test(id)
          : !both.test(text) && (unknownAccount.test(text) || status === 404),
      );
      const subject = endpointSubject(id);
      if (purpose === 'sign-up') {
        if (telling && limit === 'none')
          yield fail('read', subject, 'The sign-up says that an address has an account, to anybody and as often as they ask.', {
            severity: 'low',
            remedy:
              'Limit how often it may be tried, or answer every sign-up alike and send a mail instead: a link to go on, or "you already have an account".',
            impact: 'Lists of addresses can be tested for who is a customer.',
            where: telling.call.where,
            effect: 'sign-up',
          });
        else if (limit !== 'none') yield pass('read', subject);
        continue;
      }
      const byStrategy = calls.value.calls.some((call) => call.means === 'guard:authentication' && call.routes.includes(id));
      if (!telling && (refusals.length === 0 || byStrategy) && !(purpose === 'forgot' && answers.length > 0)) silent++;
      else if (!telling) yield pass('read', subject);
      else if (purpose === 'forgot')
        yield fail('read', subject, `The reset request says when there is no account${shown(telling)}.`, {
          impact: 'Anyone can test whether a person has an account here.',
          where: telling.call.where,
          effect: 'forgot',
        });
      else {
        const other = refusals.find(
          (one) =>
            one !== telling &&
            (one.text !== telling.text || one.status !== telling.status) &&
            (wrongPassword.test(one.text) || both.test(one.text) || one.status === 401),
        );
        if (other)
          yield fail('read', subject, `An unknown account${shown(telling)} is answered differently from a wrong password${shown(other)}.`, {
            impact: 'Anyone can test whether a person has an account here, and then guess only where there is one.',
            where: telling.call.where,
            effect: 'login',
          });
        else yield pass('read', subject);
      }
    }
    if (silent > 0) yield unknown('read', application, 'What the login or reset answers to an unknown account could not be followed.');
    if (entrances.some(({ purpose, limit }) => purpose !== 'sign-up' || limit !== 'none')) return;
    if (entrances.length > 0)
      yield unknown('read', application, 'A sign-up was found, but what it says of accounts that exist could not be followed.');
    else if (doors.value.providers.length > 0)
      yield notApplicable(`Accounts are kept by ${doors.value.providers.join(', ')}, not by the application.`);
    else
      yield doors.gaps.length > 0
        ? unknown('read', application, 'No login was found, but some code could not be read.')
        : notApplicable('No endpoint is for entering, making or recovering an account.');
  },
});

interface Answer {
  readonly call: Call;
  readonly status: number | null;
  readonly text: string;
}

function answerOf(call: Call): Answer {
  const numbers = call.args.flatMap((arg) => (arg.kind === 'literal' && typeof arg.value === 'number' ? [arg.value] : []));
  const said = call.means === 'answer' ? call.args.slice(1) : call.args;
  return { call, status: numbers[0] ?? null, text: said.flatMap((arg) => textsIn(arg)).join(' · ') };
}

function shown({ status, text }: Answer): string {
  const said = text.split(' · ').toSorted((a, b) => b.length - a.length)[0] ?? '';
  const parts = [status === null ? '' : String(status), said === '' ? '' : `"${said.slice(0, 80)}"`].filter((part) => part !== '');
  return parts.length > 0 ? ` (${parts.join(' ')})` : '';
}
