/**
 * The access matrix on a generated app: how long it takes, whether every cell is accounted for, and whether a guard that is taken away is
 * found. The bar (DESIGN.md, section 8): 221 endpoints x 15 roles in less than 60 s on 2 cores, no false leak; 50 of 50 mutants.
 *
 *   node bench/matrix.ts [--endpoints 221] [--roles 15] [--seed matrix] [--mutants 0] [--from 0] [--whole]
 *
 * A mutant is tried on the endpoints of its own and two other resources only, unless `--whole` asks for everything.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateApp, layApp, type GeneratedApp } from './generated-app.ts';
import { auditMatrix, pointsAt, type MatrixAudit } from './matrix-audit.ts';

const bar = 60;
const modules = join(import.meta.dirname, '..', 'examples', 'harbor', 'node_modules');

const { values } = parseArgs({
  options: {
    endpoints: { type: 'string', default: '221' },
    roles: { type: 'string', default: '15' },
    seed: { type: 'string', default: 'matrix' },
    mutants: { type: 'string', default: '0' },
    from: { type: 'string', default: '0' },
    whole: { type: 'boolean', default: false },
  },
});
const wish = { seed: values.seed, endpoints: Number(values.endpoints), roles: Number(values.roles) };

async function audited(app: GeneratedApp, endpoints?: readonly string[]): Promise<MatrixAudit> {
  const work = mkdtempSync(join(tmpdir(), 'seaworthy-matrix-'));
  try {
    layApp(app, work, modules);
    return await auditMatrix(work, values.seed, endpoints);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The clean app: time, cells, outcomes, and whether anything is left without account or wrongly accused. */
async function clean(): Promise<boolean> {
  const app = generateApp({ ...wish, mutant: null });
  const { actors: cast, cells, findings, milliseconds } = await audited(app);
  // Forged and expired sessions have an experiment of their own.
  const actors = cast.filter((actor) => actor.part !== 'impostor');
  const healthy = actors.filter((actor) => actor.healthy).length;
  const named = new Set(cells.filter((cell) => cell.reason !== '').map((cell) => `${cell.actor} ${cell.endpoint}`));
  const lost = actors.flatMap((actor) => app.endpoints.filter((endpoint) => !named.has(`${actor.name} ${endpoint}`)));
  const outcomes = [...Map.groupBy(cells, (cell) => cell.outcome)].map(([outcome, some]) => `${outcome} ${some.length}`).toSorted();
  const own = new Set(cells.filter((cell) => cell.outcome === 'own').map((cell) => cell.endpoint));
  const seconds = milliseconds.matrix / 1000;
  const perCell = milliseconds.matrix / cells.length;
  console.log(`${app.endpoints.length} endpoints x ${wish.roles} roles: ${cells.length} cells of ${healthy} of ${actors.length} actors`);
  console.log(`until it runs ${whole(milliseconds.boot)} ms, actors and their objects ${whole(milliseconds.stage)} ms`);
  console.log(
    `matrix ${seconds.toFixed(1)} s (bar ${bar} s): ${perCell.toFixed(1)} ms a cell, a bare request ${milliseconds.bare.toFixed(1)} ms`,
  );
  console.log(`a cell costs ${(perCell / milliseconds.bare).toFixed(1)} bare requests`);
  console.log(`outcomes: ${outcomes.join(', ')}; without account ${lost.length}`);
  console.log(`operations that answered their owner: ${own.size} of ${app.endpoints.length}`);
  for (const cell of cells.filter((one) => one.outcome === 'unknown').slice(0, 20))
    console.log(`  unknown: ${cell.actor} ${cell.endpoint}: ${cell.reason}`);
  for (const finding of findings) console.log(`  false: ${finding.check} ${finding.subject.name}: ${finding.message}`);
  return lost.length === 0 && findings.length === 0 && seconds < bar;
}

/** One guard less: found when every finding is about its endpoint, and there is one. */
async function mutant(name: string): Promise<boolean> {
  const app = generateApp({ ...wish, mutant: name });
  const { removed } = app;
  if (!removed) throw new Error('the app has no guard');
  const resource = (endpoint: string) => /^\S+ (.*?)(?:\/:(?!organisationId)|\/export|$)/.exec(endpoint)?.[1];
  const others = [...new Set(app.endpoints.slice(4).map(resource))].slice(0, 2);
  const focus = app.endpoints.filter((endpoint) => [resource(removed.endpoint), ...others].includes(resource(endpoint)));
  const { findings } = await audited(app, values.whole ? undefined : focus);
  const found = findings.length > 0 && findings.every((finding) => pointsAt(finding, removed.endpoint));
  console.log(`mutant ${name}: ${removed.kind} of ${removed.endpoint}: ${found ? 'found' : 'MISSED'}`);
  if (!found || values.whole) for (const finding of findings) console.log(`  ${finding.check} ${finding.subject.name}: ${finding.message}`);
  return found;
}

function whole(milliseconds: number): string {
  return milliseconds.toFixed(0);
}

let good = true;
const mutants = Number(values.mutants);
if (mutants === 0 || values.from === '0') good = await clean();
let found = 0;
for (let index = Number(values.from); index < Number(values.from) + mutants; index++) if (await mutant(String(index))) found += 1;
if (mutants > 0) console.log(`${found} of ${mutants} mutants found`);
process.exitCode = good && found === mutants ? 0 : 1;
