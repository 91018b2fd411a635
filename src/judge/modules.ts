import type { Report } from '../model/report.ts';
import { atLeast } from '../model/words.ts';
import { grouped } from './modules/grouping.ts';
import { measured } from './modules/measures.ts';
import type { Measures, ModuleInput } from './modules/measures.ts';
import { hardening, rebuilding } from './modules/price.ts';
import type { Measured } from './modules/price.ts';

type Module = Report['modules'][number];

const sourceFile = /\.(?:[cm]?[jt]sx?|vue|svelte|sql|prisma|py)$/;
const testFile = /(?:^|\/)(?:tests?|__tests__|e2e|spec|cypress)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/;
const notProduct =
  /(?:^|\/)(?:node_modules|dist|build|coverage|docs?|examples?|fixtures|testdata)\/|(?:^|\/)\.|\.d\.ts$|\.config\.[cm]?[jt]s$/;

/** Named grounds for writing a module anew, each of which is rare; nobody says rebuild for fewer than three. */
const grounds = { atLeast: 3, lines: 200, faults: 5, linesPerFault: 80, complexity: 40, share: 0.15 };
/** A function with more decisions is not understood by reading it. */
const knot = 25;

/** How each factor was measured, for people. */
export const moduleFactors: Readonly<Record<string, string>> = {
  files: 'source files of the product, tests left out',
  lines: 'all lines of these files',
  endpoints: 'endpoints that are declared in it',
  answering: 'of these, how many answered their owner when the application was run',
  'used by': 'product files outside from which imports lead into it, directly or through others',
  'endpoints through it': 'endpoints whose files are in it or lead into it by imports',
  data: 'the most sensitive of the tables that its endpoints and statements touch, judged by their names',
  changed: 'commits that changed its busiest file, of all commits that were counted',
  tests: 'tests that import it or ask its endpoints; of these, how many could not fail (tests/assertions)',
  'hardest function': 'the function with the most decisions, and how many it takes',
  commented: 'lines that hold nothing but a comment, of a hundred',
  findings: 'faults that were found in it, and the gravest of them',
  'to harden':
    'hours for mending these faults, longer where no test would notice a mistake or a function cannot be followed, with the tests that are missing',
};

/** Keep, harden or rebuild for each module: a feature's folder, or a file that is large enough to be one. */
export function modules(input: ModuleInput): Module[] {
  const product = input.files.filter((file) => sourceFile.test(file.path) && !testFile.test(file.path) && !notProduct.test(file.path));
  const endpoints = Map.groupBy(input.endpoints, ({ file }) => file);
  const groups = grouped(product, (path) => endpoints.get(path)?.length ?? 0);
  return [...groups].map(([path, files]) => judged(measured(path, new Set(files), { ...input, files: product }), input));
}

function judged(one: Measures, input: ModuleInput): Module {
  const grave = one.findings.filter(({ severity }) => atLeast(severity, 'medium'));
  const asserting = one.testing - one.hollow;
  const work: Measured = {
    lines: one.lines,
    checks: grave.map(({ check }) => check),
    tested: asserting > 0,
    knotted: (one.hardest?.complexity ?? 0) >= knot,
  };
  const price = hardening(work);
  const reasons = reasonsToRebuild(one, grave.length, asserting);
  const anew = rebuilding(work);
  const factors = factorsOf(one, input, grave.length > 0 ? price : null);
  if (reasons.length >= grounds.atLeast && one.lines >= grounds.lines && price.low + price.high > anew.low + anew.high) {
    return {
      path: one.path,
      verdict: 'rebuild',
      why: `${capital(reasons.join(', '))}: mending it costs ${price.low} to ${price.high} hours, writing it anew ${anew.low} to ${anew.high}.`,
      rebuild: {
        ...anew,
        replaces: `${one.files} ${one.files === 1 ? 'file' : 'files'} (${one.lines} lines)${one.endpoints > 0 ? ` with ${one.endpoints} endpoints` : ''}; what it does today must first be written down as tests`,
        because: `hardening it costs ${price.low} to ${price.high} hours, for ${reasons.join(', ')}`,
      },
      factors,
    };
  }
  const { verdict, why } = usual(one, grave.length, asserting, input);
  return { path: one.path, verdict, why, rebuild: null, factors };
}

/** The verdict of nearly every module. */
function usual(one: Measures, grave: number, asserting: number, input: ModuleInput): Pick<Module, 'verdict' | 'why'> {
  if (one.unreachable) return { verdict: 'harden', why: 'Nothing leads to it: delete it, or find out what is missing.' };
  if (grave > 0)
    return {
      verdict: 'harden',
      why: `${grave} ${grave === 1 ? 'fault' : 'faults'} of medium weight or more ${grave === 1 ? 'is' : 'are'} named; its shape can stay.`,
    };
  const hard = one.hardest !== null && one.hardest.complexity >= knot;
  if (hard && asserting === 0 && (one.through ?? 0) > 0)
    return {
      verdict: 'harden',
      why: `${capital(nameOf(one.hardest))} takes ${one.hardest?.complexity ?? 0} decisions, endpoints depend on it, and no test would notice a mistake in it.`,
    };
  const answered = one.endpoints > 0 && one.answering === one.endpoints && input.testsAssert;
  // Tests that assert are proof of behaviour where they are not far fewer than what there is to get wrong.
  const tested = asserting > 0 && asserting >= Math.max(one.files / 2, one.endpoints) && one.hollow <= one.testing / 4;
  if (answered && asserting > 0)
    return { verdict: 'keep', why: `All of its ${one.endpoints} endpoints answer, and ${asserting} tests assert what they do.` };
  if (tested) return { verdict: 'keep', why: `${asserting} tests that assert reach it, and nothing of weight was found.` };
  return {
    verdict: 'unproven',
    why: `Nothing of weight was found, and ${asserting === 0 ? 'no test that asserts reaches it' : `${asserting} tests are too few to prove what it does`}.`,
  };
}

function reasonsToRebuild(one: Measures, grave: number, asserting: number): string[] {
  const high = one.findings.filter(({ severity }) => atLeast(severity, 'high')).length;
  return [
    ...(high > 0 && grave >= grounds.faults && grave * grounds.linesPerFault >= one.lines
      ? [`${grave} faults stand in ${one.lines} lines`]
      : []),
    ...((one.hardest?.complexity ?? 0) >= grounds.complexity ? [`one function takes ${one.hardest?.complexity ?? 0} decisions`] : []),
    ...(asserting === 0 ? ['no test that asserts reaches it'] : []),
    ...(one.share >= grounds.share && (one.commits ?? 0) >= 10 ? [`${Math.round(100 * one.share)} of 100 commits had to change it`] : []),
  ];
}

function factorsOf(one: Measures, input: ModuleInput, price: { low: number; high: number } | null): Module['factors'] {
  const unknown = 'not measured';
  return {
    files: one.files,
    lines: one.lines,
    endpoints: one.endpoints,
    answering: one.answering,
    'used by': one.users ?? unknown,
    'endpoints through it': one.through ?? unknown,
    data: one.data === 'other' ? 'nothing sensitive seen' : one.data,
    changed: one.commits === null ? unknown : `${one.commits} of ${input.history?.commits ?? 0}`,
    tests: input.tests === undefined ? unknown : one.hollow > 0 ? `${one.testing}, ${one.hollow} of them hollow` : one.testing,
    'hardest function': one.hardest === null ? unknown : `${nameOf(one.hardest)}: ${one.hardest.complexity}`,
    commented: one.commented === null ? unknown : Math.round(100 * one.commented),
    findings: one.findings.length,
    worst: one.worst,
    'to harden': price === null ? 'nothing named' : `${price.low}-${price.high} h`,
  };
}

/** A function for people; most handlers have no name. */
function nameOf(hardest: Measures['hardest']): string {
  return hardest === null || hardest.name === '' || hardest.name.startsWith('<') ? 'a function' : `\`${hardest.name}\``;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
