import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { spoken } from '../../model/duration.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { shownTable } from '../../model/words.ts';

type Trial = EvidenceValue<'revocations'>['trials'][number];

/** Seconds for which an old token may be good and still count as short-lived. */
const short = 3_600;

export default defineCheck({
  title: 'Suspended and deleted accounts get in nowhere, with sessions from before neither',
  control: 'security/revocation',
  severity: 'high',
  cwe: [613],
  standards: ['ASVS v5.0.0-7.4.2', 'A07:2025'],
  why: 'An account is shut out because somebody left, was thrown out, or lost their password to somebody else. Whoever is signed in at that moment stays in when only the login asks, for as long as their token is good: days, with everything that they could do before.',
  remedy:
    'Ask with every request whether the account may still come in, or end its sessions when it is suspended or deleted; where tokens cannot be taken back, let them be good for minutes.',
  needs: ['revocations'],
  *run({ revocations }) {
    const { trials } = revocations.value;
    for (const trial of trials) {
      const subject =
        trial.column === null
          ? { kind: 'table' as const, name: trial.table }
          : { kind: 'column' as const, name: `${trial.table}.${trial.column}` };
      const inside = trial.endpoints.filter(({ outcome }) => outcome === 'let-in');
      const refused = trial.endpoints.filter(({ outcome }) => outcome === 'refused');
      const [first] = inside;
      if (!first) {
        yield refused.length > 0
          ? pass('ran', subject)
          : unknown(
              'ran',
              subject,
              `${eventOf(trial)} no endpoint let them in and none said why (${trial.endpoints[0]?.status ?? 'no answer'}).`,
            );
      } else if (trial.event === 'suspended' && !meansIt(trial, refused.length)) {
        yield unknown(
          'ran',
          subject,
          `${eventOf(trial)} ${trial.loginRefused === null ? '' : 'the login and '}${inside.length} of ${trial.endpoints.length} endpoints let them in all the same. Whether it is meant to shut an account out, only the owner of the application can say.`,
        );
      } else {
        const barred = trial.loginRefused === true ? ' the login refuses them, but' : '';
        const good = trial.lifetime === null ? '' : ` Their token is good for ${spoken(trial.lifetime * 1_000)}.`;
        yield fail(
          'ran',
          subject,
          `${eventOf(trial)}${barred} a session from before is let in at ${inside.length} of ${trial.endpoints.length} endpoints, such as ${first.endpoint}.${good}`,
          {
            severity: trial.lifetime !== null && trial.lifetime <= short ? 'medium' : 'high',
            impact: `Whoever is signed in when their account is ${trial.event} goes on as before.`,
            endpoint: first.endpoint,
            actor: trial.event,
            effect: 'let in',
            ...(trial.proof ? { proof: trial.proof } : {}),
          },
        );
      }
    }
    if (trials.length > 0) return;
    yield revocations.gaps.length > 0
      ? unknown('ran', application, 'No account was shut out: there was no time for it.')
      : notApplicable('No column says that an account is shut out, and no account is deleted while a session of it could be tried.', 'ran');
  },
});

function eventOf({ event, table, column, word }: Trial): string {
  return event === 'deleted' ? `With their row of ${shownTable(table)} deleted,` : `With ${shownTable(table)}.${column} = ${word},`;
}

/** The application itself shows that the word shuts people out: its login refuses them, or most of its endpoints do. */
function meansIt({ loginRefused, endpoints }: Trial, refused: number): boolean {
  return loginRefused === true || (refused >= 2 && refused * 2 >= endpoints.length);
}
