import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Player } from '../ground/play/people/players.ts';
import { newPlayer } from '../ground/play/people/players.ts';
import { isWebhook } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import { knowledgeOf, sessionPath } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { thoseAbove } from './ladder.ts';
import { plainName } from './protected-columns.ts';
import { appointment, tryAppointment } from './raising.ts';

type Trial = EvidenceValue<'promotions'>['trials'][number];

/** Lets every role give itself, a colleague or a new account a role that may more than its own, and tries what its own is refused. */
export default defineDrill({
  name: 'promotions',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors', 'access'],
  uses: ['queries'],
  yields: 'promotions',
  async run(given, context) {
    if (given.boot.value.oracle.kind === 'responses') throw new Error('which role an account has cannot be seen without its database');
    const stage = await stageOf(given, context);
    const setting = byImportance(stage.routes, knownTo(given)).flatMap((route) => {
      const field = roleField(stage, route);
      return field !== null && (context.focus.endpoints?.includes(route.id) ?? true) ? [{ route, field }] : [];
    });
    const { cells } = given.access.value;
    const refusals = (player: Player): number =>
      cells.filter(({ actor, outcome }) => actor === player.name && outcome === 'refused').length;
    // Who is refused most comes first: what the least can do tells most.
    const people = [...(stage.cast.owner ? [stage.cast.owner] : []), ...stage.cast.roles].toSorted((a, b) => refusals(b) - refusals(a));
    const trials: Trial[] = [];
    const newcomer = newPlayer('newcomer', 'anonymous', null, context.seed);
    const leftOut = await whileTimeLasts(context.budget.turn('promotions'), setting, async ({ route, field }, index) => {
      context.progress(`who may appoint whom: ${index} of ${setting.length} endpoints`);
      for (const sender of people) {
        const [above] = thoseAbove(cells, sender.name, roleNames(stage)).map((one) => ({
          role: one.name.slice(5),
          witnesses: one.witnesses.flatMap((id) => (id === route.id ? [] : (stage.routes.find((other) => other.id === id) ?? []))),
        }));
        if (!above || above.witnesses.length === 0) continue;
        for (const account of ['own', 'another', 'new'] as const) {
          const holder = account === 'own' ? sender : account === 'new' ? newcomer : colleague(stage, cells, sender, above.role);
          const appointed = holder && appointment(stage, { route, field, sender, holder, account, role: above.role });
          if (appointed) trials.push(await tryAppointment(stage, appointed, above.witnesses));
        }
      }
    });
    return { value: { trials }, gaps: leftOutGaps(context.budget, 'who may appoint whom', leftOut, setting) };
  },
});

function roleNames({ cast }: Stage): string[] {
  return cast.roles.map(({ name }) => name);
}

/** The field of the body that becomes somebody's role; null where there is none. */
function roleField({ synthesis, ownership: { users }, cast }: Stage, route: Route): string | null {
  const role = users?.role;
  const writes = ['POST', 'PUT', 'PATCH'].includes(route.method) && route !== cast.signUp && route !== cast.login;
  if (!users || !role || !writes || sessionPath.test(route.path) || isWebhook(route)) return null;
  for (const [key, { table, column, how }] of knowledgeOf(synthesis, route).columns)
    if (key.startsWith('body:') && table === users.table && column === role && how === 'stored') return key.slice('body:'.length);
  return route.inputs.find((field) => field.in === 'body' && plainName(field.name) === plainName(role))?.name ?? null;
}

/** A colleague who may not more than the sender, and whom the role would raise as well. */
function colleague({ cast }: Stage, cells: EvidenceValue<'access'>['cells'], sender: Player, role: string): Player | undefined {
  const names = cast.roles.map(({ name }) => name);
  return cast.roles.find(
    (one) =>
      one !== sender &&
      !thoseAbove(cells, sender.name, [one.name]).some(({ name }) => name === one.name) &&
      thoseAbove(cells, one.name, names).some(({ name }) => name === `role:${role}`),
  );
}
