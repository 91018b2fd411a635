import { z } from 'zod';
import { inputField, guard } from './read.ts';
import { confirmation } from '../access-rule.ts';
import { personalCategories } from '../personal.ts';
import { place } from '../words.ts';

/** Evidence kinds computed from other evidence. */

/** Which tables hold people and tenants, and how every other table's rows lead to them. */
export const ownership = z.strictObject({
  users: z.strictObject({ table: z.string(), key: z.string(), password: z.string().nullable(), role: z.string().nullable() }).nullable(),
  tenants: z.strictObject({ table: z.string(), key: z.string() }).nullable(),
  roles: z.array(z.string()),
  /** Shortest chain of references from a table to the users and tenants tables. */
  tables: z.array(
    z.strictObject({
      table: z.string(),
      user: z.array(z.strictObject({ from: z.string(), column: z.string(), to: z.string(), key: z.string() })).nullable(),
      tenant: z.array(z.strictObject({ from: z.string(), column: z.string(), to: z.string(), key: z.string() })).nullable(),
    }),
  ),
});
export type Ownership = z.infer<typeof ownership>;

/** The endpoint ledger: one row per endpoint, filled from all sides. */
export const endpoints = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      id: z.string(),
      unit: z.string(),
      method: z.string(),
      path: z.string(),
      where: place,
      guards: z.array(guard),
      inputs: z.array(inputField),
      /** Drafted intent: who the application seems to mean to let in. */
      intended: z.enum(['public', 'signed-in', 'role', 'unknown']),
      intendedWhy: z.string(),
      tables: z.array(z.string()),
      writes: z.boolean(),
      works: z.boolean().nullable(),
      tried: z.int(),
      statements: z.int().nullable(),
    }),
  ),
});

/** How the application asks who is calling and what they may: endpoints that ask alike, and those that differ from their neighbours. */
export const guardStyles = z.strictObject({
  /** Endpoints that ask the same, the largest group first; the endpoints that ask nothing have an empty `asks`. */
  clusters: z.array(z.strictObject({ asks: z.array(z.string()), endpoints: z.array(z.string()) })),
  /** Two ways of asking the same question of the same kind of caller: under one path, one way or the other. */
  rivals: z.array(
    z.strictObject({
      asks: z.enum(['authentication', 'role']),
      path: z.string(),
      ways: z.array(z.strictObject({ name: z.string(), where: place.nullable(), endpoints: z.array(z.string()) })),
    }),
  ),
  outliers: z.array(
    z.strictObject({
      /** Ids; one, or all of a router. */
      endpoints: z.array(z.string()),
      where: place,
      /** What it does not ask though its peers do; `refusal`: it asks and goes on whatever the answer is; `guard`: it passes a weaker one. */
      lacks: z.enum(['authentication', 'role', 'ownership', 'refusal', 'guard']),
      /** Ids of those that do ask, and of how many it was compared with. */
      peers: z.array(z.string()),
      compared: z.int(),
      /** What makes them peers. */
      by: z.strictObject({ kind: z.enum(['path', 'table', 'router', 'itself']), name: z.string() }),
      /** The guards or roles that the peers ask for. */
      asked: z.array(z.string()),
      /** False where a purpose that reading does not see may well justify it. */
      sure: z.boolean(),
    }),
  ),
});
export type GuardStyles = z.infer<typeof guardStyles>;

/** Who each endpoint seems to be meant for, with the reason; drafted for the owner of the application to confirm. */
export const intendedAccess = z.strictObject({
  /** Roles of the application. */
  roles: z.array(z.string()),
  endpoints: z.array(
    z.strictObject({
      endpoint: z.string(),
      /** As in `access` of `seaworthy.json`; null where nothing tells. */
      allow: z.array(z.string()).nullable(),
      why: z.string(),
      /** Only where a named person confirmed it. */
      confirmed: confirmation.nullable(),
    }),
  ),
  /** The drafts, those of one path together where they agree: ready to be written. */
  drafts: z.array(z.strictObject({ endpoint: z.string(), allow: z.array(z.string()), why: z.string(), covers: z.int() })),
  /** What only the owner of the application can say; the gravest first. */
  questions: z.array(
    z.strictObject({
      ask: z.string(),
      /** What the application does today. */
      today: z.string(),
      endpoints: z.array(z.string()),
      /** Who would be let in by a yes. */
      yes: z.array(z.string()).nullable(),
    }),
  ),
  /** Rules of `seaworthy.json` that are about no endpoint. */
  stray: z.array(z.string()),
});
export type IntendedAccess = z.infer<typeof intendedAccess>;

/** Endpoints at which an account is entered, made or recovered, told by what they take and do. */
export const accountEndpoints = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      unit: z.string(),
      id: z.string(),
      where: place,
      /**
       * `login` takes a password and lets in; `sign-up` takes one and makes an account; `forgot` takes an address and sends a way back in;
       * `reset` takes a new password from somebody who is not signed in; `change-password` from somebody who is.
       */
      purpose: z.enum(['login', 'sign-up', 'forgot', 'reset', 'change-password']),
      /** What limits how often it may be tried: middleware in front, a check inside, or nothing that was seen. */
      limit: z.enum(['front', 'inside', 'none']),
    }),
  ),
  /** Packages of services that keep the accounts instead of the application. */
  providers: z.array(z.string()),
});
export type AccountEndpoint = z.infer<typeof accountEndpoints>['endpoints'][number];

/** Which personal data the application keeps, and to whom it hands it; by names, for names are all there is to go by. */
export const personalData = z.strictObject({
  columns: z.array(
    z.strictObject({ table: z.string(), column: z.string(), type: z.string(), category: z.enum(personalCategories), where: place }),
  ),
  /** Fields of forms and of requests. */
  fields: z.array(
    z.strictObject({ name: z.string(), category: z.enum(personalCategories), where: place, endpoint: z.string().nullable() }),
  ),
  flows: z.array(
    z.strictObject({
      to: z.enum(['log', 'mail', 'model', 'payments', 'analytics', 'service']),
      /** The library or host. */
      name: z.string(),
      categories: z.array(z.enum(personalCategories)),
      where: place,
      routes: z.array(z.string()),
    }),
  ),
});
export type PersonalData = z.infer<typeof personalData>;
