import type { KnownCall } from '../listener.ts';
import type { Routers } from '../routers.ts';
import { HONO, KOA, NEXT, REQ, RES } from '../value.ts';
import type { Value } from '../value.ts';
import { registerWithExpress } from './express.ts';
import { registerWithFastify } from './fastify.ts';
import { registerWithHono } from './hono.ts';
import { registerWithKoa } from './koa.ts';
import { registerWithNest } from './nest.ts';
import { registerWithNextConnect } from './next-connect.ts';

/** Frameworks whose endpoints are read. */
export type Framework =
  | 'express'
  | 'fastify'
  | 'hono'
  | 'koa'
  | 'nest'
  | 'next'
  | 'nitro'
  | 'react-router'
  | 'sveltekit'
  | 'trpc'
  | 'graphql'
  | 'supabase'
  | 'deno'
  | 'bun'
  | 'node'
  | 'workers'
  | 'vercel'
  | 'netlify'
  | 'lambda'
  | 'fastapi'
  | 'flask'
  | 'django';

/** How an application of a framework is read. */
interface Reading {
  /** Takes note of a call; gives what the call gives, where the framework decides that. */
  readonly register: (routers: Routers, call: KnownCall) => Value | undefined;
  /** What middleware and handlers are called with. */
  readonly called: readonly Value[];
  /** Middleware stands in front of what is registered after it only. */
  readonly ordered: boolean;
}

/** Read by the readers of endpoints that no router registers. */
const byReaders: Reading = { register: () => undefined, called: [REQ, RES, NEXT], ordered: true };

/** How each framework is read. */
export const frameworks: Readonly<Record<Framework, Reading>> = {
  express: { register: registerWithExpress, called: [REQ, RES, NEXT], ordered: true },
  fastify: { register: registerWithFastify, called: [REQ, RES, NEXT], ordered: false },
  hono: { register: registerWithHono, called: [HONO, NEXT], ordered: true },
  koa: { register: registerWithKoa, called: [KOA, NEXT], ordered: true },
  next: { register: registerWithNextConnect, called: [REQ, RES, NEXT], ordered: true },
  nest: { register: registerWithNest, called: [], ordered: true },
  nitro: byReaders,
  'react-router': byReaders,
  sveltekit: byReaders,
  trpc: byReaders,
  graphql: byReaders,
  supabase: byReaders,
  deno: byReaders,
  bun: byReaders,
  node: byReaders,
  workers: byReaders,
  vercel: byReaders,
  netlify: byReaders,
  lambda: byReaders,
  // What these hand over stands with each endpoint.
  fastapi: { ...byReaders, called: [] },
  flask: { ...byReaders, called: [] },
  django: { ...byReaders, called: [] },
};

const packages: Readonly<Record<string, Framework>> = {
  'npm:express': 'express',
  'npm:fastify': 'fastify',
  'npm:fastify-plugin': 'fastify',
  'npm:hono': 'hono',
  'npm:hono/quick': 'hono',
  'npm:hono/tiny': 'hono',
  'npm:@hono/zod-openapi': 'hono',
  'npm:koa': 'koa',
  'npm:@koa/router': 'koa',
  'npm:koa-router': 'koa',
  'npm:koa-compose': 'koa',
  'npm:@nestjs/core': 'nest',
  'npm:@nestjs/common': 'nest',
  'npm:@nestjs/config': 'nest',
  'npm:next-connect': 'next',
};

/** The framework that a symbol such as `npm:hono#Application.get` belongs to. */
export function frameworkOf(symbol: string): Framework | null {
  const name = symbol.slice(0, symbol.indexOf('#'));
  return Object.hasOwn(packages, name) ? (packages[name] as Framework) : null;
}
