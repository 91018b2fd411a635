// Written by scripts/generate.ts (npm run generate). Do not edit.
import type { Library } from './types.ts';
import deno from './deno.ts';
import express from './express.ts';
import expressMiddleware from './express-middleware.ts';
import fastify from './fastify.ts';
import globals from './globals.ts';
import hono from './hono.ts';
import httpErrors from './http-errors.ts';
import jobs from './jobs.ts';
import koa from './koa.ts';
import live from './live.ts';
import logging from './logging.ts';
import nest from './nest.ts';
import next from './next.ts';
import nitro from './nitro.ts';
import node from './node.ts';
import orms from './orms.ts';
import outbound from './outbound.ts';
import passwords from './passwords.ts';
import pg from './pg.ts';
import pgFormat from './pg-format.ts';
import pythonAccess from './python-access.ts';
import pythonData from './python-data.ts';
import pythonFrameworks from './python-frameworks.ts';
import pythonOutbound from './python-outbound.ts';
import reactRouter from './react-router.ts';
import redis from './redis.ts';
import rpc from './rpc.ts';
import schemas from './schemas.ts';
import screens from './screens.ts';
import sqlClients from './sql-clients.ts';
import sveltekit from './sveltekit.ts';
import tokens from './tokens.ts';
import webSessions from './web-sessions.ts';
import webhooks from './webhooks.ts';

/** What the known libraries' symbols mean. */
export const libraries: readonly Library[] = [
  deno,
  express,
  expressMiddleware,
  fastify,
  globals,
  hono,
  httpErrors,
  jobs,
  koa,
  live,
  logging,
  nest,
  next,
  nitro,
  node,
  orms,
  outbound,
  passwords,
  pg,
  pgFormat,
  pythonAccess,
  pythonData,
  pythonFrameworks,
  pythonOutbound,
  reactRouter,
  redis,
  rpc,
  schemas,
  screens,
  sqlClients,
  sveltekit,
  tokens,
  webSessions,
  webhooks,
];
