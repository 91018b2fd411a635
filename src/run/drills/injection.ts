import { credentialsIn, placedAs } from '../ground/play/people/sessions.ts';
import { play, succeeded } from '../ground/play/interpreter.ts';
import type { RequestStep } from '../ground/play/interpreter.ts';
import { canary } from '../ground/play/people/players.ts';
import type { Json } from '../ground/play/people/players.ts';
import { isWebhook } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { stepsBefore } from '../ground/play/scene.ts';
import { standsAs } from '../ground/play/statement.ts';
import { requestFor, sessionPath } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { requireStatements } from './boot.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { recorded, scenarioOf } from './proof.ts';

type Where = 'params' | 'query' | 'body' | 'headers';

/** A field whose value is the marker, or (`called`) one that bears the marker for its name, for code that makes columns of what it is sent. */
interface Field {
  readonly in: Where;
  readonly name: string;
  readonly called?: true;
}

/** Sends a marker with both quotes in every field, and as the name of one, and looks for it inside the text of statements: data, or syntax? */
export default defineDrill({
  name: 'injection',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors'],
  uses: ['queries', 'samples', 'access'],
  yields: 'injection',
  async run(given, context) {
    requireStatements(given.boot.value);
    const stage = await stageOf(given, context);
    const marker = `${canary(context.seed, 'injection')}'"`;
    const routes = byImportance(stage.routes, knownTo(given)).filter(
      (route) => !isWebhook(route) && (context.focus.endpoints?.includes(route.id) ?? true),
    );
    const trials: Trial[] = [];
    const leftOut = await whileTimeLasts(context.budget.turn('injection'), routes, async (route, index) => {
      if (index % 10 === 0) context.progress(`markers into every field: ${index} of ${routes.length} endpoints`);
      for (const field of fieldsOf(route)) trials.push(await tryField(stage, route, field, marker));
    });
    await logInAgain(stage);
    return { value: { trials }, gaps: leftOutGaps(context.budget, 'markers into fields', leftOut, routes) };
  },
});

function fieldsOf(route: Route): Field[] {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map((match) => ({ in: 'params' as const, name: match[1] ?? '' }));
  const inputs = route.inputs.flatMap((field) =>
    (field.in === 'query' || field.in === 'body' || field.in === 'headers') &&
    !['boolean', 'object', 'array'].includes(field.type) &&
    !(field.in === 'headers' && /authorization|cookie/i.test(field.name))
      ? [{ in: field.in, name: field.name }]
      : [],
  );
  const named: Field = { in: ['GET', 'HEAD', 'DELETE'].includes(route.method) ? 'query' : 'body', name: 'any', called: true };
  return [...parameters, ...inputs, named];
}

interface Trial {
  endpoint: string;
  field: Field;
  outcome: 'bound' | 'shape-changed' | 'not-reached';
  statement: string | null;
  proof: ReturnType<typeof recorded> | null;
}

async function tryField(stage: Stage, route: Route, field: Field, marker: string): Promise<Trial> {
  const owner = stage.cast.owner;
  if (!owner) throw new Error('no owner');
  const plain = requestFor(stage.synthesis, route, owner, owner, 0).step;
  const step = marked(plain, route, field, marker);
  const played = await play(stage.lab, step);
  await stage.lab.ground.undo(played.changes);
  const trial = { endpoint: route.id, field, statement: null, proof: null };
  // Escaped or stripped of its quotes, the marker still shows that the value reached the text.
  const letters = marker.replace(/\W/g, '');
  const inText = played.statements.some((statement) => statement.text.includes(letters));
  const broken = played.statements.find((statement) => statement.text.includes(marker) && standsAs(statement.text, marker) === 'syntax');
  if (broken) {
    const control = await play(stage.lab, plain);
    await stage.lab.ground.undo(control.changes);
    const scenario = scenarioOf(
      stage,
      `injection ${route.id} ${field.in}:${field.called ? 'names' : field.name}`,
      `owner sends quotes in ${field.called ? `the name of a field in the ${field.in}` : `${field.in} ${field.name}`} of ${route.id}`,
      [...stepsBefore(stage, step), step],
      { shows: 'statement-shape', marker },
      succeeded(control) ? { control: plain } : {},
    );
    const sent = field.called ? `The name of a field in the ${field.in}` : `The value sent as ${field.in} "${field.name}"`;
    const observed = `${sent} became part of the statement's syntax${broken.error ? ` and Postgres answered ${broken.error.code}` : ''}.`;
    return {
      ...trial,
      outcome: 'shape-changed',
      statement: broken.text.slice(0, 500),
      proof: recorded(scenario, observed, { ...played, statements: [broken] }),
    };
  }
  const bound = inText || played.statements.some((statement) => statement.binds.some((bind) => bind?.includes(marker)));
  return { ...trial, outcome: bound ? 'bound' : 'not-reached' };
}

/** The request with the marker in one field. */
function marked(step: RequestStep, route: Route, field: Field, marker: string): RequestStep {
  if (field.called) return called(step, field, marker);
  if (field.in === 'body') return { ...step, body: { ...(step.body as Record<string, Json> | undefined), [field.name]: marker } };
  if (field.in === 'headers') return { ...step, headers: { ...step.headers, [field.name]: marker } };
  const [path = '', search = ''] = step.path.split('?');
  if (field.in === 'query') {
    const others = search.split('&').filter((pair) => pair !== '' && !pair.startsWith(`${encodeURIComponent(field.name)}=`));
    return { ...step, path: `${path}?${[...others, `${encodeURIComponent(field.name)}=${encodeURIComponent(marker)}`].join('&')}` };
  }
  const segments = route.path.split('/');
  const filled = path
    .split('/')
    .map((segment, index) => (segments[index]?.startsWith(`:${field.name}`) ? encodeURIComponent(marker) : segment));
  return { ...step, path: search === '' ? filled.join('/') : `${filled.join('/')}?${search}` };
}

/** The request with one field more, whose name is the marker. */
function called(step: RequestStep, field: Field, marker: string): RequestStep {
  if (field.in === 'body') return { ...step, body: { ...(step.body as Record<string, Json> | undefined), [marker]: '1' } };
  return { ...step, path: `${step.path}${step.path.includes('?') ? '&' : '?'}${encodeURIComponent(marker)}=1` };
}

/** The markers may have gone into a logout or a password change. */
async function logInAgain(stage: Stage): Promise<void> {
  const { login, owner } = stage.cast;
  if (!login || !owner || !stage.routes.some((route) => sessionPath.test(route.path))) return;
  const played = await play(stage.lab, requestFor(stage.synthesis, login, owner, owner, 0).step);
  const credentials = succeeded(played) ? credentialsIn(played) : null;
  if (credentials) owner.credentials = placedAs(owner.credentials, credentials);
}
