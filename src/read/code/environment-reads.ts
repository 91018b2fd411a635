import type { z } from 'zod';
import type { AbstractValue, environment } from '../../model/evidence/read.ts';
import type { Machine } from './machine.ts';
import type { KnownCall } from './listener.ts';
import { compare } from './queries.ts';
import { shapeOf } from './schema.ts';
import { toAbstract } from './value.ts';
import type { SourceFile } from './value.ts';

/** A place where an environment variable is read. */
export type EnvironmentRead = z.infer<typeof environment>['reads'][number];

/** Where files read environment variables, with what stands in for those that are not set. */
export function environmentReads(files: readonly SourceFile[], machine: Machine): EnvironmentRead[] {
  const rows = new Map<string, EnvironmentRead>();
  for (const file of files) {
    // Who asks whether it is there, and then reads it again, does not need it.
    const asked = new Set(file.facts.env.flatMap(({ n, o }) => (o === undefined ? [] : [n])));
    for (const read of file.facts.env) {
      const key = `${file.path}:${read.l}:${read.n}`;
      const { d } = read;
      let fallback: AbstractValue | null = null;
      if (d !== undefined) machine.bounded(() => (fallback = toAbstract(machine.lazily(machine.module(file).frame, d))));
      rows.set(key, {
        name: read.n,
        where: { file: file.path, line: read.l, endLine: read.l },
        fallback,
        required: fallback === null && !asked.has(read.n),
      });
    }
  }
  return [...rows.values()].sort((a, b) => compare(a.where.file, b.where.file) || a.where.line - b.where.line || compare(a.name, b.name));
}

/** The variables that a schema for the environment names. */
export function environmentNames(call: KnownCall): string[] {
  const names: string[] = [];
  const parsed = call.args.some(
    (arg) => arg.k === 'environment' || (arg.k === 'obj' && [...arg.keys.values()].some((one) => one.k === 'environment')),
  );
  if (call.means === 'environment-schema') {
    for (const arg of call.args) {
      if (arg.k !== 'obj') continue;
      for (const [key, value] of arg.keys) {
        if (/^(server|client|shared)$/.test(key) && value.k === 'obj') names.push(...value.keys.keys());
        else if (/^[A-Z][A-Z0-9_]+$/.test(key)) names.push(key);
      }
    }
  } else if (parsed && call.receiver !== null) names.push(...(shapeOf(call.receiver)?.fields?.keys() ?? []));
  return names;
}
