import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { Flow } from '../../model/evidence/flows.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Claim } from '../../model/finding.ts';
import { handedOver, inputNamed, sentence, subjectsOf } from '../../model/flow-claims.ts';
import type { Query } from '../../model/statements.ts';

export default defineCheck({
  title: 'SQL is built from parameters, never from input',
  control: 'security/sql-injection',
  severity: 'high',
  cwe: [89],
  standards: ['ASVS v5.0.0-1.2.4', 'A05:2025'],
  why: "A value that becomes part of a statement's text can end the statement and start another: the whole database can be read, changed or emptied through one search box.",
  remedy: 'Pass the value as a parameter ($1). Where a name must vary (a sort column), pick it from a fixed list in the code.',
  anyOf: ['queries', 'injection'],
  uses: ['flows'],
  *run({ queries, injection, flows }) {
    const trials = injection?.value.trials ?? [];
    const shown = new Set<string>();
    for (const trial of trials.filter((one) => one.outcome === 'shape-changed')) {
      shown.add(trial.endpoint);
      const place = places[trial.field.in] ?? trial.field.in;
      const sent = trial.field.called ? `The name of a field in ${place}` : `The value of "${trial.field.name}" in ${place}`;
      const query = queries?.value.queries.find(
        (one) => one.routes.includes(trial.endpoint) && one.holes.some((hole) => hole.verdict !== 'constant'),
      );
      yield fail('ran', endpointSubject(trial.endpoint), `${sent} became part of the statement's syntax: whoever sends it writes SQL.`, {
        severity: 'critical',
        impact: 'Whoever can send this request can read and change everything that the application can: all customers, all tables.',
        where: query?.where,
        actor: 'owner',
        effect: `${trial.field.in}:${trial.field.called ? 'names' : trial.field.name}`,
        ...(trial.proof ? { proof: trial.proof } : {}),
      });
    }
    const texts = (queries?.value.queries ?? []).filter(({ through }) => through === 'sql');
    for (const query of texts) {
      const hole = query.holes.find((one) => one.verdict === 'input');
      const open = query.holes.some((one) => one.verdict === 'unknown');
      // Of a statement that several endpoints share, reading cannot tell through which of them the value comes.
      const several = query.routes.length > 1 && (hole !== undefined || open);
      const subjects =
        query.routes.length > 0 && !several
          ? query.routes.map(endpointSubject)
          : [{ kind: 'query' as const, name: `${query.within.replace(/:\d+$/, '')} ${query.tables.join(',')}`.trim() }];
      for (const subject of subjects) {
        if (hole) {
          const name = inputIn(hole.value);
          const handed = several ? hole.via.at(-1) : undefined;
          const through = handed ? `, handed over in ${handed.file}:${handed.line}` : '';
          yield fail(
            'read',
            subject,
            `What the caller sends${name} is put into the text of a statement on ${query.tables.join(', ') || 'the database'}${through}.`,
            {
              impact: 'A crafted value could read or change everything that the application can.',
              where: query.where,
              effect: 'text',
            },
          );
        } else if (open) {
          yield unknown('read', subject, 'Part of a statement is put together from a value that could not be followed.', {
            where: query.where,
          });
        } else {
          yield pass('read', subject);
        }
      }
    }
    const parts = [...fragments(flows?.value.flows ?? [], texts)];
    yield* parts;
    for (const endpoint of new Set(trials.map((trial) => trial.endpoint))) {
      if (shown.has(endpoint)) continue;
      const reached = trials.filter((trial) => trial.endpoint === endpoint && trial.outcome === 'bound' && !trial.field.called);
      const suspected = (queries?.value.queries ?? [])
        .filter((query) => query.routes.includes(endpoint))
        .flatMap((query) => query.holes.filter((hole) => hole.verdict === 'input' || hole.verdict === 'unknown'));
      const settled = suspected.every(
        (hole) =>
          hole.value.kind === 'input' && reached.some((trial) => hole.value.kind === 'input' && trial.field.name === hole.value.name),
      );
      if (reached.length > 0 && settled) yield pass('ran', endpointSubject(endpoint));
    }
    if (trials.length > 0 || !queries || texts.length > 0 || parts.length > 0) return;
    yield queries.gaps.length > 0
      ? unknown('read', application, 'No SQL was found in the code, but some files could not be read.')
      : notApplicable('No SQL statements were found in the code.');
  },
});

/** Parts of statements that libraries take as text: `whereRaw`, `literal`, and filters in the language of PostgREST. */
function* fragments(flows: readonly Flow[], texts: readonly Query[]): Iterable<Claim> {
  // Whole statements have a relation of their own, which knows them through wrappers too.
  const taken = flows.filter(
    ({ sink, verdict, symbol }) => sink === 'sql' && verdict === 'input' && /[.#](?:or|literal|\w+Raw)$/.test(symbol),
  );
  for (const flow of taken) {
    if (texts.some(({ where }) => where.file === flow.where.file && where.line <= flow.where.line && flow.where.line <= where.endLine))
      continue;
    const filter = flow.symbol.endsWith('.or');
    for (const subject of subjectsOf(flow))
      yield fail(
        'read',
        subject,
        `${sentence(inputNamed(flow.value))} is put into the text of ${filter ? 'a filter' : 'a part of a statement'}${handedOver(flow)}.`,
        {
          severity: filter ? 'medium' : 'high',
          impact: filter
            ? 'A crafted value adds conditions of its own: columns that nobody meant to be searched tell what they hold, row by row.'
            : 'A crafted value could read or change everything that the application can.',
          where: flow.where,
          effect: 'fragment',
        },
      );
  }
}

const places: Record<string, string> = { params: 'the path', query: 'the query string', body: 'the body', headers: 'the headers' };

/** ` ("q" in the query string)`, where it is known. */
function inputIn(value: AbstractValue): string {
  if (value.kind === 'input') return ` (${/^\w/.test(value.name) ? `"${value.name}" in ` : ''}${places[value.from] ?? value.from})`;
  return value.kind === 'either' ? (value.of.map(inputIn).find((name) => name !== '') ?? '') : '';
}
