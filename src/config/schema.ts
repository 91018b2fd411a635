import { z } from 'zod';
import { accessPolicy } from '../model/access-rule.ts';
import { limitPattern } from '../model/duration.ts';
import { gatePolicy, waiver } from '../model/gate.ts';
import { review } from '../model/review.ts';
import { profile, trigger } from '../model/words.ts';

const date = z.iso.date().describe('A day, as YYYY-MM-DD.');
const sentence = z.string().trim().min(3);
const command = z.string().trim().min(1);

/** What a named person says of a control. */
const attestation = z.strictObject({
  control: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/, 'the id of a control, such as "operability/backups"'),
  statement: sentence.describe('What is the case, in a sentence that can be checked.'),
  by: sentence.describe('The person who says so.'),
  date,
  until: date.describe('The last day on which it counts.'),
});

const days = z.int().min(1).max(3_650);

/** Somebody whose key is known: a person, or (`tool`) a machine that keeps checkpoints. */
const signer = z.strictObject({
  name: sentence,
  key: z
    .string()
    .regex(
      /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]+={0,2}( .*)?$/,
      'a public key as ssh-keygen writes it, such as "ssh-ed25519 AAAA..."',
    )
    .describe('The public key, as ssh-keygen writes it into the .pub file.'),
  tool: z.boolean().optional().describe('The key belongs to the tool on some machine, not to a person.'),
});

/** The shape of `seaworthy.json`. Never code, and never a secret. */
export const configSchema = z
  .strictObject({
    $schema: z.string(),
    profile: profile.describe('Who the application is for; decides which controls are left out.'),
    for: z.array(trigger).describe('The launch triggers that the exit code concerns; detected when not given.'),
    budget: z
      .string()
      .regex(limitPattern, 'a time, such as "5m" or "90s", or "full"')
      .describe('The time for experimenting, such as 5m or 90s; full for no limit. Five minutes when not given.'),
    start: command.describe('The command that starts the application.'),
    build: command.describe('The command that builds it.'),
    migrate: command.describe('The command that migrates the database.'),
    port: z.int().min(1).max(65535).describe('The port on which it listens.'),
    health: z
      .string()
      .regex(/^\/\S*$/, 'a path, such as "/health"')
      .describe('A path that answers 2xx once it is ready.'),
    env: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable'), z.string())
      .describe('Environment variables for the proving ground. Never a live secret.'),
    access: accessPolicy.describe('Who may call what, as its owner means it; "seaworthy access" drafts it.'),
    gate: gatePolicy.describe('What "seaworthy gate" stops.'),
    waivers: z.array(waiver).describe('Faults that the gate lets through until a day, each with who answers for it and why.'),
    review: review.describe('What a named reviewer adds to the findings, and where they judge otherwise, with reasons.'),
    signers: z.array(signer).describe('Whose signatures under checkpoints are known.'),
    checkpoints: z
      .strictObject({
        days: z
          .partialRecord(trigger, days)
          .describe('For how many days the word of a checkpoint counts, per trigger; 90 when not given, 60 for funding, 180 for scale.'),
      })
      .partial()
      .describe('How checkpoints are kept.'),
    attest: z.array(attestation).describe('What no machine can see, said by a named person, with an end.'),
  })
  .partial()
  .meta({ title: 'seaworthy.json', description: 'How Seaworthy audits this application.' });

export type Config = z.infer<typeof configSchema>;
