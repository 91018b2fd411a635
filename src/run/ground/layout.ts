import { join } from 'node:path';
import type { Overlay } from './overlay.ts';

/** Where things lie in the run directory, and where the sealed app sees them. */
export interface Layout {
  /** The run directory: a fresh private directory, removed at the end. */
  readonly run: string;
  /** The copy of the app's tree. */
  readonly copy: string;
  /** Where the app sees that copy: its own path under full seal, else the copy itself. */
  readonly app: string;
  /** Directory of the unit, as the app sees it. */
  readonly unit: string;
  /** `node_modules` directories, at the path where the app sees them. Read-only. */
  readonly modules: readonly { readonly from: string; readonly to: string }[];
  /** `node_modules` directories that may be written to, of which the user's is only read. */
  readonly overlays: readonly Overlay[];
  /** Small `/etc` of the sealed app. */
  readonly etc: string;
  /** Commands put first on the app's PATH. */
  readonly bin: string;
  /** Everything of Postgres. */
  readonly postgres: string;
  /** Directory of Postgres' unix socket. */
  readonly socket: string;
  /** Directory of a Postgres installation: `bin`, `lib`, `share`. */
  readonly native: string;
  /** HOME and TMPDIR of the app where the seal does not bring its own. */
  readonly home: string;
}

/** Lays out a run directory. */
export function layOut(run: string, app: string | null, unit: string, native: string, modules: Layout['modules']): Layout {
  const copy = join(run, 'app');
  const seen = app ?? copy;
  return {
    run,
    copy,
    app: seen,
    unit: join(seen, unit),
    modules,
    overlays: [],
    etc: join(run, 'etc'),
    bin: join(run, 'bin'),
    postgres: join(run, 'pg'),
    socket: join(run, 'pg', 'run'),
    native,
    home: join(run, 'home'),
  };
}
