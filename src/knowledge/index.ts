import express from './express.ts';
import middleware from './express-middleware.ts';
import globals from './globals.ts';
import type { Entry, Library } from './library.ts';
import logging from './logging.ts';
import node from './node.ts';
import orms from './orms.ts';
import outbound from './outbound.ts';
import passwords from './passwords.ts';
import pg from './pg.ts';
import pgFormat from './pg-format.ts';
import schemas from './schemas.ts';
import sqlClients from './sql-clients.ts';
import tokens from './tokens.ts';

const libraries: Library[] = [express, middleware, globals, logging, node, orms, outbound, passwords, pg, pgFormat, schemas, sqlClients, tokens].flat();

const byPackage = new Map<string, Library>();
for (const library of libraries) for (const name of library.packages) byPackage.set(name, library);

/** What is known about a symbol such as `npm:pg#Pool.query`; undefined when nothing is. */
export function knowledgeOf(symbol: string): Entry | undefined {
  const hash = symbol.indexOf('#');
  const found = symbol.startsWith('global:')
    ? { library: byPackage.get('global'), name: symbol.slice(7) }
    : { library: byPackage.get(symbol.startsWith('npm:') ? symbol.slice(4, hash) : symbol.slice(0, hash)), name: symbol.slice(hash + 1) };
  if (found.library === undefined) return undefined;
  const own = (record: Readonly<Record<string, Entry>> | undefined, key: string) => (record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined);
  return own(found.library.symbols, found.name) ?? (found.name.includes('.') ? own(found.library.methods, found.name.slice(found.name.lastIndexOf('.') + 1)) : undefined);
}

/** True when anything is known about the package. */
export function isKnownPackage(name: string): boolean {
  return byPackage.has(name);
}
