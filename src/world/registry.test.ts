import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAdvisories, configuredRegistry } from './registry.ts';

const asked: unknown[] = [];
let answer: { status: number; body: string } = { status: 200, body: '{}' };
const server = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    asked.push([request.method, request.url, JSON.parse(body)]);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

let registry = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm`;
});
afterAll(() => server.close());

const versions = new Map([
  ['qs', new Set(['6.5.1'])],
  ['@x/y', new Set(['2.0.0', '1.0.0'])],
]);

describe('registry', () => {
  it('is told names and versions, and answers advisories', async () => {
    answer = {
      status: 200,
      body: JSON.stringify({
        qs: [
          { id: 1, title: 'pollution', severity: 'high', url: 'https://example.com/1', vulnerable_versions: '<6.5.3', cwe: ['CWE-1321'] },
        ],
        unasked: [],
      }),
    };
    const found = await askAdvisories(await configuredRegistry({ npm_config_registry: registry }), versions);
    expect(asked).toEqual([['POST', '/npm/-/npm/v1/security/advisories/bulk', { '@x/y': ['1.0.0', '2.0.0'], qs: ['6.5.1'] }]]);
    expect([...found.keys()]).toEqual(['qs']);
  });

  it.each([
    [{ status: 404, body: '{}' }, 'it answered 404'],
    [{ status: 200, body: '<html>' }, 'something other than advisories'],
  ])('that answers %j is said to be of no use', async (given, reason) => {
    answer = given;
    await expect(askAdvisories(`${registry}/`, versions)).rejects.toThrow(reason);
  });

  it('must be an address of the web', async () => {
    await expect(configuredRegistry({ npm_config_registry: 'file:///etc' })).rejects.toThrow('no address');
  });
});
