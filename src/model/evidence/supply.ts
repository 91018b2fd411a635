import { z } from 'zod';
import { place } from '../words.ts';

/** Evidence kinds that collectors read beside the code: packages, delivery, images, hosting, migrations, history. */

/** Declared, locked and imported packages. */
export const dependencies = z.strictObject({
  units: z.array(
    z.strictObject({
      dir: z.string(),
      manifest: z.string(),
      lockfile: z.string().nullable(),
      declared: z.array(
        z.strictObject({ name: z.string(), range: z.string(), kind: z.enum(['runtime', 'development', 'peer', 'optional']) }),
      ),
      /** name -> version in the lockfile; null when there is no readable lockfile. */
      locked: z.record(z.string(), z.string()).nullable(),
      imports: z.array(
        z.strictObject({
          name: z.string(),
          where: place,
          typeOnly: z.boolean(),
          status: z.enum(['declared', 'workspace', 'transitive', 'missing']),
        }),
      ),
      /** Declared names that are one slip away from a name that everybody uses, or stand for another package than they say. */
      lookalikes: z.array(
        z.strictObject({
          name: z.string(),
          /** The package that may be meant. */
          of: z.string(),
          /** `removed`: the registry had to remove that imitation; `near`: only the spelling is; `alias`: it installs `target`. */
          kind: z.enum(['removed', 'near', 'alias']),
          target: z.string().nullable(),
          line: z.int(),
        }),
      ),
      /** Packages to be shipped that nothing imports, runs, names or needs beside itself. */
      unused: z.array(z.strictObject({ name: z.string(), line: z.int() })),
    }),
  ),
});

/** How changes reach production: workflows and what in them can block. */
export const delivery = z.strictObject({
  workflows: z.array(
    z.strictObject({
      file: z.string(),
      system: z.enum(['github', 'gitlab', 'circleci', 'azure', 'bitbucket', 'jenkins', 'other']),
      onChange: z.boolean(),
      steps: z.array(
        z.strictObject({
          kind: z.enum(['test', 'lint', 'typecheck', 'build', 'scan', 'deploy', 'other']),
          command: z.string(),
          line: z.int(),
          blocks: z.boolean(),
        }),
      ),
    }),
  ),
  hooks: z.array(z.string()),
  /** What in GitHub workflows lets strangers, or other people's actions, do more than is needed. */
  risks: z.array(
    z.strictObject({
      file: z.string(),
      risk: z.enum(['all-rights', 'rights-not-stated', 'script-injection', 'runs-strangers-code', 'action-of-a-branch', 'action-of-a-tag']),
      line: z.int(),
      detail: z.string(),
      /** Strangers can start it, and it runs with the rights of the repository. */
      strangers: z.boolean(),
    }),
  ),
});

/** What a licence asks of those who ship the package; `restricted` forbids some uses outright. */
const licenceTerms = z.enum(['permissive', 'weak-copyleft', 'copyleft', 'network-copyleft', 'restricted', 'unknown']);

/** Every package in every version that a lockfile holds. */
export const packages = z.strictObject({
  locks: z.array(
    z.strictObject({
      lockfile: z.string(),
      packages: z.array(
        z.strictObject({
          name: z.string(),
          version: z.string(),
          /** As its author states it; null where neither the lockfile nor what is installed tells. */
          licence: z.string().nullable(),
          terms: licenceTerms,
          /** Subresource integrity as the lockfile states it, e.g. `sha512-…`. */
          integrity: z.string().nullable(),
          /** Declared by a package of the repository. */
          direct: z.boolean(),
          /** Needed by nothing that is shipped. */
          development: z.boolean(),
          /** What its author says to those who still use it. */
          deprecated: z.string().nullable(),
        }),
      ),
    }),
  ),
  /** The packages of the repository itself, with the terms under which they are given away. */
  own: z.array(
    z.strictObject({ dir: z.string(), name: z.string(), version: z.string(), licence: z.string().nullable(), terms: licenceTerms }),
  ),
});

/** Published weaknesses of locked packages, as the registry tells them; only with `--online`. */
export const advisories = z.strictObject({
  /** The day on which the registry was asked; null where only what is known without asking was looked for. */
  asked: z.string().nullable(),
  /** How many packages, in how many versions, were looked at. */
  versions: z.int(),
  advisories: z.array(
    z.strictObject({
      lockfile: z.string(),
      name: z.string(),
      version: z.string(),
      id: z.string(),
      title: z.string(),
      severity: z.enum(['critical', 'high', 'moderate', 'low', 'info']),
      url: z.string(),
      range: z.string(),
      cwe: z.array(z.int()),
      direct: z.boolean(),
      development: z.boolean(),
      /** The application's own code imports it where it runs. */
      imported: z.boolean(),
    }),
  ),
});

/** The versions of runtimes, databases and frameworks that files of the repository ask for. */
export const runtimes = z.strictObject({
  /** The day from which support is judged, `YYYY-MM-DD`. */
  asOf: z.string(),
  versions: z.array(
    z.strictObject({
      /** e.g. `Node.js`, `PostgreSQL`, `Next.js`. */
      product: z.string(),
      /** As written. */
      version: z.string(),
      /** The release lines that satisfy it and are known, e.g. `20`, `22`; empty where that cannot be told. */
      lines: z.array(z.string()),
      from: z.enum(['image', 'compose', 'ci', 'engines', 'version-file', 'hosting', 'package']),
      /** What it is for, by the file's name and place. */
      for: z.enum(['production', 'development', 'ci']),
      where: place,
      /** When the newest line that satisfies it stops getting security fixes; null where no table tells. */
      ends: z.string().nullable(),
      source: z.string().nullable(),
    }),
  ),
});

/** How the application is packed and where it is to run: Dockerfiles, compose files and descriptors of hosting platforms. */
export const hosting = z.strictObject({
  images: z.array(
    z.strictObject({
      file: z.string(),
      for: z.enum(['production', 'development']),
      stages: z.array(
        z.strictObject({
          name: z.string().nullable(),
          /** The repository part of the base image, or the name of an earlier stage. */
          image: z.string(),
          /** Index of the earlier stage that it continues. */
          continues: z.int().nullable(),
          tag: z.string().nullable(),
          digest: z.string().nullable(),
          line: z.int(),
        }),
      ),
      /** Who the last stage runs as; null where no USER is set on the way to it. */
      user: z.strictObject({ name: z.string(), line: z.int() }).nullable(),
      /** A command or script gives up root before the application starts (gosu, su-exec, setpriv). */
      drops: z.boolean(),
      healthcheck: z.boolean(),
      /** What goes into the last stage from the folder around it. */
      copies: z.array(z.strictObject({ sources: z.array(z.string()), line: z.int() })),
      /** ARG and ENV whose name says that a secret stands there. */
      secrets: z.array(z.strictObject({ kind: z.enum(['ARG', 'ENV']), name: z.string(), literal: z.boolean(), line: z.int() })),
      /** The tools that only building needs stay in the image that runs. */
      development: z.boolean(),
      start: z.strictObject({ command: z.string(), line: z.int() }).nullable(),
      /** Whether a .dockerignore keeps out environment files; null where everything is kept out or nothing is copied whole. */
      ignoresEnvironment: z.boolean(),
    }),
  ),
  services: z.array(
    z.strictObject({
      file: z.string(),
      name: z.string(),
      image: z.string().nullable(),
      builds: z.boolean(),
      replicas: z.int().nullable(),
      line: z.int(),
      for: z.enum(['production', 'development']),
    }),
  ),
  platforms: z.array(
    z.strictObject({
      file: z.string(),
      platform: z.string(),
      /** How many copies of the application it starts at least; null where the file does not say. */
      instances: z.int().nullable(),
      regions: z.array(z.string()),
      /** The platform starts as many as requests need, by itself. */
      elastic: z.boolean(),
      line: z.int(),
    }),
  ),
});

/** What one statement of a migration does to those who use the database meanwhile, by its class in docs/migration-hazards.md. */
const hazard = z.enum([
  'rewrites-table',
  'validates-constraint',
  'locks-for-index',
  'index-in-transaction',
  'not-null-without-default',
  'set-not-null',
  'changes-type',
  'renames',
  'drops-column',
  'drops-table',
  'truncates',
  'locks-for-removal',
  'unsettled-transaction',
]);
export type Hazard = z.infer<typeof hazard>;

/** Changes of the schema that the repository brings to a database that is in use. */
export const migrations = z.strictObject({
  migrations: z.array(
    z.strictObject({
      file: z.string(),
      tool: z.enum(['prisma', 'drizzle', 'knex', 'typeorm', 'sequelize', 'node-pg-migrate', 'supabase', 'flyway', 'sql']),
      /** The first of its folder, which meets an empty database. */
      first: z.boolean(),
      /** How many statements were understood, and how many were not. */
      understood: z.int(),
      unread: z.int(),
      hazards: z.array(z.strictObject({ hazard, table: z.string(), detail: z.string(), line: z.int() })),
      /** What takes it back: nothing of the kind in this tool, nothing written, something empty, or statements. */
      back: z.enum(['unsupported', 'absent', 'empty', 'written']),
      /** Tables or columns whose content going forward deletes for good. */
      loses: z.array(z.strictObject({ what: z.string(), line: z.int() })),
    }),
  ),
});
export type Migration = z.infer<typeof migrations>['migrations'][number];

/** Credentials in earlier versions of files. The value itself never leaves the collector. */
export const formerSecrets = z.strictObject({
  commits: z.int(),
  /** Different contents of files that were searched. */
  contents: z.int(),
  secrets: z.array(
    z.strictObject({
      type: z.string(),
      file: z.string(),
      line: z.int(),
      masked: z.string(),
      /** SHA-256 of the value, first 12 hex digits. */
      hash: z.string(),
      context: z.enum(['source', 'client', 'configuration', 'test', 'example', 'documentation', 'environment-file']),
      certain: z.boolean(),
      /** The oldest commit that was seen to bring it, and its day. */
      commit: z.string(),
      date: z.string(),
      /** An environment file of this folder that git does not track and that still holds the value. */
      inUse: z.string().nullable(),
    }),
  ),
});

/** Source files that are sent to browsers, told from the entries of bundlers by imports. */
export const clientCode = z.strictObject({
  files: z.array(
    z.strictObject({
      file: z.string(),
      /** The file with which the browser's part begins. */
      entry: z.string(),
      why: z.enum(['use-client', 'bundle']),
    }),
  ),
  /** Variables that the configuration of a bundler writes into the page; `*` for all. */
  defines: z.array(z.strictObject({ name: z.string(), where: place })),
  /** `Authorization` headers whose value stands in the page: in a variable of the build, or in the code itself (null). */
  credentials: z.array(z.strictObject({ variable: z.string().nullable(), where: place })),
});
