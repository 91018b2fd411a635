import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';
import { inWords } from '../../model/personal.ts';

const managers = /cookie-?consent|cookiebot|onetrust|cookieyes|klaro|osano|termly|iubenda|usercentrics|didomi|orestbida|cookie-?script/i;
const asked = /consent|cookie_?banner|opt_?in|accept_?cookies|gdpr/i;

export default defineCheck({
  title: 'Consent is recorded and respected',
  control: 'compliance/consent',
  severity: 'medium',
  standards: ['GDPR Art. 7', 'ePrivacy Art. 5(3)'],
  why: 'In Europe, and in more and more states elsewhere, a script that follows people may load only after they said yes, and you have to be able to show that they did. Fines and letters from lawyers come for exactly this, because it is seen from outside.',
  remedy:
    'Load the script only after a yes: keep the choice in a cookie, ask with a banner whose "no" is as easy as its "yes", and let people change their mind. Or take a counter that follows nobody (Plausible, Fathom, Umami) and needs no question.',
  needs: ['personal-data', 'files'],
  uses: ['dependencies', 'constructs'],
  *run({ 'personal-data': data, files, dependencies, constructs }) {
    const trackers = data.value.flows.filter(({ to }) => to === 'analytics');
    const manager =
      dependencies?.value.units.some(({ declared }) => declared.some(({ name }) => managers.test(name))) === true ||
      constructs?.value.constructs.some(({ kind, name }) => kind === 'script' && managers.test(name)) === true;
    const asks = files.value.files.find(
      ({ path }) => asked.test(inWords(path.split('/').at(-1) ?? '')) && /\.[jt]sx?$|\.vue$|\.svelte$/.test(path),
    );
    const names = [...new Set(trackers.map(({ name }) => shown(name)))];
    if (trackers.length > 0 && !manager && !asks)
      yield fail(
        'read',
        application,
        `Visitors are followed (${names.slice(0, 4).join(', ')}) from the first page on: nothing in the code asks them.`,
        {
          impact: 'Every visitor from Europe is tracked without consent; anybody can see it and complain.',
          where: trackers[0]?.where,
          effect: 'trackers',
        },
      );
    else if (trackers.length > 0)
      yield unknown(
        'read',
        application,
        `Something asks for consent${asks ? ` (${asks.path})` : ''}; whether ${names.slice(0, 3).join(', ')} wait for the answer shows only in a browser.`,
        { where: trackers[0]?.where },
      );
    if (trackers.length > 0) return;
    const kept = data.value.columns.length > 0 || data.value.fields.length > 0;
    yield kept
      ? unknown(
          'read',
          application,
          'No script that follows visitors was found; whether people agreed to what is kept of them and handed on, reading cannot tell.',
        )
      : data.gaps.length > 0
        ? unknown('read', application, 'No script that follows visitors was found, but some code could not be read.')
        : notApplicable('No script that follows visitors was found, and nothing personal is kept.');
  },
});

function shown(name: string): string {
  return /^https?:\/\/([^/]+)/.exec(name.replace(/^\/\//, 'https://'))?.[1] ?? name;
}
