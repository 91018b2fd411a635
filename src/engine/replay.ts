import { answersRequests } from '../model/requests.ts';
import { SeaworthyError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Exchange, StatementRecord } from '../model/transcript.ts';
import type { ScenarioOutcome } from '../model/scenario.ts';
import { readConfig } from '../config/read.ts';
import { newPlayer } from '../run/ground/play/people/players.ts';
import { setStage } from '../run/ground/play/scene.ts';
import { runScenario } from '../run/ground/play/scenario.ts';
import { openTree } from '../world/tree.ts';
import { gather } from './audit.ts';
import type { AuditOptions } from './audit.ts';
import { valueOf } from './unit.ts';

/** What came of running a finding's experiment again. */
export interface Replayed extends ScenarioOutcome {
  readonly exchanges: Exchange[];
  readonly statements: StatementRecord[];
}

/** Runs the scenario of a finding on a fresh ground: the same actors, the same steps, the same effect looked for. */
export async function replay(finding: Finding, options: AuditOptions): Promise<Replayed> {
  const scenario = finding.proof?.scenario;
  if (!scenario) {
    throw new SeaworthyError(
      'usage',
      `${finding.id} comes from reading the files and has no experiment to replay; its proof is the place ${finding.where?.file ?? 'in the report'}.`,
    );
  }
  const tree = await openTree(options.dir);
  const config = await readConfig(tree);
  let replayed: Replayed | undefined;
  const { store } = await gather(tree, config, options, {
    uses: ['schema', 'ownership', 'routes', 'queries', 'samples'],
    run: async (ground, evidence) => {
      const [schema, ownership, routes] = [valueOf(evidence, 'schema'), valueOf(evidence, 'ownership'), valueOf(evidence, 'routes')];
      if (!schema || !ownership || !routes) return;
      const stage = await setStage({
        ground,
        seed: options.seed,
        schema,
        ownership,
        routes: routes.routes.filter(answersRequests),
        queries: valueOf(evidence, 'queries'),
        samples: valueOf(evidence, 'samples'),
        objects: false,
        actors: new Set(Object.keys(scenario.actors)),
      });
      for (const [name, { part, role }] of Object.entries(scenario.actors))
        if (part === 'anonymous' && !stage.lab.players.has(name)) stage.lab.players.set(name, newPlayer(name, part, role, options.seed));
      const missing = Object.keys(scenario.actors).filter((name) => !stage.lab.players.has(name));
      if (missing.length > 0) {
        replayed = {
          reproduced: 'not-staged',
          reason: `could not be signed up: ${missing.join(', ')}`,
          rows: [],
          exchanges: [],
          statements: [],
        };
        return;
      }
      const { transcript, ...outcome } = await runScenario(stage.lab, scenario);
      const last = transcript.at(-1);
      replayed = {
        ...outcome,
        exchanges: transcript.map((played) => played.exchange),
        statements: (last?.statements ?? []).map((one) => ({
          text: one.text,
          binds: one.binds,
          rows: one.rowCount,
          tag: one.tag,
          error: one.error ? `${one.error.code} ${one.error.message}` : null,
        })),
      };
    },
  });
  const boot = store.get('boot');
  return (
    replayed ?? {
      reproduced: 'not-staged',
      reason: boot && 'reason' in boot ? boot.reason : 'the application could not be started',
      rows: [],
      exchanges: [],
      statements: [],
    }
  );
}
