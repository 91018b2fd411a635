import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Instances and pools fit the target load',
  control: 'performance/sizing',
  severity: 'low',
  cwe: [400],
  standards: [],
  why: 'Each instance opens as many connections as its pool allows. Instances times pool must stay below what the database takes, and one pool must be enough for the requests of one instance.',
  remedy:
    'Choose the size of the pool and say so in the configuration: connections of the database, less some for yourself, divided by the largest number of instances.',
  needs: ['calls', 'operation'],
  *run({ calls, operation }) {
    const server = new Set(operation.value.server);
    const pools = calls.value.calls.filter(({ symbol, where }) => /#(Pool|createPool)$/.test(symbol) && server.has(where.file));
    let open = 0;
    for (const { args, where, symbol } of pools) {
      const options = args[0];
      const sized = options?.kind === 'object' && ['max', 'connectionLimit', 'poolSize'].some((key) => Object.hasOwn(options.keys, key));
      if (sized || (options !== undefined && (options.kind !== 'object' || options.open))) open++;
      else
        yield fail(
          'read',
          { kind: 'file', name: where.file },
          `The pool of ${symbol.replace(/^npm:|#.*$/g, '')} has the size that the library chose (10), not one that fits the database and the number of instances.`,
          {
            impact: 'Under load requests wait for a connection, or the database refuses them because there are too many.',
            where,
            effect: 'unsized-pool',
          },
        );
    }
    if (pools.length === 0) yield notApplicable('The code makes no pool of connections of its own.');
    else if (open > 0)
      yield unknown(
        'read',
        application,
        'Whether pools and instances fit the load that is expected, only an experiment under that load can show.',
      );
  },
});
