import { existsSync, realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { messageOf, SeaworthyError } from '../model/errors.ts';
import { readSmall, repositoryOf } from './git.ts';

/** Where a folder lies: in which repository, and what that one says of itself. Only read, git is never started. */
export interface Place {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  readonly repository: {
    /** Absolute. */
    readonly workTree: string;
    /** The folder below the work tree, with forward slashes; empty for the work tree itself. */
    readonly prefix: string;
    /** The URL of the remote `origin`; empty when there is none. */
    readonly remote: string;
    /** The folder that holds git's hooks; null where git was told to look elsewhere. */
    readonly hooks: { readonly base: string; readonly path: string } | null;
    /** Files and folders that tell which service runs workflows. */
    readonly uses: { readonly github: boolean; readonly gitlab: boolean };
  } | null;
}

/** Throws `not-an-application` where there is no such folder. */
export function placeOf(dir: string): Place {
  let root: string;
  try {
    root = realpathSync(resolve(dir));
  } catch (cause) {
    throw new SeaworthyError('not-an-application', `${dir} cannot be opened: ${messageOf(cause)}`, { cause });
  }
  const found = repositoryOf(root);
  if (found === null) return { root, repository: null };
  const { workTree, commonDir } = found;
  const config = readSmall(join(commonDir, 'config')) ?? '';
  const elsewhere = valueIn(config, 'core', 'hookspath');
  return {
    root,
    repository: {
      workTree,
      prefix: relative(workTree, root).split(sep).join('/'),
      remote: valueIn(config, 'remote "origin"', 'url'),
      hooks: existsSync(join(workTree, '.husky'))
        ? { base: workTree, path: '.husky/pre-push' }
        : elsewhere === ''
          ? { base: commonDir, path: 'hooks/pre-push' }
          : null,
      uses: { github: existsSync(join(workTree, '.github')), gitlab: existsSync(join(workTree, '.gitlab-ci.yml')) },
    },
  };
}

/** A value of git's configuration, as git writes it by itself; empty where there is none. */
function valueIn(config: string, section: string, key: string): string {
  let inside = false;
  for (const line of config.split('\n')) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) inside = header === section;
    else if (inside) {
      const [, name = '', value = ''] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (name.toLowerCase() === key) return value;
    }
  }
  return '';
}
