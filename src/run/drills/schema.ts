import { messageOf } from '../../model/errors.ts';
import { defineDrill } from './context.ts';

/** Runs the application's own migrations and reads the catalogue; an application that makes its tables at start is started for it. */
export default defineDrill({
  name: 'schema',
  needs: [],
  // The ground is opened for this drill: which unit to start and which variables it reads must be known by then.
  uses: ['units', 'routes', 'environment'],
  yields: 'schema',
  async run(_given, { ground, booted }) {
    const failed = await ground.migrate().then(
      () => null,
      (thrown: unknown) => messageOf(thrown),
    );
    let value = await ground.schema();
    if (value.tables.length === 0) {
      await booted();
      value = await ground.schema();
    }
    if (value.tables.length === 0 && failed === null) {
      const { kind, detail } = (await booted()).oracle;
      if (kind === 'responses') return { value: { ...value, database: 'none' }, gaps: [{ file: null, reason: detail }] };
    }
    if (value.tables.length === 0)
      throw new Error(failed ?? `the application has no tables after its migrations and start: ${(await booted()).oracle.detail}`);
    return { value, gaps: failed ? [{ file: null, reason: `the migrations did not finish: ${failed}` }] : [] };
  },
});
