import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFiles } from '../../../world/folder.testing.ts';
import { readExample, readOwnNames } from './examples.ts';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'examples-'))));
afterEach(() => rmSync(dir, { recursive: true }));

test.each([
  '.env.example',
  '.env.sample',
  '.env.template',
  '.env.dist',
  '.env.defaults',
  '.env.local.example',
  '.env.development.example',
  '.env-example',
  '.example.env',
  'example.env',
  'env.example',
  'env_sample.txt',
  'env-example-relational',
])('%s is a sample', (name) => {
  writeFiles(dir, { [name]: 'FILE_DRIVER=local\n' });
  expect(readExample(dir)).toEqual({ FILE_DRIVER: 'local' });
});

test.each(['.env', '.env.local', 'env.example.ts', 'environment.ts', 'example.md', 'sample.txt', 'envelope-sample'])(
  '%s is none',
  (name) => {
    writeFiles(dir, { [name]: 'FILE_DRIVER=local\n' });
    expect(readExample(dir)).toEqual({});
  },
);

test('the plain sample wins over one for an occasion, that over one for another database, and the nearer directory over all', () => {
  writeFiles(dir, {
    'env-example-document': 'A=document\nB=document\nC=document\nD=document',
    'env-example-relational': 'A=relational\nB=relational\nC=relational',
    '.env.example': 'A=plain\nB=plain',
    'api/.env.example': 'A=near',
  });
  expect(readExample(dir, join(dir, 'api'))).toEqual({ A: 'near', B: 'plain', C: 'relational', D: 'document' });
});

test('compose files tell what the services built here are given, and nothing of images', () => {
  writeFiles(dir, {
    'docker-compose.yml': `
services:
  web:
    build: ./app
    environment:
      - SECRET_KEY=abc
      - DEBUG=true
      - DRIVER=\${DRIVER:-local}
      - FROM_OUTSIDE
  worker:
    build: { context: . }
    environment: { BATCH: 20, TOKEN: "\${TOKEN}", ODD: [1] }
  db:
    image: postgres
    environment: { POSTGRES_PASSWORD: x }
`,
    '.env.example': 'DEBUG=false',
  });
  expect(readExample(dir)).toEqual({ SECRET_KEY: 'abc', DEBUG: 'false', DRIVER: 'local', BATCH: '20', TOKEN: '', ODD: '' });
  writeFiles(dir, { 'docker-compose.yml': 'services: [' });
  expect(readExample(dir)).toEqual({ DEBUG: 'false' });
});

test('a Dockerfile tells what the image sets for the app, not for its tools; everything else wins over it', () => {
  writeFiles(dir, {
    Dockerfile:
      'FROM node\nENV STAGE "DOCKER"\nENV A="x y" B=2 \\\n  C=three\nENV PATH=/x:$PATH PNPM_HOME=/pnpm NODE_ENV=test\nENV FROM_ARG=$ARG\n',
    '.env.example': 'B=1',
  });
  expect(readExample(dir)).toEqual({ STAGE: 'DOCKER', A: 'x y', B: '1', C: 'three' });
});

test('a sample that is a link, or is huge, is not looked at', () => {
  writeFiles(dir, { 'elsewhere/secret': 'KEY=real', '.env.sample': `BIG=${'x'.repeat(17_000_000)}` });
  symlinkSync(join(dir, 'elsewhere/secret'), join(dir, '.env.example'));
  expect(readExample(dir)).toEqual({});
});

test("of the owner's own files only the names are kept", () => {
  writeFiles(dir, { '.env': 'A=real', '.env.production': 'B=real' });
  expect(readOwnNames(dir)).toEqual(['A', 'B']);
});
