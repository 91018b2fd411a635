import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { z } from 'zod';

const maxBytes = 512 * 1024;
const manifest = z.record(z.string(), z.unknown());

/** The package.json of an installed package, if it lies in the tree with that version (null: any); null for everything else. */
export function installedManifest(
  root: string,
  dir: string,
  name: string,
  version: string | null,
): Readonly<Record<string, unknown>> | null {
  if (!/^(@[\w.~-]+\/)?[\w.~-]+$/.test(name) || name.includes('..')) return null;
  const base = join(root, dir, 'node_modules');
  // pnpm keeps what only other packages need beside them.
  const places = [join(base, name), join(base, '.pnpm', `${name.replace('/', '+')}@${version}`, 'node_modules', name)];
  for (const place of places) {
    const found = readInside(root, join(place, 'package.json'));
    if (found !== null && (version === null || found['version'] === version)) return found;
  }
  return null;
}

/** The licence that the text beside an installed package opens with; null where there is none that is known. */
export function installedLicence(root: string, dir: string, name: string): string | null {
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENCE', 'LICENSE.txt', 'license', 'License']) {
    const head = textInside(root, join(root, dir, 'node_modules', name, file))?.slice(0, 1500);
    if (head === undefined) continue;
    if (/Permission is hereby granted, free of charge|\bMIT License\b/i.test(head)) return 'MIT';
    if (/Permission to use, copy, modify, and(\/or)? distribute this software/i.test(head)) return 'ISC';
    if (/Apache License\s+Version 2\.0/i.test(head)) return 'Apache-2.0';
    if (/Redistribution and use in source and binary forms/i.test(head)) return 'BSD-3-Clause';
  }
  return null;
}

function readInside(root: string, path: string): Readonly<Record<string, unknown>> | null {
  const text = textInside(root, path);
  if (text === null) return null;
  try {
    return manifest.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function textInside(root: string, path: string): string | null {
  let file: number;
  try {
    // Links inside the tree are how package managers work; out of it none is followed.
    const real = realpathSync(path);
    if (!real.startsWith(root + sep)) return null;
    file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > maxBytes) return null;
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
