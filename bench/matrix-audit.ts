/** The access matrix of one app through the engine, without the experiments beside it. */
import { availableParallelism } from 'node:os';
import { checks } from '../src/checks/index.ts';
import { readConfig } from '../src/config/read.ts';
import { gather } from '../src/engine/audit.ts';
import { claimsOf } from '../src/engine/claims.ts';
import { produce } from '../src/engine/produce.ts';
import type { EvidenceStore } from '../src/engine/produce.ts';
import { settle } from '../src/engine/settle.ts';
import { valueOf } from '../src/engine/unit.ts';
import { derivations } from '../src/derive/index.ts';
import type { SettledFinding } from '../src/judge/types.ts';
import type { EvidenceValue } from '../src/model/evidence/index.ts';
import { collectors } from '../src/read/index.ts';
import access from '../src/run/drills/access.ts';
import actors from '../src/run/drills/actors.ts';
import { openBudget } from '../src/run/drills/budget.ts';
import { runContext } from '../src/run/drills/context.ts';
import type { RunContext } from '../src/run/drills/context.ts';
import { compose } from '../src/run/ground/play/interpreter.ts';
import type { Ground } from '../src/run/ground/types.ts';
import { sha256 } from '../src/world/hash.ts';
import { openTree } from '../src/world/tree.ts';

/** What the matrix of an app came to. */
export interface MatrixAudit {
  readonly actors: EvidenceValue<'actors'>['actors'];
  readonly cells: EvidenceValue<'access'>['cells'];
  /** Failures of class `ran` of all checks that read the matrix. */
  readonly findings: readonly SettledFinding[];
  /** Milliseconds: until the app runs, for casting and objects, for the matrix, and of one bare request of a signed-in caller. */
  readonly milliseconds: { readonly boot: number; readonly stage: number; readonly matrix: number; readonly bare: number };
}

/** Boots the app and lets everybody try everything, or the endpoints named. Throws where the matrix could not be had. */
export async function auditMatrix(dir: string, seed: string, endpoints?: readonly string[]): Promise<MatrixAudit> {
  const tree = await openTree(dir);
  const config = await readConfig(tree);
  const clock = () => performance.now();
  const started = clock();
  let audited: MatrixAudit | undefined;
  const experiment = async (ground: Ground, store: EvidenceStore): Promise<void> => {
    const boot = clock() - started;
    const context = runContext({
      ground,
      seed,
      focus: endpoints ? { endpoints } : {},
      budget: openBudget({ limit: 'full', clock, spent: 0, finished: [] }),
      learned: null,
      progress() {},
    });
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const start = clock();
      await work();
      return clock() - start;
    };
    const stage = await timed(async () => store.set('actors', await produce(actors, store, context)));
    const matrix = await timed(async () => store.set('access', await produce(access, store, context)));
    for (const derivation of derivations) store.set(derivation.yields, await produce(derivation, store, undefined));
    const cast = valueOf(store, 'actors');
    const cells = valueOf(store, 'access')?.cells;
    if (!cast || !cells) throw new Error(`no matrix: ${JSON.stringify([store.get('boot'), store.get('actors'), store.get('access')])}`);
    const reading = Object.entries(checks).filter(([, check]) => [...check.needs, ...check.anyOf, ...check.uses].includes('access'));
    const findings = reading
      .flatMap(([id, check]) => settle(id, check, claimsOf(check, store), sha256).findings)
      .filter((finding) => finding.class === 'ran' && finding.status === 'fail');
    audited = { actors: cast.actors, cells, findings, milliseconds: { boot, stage, matrix, bare: await bareRequest(context) } };
  };
  const { store } = await gather(
    tree,
    config,
    {
      dir,
      run: true,
      for: [],
      profile: null,
      seed,
      unsealed: false,
      install: false,
      budget: 'full',
      fresh: true,
      jobs: availableParallelism(),
      now: () => new Date(),
      clock,
      signal: new AbortController().signal,
      listen() {},
    },
    // The checks are handed what was read as well.
    { uses: [...collectors, ...derivations].map(({ yields }) => yields), run: experiment },
  );
  if (!audited) throw new Error(`the app could not be started: ${JSON.stringify([store.get('schema'), store.get('boot')]).slice(0, 2000)}`);
  return audited;
}

/** Milliseconds of one request of the owner's that is only sent and answered, the median of many. */
async function bareRequest(context: RunContext): Promise<number> {
  const { lab } = await context.stage(() => Promise.reject(new Error('the stage was not set')));
  const { spec } = compose(lab, { as: 'owner', method: 'GET', path: '/api/me' });
  const concert = await context.ground.together();
  const times: number[] = [];
  for (let count = 0; count < 200; count++) {
    const start = performance.now();
    await concert.answer(await concert.send(spec));
    times.push(performance.now() - start);
  }
  await concert.end();
  return times.toSorted((a, b) => a - b)[100] ?? Number.NaN;
}

/** Whether a finding names the endpoint as the way in, and no other. */
export function pointsAt({ subject, message }: SettledFinding, id: string): boolean {
  return subject.kind === 'endpoint' ? subject.name === id : / through (.*)\.$/.exec(message)?.[1] === id;
}
