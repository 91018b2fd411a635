import type { Surroundings } from './plan.ts';

/** Which packages' native parts stand absent, for the preload (preload.cjs), which throws where such a part is used. */
const variable = 'SEAWORTHY_ABSENT';

/** Packages without which an app would run and not be itself: what keeps its data, and what its passwords and sessions go through. */
const essential =
  /^(?:pg-native|libpq|sqlite3|better-sqlite3|oracledb|bcrypt|argon2|sodium-native|.*\b(?:scrypt|prisma|keytar)\b.*|@node-rs\/(?:argon2|bcrypt))$/;

/** As `advice` says it of an app that did not start; the lines that name the package may be too far up. */
const notBuilt = /the native part of ((?:@[\w.-]+\/)?[\w.-]+) was not built for/;

/**
 * The surroundings in which the app starts without the native part of a package that was not built for this machine: the package can be
 * loaded, and what uses it fails and is reported. Null when the reason names no such package, or one that the app is nothing without.
 */
export function withoutNative(app: Surroundings, reason: string): Surroundings | null {
  const absent = (app.env[variable] ?? '').split(',').filter(Boolean);
  const name = notBuilt.exec(reason)?.[1];
  if (name === undefined || essential.test(name) || absent.includes(name)) return null;
  return {
    ...app,
    env: { ...app.env, [variable]: [...absent, name].join(',') },
    notes: [
      ...app.notes,
      `the native part of ${name} was not built for this machine, so the app was started without it: what uses ${name} fails here and was not tried (run "npm rebuild ${name}" in its folder)`,
    ],
  };
}
