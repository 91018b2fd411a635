import type { EvidenceValue } from '../../model/evidence/index.ts';
import { shownTable } from '../../model/words.ts';
import type { Player } from '../ground/play/people/players.ts';
import { isWebhook } from '../ground/play/scene.ts';
import type { Stage } from '../ground/play/scene.ts';
import type { Route } from '../ground/play/asking/synthesis.ts';
import { knownTo, stageOf } from './actors.ts';
import { leftOutGaps, whileTimeLasts } from './budget.ts';
import { defineDrill } from './context.ts';
import { byImportance } from './importance.ts';
import { proofOfTaking } from './taking-proof.ts';
import { sendersOf, takersIn, triedBy } from './unasked-fields.ts';
import type { Extra, Plain } from './unasked-fields.ts';
import { isPowerful } from './unasked-values.ts';

type Tried = EvidenceValue<'mass-assignment'>['endpoints'][number];

/** Requests that open or end a session: what they take is a matter of sessions, not of rows. */
const session = /(log-?out|sign-?out|refresh|log-?in|sign-?in|session)/i;

/** Sends every further column of the rows that a working request writes, and looks which of them took the value. */
export default defineDrill({
  name: 'mass-assignment',
  needs: ['boot', 'routes', 'schema', 'ownership', 'actors'],
  uses: ['queries', 'samples', 'access', 'injection'],
  yields: 'mass-assignment',
  async run(given, context) {
    const { oracle } = given.boot.value;
    if (oracle.kind === 'responses') throw new Error(`what a request writes cannot be seen: ${oracle.detail}`);
    const stage = await stageOf(given, context);
    const writers = byImportance(stage.routes, knownTo(given)).filter(
      (route) =>
        ['POST', 'PUT', 'PATCH'].includes(route.method) &&
        (route === stage.cast.signUp || !session.test(route.path)) &&
        !isWebhook(route) &&
        (context.focus.endpoints?.includes(route.id) ?? true),
    );
    const endpoints: Tried[] = [];
    const leftOut = await whileTimeLasts(context.budget.turn('mass-assignment'), writers, async (route, index) => {
      if (index % 5 === 0) context.progress(`fields that nobody asked for: ${index} of ${writers.length} endpoints`);
      endpoints.push(await tryRoute(stage, route));
    });
    return { value: { endpoints }, gaps: leftOutGaps(context.budget, 'fields that nobody asked for', leftOut, writers) };
  },
});

async function tryRoute(stage: Stage, route: Route): Promise<Tried> {
  const nothing = { endpoint: route.id, actor: null, kept: [], accepted: [], open: [], taken: [] };
  let answer = 'nobody could send it';
  for (const sender of sendersOf(stage, route)) {
    const plain = await triedBy(stage, route, sender);
    if (typeof plain === 'string') {
      answer = plain;
      continue;
    }
    if (plain.targets.length === 0) return { ...nothing, actor: sender.name, outcome: 'writes-nothing', reason: 'it writes no row' };
    return tryFields(stage, plain);
  }
  return { ...nothing, outcome: 'untried', reason: answer };
}

async function tryFields(stage: Stage, plain: Plain): Promise<Tried> {
  const { taken, kept, failed } = await takersIn(stage, plain);
  const found: Tried['taken'] = [];
  const accepted = new Set<string>();
  const open: Tried['open'] = [];
  for (const extra of taken) {
    for (const { table, column, protects } of extra.columns) {
      const name = `${shownTable(table)}.${column}`;
      if (protects === null) {
        accepted.add(name);
        continue;
      }
      const proven = await proveBy(stage, plain, extra, table, column);
      if (proven) found.push({ table, column, protects, field: extra.field, named: extra.named, ...proven });
      else open.push({ column: name, protects, reason: 'it took the value among others, and alone it did not' });
    }
  }
  for (const { extra, reason } of failed)
    for (const { table, column, protects } of extra.columns)
      if (protects !== null) open.push({ column: `${shownTable(table)}.${column}`, protects, reason });
  const settled = new Set([...accepted, ...found.map((one) => `${shownTable(one.table)}.${one.column}`)]);
  const unsettled = open.filter(
    (one, index) => !settled.has(one.column) && open.findIndex((other) => other.column === one.column) === index,
  );
  return {
    endpoint: plain.route.id,
    actor: plain.sender.name,
    outcome: 'tried',
    reason: `changed ${[...new Set(plain.targets.map(({ change }) => shownTable(change.table)))].join(', ')}`,
    kept: [...new Set(kept.flatMap((extra) => extra.columns.map(({ table, column }) => `${shownTable(table)}.${column}`)))]
      .filter((name) => !settled.has(name) && unsettled.every((one) => one.column !== name))
      .toSorted(),
    accepted: [...accepted].toSorted(),
    open: unsettled,
    taken: found,
  };
}

/** Shows it with the one field, by the least powerful who can. */
async function proveBy(stage: Stage, plain: Plain, extra: Extra, table: string, column: string) {
  const lesser = stage.cast.roles.filter((player) => !isPowerful(player) && player !== plain.sender);
  const senders: readonly Player[] = plain.route === stage.cast.signUp ? [plain.sender] : [...lesser, plain.sender];
  for (const sender of senders) {
    const proven = await proofOfTaking(stage, plain, sender, extra, { table, column });
    if (proven) return { actor: sender.name, ...proven };
  }
  return null;
}
