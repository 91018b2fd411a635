import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collected } from '../collectors.testing.ts';
import samples from '../samples.ts';
import { matcherOf } from './matching.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Sample } from '../../model/evidence/samples.ts';

function shown(value: AbstractValue | null): unknown {
  if (value?.kind === 'literal') return value.value;
  if (value?.kind === 'object') return Object.fromEntries(Object.entries(value.keys).map(([name, one]) => [name, shown(one)]));
  if (value?.kind === 'array') return value.items.map(shown);
  return value === null ? null : '?';
}

async function samplesOf(name: string, content: unknown): Promise<Sample[]> {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 1);
  return (await collected(samples, { [name]: text })).samples;
}

const brief = ({ method, path, body, encoding }: Sample): unknown[] => [method, path, shown(body), encoding];

describe('recordings', () => {
  const entry = (url: string, more: object = {}) => ({
    request: { method: 'GET', url, headers: [{ name: 'Authorization', value: 'Bearer s3cr3t' }], ...more },
    response: { status: 200 },
  });

  it('hold requests to the site that was visited, without what proves who sent them', async () => {
    const found = await samplesOf('flow.har', {
      log: {
        entries: [
          entry('https://app.example.org/'),
          entry('https://api.example.org/notes?kind=open', {
            method: 'POST',
            postData: { mimeType: 'application/json', text: '{"title":"x","password":"hunter22","nested":{"apiKey":"abc"}}' },
          }),
          entry('https://metrics.example.net/collect', { method: 'POST' }),
          entry('http://localhost:3000/up', {
            method: 'POST',
            postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'a', value: '1' }] },
          }),
        ],
      },
    });
    expect(found.map(brief)).toEqual([
      ['GET', '/', null, 'json'],
      ['POST', '/notes', { title: 'x', password: '?', nested: { apiKey: '?' } }, 'json'],
      ['POST', '/up', { a: '1' }, 'form'],
    ]);
    expect(JSON.stringify(found)).not.toMatch(/s3cr3t|hunter22|abc/);
    expect(found[1]?.query).toEqual({ kind: { kind: 'literal', value: 'open' } });
    expect(found[1]?.where.line).toBeGreaterThan(found[0]?.where.line ?? 0);
    expect(found[1]?.status).toBe(200);
  });
});

describe('collections', () => {
  it('hold requests in folders, with the variables that the collection sets', async () => {
    const found = await samplesOf('notes.json', {
      info: { schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      variable: [{ key: 'kind', value: 'memo' }],
      item: [
        {
          name: 'folder',
          item: [
            {
              request: {
                method: 'POST',
                url: { raw: '{{base}}/api/notes/{{id}}?k={{kind}}' },
                body: { mode: 'raw', raw: '{"kind":"{{kind}}","id":{{id}},"token":"abc"}' },
              },
            },
          ],
        },
        { request: 'http://localhost/plain' },
        {
          request: {
            method: 'PUT',
            url: { path: ['a', 'b'] },
            body: {
              mode: 'urlencoded',
              urlencoded: [
                { key: 'x', value: '1' },
                { key: 'y', value: '2', disabled: true },
              ],
            },
          },
        },
      ],
    });
    expect(found.map(brief)).toEqual([
      ['POST', '/api/notes/{{id}}', { kind: 'memo', id: '?', token: '?' }, 'json'],
      ['GET', '/plain', null, 'json'],
      ['PUT', '/a/b', { x: '1' }, 'form'],
    ]);
  });
});

describe('.http files', () => {
  it('hold requests parted by three signs', async () => {
    const text = `@host = http://localhost:3000\n### one\n# @name one\nPOST {{host}}/notes\n  ?kind=a HTTP/1.1\nContent-Type: application/json\nAuthorization: Bearer abc\n\n{\n  "a": 1\n}\n\n> {% client.log('x') %}\n###\nGET /notes/1\nAccept: */*\n`;
    expect((await samplesOf('api.http', text)).map(brief)).toEqual([
      ['POST', '/notes', { a: 1 }, 'json'],
      ['GET', '/notes/1', null, 'json'],
    ]);
  });
});

describe('specifications', () => {
  const note = {
    type: 'object',
    required: ['kind', 'tags'],
    properties: {
      id: { type: 'integer', readOnly: true },
      kind: { $ref: '#/components/schemas/Kind' },
      stars: { type: 'integer', minimum: 1, maximum: 5, exclusiveMaximum: true },
      tags: {
        type: 'array',
        minItems: 1,
        items: { type: 'object', properties: { name: { type: 'string', minLength: 3, pattern: '^[a-z]+$' } } },
      },
      email: { type: ['string', 'null'], format: 'email', example: 'a@b.c' },
    },
  };
  const document = {
    openapi: '3.1.0',
    servers: [{ url: 'https://api.example.org/v1' }],
    paths: {
      '/notes/{id}': {
        put: {
          parameters: [{ in: 'query', name: 'dry', required: true, schema: { type: 'boolean' } }],
          requestBody: { content: { 'application/json': { schema: { allOf: [{ $ref: '#/components/schemas/Note' }] } } } },
        },
      },
    },
    components: { schemas: { Kind: { type: 'string', enum: ['memo', 'task'] }, Note: note } },
  };

  it('say what each field must be', async () => {
    const [sample] = await samplesOf('openapi.json', document);
    expect(sample && brief(sample)).toEqual([
      'PUT',
      '/v1/notes/{id}',
      { kind: '?', stars: '?', tags: [{ name: '?' }], email: '?' },
      'json',
    ]);
    expect(sample?.wants).toEqual({
      'query:dry': [{ kind: 'presence' }, { kind: 'type', type: 'boolean' }],
      'body:kind': [{ kind: 'presence' }, { kind: 'type', type: 'string' }, { kind: 'one-of', values: ['memo', 'task'] }],
      'body:stars': [
        { kind: 'type', type: 'integer' },
        { kind: 'minimum', limit: 1, exclusive: false },
        { kind: 'maximum', limit: 5, exclusive: true },
      ],
      'body:tags': [{ kind: 'presence' }, { kind: 'type', type: 'array' }, { kind: 'shortest', length: 1 }],
      'body:tags.0': [{ kind: 'type', type: 'object' }],
      'body:tags.0.name': [
        { kind: 'type', type: 'string' },
        { kind: 'shortest', length: 3 },
        { kind: 'pattern', source: '^[a-z]+$' },
      ],
      'body:email': [
        { kind: 'type', type: 'string' },
        { kind: 'format', format: 'email' },
      ],
    });
  });

  it('are YAML as well, and Swagger 2', async () => {
    const text = `swagger: "2.0"\nbasePath: /v1\npaths:\n  /notes:\n    post:\n      parameters:\n        - {in: body, name: body, schema: {$ref: '#/definitions/Note'}}\n  /up:\n    post:\n      parameters:\n        - {in: formData, name: kind, required: true, type: string, enum: [a, b]}\ndefinitions:\n  Note: {type: object, properties: {title: {type: string, example: x}}}\n`;
    const found = await samplesOf('docs/swagger.yml', text);
    expect(found.map(brief)).toEqual([
      ['POST', '/v1/notes', { title: 'x' }, 'json'],
      ['POST', '/v1/up', { kind: '?' }, 'form'],
    ]);
    expect(found[1]?.wants['body:kind']?.[0]).toEqual({ kind: 'presence' });
  });

  it('are objects of the code as well', async () => {
    const code = `const kinds = ['memo', 'task']; const note = { type: 'object', properties: { kind: { enum: kinds }, more: other() } };
      module.exports = { openapi: '3.0.0', info: { version: pkg.version }, paths: { '/notes': { post: { requestBody: { content: { 'application/json': { schema: note } } } } } } };`;
    const [sample, ...more] = await samplesOf('docs/api.js', code);
    expect(sample && brief(sample)).toEqual(['POST', '/notes', { kind: '?' }, 'json']);
    expect(sample?.wants).toEqual({ 'body:kind': [{ kind: 'one-of', values: ['memo', 'task'] }] });
    expect(more).toEqual([]);
  });

  it('that refer in circles or out of themselves end', async () => {
    const loop = { $ref: '#/components/schemas/Loop' };
    const found = await samplesOf('openapi.json', {
      openapi: '3.0.0',
      paths: {
        '/a': {
          post: { requestBody: { content: { 'application/json': { schema: loop } } } },
          get: { $ref: '#/paths/~1a/get' },
          put: { $ref: 'https://example.com/x.json' },
        },
      },
      components: {
        schemas: { Loop: { allOf: [loop, loop, loop], oneOf: [loop], properties: { next: loop, more: { type: 'array', items: loop } } } },
      },
    });
    expect(found.map(({ method }) => method)).toEqual(['POST']);
  });
});

describe('hostile files', () => {
  const postman = (item: unknown) => ({ info: { _postman_id: 'x' }, item });
  const deep = (text: string, open: string, close: string, by: number): string => open.repeat(by) + text + close.repeat(by);

  it.each([
    ['a recording of nothing', 'x.har', 'null'],
    [
      'a recording of the wrong types',
      'x.har',
      { log: { entries: [1, null, { request: 5 }, { request: { url: 7, method: {} } }, { request: { url: 'http://[', method: 'GET' } }] } },
    ],
    ['no JSON at all', 'x.har', '{"log": {'],
    ['a deep recording', 'x.har', deep('1', '[', ']', 200_000)],
    [
      'a collection of the wrong types',
      'x.json',
      postman([{ request: { url: { raw: 5 } } }, 7, { item: 'x' }, { request: { method: 'GET', url: '/a', body: 5, header: {} } }]),
    ],
    ['a deep collection', 'x.json', `{"info":{"_postman_id":"x"},"item":${deep('[]', '[{"item":', '}]', 50_000)}}`],
    [
      'a specification of the wrong types',
      'x.json',
      {
        openapi: '3.0.0',
        paths: {
          '/a': 5,
          '/b': {
            get: 7,
            post: {
              parameters: 'x',
              requestBody: {
                content: { 'application/json': { schema: { properties: { a: null, __proto__: 1 }, required: 'x', enum: 5 } } },
              },
            },
          },
        },
      },
    ],
    [
      'a deep specification',
      'x.json',
      `{"openapi":"3.0.0","paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":${deep('{}', '{"properties":{"a":', '}}', 20_000)}}}}}}}}`,
    ],
    ['a deep specification in YAML', 'x.yaml', `openapi: "3.0.0"\npaths: ${deep('', '[', ']', 100_000)}`],
    [
      'aliases of aliases',
      'x.yaml',
      `openapi: "3.0.0"\na: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghij'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(', ')}]`).join('\n')}\npaths: *j`,
    ],
  ])('%s', async (_name, name, content) => {
    const found = await samplesOf(name, content);
    expect(found.length).toBeLessThan(10);
  });

  it('of any shape never throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom('x.har', 'postman', 'openapi'), async (value, kind) => {
        const file =
          kind === 'postman' ? postman(value) : kind === 'openapi' ? { openapi: '3.0.0', paths: value, components: value } : { log: value };
        expect(Array.isArray(await samplesOf(kind === 'x.har' ? kind : 'x.json', file))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('endpoints', () => {
  it.each([
    ['/notes/7', 'GET /api/notes/:id'],
    ['/api/notes/mine', 'GET /api/notes/mine'],
    ['/api/notes/{{id}}', 'GET /api/notes/:id'],
    ['/v2/api/notes/7', 'GET /api/notes/:id'],
    ['/rest/v2/notes/7', 'GET /api/notes/:id'],
    ['/elsewhere/notes/7', undefined],
    ['/elsewhere/x/y', undefined],
    ['/abc', 'GET /:slug'],
    ['/abc/def', undefined],
  ])('%s is one of %s', (path, expected) => {
    const routes = ['GET /api/notes/mine', 'GET /api/notes/:id', 'POST /api/notes', 'GET /:slug'].map((id) => {
      const [method = '', pattern = ''] = id.split(' ');
      return { id, unit: '.', method, path: pattern };
    });
    expect(matcherOf(routes)('GET', path)?.id).toBe(expected);
    expect(matcherOf(routes)('DELETE', path)).toBe(null);
  });
});
