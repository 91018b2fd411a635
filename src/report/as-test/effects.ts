import type { Finding } from '../../model/finding.ts';
import type { Proof } from '../../model/proof.ts';
import type { Effect, Scenario, Step } from '../../model/scenario.ts';
import { quoted, sent } from './acts.ts';
import type { Act, Refusal } from './acts.ts';

type EffectOf<K extends Effect['shows']> = Extract<Effect, { shows: K }>;
type RequestStep = Extract<Step, { do: 'request' }>;

/** Somebody without a session who is not the one without a session of the scenario. */
export const another = 'another';

/** What is being judged. */
interface Case {
  readonly scenario: Scenario;
  readonly proof: Proof;
  /** The request that shows the flaw. */
  readonly last: RequestStep;
}

/** What a test does last. */
interface Judged {
  readonly acts: Act[];
  /** How many of the scenario's steps only make what is needed; all but the last where nothing is said. */
  readonly staging?: number;
}

/** What a test does last: the request that shows the flaw, beside what must work all the same, and what must hold. */
export function judgedBy(finding: Finding, scenario: Scenario, proof: Proof): Judged | Refusal {
  const last = scenario.steps.at(-1);
  if (last?.do !== 'request') return { refused: 'its experiment does not end with a request' };
  const one: Case = { scenario, proof, last };
  const { effect } = scenario;
  switch (effect.shows) {
    case 'row-read':
    case 'canary':
      return shown(one);
    case 'row-changed':
      return effect.columns === undefined ? changed(one, effect) : taken(one, effect, effect.columns);
    case 'column-shown':
      return columnShown(one, effect);
    case 'statement-shape':
      return statementShape(one);
    case 'stored-password':
      return storedPassword(one, effect);
    case 'let-in':
      return letIn(one);
    case 'success-claimed':
      return { refused: 'what it claims is false only beside a statement of the database that was made to fail' };
    case 'answer-depends':
      return figures(one, effect);
    case 'newly-allowed':
      return { refused: 'what it shows is told by the proving ground alone' };
    case 'row-heard':
      return { refused: 'it is heard on a live connection, which a plain request does not open' };
    case 'state':
      return { refused: `${finding.check} is told by what the database holds after an experiment that only the proving ground can make` };
  }
}

const nothingTells = 'nothing unguessable stood in the answer, so that a test could not tell the row from another';

function shown({ scenario, last }: Case): { acts: Act[] } | Refusal {
  const { control, shown: texts = [] } = scenario.byAnswers ?? {};
  if (texts.length === 0) return { refused: nothingTells };
  return {
    acts: [
      ...(control === undefined
        ? []
        : [
            say('Whoever may read it is shown it: without that, nothing below would say anything.'),
            send(control, true, 'own'),
            { do: 'shows' as const, answer: 'own', texts, wanted: true, because: `${control.as} is no longer shown what is theirs` },
          ]),
      say(`What nobody else may see, ${last.as} does not see.`),
      send(last, false, 'seen'),
      { do: 'shows', answer: 'seen', texts, wanted: false, because: `${last.as} was shown what belongs to the owner` },
    ],
  };
}

function changed({ scenario, proof, last }: Case, effect: EffectOf<'row-changed'>): { acts: Act[] } | Refusal {
  const { witness, shown: texts = [] } = scenario.byAnswers ?? {};
  const own = withOwnAccount(scenario, effect);
  const control = scenario.byAnswers?.control;
  const still: Act[] =
    control === undefined || own
      ? []
      : [
          say('Whoever may do it still can.'),
          send(control, false, 'own'),
          {
            do: 'succeeds',
            answer: 'own',
            wanted: true,
            because: `${control.as} can no longer do it: the endpoint refuses whom it is for`,
          },
        ];
  const because = `${last.as} ${effect.op === 'delete' ? 'deleted' : 'changed'} what belongs to the owner`;
  const seen = proof.changes.find((change) => change.table === effect.table && change.op === effect.op);
  if (effect.op === 'update' && seen && same(seen.before, seen.after)) {
    if (still.length === 0) return { refused: 'the row held already what was written, and nobody was seen who may write it' };
    return {
      acts: [
        say('The row holds already what is written here; that it is written at all shows in the answer.'),
        send(last, false, 'seen'),
        { do: 'succeeds', answer: 'seen', wanted: false, because: `${last.as} was let do what only others may` },
        ...still,
      ],
    };
  }
  if (witness) {
    const there: Act[] =
      texts.length > 0 ? [{ do: 'shows', answer: 'before', texts, wanted: true, because: 'the owner no longer sees what they made' }] : [];
    return {
      acts: [
        say('What it is like before, asked twice: what differs between the two changes by itself.'),
        send(witness, true, 'before'),
        ...(effect.op === 'delete' ? [] : [send(witness, true, 'again')]),
        ...there,
        send(last, false, null),
        send(witness, false, 'after'),
        effect.op === 'delete'
          ? { do: 'shows', answer: 'after', texts, wanted: true, because }
          : { do: 'unchanged', before: ['before', 'again'], after: 'after', because },
        ...still,
      ],
    };
  }
  if (Object.keys(effect.key).length === 0) return { refused: 'no read of the owner shows the change, and no key names the row' };
  const row = (into: string): Act => ({ ...selectionOf('*', effect.table, effect.key), into });
  return {
    acts: [
      say('No read of the owner was seen that shows it: the row itself is looked at.'),
      row('before'),
      send(last, false, null),
      row('after'),
      { do: 'same-rows', before: 'before', after: 'after', because },
      ...still,
    ],
  };
}

/** Whether the owner doing the same would end their own account, so that it proves nothing afterwards. */
function withOwnAccount(scenario: Scenario, effect: EffectOf<'row-changed'>): boolean {
  return (
    effect.op === 'delete' &&
    Object.values(effect.key).some((value) => /^\{\{owner\.(?!tag|email)/.test(value)) &&
    scenario.byAnswers?.control?.as === 'owner'
  );
}

function taken(
  { scenario, last }: Case,
  effect: EffectOf<'row-changed'>,
  columns: Readonly<Record<string, string>>,
): { acts: Act[] } | Refusal {
  const { control, field, known = {} } = scenario.byAnswers ?? {};
  const [column, value] = Object.entries(columns)[0] ?? [];
  if (column === undefined || value === undefined) return { refused: 'its experiment names no column' };
  const wanted = value.replaceAll('{{me.', `{{${last.as}.`);
  const because = `the field that nobody offers was taken: ${column} holds what ${last.as} sent`;
  const plain: Act[] =
    control === undefined
      ? []
      : [
          say('The same request without that field works.'),
          // Whoever signs up is another person each time.
          send(control.as === 'anonymous' ? { ...renamed(control, 'anonymous'), as: another } : control, false, 'own'),
          { do: 'succeeds', answer: 'own', wanted: true, because: 'the request no longer works, even without that field' },
        ];
  if (plain.length === 0) return { refused: 'the same request without the field was not seen to work' };
  if (field !== undefined)
    return { acts: [send(last, false, 'seen'), { do: 'differs', answer: 'seen', place: field, value: wanted, because }, ...plain] };
  const key = Object.keys(effect.key).length > 0 ? effect.key : known;
  if (Object.keys(key).length === 0) return { refused: 'the answer does not show the column, and no unguessable value names the row' };
  return {
    acts: [
      send(last, false, 'seen'),
      { ...selectionOf(quoted(column), effect.table, key), into: 'stored' },
      { do: 'rows-differ', rows: 'stored', column, value: wanted, because },
      ...plain,
    ],
  };
}

function columnShown({ scenario, last }: Case, effect: EffectOf<'column-shown'>): { acts: Act[] } | Refusal {
  const { control, field } = scenario.byAnswers ?? {};
  const name = field?.split('.').at(-1);
  if (name === undefined || /^\d+$/.test(name))
    return { refused: 'the value did not stand under a name of its own in the JSON of the answer' };
  const alone = control === undefined || JSON.stringify(sent(control)) === JSON.stringify(sent(last));
  return {
    acts: [
      ...(alone ? [] : [say('Whoever may ask is answered.'), send(control, true, null)]),
      send(last, alone, 'seen'),
      { do: 'lacks', answer: 'seen', name, because: `the answer tells ${last.as} ${effect.column}` },
    ],
  };
}

/** Figures of an answer before, while and after the owner has one row more. */
function figures({ scenario, last }: Case, effect: EffectOf<'answer-depends'>): Judged | Refusal {
  const { control } = scenario.byAnswers ?? {};
  if (effect.at.startsWith('#')) return { refused: 'the figure has no name in the answer, so that a test could not find it again' };
  if (control === undefined) return { refused: 'the same request was not seen to work for the owner' };
  const named = new Set([...effect.still, ...effect.moved.map(({ request }) => request)]);
  const staging = scenario.steps.findIndex((step) => step.do === 'request' && step.name !== undefined && named.has(step.name));
  const used = JSON.stringify(scenario.steps.flatMap((step) => (step.do === 'sql' ? (step.parameters ?? []) : [])));
  const acts = scenario.steps.slice(Math.max(staging, 0)).flatMap((step): Act[] => {
    if (step.do === 'request') return [send(step, false, step.name ?? null)];
    if (step.do !== 'sql') return [];
    const save = new Map(
      Object.entries(step.save ?? {}).flatMap(([name, { column }]): [string, string][] =>
        used.includes(`{{${name}}}`) ? [[name, column]] : [],
      ),
    );
    return [{ do: 'query', text: step.text, parameters: step.parameters ?? [], into: null, save }];
  });
  return {
    staging: Math.max(staging, 0),
    acts: [
      say('The owner gets the figure, or one of their own.'),
      send(control, false, 'own'),
      { do: 'succeeds', answer: 'own', wanted: true, because: `${control.as} is refused: the endpoint refuses whom it is for` },
      say('It is asked for before, while and after the owner has a row more.'),
      ...acts,
      {
        do: 'stands',
        place: effect.at,
        still: effect.still,
        moved: effect.moved.map(({ request, by }) => ({ answer: request, by })),
        because: `what ${last.as} is told is made of rows that belong to the owner`,
      },
    ],
  };
}

function statementShape({ scenario, proof, last }: Case): { acts: Act[] } | Refusal {
  const { control } = scenario.byAnswers ?? {};
  const status = proof.exchanges.at(-1)?.response?.status ?? 0;
  if (status < 500)
    return {
      refused: `the answer (${status || 'none'}) does not tell that the value became part of the statement; only the statement itself does`,
    };
  if (control === undefined) return { refused: 'the same request without quotes was not seen to work' };
  return {
    acts: [
      say('Without quotes it works.'),
      send(control, true, null),
      say('Quotes are data like any other: they may find nothing or be refused, but must not break the statement.'),
      send(last, false, 'seen'),
      { do: 'endures', answer: 'seen', because: 'a quote in the value broke the statement that it became part of' },
    ],
  };
}

function storedPassword({ scenario, last }: Case, effect: EffectOf<'stored-password'>): { acts: Act[] } | Refusal {
  const { known = {} } = scenario.byAnswers ?? {};
  if (Object.keys(known).length === 0) return { refused: 'no unguessable value names the row in which the password is stored' };
  return {
    acts: [
      send(last, true, null),
      { ...selectionOf(quoted(effect.column), effect.table, known), into: 'stored' },
      { do: 'hashed', rows: 'stored', column: effect.column, because: `${effect.column} gives the password away` },
    ],
  };
}

function letIn({ scenario, last }: Case): Judged | Refusal {
  const { control } = scenario.byAnswers ?? {};
  const before = scenario.steps.at(-2);
  if (control === undefined && before?.do === 'sql')
    return {
      staging: scenario.steps.length - 2,
      acts: [
        say('While the account is in order, its session is taken.'),
        send(last, true, null),
        { do: 'query', text: before.text, parameters: before.parameters ?? [], into: null, save: new Map() },
        say('Afterwards it is not.'),
        send(last, false, 'seen'),
        { do: 'shut-out', answer: 'seen', because: 'the session outlives the account' },
      ],
    };
  if (control === undefined) return { refused: 'the same request was not seen to work for whom it is meant' };
  return {
    acts: [
      say('The true token is taken.'),
      send(control, true, null),
      send(last, false, 'seen'),
      { do: 'shut-out', answer: 'seen', because: `a token that proves nothing (${last.as}) was taken for a session` },
    ],
  };
}

function renamed(step: RequestStep, name: string): RequestStep {
  return JSON.parse(JSON.stringify(step).replaceAll(`{{${name}.`, '{{me.')) as RequestStep;
}

function selectionOf(what: string, table: string, key: Readonly<Record<string, string>>): Extract<Act, { do: 'query' }> {
  const where = Object.keys(key).map((column, index) => `CAST(${quoted(column)} AS text) = $${index + 1}`);
  return {
    do: 'query',
    text: `SELECT ${what} FROM ${quoted(table)} WHERE ${where.join(' AND ')}`,
    parameters: Object.values(key),
    into: null,
    save: new Map(),
  };
}

function say(text: string): Act {
  return { do: 'say', text };
}

function send(step: RequestStep, must: boolean, into: string | null): Act {
  return { do: 'send', request: sent(step), must, into };
}

function same(a: Readonly<Record<string, string | null>> | null, b: Readonly<Record<string, string | null>> | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
