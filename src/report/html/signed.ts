import type { Verification } from '../../model/verification.ts';
import { html } from '../safe-html.ts';
import type { SafeHtml } from '../safe-html.ts';
import { count, decisionLabel, endingWords, stateTitle, triggerLabel } from '../words.ts';
import { pill, section } from './page.ts';
import type { Tone } from './page.ts';

/** The state of an application's checkpoints when a page about it was written. */
export interface SignedState {
  readonly verification: Verification;
  /** The page is about the very audit that the last checkpoint keeps. */
  readonly same: boolean;
  /** The day on which the page was written. */
  readonly on: string;
}

const tones: Readonly<Record<Verification['state'], Tone>> = {
  valid: 'good',
  expired: 'warn',
  'code-changed': 'warn',
  'unknown-signer': 'bad',
  tampered: 'bad',
  none: 'calm',
};

/** Who put their name under what, whether it still counts, and how a reader of the page checks that without trusting the page. */
export function signedSection({ verification, same, on }: SignedState): SafeHtml {
  const { checkpoint: last, state, head } = verification;
  if (last === null)
    return section(
      'signed',
      'Signed',
      html`<p>${pill('calm', 'not signed')} No checkpoint of this application was kept: nobody put their name under this page.</p>`,
    );
  return section(
    'signed',
    'Signed',
    html`<p>${pill(tones[state], state.replace('-', ' '))} ${stateTitle[state]} So it was on ${on}.</p>
${!same && html`<p>${pill('warn', 'another audit')} This page is about a later audit than the last checkpoint, which nobody signed yet.</p>`}
<p>Checkpoint ${last.sequence} was kept on ${last.date.slice(0, 10)}${last.commit !== null && html`, for commit <code>${last.commit.slice(0, 10)}</code>`}; the application was ${last.ran ? 'read and run' : 'only read'}.</p>
<div class="wide stack"><table><caption>What it says, and how long that counts</caption><thead><tr><th scope="col">For</th><th scope="col">Verdict</th><th scope="col">Counts</th></tr></thead>
<tbody>${verification.triggers.map(
      ({ trigger, decision, applies, until, ended }) =>
        html`<tr><th scope="row">${triggerLabel[trigger]}</th><td data-name="Verdict">${decisionLabel[decision]}${!applies && ', if it applied'}</td><td data-name="Counts">${ended === null ? `until ${until}` : endingWords[ended]}</td></tr>`,
    )}</tbody></table></div>
${
  verification.signOffs.length === 0
    ? html`<p>No person signed it off.</p>`
    : html`<ul>${verification.signOffs.map(
        (one) =>
          html`<li><strong>${one.by}</strong>${one.role !== '' && html`, ${one.role}`}, on ${one.date.slice(0, 10)}, for ${one.scope.map((name) => triggerLabel[name].toLowerCase()).join(', ')}, ${one.over ? 'until' : 'counts until'} ${one.until}, knowing of ${count(one.unknowns, 'control')} that were not proven: “${one.statement}” <span class="dim small">Key <code>${one.key}</code></span></li>`,
      )}</ul>`
}
<h3>Check it yourself</h3>
<p>Do not take this page's word. Ask for the folder <code>.seaworthy/checkpoints</code>, and get the public keys of those who signed from themselves. Write them, one a line, into a file <code>signers</code>:</p>
<pre>seaworthy ssh-ed25519 AAAA...
"Ann Lee" ssh-ed25519 AAAA...</pre>
<p>The first is the key of the tool, the others are those of people. Then, offline:</p>
<pre class="copy">npx seaworthy verify checkpoints --signers signers --head ${head}</pre>
<p>The head <code>${head}</code> is the fingerprint of the last entry: with it, nothing can be cut off unseen. With the code at hand, run the same in its folder, and it also says whether the code is still the one that was judged.</p>`,
  );
}
