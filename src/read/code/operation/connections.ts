/** Constructors whose instances end the process with an `error` event that nobody listens to; each documents it. */
const fatal = new Set([
  'npm:pg#Pool',
  'npm:pg#Client',
  'npm:pg#default.Pool',
  'npm:pg-pool#default',
  'npm:@neondatabase/serverless#Pool',
  'npm:@vercel/postgres#Pool',
  'npm:redis#createClient',
  'npm:@redis/client#createClient',
]);

/** Makes a connection that needs somebody to listen to its errors. */
export function isConnection(symbol: string): boolean {
  return fatal.has(symbol);
}
