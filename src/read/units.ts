import { basename } from 'node:path';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { defineCollector } from './context.ts';
import { lockfileOf, manifestsOf } from './manifest.ts';
import type { Manifest } from './manifest.ts';

type Unit = EvidenceValue<'units'>['units'][number];

/** Package name -> the framework's common name, by the role that it gives a unit. */
const server: Readonly<Record<string, string>> = {
  express: 'express',
  fastify: 'fastify',
  koa: 'koa',
  '@nestjs/core': 'nestjs',
  hono: 'hono',
  '@hapi/hapi': 'hapi',
  restify: 'restify',
  polka: 'polka',
  elysia: 'elysia',
  h3: 'h3',
  nitropack: 'nitro',
  nitro: 'nitro',
  '@adonisjs/core': 'adonis',
  '@feathersjs/feathers': 'feathers',
  '@trpc/server': 'trpc',
  '@apollo/server': 'apollo',
  'apollo-server': 'apollo',
  'apollo-server-express': 'apollo',
  'graphql-yoga': 'graphql-yoga',
};
const fullStack: Readonly<Record<string, string>> = {
  next: 'next',
  nuxt: 'nuxt',
  '@remix-run/node': 'remix',
  '@remix-run/react': 'remix',
  '@react-router/dev': 'react-router',
  '@sveltejs/kit': 'sveltekit',
  astro: 'astro',
  '@solidjs/start': 'solid-start',
  '@redwoodjs/core': 'redwood',
  blitz: 'blitz',
  '@tanstack/react-start': 'tanstack-start',
};
const web: Readonly<Record<string, string>> = {
  react: 'react',
  vue: 'vue',
  svelte: 'svelte',
  '@angular/core': 'angular',
  'solid-js': 'solid',
  preact: 'preact',
  vite: 'vite',
  'react-scripts': 'create-react-app',
  gatsby: 'gatsby',
  expo: 'expo',
  'react-native': 'react-native',
  lit: 'lit',
  alpinejs: 'alpine',
};
const worker: Readonly<Record<string, string>> = {
  bullmq: 'bullmq',
  bull: 'bull',
  'bee-queue': 'bee-queue',
  agenda: 'agenda',
  'pg-boss': 'pg-boss',
  amqplib: 'amqplib',
  kafkajs: 'kafkajs',
  'node-cron': 'node-cron',
  'graphile-worker': 'graphile-worker',
  inngest: 'inngest',
  '@temporalio/worker': 'temporal',
  '@trigger.dev/sdk': 'trigger.dev',
};

export default defineCollector({
  name: 'read/units',
  needs: [],
  yields: 'units',
  async run(_given, { tree }) {
    const manifests = await manifestsOf(tree);
    const units = manifests.all.map((manifest): Unit => {
      const { kind, frameworks } = whatItIs(manifest);
      return {
        dir: manifest.dir,
        name: manifest.name,
        kind,
        frameworks,
        packageManager: lockfileOf(tree, manifest)?.manager ?? 'none',
        moduleType: manifest.type,
        scripts: { ...manifest.scripts },
      };
    });
    if (units.length === 0)
      units.push({
        dir: '.',
        name: basename(tree.root),
        kind: 'other',
        frameworks: [],
        packageManager: 'none',
        moduleType: 'commonjs',
        scripts: {},
      });
    return { value: { units }, gaps: manifests.gaps };
  },
});

function whatItIs({ dependencies, published, private: unpublished }: Manifest): Pick<Unit, 'kind' | 'frameworks'> {
  const runtime = Object.keys({ ...dependencies.runtime, ...dependencies.optional });
  // Browser code is bundled, so its packages stand under either heading.
  const any = [...runtime, ...Object.keys(dependencies.development)];
  const named = (table: Readonly<Record<string, string>>, names: readonly string[]) =>
    names.flatMap((name) => (Object.hasOwn(table, name) ? [table[name] ?? name] : []));
  const [servers, stacks, webs, workers] = [named(server, runtime), named(fullStack, any), named(web, any), named(worker, runtime)];
  // A bundler or a component library alone is tooling around a server, not an application in the browser.
  const ui = webs.some((name) => name !== 'vite');
  const frameworks = [...new Set([...stacks, ...servers, ...(ui ? webs : []), ...workers])].sort();
  if (stacks.length > 0 || (servers.length > 0 && ui)) return { kind: 'full-stack', frameworks };
  if (servers.length > 0) return { kind: 'api', frameworks };
  if (webs.length > 0 && !(published && !unpublished)) return { kind: 'web', frameworks: [...new Set([...frameworks, ...webs])].sort() };
  if (workers.length > 0) return { kind: 'worker', frameworks };
  return { kind: published ? 'library' : 'other', frameworks };
}
