import type { CheckMeta } from '../model/check.ts';
import type { Control, TriggerPolicy } from '../model/control.ts';
import type { Kind } from '../model/evidence/index.ts';
import type { Finding } from '../model/finding.ts';
import type { Area, Trigger } from '../model/words.ts';
import { evidenceWords, ranKinds } from './evidence-words.ts';
import { commandFor, promptFor } from './prompt.ts';
import type { Style } from './text.ts';
import { oneLine, visible } from './visible.ts';
import { questionLabel } from './words.ts';
import { wrap } from './wrap.ts';

/** What there is to explain. */
export interface Catalogue {
  readonly checks: Readonly<Record<string, CheckMeta>>;
  readonly controls: readonly (Control & { readonly planned: readonly string[] })[];
  readonly triggers: Readonly<Record<Trigger, TriggerPolicy>>;
  readonly questionOf: Readonly<Record<Area, string>>;
}

/** One thing in plain words; for programs as it is. */
export interface Explanation {
  readonly kind: 'check' | 'control' | 'trigger' | 'finding';
  readonly id: string;
  readonly title: string;
  readonly sections: readonly Section[];
}

interface Section {
  readonly title: string;
  readonly text?: readonly string[];
  readonly items?: readonly { readonly id: string; readonly says: string }[];
  /** To be copied as it stands. */
  readonly verbatim?: string;
}

const modes = { ran: 'an experiment', read: 'reading the files', stated: "a named person's word" } as const;

function ended(sentence: string): string {
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** What it looks at, what a pass and a fail mean, how it is verified, what to do. */
export function explainCheck(id: string, check: CheckMeta, { controls }: Catalogue): Explanation {
  const must = [...check.needs, ...check.anyOf];
  const looksAt = [...must, ...check.uses].map((kind) => evidenceWords[kind]);
  const ran = (kind: Kind): boolean => ranKinds.has(kind);
  const runs = check.needs.some(ran) || (check.anyOf.length > 0 && check.anyOf.every(ran));
  const mayRun = runs || [...check.anyOf, ...check.uses].some(ran);
  const control = controls.find((one) => one.id === check.control);
  return {
    kind: 'check',
    id,
    title: check.title,
    sections: [
      { title: 'What it looks at', text: [`${looksAt.join('; ') || 'nothing but the configuration'}.`] },
      {
        title: 'A pass means',
        text: [`This was examined and is so: ${ended(check.title)} What could not be examined is an open question, never a pass.`],
      },
      { title: 'A fail means', text: [check.why, `It counts as ${check.severity}, unless the finding says otherwise.`] },
      {
        title: 'How it is verified',
        text: [
          runs
            ? 'By experiments on the running application; without them it stays open.'
            : mayRun
              ? 'By reading the files, and by experiments where the application runs; what an experiment shows goes before what was read.'
              : 'By reading the files; nothing is executed.',
        ],
      },
      { title: 'What to do', text: [check.remedy] },
      ...(control ? [{ title: 'The control that it serves', items: [{ id: control.id, says: control.name }] }] : []),
      ...(check.cwe.length + check.standards.length > 0
        ? [{ title: 'Known as', text: [[...check.cwe.map((number) => `CWE-${number}`), ...check.standards].join(', ')] }]
        : []),
    ],
  };
}

/** How it is verified and shown, by what it may pass, its checks, and the launches that it can stop. */
export function explainControl(control: Catalogue['controls'][number], { checks, triggers }: Catalogue): Explanation {
  const missing = control.planned.filter((id) => checks[id] === undefined);
  const why = control.planned.map((id) => checks[id]?.why).find((text) => text !== undefined);
  const stops = Object.values(triggers).filter((policy) => withExtended(policy, triggers).blocks.includes(control.id));
  return {
    kind: 'control',
    id: control.id,
    title: control.name,
    sections: [
      ...(why === undefined ? [] : [{ title: 'Why it matters', text: [why] }]),
      { title: 'How it is verified', text: [ended(control.recipe)] },
      { title: 'What shows it', text: [ended(control.evidence)] },
      { title: 'What may show that it holds', text: [`${control.mode.map((mode) => modes[mode]).join(' or ')}.`] },
      {
        title: 'Checks',
        items: control.planned.flatMap((id) => (checks[id] ? [{ id, says: checks[id].title }] : [])),
        ...(missing.length > 0
          ? { text: [`Not in this version, so that it stays unproven: ${missing.join(', ')}.`] }
          : control.planned.length === 0
            ? { text: ['None in this version; a named person may confirm it, or it stays unproven.'] }
            : {}),
      },
      {
        title: 'Launches that it can stop',
        ...(stops.length > 0 ? { items: stops.map(({ id, title }) => ({ id, says: title })) } : { text: ['None by itself.'] }),
      },
    ],
  };
}

/** What stops it, by name, under the six questions; and what a person may confirm. */
export function explainTrigger(policy: TriggerPolicy, { controls, triggers, questionOf }: Catalogue): Explanation {
  const { blocks, stated } = withExtended(policy, triggers);
  const named = (ids: readonly string[]) => ids.map((id) => ({ id, says: controls.find((one) => one.id === id)?.name ?? id }));
  const under = Map.groupBy(blocks, (id) => questionOf[id.split('/')[0] as Area]);
  return {
    kind: 'trigger',
    id: policy.id,
    title: policy.title,
    sections: [
      {
        title: 'What it means',
        text: [
          `The verdict is no-go while one of the ${blocks.length} controls below fails, and unproven while one of them was not shown to hold.${policy.extends ? ` Among them is all that stops ${policy.extends}.` : ''}`,
        ],
      },
      ...Object.entries(questionLabel).flatMap(([question, title]) => {
        const items = named(under.get(question) ?? []);
        return items.length > 0 ? [{ title, items }] : [];
      }),
      ...(stated.length > 0 ? [{ title: 'What a named person may confirm', items: named(stated) }] : []),
    ],
  };
}

function withExtended(policy: TriggerPolicy, triggers: Catalogue['triggers']): { blocks: string[]; stated: string[] } {
  const base = policy.extends ? withExtended(triggers[policy.extends], triggers) : { blocks: [], stated: [] };
  const blocks = [...new Set([...base.blocks, ...policy.blocks])];
  return { blocks, stated: [...new Set([...base.stated, ...policy.stated])].filter((id) => !blocks.includes(id)) };
}

const sure = {
  ran: 'Seen happening in an experiment, which can be run again.',
  read: 'Read in the code; nothing was executed. What the code does not show, such as a gateway in front, is not known.',
  stated: 'A named person says so.',
} as const;

/** Who could do what to whom, how sure that is, what it costs to mend, and what to hand to a coding tool. */
export function explainFinding(finding: Finding, hours: { readonly low: number; readonly high: number }): Explanation {
  const { impact, message, where, proof, disagreement, settle } = finding;
  const fails = finding.status === 'fail';
  return {
    kind: 'finding',
    id: finding.id,
    title: fails ? `${finding.severity}: ${message}` : `not known: ${message}`,
    sections: [
      ...(impact.trim() === '' ? [] : [{ title: 'What could happen', text: [impact] }]),
      {
        title: 'Where',
        text: [[finding.subject.name, ...(where ? [`${where.file}:${where.line}`] : [])].join(', ')],
      },
      ...(fails
        ? [
            {
              title: 'How sure this is',
              text: [sure[finding.class], ...(proof ? [proof.observed] : []), ...(disagreement ? [disagreement] : [])],
            },
          ]
        : []),
      ...(settle ? [{ title: 'What would settle it', text: [settle] }] : []),
      ...(finding.remedy === '' ? [] : [{ title: 'What to do', text: [finding.remedy] }]),
      ...(fails
        ? [
            {
              title: 'What it costs',
              text: [
                `About ${hours.low} to ${hours.high} hours for somebody who knows the code; less where the same fault is mended nearby.`,
              ],
            },
            ...(proof?.scenario ? [{ title: 'To see it again', text: [commandFor(finding)] }] : []),
            { title: 'For your coding tool', verbatim: promptFor(finding) },
          ]
        : []),
      { title: 'More', items: [{ id: finding.check, says: finding.title }] },
    ],
  };
}

/** For a terminal, in at most 80 columns but for what cannot be broken. */
export function explanationText({ id, title, sections }: Explanation, style: Style): string {
  return `${[
    style('bold', oneLine(id)),
    ...wrap(oneLine(title), ''),
    ...sections.flatMap((section) => [
      '',
      style('bold', section.title),
      ...(section.items ?? []).flatMap((item) => listed(item.says, item.id)),
      ...(section.text ?? []).flatMap((text) => wrap(oneLine(text), '  ')),
      ...(section.verbatim === undefined
        ? []
        : visible(section.verbatim)
            .split('\n')
            .flatMap((line) => (line === '' ? [''] : wrap(line, '  ')))),
    ]),
  ].join('\n')}\n`;
}

/** A name with its id behind it, or below where both do not fit into a line. */
export function listed(says: string, id: string): string[] {
  return wrap(`${oneLine(says)} (${oneLine(id)})`, '    ', '  ');
}
