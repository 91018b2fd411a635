import advisories from './advisories.ts';
import calls from './calls.ts';
import catches from './catches.ts';
import clones from './clones.ts';
import clientCode from './client-code.ts';
import columns from './columns.ts';
import constructs from './constructs.ts';
import delivery from './delivery.ts';
import dependencies from './dependencies.ts';
import directTables from './direct-tables.ts';
import environment from './environment.ts';
import files from './files.ts';
import flows from './flows.ts';
import jobs from './jobs.ts';
import history from './history.ts';
import formerSecrets from './former-secrets.ts';
import hosting from './hosting.ts';
import keys from './keys.ts';
import liveEndpoints from './live-endpoints.ts';
import operation from './operation.ts';
import migrations from './migrations.ts';
import packages from './packages.ts';
import queries from './queries.ts';
import routes from './routes.ts';
import runtimes from './runtimes.ts';
import samples from './samples.ts';
import screens from './screens.ts';
import sequences from './sequences.ts';
import secrets from './secrets.ts';
import structure from './structure.ts';
import tests from './tests.ts';
import typing from './typing.ts';
import units from './units.ts';

/** Every collector; the engine orders them by what they need. */
export const collectors = [
  advisories,
  calls,
  catches,
  clientCode,
  clones,
  columns,
  constructs,
  delivery,
  dependencies,
  directTables,
  environment,
  files,
  formerSecrets,
  hosting,
  flows,
  jobs,
  history,
  keys,
  liveEndpoints,
  operation,
  migrations,
  packages,
  queries,
  routes,
  runtimes,
  samples,
  screens,
  secrets,
  sequences,
  structure,
  tests,
  typing,
  units,
] as const;
