import { request, type IncomingHttpHeaders } from 'node:http';
import { request as secureRequest } from 'node:https';
import { createAuthority } from './certificates.ts';
import { openOutside, type Outside } from './outside.ts';

/** An outside world on free ports of the loopback, as the tests of its parts call it. */
export interface Loopback {
  readonly outside: Outside;
  readonly ports: { readonly http: number; readonly https: number; readonly smtp: number; readonly smtps: number };
  /** Sends a request to a name; an object goes as JSON. */
  ask(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Told>;
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** Opens one. */
export async function openLoopback(): Promise<Loopback> {
  const authority = createAuthority();
  const outside = await openOutside('127.0.0.1', authority, null, { dns: 0, http: [0], https: 0, smtp: [0], smtps: 0 });
  const [http = 0, https = 0, smtp = 0, smtps = 0] = outside.ports;
  return {
    outside,
    ports: { http, https, smtp, smtps },
    ask(method, url, body, headers = {}) {
      const address = new URL(url);
      const bytes = body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const type =
        bytes === undefined ? {} : { 'content-type': typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json' };
      const to = {
        method,
        path: address.pathname + address.search,
        headers: { host: address.host, ...type, ...headers },
        agent: false as const,
      };
      return new Promise((resolve, reject) => {
        const call =
          address.protocol === 'https:'
            ? secureRequest({ ...to, host: '127.0.0.1', port: https, servername: address.hostname, ca: authority.certificate })
            : request({ ...to, host: '127.0.0.1', port: http });
        call.on('error', reject);
        call.on('response', (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('error', reject);
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: parse(text) }));
        });
        call.end(bytes);
      });
    },
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
