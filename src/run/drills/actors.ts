import { answersRequests } from '../../model/requests.ts';
import { shownTable } from '../../model/words.ts';
import type { Given } from '../../model/producer.ts';
import { roleOf } from '../ground/play/people/players.ts';
import type { Stage } from '../ground/play/scene.ts';
import { setStage } from '../ground/play/scene.ts';
import type { RunContext } from './context.ts';
import { defineDrill } from './context.ts';
import type { Known } from './importance.ts';

/** The stage of this run, set by whichever drill asks first. */
export function stageOf(given: Given<'routes' | 'schema' | 'ownership', 'queries' | 'samples'>, context: RunContext): Promise<Stage> {
  return context.stage((ground) =>
    setStage({
      ground,
      seed: context.seed,
      schema: given.schema.value,
      ownership: given.ownership.value,
      routes: given.routes.value.routes.filter(answersRequests),
      queries: given.queries?.value ?? null,
      samples: given.samples?.value ?? null,
      objects: true,
    }),
  );
}

/** What drills know of how much endpoints matter. */
export function knownTo(given: Given<'routes' | 'schema' | 'ownership', 'queries' | 'access'>): Known {
  return {
    routes: given.routes.value.routes.filter(answersRequests),
    tables: given.schema.value.tables,
    ownership: given.ownership.value,
    queries: given.queries?.value,
    access: given.access?.value,
  };
}

/** Signs actors up through the application's own endpoints and proves each before use. */
export default defineDrill({
  name: 'actors',
  needs: ['boot', 'routes', 'schema', 'ownership'],
  uses: ['queries', 'samples'],
  yields: 'actors',
  async run(given, context) {
    context.progress('signing actors up');
    const { cast, bearers, sessionRows } = await stageOf(given, context);
    const people = [...cast.notes].map(([name, note]) => {
      const role = name.startsWith('role:') ? roleOf(name) : null;
      return { name, role, tenant: null, ...note };
    });
    const posing = (bearers?.impostors ?? []).map(({ name, part }) => ({
      name,
      part,
      role: null,
      tenant: null,
      healthy: true,
      obtained:
        name === 'expired' ? "the owner's token, signed anew so that it ran out an hour ago" : "the owner's token, its signature changed",
      reason: '',
    }));
    const ended = sessionRows
      ? [
          {
            name: 'expired',
            part: 'impostor' as const,
            role: null,
            tenant: null,
            healthy: true,
            obtained: `the owner's session, its row of ${shownTable(sessionRows.table)} made to have run out`,
            reason: '',
          },
        ]
      : [];
    const value = { signUp: cast.signUp?.id ?? null, login: cast.login?.id ?? null, actors: [...people, ...posing, ...ended] };
    if (!cast.owner) throw new Error(`no actor could be signed up: ${cast.notes.get('owner')?.reason ?? 'no sign-up endpoint was found'}`);
    return { value };
  },
});
