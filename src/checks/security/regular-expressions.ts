import { defineCheck, fail } from '../../model/check.ts';
import { claimsOfFlows, inputNamed, sentence, subjectsOf } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'No regular expression can be made to hang',
  control: 'security/injection',
  severity: 'medium',
  cwe: [1333, 400],
  standards: ['ASVS v5.0.0-1.3.12', 'A10:2025'],
  why: 'Some patterns try exponentially many ways to match a text that almost fits. Node runs them on its one thread: thirty characters in a form then stop the server for everybody, for minutes.',
  remedy:
    'Write the pattern so that each character fits in one way only (no `+` inside a group that is itself repeated), limit the length of the text before, and escape input before it becomes part of a pattern.',
  needs: ['flows'],
  *run({ flows }) {
    const rows = flows.value.flows;
    const literals = rows.filter(({ symbol }) => symbol === 'regexp#literal');
    const tried = rows.filter(
      ({ sink, symbol, notes }) => sink === 'matched' && symbol !== 'regexp#literal' && notes.includes('exponential'),
    );
    const told = new Set(tried.filter(({ verdict }) => verdict === 'input').flatMap(({ notes }) => notes));
    yield* claimsOfFlows(flows, {
      rows: [...tried, ...rows.filter(({ sink }) => sink === 'pattern')],
      chosenBy: 'caller',
      what: 'A regular expression or the text that it is tried on',
      nothing: literals.length > 0 ? 'No pattern is tried on input.' : 'No slow pattern is tried on input and none is built from values.',
      says: (flow) =>
        flow.sink === 'pattern'
          ? {
              message: `${sentence(inputNamed(flow.value))} becomes a regular expression as it is.`,
              impact: 'A caller could write a pattern that keeps the server busy for minutes, or one that matches everything.',
              severity: 'medium',
            }
          : {
              message: `A pattern that can take exponentially long (${flow.notes.find((note) => note.startsWith('/')) ?? ''}) is tried on ${inputNamed(flow.value)}.`,
              impact: 'One short text could stop the server for everybody.',
              severity: 'high',
            },
    });
    for (const flow of literals) {
      const pattern = flow.notes.find((note) => note.startsWith('/')) ?? '';
      if (told.has(pattern)) continue;
      for (const subject of subjectsOf(flow))
        yield fail('read', subject, `A pattern that can take exponentially long stands in the code: ${pattern}.`, {
          severity: 'low',
          impact: 'If a caller can choose the text that it is tried on, one short text could stop the server for everybody.',
          where: flow.where,
          effect: `pattern ${pattern}`,
        });
    }
  },
});
