import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Figure, Report } from '../model/report.ts';

/** The evidence that figures are counted from; all may be missing. */
export interface Counted {
  readonly typing?: EvidenceValue<'typing'> | undefined;
  readonly clones?: EvidenceValue<'clones'> | undefined;
  readonly structure?: EvidenceValue<'structure'> | undefined;
  readonly tests?: EvidenceValue<'tests'> | undefined;
  readonly works: Report['works'];
}

interface Measure extends Omit<Figure, 'value'> {
  /** Null where nobody could count. */
  readonly of: (from: Counted) => number | null;
}

const sum = (numbers: readonly number[] | undefined): number | null => numbers?.reduce((all, one) => all + one, 0) ?? null;

const measures: Readonly<Record<string, Measure>> = {
  'types/any': {
    says: 'values of the type `any`',
    better: 'less',
    of: ({ typing }) => sum(typing?.units.map((unit) => unit.any)),
  },
  'types/assertions': {
    says: 'types that are asserted instead of checked (`as`, `!`)',
    better: 'less',
    of: ({ typing }) => sum(typing?.units.map((unit) => unit.casts + unit.bangs)),
  },
  'types/silenced': {
    says: 'places where the compiler or the linter is silenced',
    better: 'less',
    of: ({ typing }) => sum(typing?.units.map((unit) => unit.silenced.length)),
  },
  'code/copies': {
    says: 'functions that are copies of another',
    better: 'less',
    of: ({ clones }) => sum(clones?.groups.map(({ copies }) => copies.length - 1)),
  },
  'code/files-in-cycles': {
    says: 'files that need each other in a circle',
    better: 'less',
    of: ({ structure }) => sum(structure?.cycles.map((cycle) => cycle.length)),
  },
  'tests/asserting': {
    says: 'tests that assert something, without a flaw that was seen',
    better: 'more',
    of: ({ tests }) => tests?.cases.filter(({ assertions, flaws }) => assertions > 0 && flaws.length === 0).length ?? null,
  },
  'tests/flawed': {
    says: 'tests with a flaw, such as none that asserts anything',
    better: 'less',
    of: ({ tests }) => tests?.cases.filter(({ flaws }) => flaws.length > 0).length ?? null,
  },
  'works/operations': {
    says: 'operations that answered the person that they are for',
    better: 'more',
    of: ({ works }) => works?.operations ?? null,
  },
};

/** What can be counted of this audit; a figure that nobody could count is left out. */
export function figuresOf(from: Counted): Record<string, Figure> {
  return Object.fromEntries(
    Object.entries(measures).flatMap(([name, { says, better, of }]) => {
      const value = of(from);
      return value === null ? [] : [[name, { value, better, says }]];
    }),
  );
}
