import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Call } from './stubs/types.ts';

/** Pages in the ground's browser come from this loopback address, which tells them from the app. */
export const pagesAddress = '127.0.0.66';

/** Whether a page asks, and not the app. */
export function fromPage(request: IncomingMessage | Http2ServerRequest): boolean {
  return request.socket.remoteAddress === pagesAddress;
}

/** A browser's question whether a page of another origin may ask at all (Fetch standard, CORS protocol). */
export function isPreflight({ method, headers }: Call): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Headers that let the page read the answer: what is meant to be called from pages says so of itself. */
export function sharedWith({ headers }: Call): Record<string, string> {
  const { origin, 'access-control-request-method': method, 'access-control-request-headers': names } = headers;
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'origin',
    ...(method === undefined ? {} : { 'access-control-allow-methods': method }),
    ...(names === undefined ? {} : { 'access-control-allow-headers': names }),
  };
}
