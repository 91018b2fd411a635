import { expect, test } from 'vitest';
import { advice } from './reasons.ts';

test.each([
  ["Error: Cannot find module 'express'", 'the dependency "express" is not installed'],
  ["Error: Cannot find module '/app/dist/main'", 'add "build": "..."'],
  ["Error: Cannot find module '/app/dist/app' imported from /app/dist/index.js", 'app is imported without its ending'],
  ['sh: 1: tsx: not found', 'the command "tsx" is not there'],
  ['@prisma/client did not initialize yet. Please run "prisma generate"', 'npx prisma generate'],
  ['Unable to parse checksum from https://binaries.prisma.sh/all/schema-engine.gz.sha256', "Prisma's engine"],
  [
    'Error: Could not locate the bindings file. Tried:\n → /app/node_modules/better-sqlite3/build/better_sqlite3.node',
    'npm rebuild better-sqlite3',
  ],
  ["/app/node_modules/bcrypt/lib/binding/napi-v3/bcrypt_lib.node'", 'npm rebuild bcrypt'],
  ["was compiled against a different Node.js version using\n '/app/node_modules/canvas/x.node'", 'was not built for Node'],
  ['ReferenceError: Bun is not defined', 'install Bun'],
  ["ModuleNotFoundError: No module named 'flask_login'", 'the Python package "flask_login" is not there'],
  ['connect ECONNREFUSED 127.0.0.1:6379', 'Redis'],
  ['connect ECONNREFUSED 127.0.0.1:27017', 'MongoDB'],
  ['error: relation "users" does not exist', 'add "migrate": "..."'],
  ['Error: STRIPE_KEY is required', 'add "env": { "STRIPE_KEY": "..." }'],
  ['Error: listen EADDRINUSE: address already in use :::5432', 'set another with "port"'],
  ['all is well', 'if it is started in another way than "npm start"'],
])('%s', (line, words) => {
  expect(advice(line.split('\n'), 'npm start')).toContain(words);
});
