import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './manifest.ts';

/** A framework: how it is known, built and served. */
export interface Framework {
  readonly name: string;
  /** One of these dependencies shows it. */
  readonly dependencies: readonly string[];
  /** `sh` text that builds it and serves what was built, on `$PORT`; null where the app's own files say how. */
  readonly build: string | null;
  readonly serve: string | null;
  /** What the build leaves; one of them is enough. */
  readonly made: readonly string[];
  /** Start commands that need what the build leaves without naming it. */
  readonly serves?: RegExp;
}

const either = (file: string, then: string, otherwise: string) => `if [ -f ${file} ]; then ${then}; else ${otherwise}; fi`;

/** First match wins: what brings its own server stands before the servers, and Vite, which others use, at the end. */
const frameworks: readonly Framework[] = [
  {
    name: 'Next.js',
    dependencies: ['next'],
    build: 'next build',
    made: ['.next/BUILD_ID', '.next/standalone/server.js', 'dist/BUILD_ID'],
    serves: /\bnext['"]? start\b|\.next\/standalone/,
    // `output: 'standalone'` leaves a server of its own, which wants the static files beside it.
    serve: either(
      '.next/standalone/server.js',
      'cp -r .next/static .next/standalone/.next/; [ -d public ] && cp -r public .next/standalone/; exec node .next/standalone/server.js',
      'exec next start -p "$PORT"',
    ),
  },
  {
    name: 'Nuxt',
    dependencies: ['nuxt', 'nuxt3'],
    build: 'nuxt build',
    made: ['.output/server/index.mjs'],
    serves: /\bnux(?:t|i) (?:preview|start)\b/,
    serve: 'exec node .output/server/index.mjs',
  },
  {
    name: 'SvelteKit',
    dependencies: ['@sveltejs/kit'],
    build: 'vite build',
    made: ['build/index.js', '.svelte-kit/output/server/index.js'],
    serves: /\bvite preview\b/,
    serve: either('build/index.js', 'exec node build/index.js', 'exec vite preview --host 127.0.0.1 --port "$PORT"'),
  },
  {
    name: 'React Router',
    dependencies: ['@react-router/serve', '@react-router/dev'],
    build: 'react-router build',
    made: ['build/server/index.js', 'build/server'],
    serves: /\breact-router-serve\b/,
    serve: 'exec react-router-serve ./build/server/index.js',
  },
  {
    name: 'Remix',
    dependencies: ['@remix-run/serve', '@remix-run/dev'],
    build: 'if ls vite.config.* >/dev/null 2>&1; then remix vite:build; else remix build; fi',
    made: ['build/server/index.js', 'build/index.js'],
    serves: /\bremix-serve\b/,
    serve: either('build/server/index.js', 'exec remix-serve ./build/server/index.js', 'exec remix-serve ./build/index.js'),
  },
  {
    name: 'Astro',
    dependencies: ['@astrojs/node'],
    build: 'astro build',
    made: ['dist/server/entry.mjs'],
    serve: 'exec node dist/server/entry.mjs',
  },
  {
    name: 'NestJS',
    dependencies: ['@nestjs/core'],
    build: 'nest build',
    made: ['dist/main.js', 'dist/src/main.js'],
    serve: either('dist/main.js', 'exec node dist/main.js', 'exec node dist/src/main.js'),
  },
  {
    name: 'AdonisJS',
    dependencies: ['@adonisjs/core'],
    build: 'node ace build --ignore-ts-errors',
    made: ['build/bin/server.js', 'build/server.js'],
    serve: `cd build && ${either('bin/server.js', 'exec node bin/server.js', 'exec node server.js')}`,
  },
  { name: 'Fastify', dependencies: ['fastify'], build: null, made: [], serve: null },
  { name: 'Hono', dependencies: ['@hono/node-server', 'hono'], build: null, made: [], serve: null },
  { name: 'Koa', dependencies: ['koa'], build: null, made: [], serve: null },
  { name: 'Express', dependencies: ['express'], build: null, made: [], serve: null },
  {
    name: 'Vite',
    dependencies: ['vite'],
    build: 'vite build',
    made: ['dist/index.html'],
    serves: /\bvite preview\b/,
    serve: 'exec vite preview --host 127.0.0.1 --port "$PORT"',
  },
];

/** The framework that a package is built with; null for plain Node and everything unknown. */
export function frameworkOf(manifest: Manifest): Framework | null {
  return frameworks.find((each) => each.dependencies.some((name) => manifest.dependencies.has(name))) ?? null;
}

/** Whether what the framework's build leaves is there. */
export function isBuilt(dir: string, framework: Framework): boolean {
  return framework.made.some((path) => existsSync(join(dir, path)));
}
