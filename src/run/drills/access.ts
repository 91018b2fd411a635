import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Player } from '../ground/play/people/players.ts';
import { sessionPath } from '../ground/play/asking/synthesis.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { judgeCells } from './access-judgement.ts';
import { namesRowOf, tryRoute } from './access-trials.ts';
import { intentOf, judgeByIntent } from './intent-judgement.ts';
import { judgePeers } from './peer-judgement.ts';
import { policyOf } from './policy.ts';
import type { RawCell } from './access-judgement.ts';
import { leftOutGaps, leftOutReason, whileTimeLasts, withoutLimit } from './budget.ts';
import type { Budget } from './budget.ts';
import { withKeysAsCapabilities } from './capabilities.ts';
import { defineDrill } from './context.ts';
import { withFigures } from './figures.ts';
import { importanceOf } from './importance.ts';
import { heldBack, isOffered, keptByScreens, pastScreens, toldOf } from './past-screens.ts';
import type { PastScreen } from './past-screens.ts';
import { ownersOf } from './owners.ts';
import { withRightful } from './by-answers.ts';
import { proofOf } from './proof.ts';

/** Every actor against every endpoint, with the owner's objects; rows decide, status codes are a footnote. */
export default defineDrill({
  name: 'access',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors'],
  uses: ['queries', 'samples', 'access-rules', 'screen-limits'],
  yields: 'access',
  async run(given, context) {
    const stage = await stageOf(given, context);
    const owner = stage.cast.owner;
    if (!owner) throw new Error('no owner could be signed up');
    const owners = await ownersOf(stage);
    const players = [stage.cast.anonymous, stage.cast.stranger, ...stage.cast.roles].filter((player) => player !== null);
    const importance = importanceOf(knownTo(given));
    const routes = inPlayOrder(stage.routes, importance).filter((route) => context.focus.endpoints?.includes(route.id) ?? true);
    const raw: RawCell[] = [];
    // Without a wire, what one request caused is told only by nothing else being on its way.
    const wire = { apart: given.boot.value.oracle.kind === 'rows' };
    const turn = context.budget.turn('access');
    const leftOut = await whileTimeLasts(turn, routes, async (route, index) => {
      if (index % 10 === 0) context.progress(`everyone tries everything: ${index} of ${routes.length} endpoints`);
      raw.push(...(await tryRoute({ stage, owners, owner, players, wire }, route)));
    });
    const tried = withKeysAsCapabilities(raw, stage.cast.open);
    const tenants = stage.ownership.tenants !== null && owners.separate === 'tenant';
    const byRows = judgeCells(tried, {
      tenants,
      tables: stage.lab.tables.all,
      statements: given.boot.value.oracle.kind === 'rows',
      changes: given.boot.value.oracle.kind !== 'responses',
      unseen: leftOut.filter((route) => route.method === 'GET').length,
    });
    const limits = given['screen-limits']?.value;
    const byPeers = judgePeers(byRows, {
      ownership: stage.ownership,
      policy: await policyOf(stage, tried),
      routes: stage.routes,
      unseen: leftOut.length,
      offered: (cell) => limits !== undefined && isOffered(cell, limits, stage),
    });
    const { judged, dependences, ...late } = await withFigures(stage, owners, byPeers, { turn, tenants, unseen: leftOut.length });
    const past = limits ? pastScreens(stage, owners, tried, limits) : new Map<RawCell, PastScreen>();
    const intended = judgeByIntent(heldBack(judged, past), intentOf(stage, owners, given['access-rules']?.value.rules ?? []));
    const cells = intended.map(({ raw: cell, outcome, reason, rule }) => ({
      endpoint: cell.route.id,
      actor: cell.actor,
      outcome,
      reason,
      status: cell.status,
      read: cell.read.map(({ table, key }) => ({ table, key })),
      changed: cell.changed.flatMap(({ table, key, op, columns }) =>
        op === 'insert' || op === 'update' || op === 'delete' ? [{ table, key, op, columns: [...columns] }] : [],
      ),
      byId: cell.byId || namesRowOf(stage, cell, owner.name),
      columns: [...new Set(cell.read.flatMap((row) => row.columns))].toSorted(),
      proof:
        outcome === 'leak'
          ? (withRightful(reason === keptByScreens ? past.get(cell)?.proof : dependences.get(cell)?.proof, cell, raw) ??
            proofOf(stage, cell, raw))
          : null,
      ...(past.has(cell) && rule?.lets !== true
        ? { pastScreen: toldOf(past.get(cell), rule === undefined && reason === keptByScreens) }
        : {}),
      ...(dependences.has(cell) ? { figures: [...(dependences.get(cell)?.tables ?? [])] } : {}),
      ...(late.leftOut.has(cell) ? { outcome: 'unknown' as const, reason: leftOutReason(context.budget), settle: withoutLimit } : {}),
      ...(rule ? { rule } : {}),
      ...(cell.swayed && outcome === 'leak' ? { swayed: true } : {}),
    }));
    const untried = leftOut.flatMap((route) => [owner, ...players].map((player) => leftOutCell(route, player, context.budget)));
    const gaps = [
      ...leftOutGaps(context.budget, 'the access matrix', leftOut, routes),
      ...leftOutGaps(context.budget, "figures made of others' rows", [...late.leftOut], cells),
    ];
    return { value: { cells: [...cells, ...untried] }, gaps };
  },
});

/** What matters most first; among equals reads, then writes, then deletions. Last of all what ends sessions. */
function inPlayOrder(routes: readonly Route[], importance: (route: Route) => number): Route[] {
  const ends = (route: Route): number => Number(sessionPath.test(route.path));
  const weight = (route: Route): number => (['GET', 'HEAD'].includes(route.method) ? 0 : route.method === 'DELETE' ? 2 : 1);
  return routes.toSorted((a, b) => ends(a) - ends(b) || importance(b) - importance(a) || weight(a) - weight(b) || (a.id < b.id ? -1 : 1));
}

/** A cell that nobody tried: there was no time. */
function leftOutCell(route: Route, player: Player, budget: Budget): EvidenceValue<'access'>['cells'][number] {
  return {
    endpoint: route.id,
    actor: player.name,
    outcome: 'unknown',
    reason: leftOutReason(budget),
    status: null,
    read: [],
    changed: [],
    byId: route.path.includes(':'),
    columns: [],
    proof: null,
    settle: withoutLimit,
  };
}
