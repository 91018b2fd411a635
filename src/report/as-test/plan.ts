import type { Finding } from '../../model/finding.ts';
import type { EntranceStep, Scenario, Step } from '../../model/scenario.ts';
import { namesIn, quoted, sent } from './acts.ts';
import type { Act, Refusal } from './acts.ts';
import { another, judgedBy } from './effects.ts';
import { variablesFor } from './names.ts';

/**
 * A finding's scenario as a test that knows nothing but HTTP (and, where there is no other way, the database): what each language prints.
 * Texts hold the scenario's templates; `variables` says what they are called in the test.
 */
export interface Plan {
  /** What is true when the test passes. */
  readonly title: string;
  readonly variables: ReadonlyMap<string, string>;
  /** In the order in which they come in. */
  readonly actors: readonly string[];
  readonly acts: readonly Act[];
  /** Rows are read or set. */
  readonly database: boolean;
  /** Variables of the application that the test needs as well: they sign tokens. */
  readonly secrets: readonly string[];
}

/** Steps that need the ground, in words. */
const beyond: Readonly<Partial<Record<Step['do'], string>>> = {
  visit: 'looks at a page in a browser',
  listen: 'listens on a live connection',
  say: 'speaks on a live connection',
  await: 'keeps requests on their way while others run',
  burst: 'sends requests that arrive within microseconds of each other',
  hold: 'holds a statement of the database back',
  arrived: 'holds a statement of the database back',
  release: 'holds a statement of the database back',
  fault: 'makes a statement of the database fail',
  stub: 'lets a service outside answer otherwise',
  clock: 'moves the clock',
  kill: 'ends the application',
  start: 'starts a further instance of the application',
  reset: 'puts the state of the application back',
};

/** The plan of a finding's test, or why there can be none. */
export function planOf(finding: Finding): Plan | Refusal {
  const scenario = finding.proof?.scenario;
  if (!scenario || !finding.proof) return { refused: 'it has no experiment; its proof is what it names' };
  for (const step of scenario.steps) {
    const why = beyond[step.do];
    if (why !== undefined) return { refused: `its experiment ${why}, which only the proving ground can` };
    if (step.do === 'request' && (step.wait === false || step.instance !== undefined))
      return { refused: 'its experiment runs requests at once or on several instances, which only the proving ground can' };
  }
  const judged = judgedBy(finding, scenario, finding.proof);
  if ('refused' in judged) return judged;
  const before = scenario.steps.slice(0, judged.staging ?? -1);
  const named = withKeys(before, namesIn([...before, ...judged.acts]));
  const entered = entrances(
    scenario,
    new Set([...peopleIn([...before, ...judged.acts]), ...named.map((name) => name.split('.')[0] ?? '')]),
    named,
  );
  if ('refused' in entered) return entered;
  const staged = before.flatMap((step, index) => staging(step, index, named));
  const lacking = staged.find((act) => 'refused' in act);
  if (lacking && 'refused' in lacking) return lacking;
  const acts: Act[] = [...entered.acts, ...staged.flatMap((act) => ('refused' in act ? [] : [act])), ...judged.acts];
  const known = new Set(
    acts.flatMap((act) =>
      act.do === 'take' ? [act.name] : act.do === 'query' ? [...act.save.keys()] : act.do === 'mint' ? [act.save] : [],
    ),
  );
  const unknown = namesIn(acts).filter((name) => !known.has(name) && !/\.(tag|email|password)$/.test(name));
  if (unknown.length > 0) return { refused: `no answer tells ${[...new Set(unknown)].join(', ')}, which its requests name` };
  return {
    title: titleOf(finding),
    variables: variablesFor(
      entered.people,
      [...known],
      acts.flatMap((act) => ('into' in act && act.into !== null ? [act.into] : [])),
    ),
    actors: entered.people,
    acts,
    database: acts.some((act) => act.do === 'query'),
    secrets: [
      ...new Set(acts.flatMap((act) => ((act.do === 'mint' || act.do === 'forge') && act.secret !== undefined ? [act.secret] : []))),
    ],
  };
}

/** With what names the rows whose values no answer tells. */
function withKeys(steps: readonly Step[], names: readonly string[]): string[] {
  const all = new Set(names);
  const saves = steps.flatMap((step) => (step.do === 'request' ? Object.entries(step.save ?? {}) : []));
  for (const name of all) {
    const from = saves.find(([one]) => one === name)?.[1];
    if (from && 'known' in from && from.answer === undefined) for (const hole of namesIn([from.known])) all.add(hole);
  }
  return [...all];
}

function titleOf({ title, subject }: Finding): string {
  return `${subject.name}: ${title}`;
}

/** Everybody who sends something. */
function peopleIn(steps: readonly (Step | Act)[]): string[] {
  return steps.flatMap((step) => (step.do === 'send' ? [step.request.as] : step.do === 'request' ? [step.as] : []));
}

/** How everybody who is needed comes in, whoever others depend on first. */
function entrances(scenario: Scenario, needed: Set<string>, named: readonly string[]): { acts: Act[]; people: string[] } | Refusal {
  const wanted = new Set(named);
  const ordered: string[] = [];
  const bring = (name: string): void => {
    if (ordered.includes(name) || !(name in scenario.actors || name === another)) return;
    const entrance = scenario.actors[name]?.entrance ?? [];
    for (const step of entrance) {
      const holes = namesIn([step]).map((hole) => hole.replace(/^me\./, `${name}.`));
      for (const hole of holes) {
        wanted.add(hole);
        const [who] = Object.keys(scenario.actors).filter((one) => one !== name && hole.startsWith(`${one}.`));
        if (who !== undefined) bring(who);
      }
      if (step.do === 'forge') bring(step.of);
    }
    ordered.push(name);
  };
  for (const name of needed) bring(name);
  const acts = ordered.flatMap((name) =>
    (scenario.actors[name]?.entrance ?? []).flatMap((step, index) => entering(name, step, index, wanted)),
  );
  const nobody = ordered.find((name) => name !== another && scenario.actors[name]?.part !== 'anonymous' && needsSession(scenario, name));
  const open = Object.values(scenario.actors).every((actor) => actor.entrance === undefined);
  const welcome: Act[] = open
    ? [
        {
          do: 'say',
          text: 'Nobody had to sign in when this was written. Once the application asks who is calling, let the owner in here first.',
        },
      ]
    : [];
  return nobody === undefined
    ? { acts: [...welcome, ...acts], people: ordered }
    : { refused: `the report does not say how ${nobody} came in; audit the application again` };
}

/** Somebody who was let in in a way that nobody noted down. An application that signs nobody in lets everybody in. */
function needsSession(scenario: Scenario, name: string): boolean {
  const others = Object.values(scenario.actors).some((actor) => actor.entrance !== undefined);
  return scenario.actors[name]?.entrance === undefined && (others || name !== 'owner');
}

function entering(actor: string, step: EntranceStep, index: number, wanted: ReadonlySet<string>): Act[] {
  const mine = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll('{{me.', `{{${actor}.`).replaceAll('{{text:me.', `{{text:${actor}.`)) as T;
  switch (step.do) {
    case 'request': {
      const taken = Object.entries(step.save ?? {}).filter(([name]) => wanted.has(name) || name === `${actor}.token`);
      const into = taken.length > 0 ? `${actor}.answer${index + 1}` : null;
      return [
        { do: 'send', request: mine(step), must: true, into },
        ...taken.map(([name, from]): Act => ({ do: 'take', name, from, of: into ?? '' })),
      ];
    }
    case 'sql':
      return [queryOf(mine(step), wanted)];
    default:
      return [{ ...mine(step), actor }];
  }
}

function queryOf(step: Extract<Step, { do: 'sql' }>, wanted: ReadonlySet<string>): Act {
  const save = new Map(
    Object.entries(step.save ?? {}).flatMap(([name, { column }]): [string, string][] => (wanted.has(name) ? [[name, column]] : [])),
  );
  return { do: 'query', text: step.text, parameters: step.parameters ?? [], into: null, save };
}

/** A step that makes what the experiment needs. */
function staging(step: Step, index: number, named: readonly string[]): (Act | Refusal)[] {
  if (step.do === 'sql') return [queryOf(step, new Set(named))];
  if (step.do !== 'request') return [];
  const request = sent(step);
  const into = `answer${index + 1}`;
  const taken = Object.entries(step.save ?? {}).flatMap(([name, from]): (Act | Refusal)[] => {
    if (!named.includes(name)) return [];
    if ('json' in from) return [{ do: 'take', name, from: { json: from.json }, of: into }];
    if (from.answer !== undefined) return [{ do: 'take', name, from: { json: from.answer }, of: into }];
    const [known] = Object.entries(from.known ?? {});
    if (!known)
      return [{ refused: `the answer to ${step.method} ${step.path} does not tell ${name}, and no unguessable value names the row` }];
    const text = `SELECT ${quoted(from.column)} AS "found" FROM ${quoted(from.inserted)} WHERE ${quoted(known[0])} = $1`;
    return [{ do: 'query', text, parameters: [known[1]], into: null, save: new Map([[name, 'found']]) }];
  });
  return [{ do: 'send', request, must: true, into: taken.some((act) => 'do' in act && act.do === 'take') ? into : null }, ...taken];
}
