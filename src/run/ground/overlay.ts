import type { Seal } from './seal.ts';

/**
 * A directory of the user's under one of ours (the kernel's overlay file system): what is written goes into ours, theirs is
 * only ever read. Made inside the outer wall, and gone with it.
 */
export interface Overlay {
  /** The user's directory. */
  readonly lower: string;
  /** What was written; in the copy, so that it counts as part of it. */
  readonly upper: string;
  /** The kernel's own, beside `upper`. */
  readonly work: string;
  /** Where both are seen as one by the ground. */
  readonly merged: string;
  /** Where the app sees it. */
  readonly to: string;
}

/** Caches and generated code below `node_modules`: their files are overwritten in place. */
const overwritten = ['.prisma', '.cache', '.vite', '.vite-temp'];

/** What mounting takes where nobody is root: the kernel's own directory of an overlay is closed to everyone. */
export const toMount = ['sys_admin', 'setpcap', 'dac_override'];

/** Whether a directory can be named to the kernel without escapes. */
export function isPlainPath(path: string): boolean {
  return /^[\w@.+/ -]+$/.test(path);
}

/** A command that mounts overlays first; for the outer wall, which must have given it the right to. */
export function withOverlays(seal: Seal, overlays: readonly Overlay[], command: readonly string[]): string[] {
  if (overlays.length === 0) return [...command];
  const app = `${seal.users.app}:${seal.users.app}`;
  const steps = overlays.flatMap(({ lower, upper, work, merged }) => [
    `mount -t overlay overlay -o ${quote(`${seal.root ? '' : 'userxattr,'}lowerdir=${lower},upperdir=${upper},workdir=${work}`)} ${quote(merged)} || exit 1`,
    // Ours takes the directories over, not the files: those are replaced, and only there.
    ...(seal.root
      ? [
          `find ${quote(merged)} -xdev -type d -exec chown -h ${app} {} +`,
          `find ${quote(merged)} -xdev -type d ${either(overwritten)} -prune -exec chown -hR ${app} {} +`,
        ]
      : []),
  ]);
  // Whoever is no root was given the right to mount for this only.
  const drop = toMount.map((name) => `-${name}`).join(',');
  const onwards = seal.root ? 'exec "$@"' : `exec setpriv --ambient-caps ${drop} --inh-caps ${drop} --bounding-set ${drop} -- "$@"`;
  return ['sh', '-c', `${steps.join('\n')}\n${onwards}`, 'sh', ...command];
}

function either(names: readonly string[]): string {
  return `'(' ${names.map((name) => `-name ${name}`).join(' -o ')} ')'`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
