import { defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { leakedBy } from '../../model/leak.ts';
import { shownTable } from '../../model/words.ts';

export default defineCheck({
  title: "Nobody sees or changes another tenant's rows",
  control: 'security/tenant-isolation',
  severity: 'critical',
  cwe: [639, 284],
  standards: ['ASVS v5.0.0-8.4.1', 'API1:2023'],
  why: 'Tenants are the promise on which business customers buy: that what they store is theirs alone. One statement without the tenant in its WHERE clause breaks it for everybody at once, and contracts and data-protection law make it a reportable incident.',
  remedy:
    'Put the tenant of the session into every statement on this table, and let the database enforce it too (row security with the tenant as a session setting).',
  needs: ['ownership', 'access'],
  uses: ['endpoints'],
  *run({ ownership, access, endpoints }) {
    if (!ownership.value.tenants) {
      yield notApplicable('The application has no tenants: no table that users belong to was found.', 'ran');
      return;
    }
    const cells = access.value.cells.filter((cell) => cell.actor === 'stranger');
    if (cells.length === 0) {
      yield unknown('ran', { kind: 'table', name: ownership.value.tenants.table }, 'No second tenant could be signed up, so nobody tried.');
      return;
    }
    for (const cell of cells) {
      if (!cell.figures) continue;
      if (cell.outcome === 'intended' && cell.rule?.overrides) yield pass('stated', endpointSubject(cell.endpoint));
      if (cell.outcome !== 'leak') continue;
      const { tables } = leakedBy(cell);
      yield fail(
        'ran',
        endpointSubject(cell.endpoint),
        `The answer to another tenant tells of rows that it does not show: ${cell.reason}.`,
        {
          severity: 'high',
          impact: `A customer of one organisation can learn how much other organisations have in ${tables}, and how it changes.`,
          where: endpoints?.value.endpoints.find((endpoint) => endpoint.id === cell.endpoint)?.where,
          actor: 'stranger',
          effect: 'figures',
          ...(cell.proof ? { proof: cell.proof } : {}),
        },
      );
    }
    for (const { table, tenant } of ownership.value.tables) {
      if (!tenant) continue;
      const subject = { kind: 'table' as const, name: table };
      const touches = (cell: (typeof cells)[number]): boolean => [...cell.read, ...cell.changed].some((row) => row.table === table);
      const leaks = cells.filter((cell) => cell.outcome === 'leak' && touches(cell));
      const first = leaks.find((cell) => cell.proof?.scenario) ?? leaks[0];
      if (first) {
        const changed = leaks.some((cell) => cell.changed.some((row) => row.table === table));
        const read = leaks.some((cell) => cell.read.some((row) => row.table === table));
        const doing = [...(read ? ['read'] : []), ...(changed ? ['change'] : [])].join(' and ');
        const through = [...new Set(leaks.map((cell) => cell.endpoint))].toSorted().join(', ');
        const place = endpoints?.value.endpoints.find((endpoint) => endpoint.id === first.endpoint);
        yield fail('ran', subject, `Another tenant could ${doing} rows of ${shownTable(table)} through ${through}.`, {
          impact: `A customer of one organisation can ${doing} ${shownTable(table)} of every other organisation.`,
          where: place?.where,
          endpoint: first.endpoint,
          actor: 'stranger',
          effect: through,
          ...(first.proof ? { proof: first.proof } : {}),
        });
        continue;
      }
      const untried = cells.find((cell) => cell.settle !== undefined);
      if (untried) {
        const left = cells.filter((cell) => cell.settle !== undefined).length;
        const message = `${left} of ${cells.length} endpoints may show rows of ${shownTable(table)} and were not tried, ${untried.reason}.`;
        yield unknown('ran', subject, message, { settle: untried.settle });
        continue;
      }
      const own = access.value.cells.filter((cell) => cell.actor === 'owner' && touches(cell)).map((cell) => cell.endpoint);
      const held = cells.filter((cell) => own.includes(cell.endpoint) && cell.outcome === 'refused');
      // Shared by design through some endpoint, as a named person confirmed.
      const shared = cells.some((cell) => cell.outcome === 'intended' && touches(cell));
      yield held.length > 0 || shared
        ? pass(shared ? 'stated' : 'ran', subject)
        : unknown(
            'ran',
            subject,
            `No endpoint showed rows of ${shownTable(table)} to their own tenant, so a refusal to another proves nothing.`,
          );
    }
  },
});
