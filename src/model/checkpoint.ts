import { z } from 'zod';
import { controlStatus } from './control.ts';
import { finding, subject } from './finding.ts';
import { treeDigest } from './report.ts';
import { surface } from './surface.ts';
import { decision, evidenceClass, profile, trigger } from './words.ts';

/** A control that was not proven, and why in a sentence. */
const unknownControl = z.object({ control: z.string(), name: z.string(), reason: z.string() });

/**
 * What an audit came to, without anything of the source: fit to be handed to a buyer. Names are those of endpoints, tables, columns and
 * packages. Keys that a later version adds are passed over.
 */
export const auditState = z.object({
  tool: z.object({ name: z.string(), version: z.string() }),
  application: z.string(),
  commit: z.string().nullable(),
  tree: treeDigest,
  startedAt: z.iso.datetime(),
  seed: z.string(),
  profile,
  for: z.array(trigger),
  /** False where the code was only read. */
  ran: z.boolean(),
  /** What it was bounded by, and how much was left out for it; `budget` in milliseconds. */
  bounds: z.object({
    budget: z.union([z.number(), z.literal('full')]).nullable(),
    focus: z.array(z.string()),
    cellsLeftOut: z.int(),
    filesUnread: z.int(),
    findingsUnlisted: z.int(),
  }),
  verdicts: z.partialRecord(
    trigger,
    z.object({
      decision,
      applies: z.boolean(),
      blockers: z.array(z.string()),
      unproven: z.array(z.string()),
      open: z.array(z.string()),
    }),
  ),
  scores: z.record(z.string(), z.object({ passed: z.int(), of: z.int() })),
  controls: z.array(z.object({ id: z.string(), status: controlStatus, class: evidenceClass.nullable() })),
  findings: z.array(
    z.object({
      ...finding.pick({ id: true, fingerprint: true, check: true, control: true, status: true, severity: true, class: true, title: true })
        .shape,
      subject: z.object({ kind: subject.shape.kind, name: z.string().nullable() }),
    }),
  ),
  /** The matrix in short: who gets in, who is kept out, who reaches what is not theirs, and of whom nothing is known. */
  endpoints: z.array(
    z.object({
      endpoint: z.string(),
      /** Who it seems to be meant for, by the guards that were read: `public`, `signed-in`, `role` or `unknown`. */
      intended: z.string().optional(),
      in: z.array(z.string()),
      out: z.array(z.string()),
      leaks: z.array(z.string()),
      unknown: z.array(z.string()),
    }),
  ),
  unproven: z.array(unknownControl),
  stated: z.array(z.object({ control: z.string(), reason: z.string() })),
  surface: surface.nullable(),
  figures: z.record(z.string(), z.number()),
  /** Null where the registry was not asked. */
  advisories: z
    .object({ asked: z.string(), open: z.array(z.object({ package: z.string(), id: z.string(), severity: z.string() })) })
    .nullable(),
});
export type AuditState = z.infer<typeof auditState>;

const entry = z.object({
  schema: z.literal(1),
  /** Counted from 1. */
  sequence: z.int().positive(),
  /** SHA-256 (hex) of the bytes of the entry before; null for the first. */
  previous: z.string().nullable(),
  date: z.iso.datetime(),
  /** The public key that signs the entry, as ssh-keygen writes it, without a comment. */
  signer: z.string(),
});

/** The last day (UTC) on which the word of a checkpoint counts, and the days that were agreed. */
const expiry = z.object({ days: z.int(), until: z.iso.date() });

export const checkpointPayload = z.object({
  ...entry.shape,
  kind: z.literal('checkpoint'),
  audit: auditState,
  expires: z.partialRecord(trigger, expiry),
});
export type CheckpointPayload = z.infer<typeof checkpointPayload>;

/** A named person puts their name under a checkpoint, for some triggers, knowing what was not proven. */
export const signOffPayload = z.object({
  ...entry.shape,
  kind: z.literal('sign-off'),
  /** SHA-256 (hex) of the bytes of the checkpoint's entry. */
  about: z.string(),
  by: z.string(),
  role: z.string(),
  scope: z.array(trigger),
  unknowns: z.array(unknownControl),
  statement: z.string(),
  until: z.iso.date(),
});
export type SignOffPayload = z.infer<typeof signOffPayload>;

export const entryPayload = z.discriminatedUnion('kind', [checkpointPayload, signOffPayload]);
export type EntryPayload = z.infer<typeof entryPayload>;
